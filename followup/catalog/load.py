"""A folder of YAML files to a catalog: documents, every problem of every file at once, and where each thing stands.

A broken file hides nothing in the others; while one is broken, only what lies within single items is judged.
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
    """What a folder declares. `places` by kind and id: file and line. `digest`: sha256 of the canonical documents.

    `cases`: what `followup test` proves. They never come in force: an edit of one changes nothing for anybody.
    """

    documents: DocumentsByKind
    problems: tuple[Problem, ...]
    places: Mapping[tuple[str, str], tuple[str, int]]
    digest: str
    cases: Mapping[str, CaseDocument] = MappingProxyType({})

    @property
    def source(self) -> Documents:
        """The documents as the core asks for them."""
        return Documents(self.documents)

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == ERROR)


def load(folder: str, today: str = "") -> Catalog:
    """Read and check a whole catalog folder. Never raises for what is in the files.

    `today`: a date, from which to look how far the holidays last (T9); without it nobody looks.
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
    message = "the folder holds no catalog file" if os.path.isdir(folder) else "there is no such folder"
    return problem("FU017", folder, TOP, (), message, "a catalog is a folder with files such as cycles.yaml")


def digest(documents: DocumentsByKind) -> str:
    """The same for the same documents, whatever order they were declared in, and whatever kinds are still to come."""
    declared = {kind: items for kind, items in documents.items() if items}
    canonical = json.dumps(declared, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


class Misshape(NamedTuple):
    """A problem that the schema has found, with the item that it spoils."""

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
    """What the reader and the schema say, without what follows from something that the reader has passed over.

    A value whose tag or number the reader refuses is 0 or text to the schema, at the same place; and the keys that a
    merge (`<<`) would have brought look as if they were missing. One mistake is one problem.
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
    """Everything that can be read, and whether that is all there is.

    A file that breaks off may declare anything below, and so may a section that is not a mapping: every reference into
    it would be called undeclared. So nothing is said across items then. A misshapen item hides nothing: it is declared.
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
    """What is applied, by kind and id: all but the tests, and of `moved` where each old id leads today."""
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
