"""The differences between two documents of an item, in an administrator's words: one line per change.

Steps are compared by id, so that an inserted step is one line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from json import dumps
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from followup.core.catalog_documents import Document

#: longer values are shortened
SHOWN = 60


class Changed(NamedTuple):
    """One difference. `at`: its keys, steps by id; `was`, `becomes`: None if missing."""

    at: tuple[str, ...]
    was: object
    becomes: object

    def __str__(self) -> str:
        what = " ".join(self.at).replace("_", " ")
        if isinstance(self.becomes, Mapping) and self.was is None:
            return f"{what}: new"
        if isinstance(self.was, Mapping) and self.becomes is None:
            return f"{what}: removed"
        return f"{what}: {worded(self.was)} -> {worded(self.becomes)}"


def changes(before: Document, after: Document) -> Iterator[Changed]:
    """The changes of an item that is in both catalogs."""
    return _mapping((), before, after)


def _mapping(at: tuple[str, ...], before: Document, after: Document) -> Iterator[Changed]:
    for key in dict.fromkeys((*before, *after)):
        yield from _value((*at, key), before.get(key), after.get(key))


def _value(at: tuple[str, ...], before: object, after: object) -> Iterator[Changed]:
    if before == after:
        return
    if at[-1] == "steps" and isinstance(before, list) and isinstance(after, list):
        yield from _steps(at[:-1], before, after)
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _mapping(at, before, after)
    else:
        yield Changed(at, before, after)


def _steps(at: tuple[str, ...], before: Sequence[Document], after: Sequence[Document]) -> Iterator[Changed]:
    old, new = ({str(step["id"]): step for step in steps} for steps in (before, after))
    for id in dict.fromkeys((*old, *new)):
        here = (*at, "step", id)
        if id in old and id in new:
            yield from _mapping(here, old[id], new[id])
        else:
            yield Changed(here, old.get(id), new.get(id))
    stay = [[id for id in steps if id in old and id in new] for steps in (old, new)]
    if stay[0] != stay[1]:
        yield Changed((*at, "order of the steps"), ", ".join(stay[0]), ", ".join(stay[1]))


def worded(value: object) -> str:
    """A document's value as text."""
    match value:
        case None:
            return "none"
        case bool():
            return "true" if value else "false"
        case [int() as number, str() as unit]:
            return f"{number} {unit[:-1] if abs(number) == 1 else unit}"
        case list() if all(isinstance(part, str) for part in value):
            text = ", ".join(value) or "none"
        case list() | Mapping():
            text = dumps(value, ensure_ascii=False)
        case _:
            text = str(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
