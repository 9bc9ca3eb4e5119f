"""Two states of a project's catalog, in git or in its folder: what differs, and what somebody would get who begins."""

from __future__ import annotations

import os
from collections.abc import Callable
from tempfile import TemporaryDirectory

from followup.app.catalog_diff import item_changes
from followup.app.git import check_out
from followup.catalog.load import Catalog, load
from followup.core import office_documents
from followup.core.office import Office
from followup.core.rehearsal.preview import Comparison, Side, previews
from followup.errors import CatalogInvalid

HERE = "the files"


def compare(folder: str, before: str, after: str | None, day: Callable[[Office], str]) -> Comparison:
    """`before`, `after`: what git calls them; None: the files in `folder`. `day`: a date in an office's
    calendar, on which somebody begins.

    Raises NotFound for what git does not know, CatalogInvalid where one of the two has errors.
    """
    old = _at(folder, before)
    new = _at(folder, after) if after else _checked(load(os.path.relpath(os.path.join(folder, "cycles"))), HERE)
    start = day(_declared(new).office)
    changed = item_changes(old.documents, new.documents)
    found = tuple(previews(_declared(old), _declared(new), start))
    return Comparison(before, after or HERE, start, changed, found)


def _at(folder: str, ref: str) -> Catalog:
    with TemporaryDirectory(prefix="followup-") as place:
        check_out(folder, ref, place)
        found = load(place)
        named = [wrong._replace(file=f"{ref}:cycles{wrong.file.removeprefix(place)}") for wrong in found.problems]
        return _checked(found._replace(problems=tuple(named)), ref)


def _checked(found: Catalog, called: str) -> Catalog:
    if found.errors:
        raise CatalogInvalid(f"{called}: errors in the catalog, so nothing was compared", found.errors)
    return found


def _declared(found: Catalog) -> Side:
    return Side(office_documents.office(0, found.source), found.documents["cycle"], found.documents["alias"])
