"""A whole office: what a copy takes, and what the copy is compared with."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from followup.errors import CannotWrite
from followup.store.tables import TABLES

if TYPE_CHECKING:
    from followup.store.protocol import Store


def must_be_empty(store: Store) -> None:
    """Raises CannotWrite where an office is kept already."""
    if next(store.ask("doctor.begun"))[0]:
        raise CannotWrite(f"{store.url} holds an office already: nothing was changed")


def difference(one: Store, other: Store) -> str | None:
    """The first row that the two do not have alike, such as `history contact:li-wei 3`."""
    for table in TABLES:
        for mine, theirs in zip_longest(one.rows_of(table), other.rows_of(table)):
            if mine != theirs:
                first = min(row[: len(table.key)] for row in (mine, theirs) if row)
                return " ".join([table.name, *map(str, first)])
    return None
