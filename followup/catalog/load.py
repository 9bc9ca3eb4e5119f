"""A folder of YAML files to a catalog: documents, every problem of every file at once, and where each thing stands.

A broken file hides nothing in the others; while one is broken, only what lies within single items is judged.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from followup.catalog import checks
from followup.catalog.codes import ERROR, problem
from followup.catalog.declarations import Declarations, Finding, declare
from followup.catalog.documents import Document
from followup.catalog.files import Found, content, listing
from followup.catalog.reader import Reading, read
from followup.catalog.renames import resolved
from followup.catalog.source_text import NotText
from followup.catalog.tree import TOP, Map, Path
from followup.errors import Problem

Documents = dict[str, dict[str, Document]]


class Catalog(NamedTuple):
    """What a folder declares. `places` by kind and id: file and line. `digest`: sha256 of the canonical documents.

    `cases`: what `followup test` proves. They never come in force: an edit of one changes nothing for anybody.
    """

    documents: Documents
    problems: tuple[Problem, ...]
    places: Mapping[tuple[str, str], tuple[str, int]]
    digest: str
    cases: Mapping[str, Document] = {}

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == ERROR)


def load(folder: str, today: str = "") -> Catalog:
    """Read and check a whole catalog folder. Never raises for what is in the files.

    `today`: a date, from which to look how far the holidays last (T9); without it nobody looks.
    """
    files = listing(folder)
    if not files:
        nothing = problem("FU017", folder, TOP, (), "the folder holds no catalog file", "such as cycles.yaml")
        return Catalog({}, (nothing,), {}, digest({}))
    readings = tuple(_read(found, folder) for found in files)
    misshapes = tuple(wrong for reading in readings for wrong in _misshapes(reading))
    known = _declared(folder, readings, misshapes, today)
    found = (_as_problem(finding) for finding in checks.findings(known))
    problems = (*_of_files(readings, misshapes), *found)
    documents = _documents(known)
    cases = documents.pop("test")
    return Catalog(documents, tuple(sorted(set(problems), key=_order)), _places(known), digest(documents), cases)


def digest(documents: Documents) -> str:
    """The same for the same documents, whatever order they were declared in, and whatever kinds are still to come."""
    declared = {kind: items for kind, items in documents.items() if items}
    canonical = json.dumps(declared, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


class Misshape(NamedTuple):
    """A problem that the schema has found, with the item that it spoils."""

    item: Path
    problem: Problem


def _read(found: Found, folder: str) -> Reading:
    try:
        return read(content(found.path, folder), found.shown)
    except NotText as error:
        wrong = problem(error.code, found.shown, error.place, (), error.message, error.hint)
        return Reading(found.shown, Map(TOP), (wrong,), broken=True)


def _misshapes(reading: Reading) -> Iterator[Misshape]:
    from followup.catalog import json_schema

    for path, wrong in json_schema.problems(reading.data, reading.file):
        yield Misshape(path[:1] if path[:1] == ("office",) else path[:2], wrong)


def _of_files(readings: tuple[Reading, ...], misshapes: tuple[Misshape, ...]) -> Iterator[Problem]:
    """What the reader and the schema say, without what follows from something that the reader has passed over."""
    read = [wrong for reading in readings for wrong in reading.problems]
    places = {(wrong.file, wrong.line, wrong.column) for wrong in read}
    merged = {(wrong.file, wrong.path) for wrong in read if wrong.code == "FU012"}
    yield from read
    for _, wrong in misshapes:
        follows = wrong.code == "FU102" and (wrong.file, wrong.path) in merged
        if not follows and (wrong.file, wrong.line, wrong.column) not in places:
            yield wrong


def _declared(folder: str, readings: tuple[Reading, ...], misshapes: tuple[Misshape, ...], today: str) -> Declarations:
    spoilt = frozenset((misshape.problem.file, misshape.item) for misshape in misshapes)
    whole = not any(reading.broken for reading in readings) and all(
        len(path) > 1 or path == ("office",) for _, path in spoilt
    )
    return declare(folder, readings, spoilt, whole, today)


def _as_problem(finding: Finding) -> Problem:
    item = finding.item
    return problem(finding.code, item.file, finding.place, item.path + finding.path, finding.message, finding.hint)


def _documents(known: Declarations) -> Documents:
    documents = {
        kind: {id: item.document for id, item in sorted(items.items()) if item.document is not None}
        for kind, items in known.items.items()
    }
    moved = resolved({id: document["to"] for id, document in documents["moved"].items()})
    return {**documents, "moved": {"moved": moved}}


def _places(known: Declarations) -> dict[tuple[str, str], tuple[str, int]]:
    return {
        (kind, id): (item.file, item.at.line)
        for kind, items in known.items.items()
        for id, item in items.items()
        if item.file
    }


def _order(problem: Problem) -> tuple[str, int, int, str, str]:
    return problem.file, problem.line, problem.column, problem.code, problem.message
