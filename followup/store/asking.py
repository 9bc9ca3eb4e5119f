"""How a question reaches an engine: the name of a statement and its values go in, rows come out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol, TypeAlias

from followup.errors import StoreUnreachable

DAMAGED = "the store is damaged: restore your last backup, and keep this file"

#: what a statement is given
Value: TypeAlias = str | int | bytes | None
#: a row in the order of its columns; the one question that names the statement knows their types
Row: TypeAlias = tuple[Any, ...]


class Asking(Protocol):
    """An engine, as far as questions need it. Only the questions of this package name statements."""

    def ask(self, name: str, /, **values: Value) -> Iterator[Row]:
        """The rows that answer the statement `file.name`."""
        ...


def parsed(text: str) -> Any:
    """A document, or an event's data, as it was saved. Raises StoreUnreachable for one that is damaged."""
    from json import loads

    try:
        return loads(text)
    except (RecursionError, ValueError):
        raise StoreUnreachable(DAMAGED) from None
