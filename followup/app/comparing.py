"""Compare two states of a project's catalog, from git or its folder: changed items, and dates of new contacts."""

from __future__ import annotations

import os
from collections.abc import Callable
from tempfile import TemporaryDirectory

from followup.app.catalog_diff import item_changes
from followup.app.git import check_out
from followup.app.project_catalog import declared_office
from followup.catalog.load import Catalog, load
from followup.catalog.proposals import proposed_renames
from followup.core.office import Office
from followup.core.rehearsal.preview import Comparison, Side, previews
from followup.errors import CatalogInvalid

HERE = "the files"


def compare(folder: str, before: str, after: str | None, day: Callable[[Office], str]) -> Comparison:
    """`before`, `after`: git revisions; None: the files in `folder`. `day`: returns a date in an office's calendar,
    on which a new contact starts.

    Raises NotFound for an unknown revision, CatalogInvalid if one of the two has errors.
    """
    old = _at(folder, before)
    new = _at(folder, after) if after else _checked(load(os.path.relpath(os.path.join(folder, "cycles"))), HERE)
    start = day(declared_office(new))
    changes = item_changes(old.documents, new.documents)
    before_and_after = previews(_side(old), _side(new), start)
    renames = proposed_renames(old.documents, new.documents)
    return Comparison(before, after or HERE, start, changes, tuple(before_and_after), renames)


def _at(folder: str, ref: str) -> Catalog:
    with TemporaryDirectory(prefix="followup-") as place:
        check_out(folder, ref, place)
        catalog = load(place)
        problems = [each._replace(file=f"{ref}:cycles{each.file.removeprefix(place)}") for each in catalog.problems]
        return _checked(catalog._replace(problems=tuple(problems)), ref)


def _checked(catalog: Catalog, name: str) -> Catalog:
    if catalog.errors:
        raise CatalogInvalid(f"{name}: the catalog has errors, so it can't be compared", catalog.errors)
    return catalog


def _side(catalog: Catalog) -> Side:
    return Side(declared_office(catalog), catalog.documents["cycle"], catalog.documents["alias"])
