"""One YAML text to data with positions, from parse events, one by one, never by recursion.

Depth, size and aliases are bounded before anything is kept, so that no text can crash the process or fill its memory.
What can be passed over (a tag, a key twice) is noted and reading goes on; what cannot ends the reading of this text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import yaml

from followup.catalog.codes import problem
from followup.catalog.scalars import resolve
from followup.catalog.source_text import INVISIBLE, invisible
from followup.catalog.tree import TOP, Map, Path, Place, Seq
from followup.errors import Problem

DEEPEST = 20
MOST_VALUES = 100_000
MOST_PROBLEMS = 100
DROPPED = "\0"  # the key of a value that goes nowhere; no text can hold it

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Reading(NamedTuple):
    """One file as read. `broken`: it was not read to the end, so nobody knows what it declares, and it has no data."""

    file: str
    data: Map
    problems: tuple[Problem, ...]
    broken: bool


class Broken(Exception):
    """Nothing more can be read from this text."""


class Anchored(NamedTuple):
    """What an alias repeats, and what repeating it costs."""

    value: Any
    values: int
    depth: int


class Frame:
    """A mapping or sequence that is still open. `key`: of a mapping, the key whose value comes next."""

    __slots__ = ("anchor", "before", "depth", "key", "key_at", "path", "value")

    def __init__(self, value: Map | Seq, anchor: str | None, before: int, path: Path) -> None:
        self.value, self.anchor, self.before, self.path = value, anchor, before, path
        self.key: str | None = None
        self.key_at = value.at
        self.depth = 0  # of what lies below

    def next_path(self) -> Path:
        if isinstance(self.value, Seq):
            return (*self.path, len(self.value))
        return self.path if self.key in (None, DROPPED) else (*self.path, str(self.key))


class Tree:
    """What has been built so far."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Any = None
        self.root_at = TOP
        self.open: list[Frame] = []
        self.anchors: dict[str, Anchored | None] = {}
        self.values = 0
        self.documents = 0
        self.problems: list[Problem] = []

    def note(self, code: str, at: Place, message: str, hint: str = "") -> None:
        self.problems.append(problem(code, self.file, at, self.path(), message, hint))
        if len(self.problems) == MOST_PROBLEMS:
            raise Broken

    def path(self) -> Path:
        """Where in the data the next value goes."""
        return self.open[-1].next_path() if self.open else ()

    def stop(self, code: str, at: Place, message: str, hint: str = "") -> Broken:
        self.note(code, at, message, hint)
        return Broken()

    def count(self, values: int, depth: int, at: Place) -> None:
        """Every value is paid for before it is kept."""
        self.values += values
        if self.values > MOST_VALUES:
            raise self.stop("FU010", at, f"more than {MOST_VALUES:,} values in one file", "split the file")
        if len(self.open) + depth > DEEPEST:
            raise self.stop("FU009", at, f"nested more than {DEEPEST} levels deep")

    def put(self, value: Any, at: Place, depth: int = 0) -> None:
        """Hand a finished scalar, or a collection that has just opened, to whatever is open around it."""
        if not self.open:
            self.root, self.root_at = value, at
            return
        frame = self.open[-1]
        frame.depth = max(frame.depth, depth)
        if isinstance(frame.value, Seq):
            frame.value.append(value)
            frame.value.values_at.append(at)
            return
        if frame.key is not None and frame.key != DROPPED:
            frame.value[frame.key] = value
            frame.value.keys_at[frame.key] = frame.key_at
            frame.value.values_at[frame.key] = at
        frame.key = None

    def wants_key(self) -> bool:
        return bool(self.open) and self.open[-1].key is None and isinstance(self.open[-1].value, Map)


def read(text: str, file: str) -> Reading:
    """The data of one catalog file. Problems are in the order in which they stand in the text."""
    tree = Tree(file)
    broken = False
    try:
        for event in _events(text, tree):
            ON[type(event)](tree, event)
    except Broken:
        broken = True
    if not broken and tree.root is not None and not isinstance(tree.root, Map):
        tree.note("FU101", tree.root_at, "a catalog file is a mapping", "such as `cycles:` with ids below it")
        broken = True
    data = tree.root if isinstance(tree.root, Map) and not broken else Map(TOP)
    return Reading(file, data, tuple(tree.problems), broken)


def _events(text: str, tree: Tree) -> Iterator[yaml.Event]:
    try:
        yield from yaml.parse(text, Loader=Loader)
    except yaml.MarkedYAMLError as error:
        raise _syntax(error, text, tree) from None
    except (yaml.YAMLError, ValueError) as error:
        raise tree.stop("FU007", TOP, f"not valid YAML: {error}") from None


def _syntax(error: yaml.MarkedYAMLError, text: str, tree: Tree) -> Broken:
    mark = error.problem_mark or error.context_mark
    at = Place(mark.line + 1, mark.column + 1) if mark else TOP
    if "nesting depth" in (error.problem or ""):  # libyaml from 0.2.6 on stops by itself, before it gives an event
        return tree.stop("FU009", at, f"nested more than {DEEPEST} levels deep")
    lines = text.splitlines()
    line = lines[at.line - 1] if at.line <= len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return tree.stop("FU007", Place(at.line, line.index("\t") + 1), "a tab in the indentation", "use spaces")
    begun = f"{error.context}, begun on line {error.context_mark.line + 1}" if error.context_mark else ""
    return tree.stop("FU007", at, f"not valid YAML: {error.problem}", begun)


def _place(event: Any) -> Place:
    mark = event.start_mark
    return Place(mark.line + 1, mark.column + 1)


def _ignore(_: Tree, __: Any) -> None:
    """Stream and document ends say nothing that is needed."""


def _document(tree: Tree, event: Any) -> None:
    tree.documents += 1
    if tree.documents > 1:
        raise tree.stop("FU008", _place(event), "a second document in one file", "remove the line `---`")


def _refuse_tag(tree: Tree, event: Any, at: Place) -> None:
    if event.tag is not None:
        tag = event.tag.replace("tag:yaml.org,2002:", "!!")
        tree.note("FU011", at, f"the tag {tag} cannot be used here", "write the value without it")


def _open_map(tree: Tree, event: Any) -> None:
    _open(tree, event, Map(_place(event)))


def _open_seq(tree: Tree, event: Any) -> None:
    _open(tree, event, Seq(_place(event)))


def _open(tree: Tree, event: Any, value: Map | Seq) -> None:
    _refuse_tag(tree, event, value.at)
    if tree.wants_key():
        raise tree.stop("FU014", value.at, "a key must be text, not a list or a mapping")
    tree.count(1, 1, value.at)
    if event.anchor:
        tree.anchors[event.anchor] = None  # until it is closed: an alias inside itself never ends
    frame = Frame(value, event.anchor, tree.values, tree.path())
    tree.put(value, value.at)
    tree.open.append(frame)


def _close(tree: Tree, _: Any) -> None:
    frame = tree.open.pop()
    depth = frame.depth + 1
    if frame.anchor:
        tree.anchors[frame.anchor] = Anchored(frame.value, tree.values - frame.before + 1, depth)
    if tree.open:
        tree.open[-1].depth = max(tree.open[-1].depth, depth)


def _scalar(tree: Tree, event: Any) -> None:
    at = _place(event)
    _refuse_tag(tree, event, at)
    tree.count(1, 0, at)
    text = event.value
    if event.style == '"' and (found := INVISIBLE.search(text)):
        tree.note("FU006", at, f"the text holds {invisible(found[0])}", "write it without that escape")
        text = INVISIBLE.sub(" ", text)
    value = _resolved(tree, text, at) if event.implicit[0] else text
    if tree.wants_key():
        _key(tree, value, text, at)
        return
    if event.anchor:
        tree.anchors[event.anchor] = Anchored(value, 1, 0)
    tree.put(value, at)


def _resolved(tree: Tree, text: str, at: Place) -> Any:
    try:
        return resolve(text)
    except OverflowError:
        tree.note("FU015", at, f"{text[:20]} is not a number that can be used", "put text into quotes")
        return 0


def _key(tree: Tree, value: Any, text: str, at: Place) -> None:
    frame = tree.open[-1]
    frame.key, frame.key_at = DROPPED, at
    keys_at = frame.value.keys_at if isinstance(frame.value, Map) else {}
    if text == "<<":
        tree.note(
            "FU012", at, "merge keys (<<) cannot be used here", "write the keys out, or repeat a value with *alias"
        )
        return
    if not isinstance(value, str):
        tree.note("FU014", at, f"the key {text or 'null'} is not text", f'put it into quotes: "{text}"')
    first = keys_at.get(text)
    if first:
        message = f"the key '{text}' is here twice; the first is on line {first.line}"
        tree.note("FU013", at, message, "remove one of the two")
    else:
        frame.key = text


def _alias(tree: Tree, event: Any) -> None:
    at = _place(event)
    if tree.wants_key():
        raise tree.stop("FU014", at, "a key must be text, not an alias")
    if event.anchor not in tree.anchors:
        raise tree.stop("FU016", at, f"*{event.anchor} repeats something that has no &{event.anchor} above it")
    known = tree.anchors[event.anchor]
    if known is None:
        raise tree.stop("FU016", at, f"*{event.anchor} would repeat itself without end")
    tree.count(known.values, known.depth, at)
    tree.put(known.value, at, known.depth)


ON: Mapping[type, Callable[[Tree, Any], None]] = {
    yaml.StreamStartEvent: _ignore,
    yaml.StreamEndEvent: _ignore,
    yaml.DocumentStartEvent: _document,
    yaml.DocumentEndEvent: _ignore,
    yaml.MappingStartEvent: _open_map,
    yaml.SequenceStartEvent: _open_seq,
    yaml.MappingEndEvent: _close,
    yaml.SequenceEndEvent: _close,
    yaml.ScalarEvent: _scalar,
    yaml.AliasEvent: _alias,
}
