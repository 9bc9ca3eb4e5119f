"""The contents of an office, for copying it and for comparing the copy."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from followup.errors import CannotWrite
from followup.store.tables import TABLES

if TYPE_CHECKING:
    from followup.store.protocol import Store


def must_be_empty(store: Store) -> None:
    """Raises CannotWrite if the store already has an office."""
    if next(store.ask("doctor.begun"))[0]:
        raise CannotWrite(f"{store.url} already has an office. Nothing changed.")


def difference(one: Store, other: Store) -> str | None:
    """The first row that differs between the two stores, such as `history contact:li-wei 3`."""
    for table in TABLES:
        for mine, theirs in zip_longest(one.rows_of(table), other.rows_of(table)):
            if mine != theirs:
                first = min(row[: len(table.key)] for row in (mine, theirs) if row)
                return " ".join([table.name, *map(str, first)])
    return None
