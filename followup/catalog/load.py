"""Load a folder of YAML files: documents, all problems of all files at once, and the place of each item.

A broken file doesn't hide problems in others, but while there is one, checks across items are skipped.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from followup.catalog import checks
from followup.catalog.codes import ERROR, problem
from followup.catalog.declarations import MOVE, TEST, Declarations, Finding, Misshapen, declare
from followup.catalog.files import CatalogFile, content, listing
from followup.catalog.reader import Reading, read
from followup.catalog.renames import resolved
from followup.catalog.source_text import NotText
from followup.catalog.tree import TOP, Map, Path
from followup.core.office_documents import Documents
from followup.errors import Problem

if TYPE_CHECKING:
    from followup.core.catalog_documents import CaseDocument, Document, DocumentsByKind


class Catalog(NamedTuple):
    """A folder's catalog. `places` by kind and id: file and line. `digest`: sha256 of the canonical documents.

    `cases`: the tests for `followup test`. They are never applied: editing one affects no contact.
    """

    documents: DocumentsByKind
    problems: tuple[Problem, ...]
    places: Mapping[tuple[str, str], tuple[str, int]]
    digest: str
    cases: Mapping[str, CaseDocument] = MappingProxyType({})

    @property
    def source(self) -> Documents:
        """The documents, for the core's queries."""
        return Documents(self.documents)

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == ERROR)


def load(folder: str, today: str = "") -> Catalog:
    """Read and check a catalog folder. Never raises because of a file's content.

    `today`: a date from which to check that holidays last (T9); empty skips that check.
    """
    files = listing(folder)
    if not files:
        return Catalog({}, (_no_file(folder),), {}, digest({}))
    readings = tuple(_read(file, folder) for file in files)
    misshapes = tuple(misshape for reading in readings for misshape in _misshapes(reading))
    declarations = _declared(folder, readings, misshapes, today)
    findings = (_as_problem(finding) for finding in checks.findings(declarations))
    problems = _with_sources(sorted({*_of_files(readings, misshapes), *findings}, key=_order), readings)
    documents = _documents(declarations)
    return Catalog(documents, problems, _places(declarations), digest(documents), _cases(declarations))


def _no_file(folder: str) -> Problem:
    if os.path.isfile(folder):
        return problem("FU017", folder, TOP, (), "a file, not a folder", "name the folder that it is in")
    message = "no catalog file in the folder" if os.path.isdir(folder) else "there is no such folder"
    return problem("FU017", folder, TOP, (), message, "a catalog is a folder with files such as cycles.yaml")


def digest(documents: DocumentsByKind) -> str:
    """A digest that doesn't depend on the order of declarations, nor on kinds without items."""
    declared = {kind: items for kind, items in documents.items() if items}
    canonical = json.dumps(declared, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


class Misshape(NamedTuple):
    """A schema problem, and the item that it makes unusable."""

    item: Path
    problem: Problem


def _read(file: CatalogFile, folder: str) -> Reading:
    try:
        return read(content(file.path, folder), file.display)
    except NotText as error:
        unreadable = problem(error.code, file.display, error.place, (), error.message, error.hint)
        return Reading(file.display, Map(TOP), (unreadable,), broken=True, text=error.text)


def _misshapes(reading: Reading) -> Iterator[Misshape]:
    from followup.catalog import json_schema

    for path, misshape in json_schema.problems(reading.data, reading.file):
        yield Misshape(path[:1] if path[:1] == ("office",) else path[:2], misshape)


def _of_files(readings: tuple[Reading, ...], misshapes: tuple[Misshape, ...]) -> Iterator[Problem]:
    """Problems of the reader and the schema, without those that only follow from a reader problem.

    If the reader refuses a tag or number, the schema sees 0 or text at the same place; and keys that a merge (`<<`)
    would have added look missing. One mistake is reported once.
    """
    by_reader = [problem for reading in readings for problem in reading.problems]
    places = {(problem.file, problem.line, problem.column) for problem in by_reader}
    merged = {(problem.file, problem.path) for problem in by_reader if problem.code == "FU012"}
    yield from by_reader
    for _, misshape in misshapes:
        follows = misshape.code == "FU102" and (misshape.file, misshape.path) in merged
        if not follows and (misshape.file, misshape.line, misshape.column) not in places:
            yield misshape


def _declared(folder: str, readings: tuple[Reading, ...], misshapes: tuple[Misshape, ...], today: str) -> Declarations:
    """All declarations, and whether they are complete.

    A broken file, or a section that isn't a mapping, may hide declarations. References to them would look undeclared,
    so checks across items are skipped. A misshapen item hides nothing: it counts as declared.
    """
    misshapen = Misshapen(frozenset((misshape.problem.file, misshape.item) for misshape in misshapes))
    sections_readable = all(len(path) > 1 or path == ("office",) for _, path in misshapen.places)
    whole = sections_readable and not any(reading.broken for reading in readings)
    return declare(folder, readings, misshapen, whole, today)


def _as_problem(finding: Finding) -> Problem:
    item = finding.item
    return problem(finding.code, item.file, finding.place, item.path + finding.path, finding.message, finding.hint)


def _with_sources(problems: Sequence[Problem], readings: Iterable[Reading]) -> tuple[Problem, ...]:
    """Each with the line of its file that it is about."""
    files = {problem.file for problem in problems}
    lines = {reading.file: reading.text.split("\n") for reading in readings if reading.file in files}
    return tuple(each._replace(source=_line(lines.get(each.file, ()), each.line)) for each in problems)


def _line(lines: Sequence[str], number: int) -> str:
    return lines[number - 1].removesuffix("\r") if number <= len(lines) else ""


def _documents(declarations: Declarations) -> dict[str, Mapping[str, Document]]:
    """The documents to apply, by kind and id: all but tests; `moved` resolved to the current id of each old id."""
    documents: dict[str, Mapping[str, Document]] = {
        kind: {id: item.document for id, item in sorted(items.items()) if item.document is not None}
        for kind, items in declarations.items.items()
        if kind != TEST
    }
    moves = {item.id: document["to"] for item, document in declarations.documents(MOVE)}
    return {**documents, MOVE: {MOVE: resolved(moves)}}


def _cases(declarations: Declarations) -> dict[str, CaseDocument]:
    return {item.id: case for item, case in sorted(declarations.documents(TEST), key=lambda pair: pair[0].id)}


def _places(declarations: Declarations) -> dict[tuple[str, str], tuple[str, int]]:
    return {
        (kind, id): (item.file, item.at.line)
        for kind, items in declarations.items.items()
        for id, item in items.items()
        if item.file
    }


def _order(problem: Problem) -> tuple[str, int, int, str, str]:
    return problem.file, problem.line, problem.column, problem.code, problem.message
