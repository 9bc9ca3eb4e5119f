"""Builds the data tree: what the reader has added so far, what is still open, and its cost.

Depth, size and aliases are limited before a value is kept, so that no text can crash the process or fill its memory.
"""

from __future__ import annotations

from typing import NamedTuple

from followup.catalog.codes import problem
from followup.catalog.tree import TOP, Map, Node, Path, Place, Seq
from followup.errors import Problem

DEEPEST = 20
MOST_VALUES = 100_000
MOST_PROBLEMS = 100
LONG_TEXT = 100  # characters: a text costs a value for each so many
DROPPED = "\0"  # the key of a value to drop; no text can have it


class Broken(Exception):
    """This text can't be read any further."""


class Anchored(NamedTuple):
    """The target of an alias, and the cost of repeating it: its number of values, and its depth."""

    value: Node
    values: int
    depth: int


class Frame:
    """A mapping or sequence that is still open. `key`: a mapping's key whose value comes next."""

    __slots__ = ("anchor", "before", "depth", "key", "key_at", "path", "value")

    def __init__(self, value: Map | Seq, anchor: str | None, before: int, path: Path) -> None:
        self.value, self.anchor, self.before, self.path = value, anchor, before, path
        self.key: str | None = None
        self.key_at = value.at
        self.depth = 0  # of its children

    def put(self, value: Node, at: Place) -> None:
        if isinstance(self.value, Seq):
            self.value.append(value)
            self.value.values_at.append(at)
            return
        if self.key is not None and self.key != DROPPED:
            self.value[self.key] = value
            self.value.keys_at[self.key] = self.key_at
            self.value.values_at[self.key] = at
        self.key = None

    def next_path(self) -> Path:
        if isinstance(self.value, Seq):
            return (*self.path, len(self.value))
        return self.path if self.key in (None, DROPPED) else (*self.path, str(self.key))


class Tree:
    """The tree so far."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Node = None
        self.root_at = TOP
        self.open: list[Frame] = []
        self.anchors: dict[str, Anchored | None] = {}  # None: still open
        self.values = 0
        self.documents = 0
        self.problems: list[Problem] = []

    def note(self, code: str, at: Place, message: str, hint: str = "") -> None:
        self.problems.append(problem(code, self.file, at, self.path(), message, hint))
        if len(self.problems) == MOST_PROBLEMS:
            raise Broken

    def path(self) -> Path:
        """The path of the next value."""
        return self.open[-1].next_path() if self.open else ()

    def stop(self, code: str, at: Place, message: str, hint: str = "") -> Broken:
        self.note(code, at, message, hint)
        return Broken()

    def count(self, values: int, depth: int, at: Place) -> None:
        """Count every value before it is kept; an alias counts everything it repeats.

        An alias is only a reference, and costs the reader nothing. But all later code walks the data as a tree: ten
        levels of lists with ten aliases each would be ten billion values to the schema.
        """
        self.values += values
        if self.values > MOST_VALUES:
            raise self.stop("FU010", at, f"more than {MOST_VALUES:,} values in one file", "split the file")
        if len(self.open) + depth > DEEPEST:
            raise self.stop("FU009", at, f"nested more than {DEEPEST} levels deep")

    def put(self, value: Node, at: Place, depth: int = 0) -> None:
        """Add a finished scalar, or a collection that has just opened, to the innermost open collection."""
        if not self.open:
            self.root, self.root_at = value, at
            return
        frame = self.open[-1]
        frame.depth = max(frame.depth, depth)
        frame.put(value, at)

    def wants_key(self) -> bool:
        return bool(self.open) and self.open[-1].key is None and isinstance(self.open[-1].value, Map)
