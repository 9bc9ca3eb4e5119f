"""What failing tests got becomes what they expect, in their files (`test --accept`).

Nothing is written that was not verified: the new text reads as the old one does but for these expectations, and every
test that was rewritten passes. Each file is replaced whole; typing it again finishes what a kill has left.
"""

from __future__ import annotations

import codecs
import os
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, NamedTuple, cast

from followup.app.project_catalog import declared_office, loaded_catalog
from followup.app.proving import proof
from followup.catalog import json_schema
from followup.catalog.documents import document
from followup.catalog.expectations import rewritten
from followup.catalog.files import content, listing
from followup.catalog.reader import read
from followup.catalog.tree import Map, value_at
from followup.core.office import Office
from followup.core.rehearsal.cases import Verdict, verdict
from followup.disk import replacing

if TYPE_CHECKING:
    from followup.core.catalog_documents import CaseDocument

IN_PLACE = "its `then:` can't be rewritten in place (an anchor shares it?): edit it by hand"


class Accepted(NamedTuple):
    """A file that was rewritten: its text `before` and `after`, and the tests whose expectations are new."""

    file: str
    before: str
    after: str
    tests: list[str]


class Acceptance(NamedTuple):
    """`refused`: tests that fail and were left as they are, each with the reason."""

    files: list[Accepted]
    refused: dict[str, str]


def accept(folder: str, only: str = "") -> Acceptance:
    """`folder`: of a catalog; `only`: tests with this in their id or name. Raises CatalogInvalid, CannotWrite."""
    catalog = loaded_catalog(folder, "fix the files first")
    office, failed = declared_office(catalog), proof(catalog, only).failed
    refused = {each.id: f"{each.trouble}: fix its `given:` or `when:`" for each in failed if each.trouble}
    by_file: dict[str, dict[str, Verdict]] = {}
    for each in failed:
        if not each.trouble:
            by_file.setdefault(catalog.places["test", each.id][0], {})[each.id] = each
    files = []
    for file in listing(os.path.relpath(folder)):
        if tests := by_file.get(file.display):
            before = content(file.path, folder)
            after, accepted = _rewritten(before, tests, catalog.cases, office)
            refused |= {test: IN_PLACE for test in tests if test not in accepted}
            if accepted:
                _write(file.path, after)
                files.append(Accepted(file.display, before, after, accepted))
    return Acceptance(files, refused)


def _rewritten(
    before: str, tests: Mapping[str, Verdict], cases: Mapping[str, CaseDocument], office: Office
) -> tuple[str, list[str]]:
    """The new text, and the tests that it lets pass: all at once, or else each that can be by itself."""
    after = rewritten(before, tests, cases)
    if _verified(before, after, tests, office):
        return after, list(tests)
    text, accepted = before, list[str]()
    for test, each in tests.items():
        after = rewritten(text, {test: each}, cases)
        if _verified(text, after, (test,), office):
            text = after
            accepted.append(test)
    return text, accepted


def _verified(before: str, after: str, tests: Collection[str], office: Office) -> bool:
    """Whether all of `tests` pass, and the text says nothing else, beside their expectations, than it did."""
    old, new = read(before, "before").data, read(after, "after")
    if new.problems or any(json_schema.problems(new.data, "after")) or _rest(old, tests) != _rest(new.data, tests):
        return False
    return all(verdict(office, test, _case(new.data, test)).holds for test in tests)


def _rest(data: Map, tests: Collection[str]) -> tuple[object, ...]:
    """All but the expectations of `tests`."""
    section = value_at(data, "tests")
    assert isinstance(section, Map), "the tests are declared there"
    cases = {id: {**case, "then": id in tests or case["then"]} for id, case in section.items() if isinstance(case, Map)}
    return {**data, "tests": None}, cases


def _case(data: Map, test: str) -> CaseDocument:
    return cast("CaseDocument", document("tests", value_at(data, "tests", test), test, ""))


def _write(path: str, text: str) -> None:
    with open(path, "rb") as file:
        marked = file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8
    with replacing(path, ours=True) as part:
        part.write(("\ufeff" if marked else "") + text)
