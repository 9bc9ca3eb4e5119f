"""Plain data with positions: a dict and a list that have lines and columns, counted from 1."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from followup.catalog.scalars import Scalar

Path = tuple[str | int, ...]
#: The values that YAML can have here: no tags, no dates, only text keys.
Node: TypeAlias = "Map | Seq | Scalar"


class Place(NamedTuple):
    """A line and a column of a text, both counted from 1; columns count characters."""

    line: int
    column: int


TOP = Place(1, 1)


class Map(dict[str, "Node"]):
    """A YAML mapping. `at`: its start; `keys_at` and `values_at`: the place of each entry."""

    __slots__ = ("at", "keys_at", "values_at")

    def __init__(self, at: Place) -> None:
        super().__init__()
        self.at = at
        self.keys_at: dict[str, Place] = {}
        self.values_at: dict[str, Place] = {}


class Seq(list["Node"]):
    """A YAML sequence. `at`: its start; `values_at`: the place of each item."""

    __slots__ = ("at", "values_at")

    def __init__(self, at: Place) -> None:
        super().__init__()
        self.at = at
        self.values_at: list[Place] = []


def locate(value: Node, path: Path, otherwise: Place, key: bool = False) -> Place:
    """The place of `path` inside `value`, or of its nearest existing parent.

    With `key`: the place of the last part of the path as a key, not of its value.
    """
    place = otherwise
    for depth, part in enumerate(path, 1):
        if isinstance(value, Map) and part in value:
            name = str(part)
            place = (value.keys_at if key and depth == len(path) else value.values_at)[name]
            value = value[name]
        elif isinstance(value, Seq) and isinstance(part, int) and part < len(value):
            place = value.values_at[part]
            value = value[part]
        else:
            break
    return place


def value_at(value: Node, *path: str | int) -> Node:
    """The value at `path` inside `value`; None if there is none."""
    for part in path:
        if isinstance(value, Map) and isinstance(part, str):
            value = value.get(part)
        elif isinstance(value, Seq) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return None
    return value


def dotted(path: Path) -> str:
    """`cycles.future-prospect.steps[1].offset`."""
    words = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(words).removeprefix(".")
