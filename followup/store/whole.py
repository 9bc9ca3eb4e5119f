"""A whole office as rows, told by every store in one order: what a copy takes, and what it is held against."""

from __future__ import annotations

import re
from functools import cache
from itertools import zip_longest

from followup.errors import CannotWrite
from followup.store.protocol import Store
from followup.store.statements import statement

#: every table that a copy takes along, in words of whole.sql -> of how many columns its key is. Who is let in follows
#: from the catalog, the numbers from the rows; which store this is stays its own
TABLES = {
    "change": 1,
    "catalog_version": 1,
    "catalog_item": 3,
    "contact": 1,
    "enrolment": 1,
    "action": 1,
    "history": 2,
}


@cache
def columns(table: str) -> tuple[str, ...]:
    """In the order of the table's rows."""
    selected = re.search(r"SELECT (.+?) FROM", " ".join(statement("", f"whole.{table}").split()))
    assert selected is not None, table
    return tuple(selected[1].split(", "))


def insert(table: str) -> str:
    named = columns(table)
    return f"INSERT INTO {table} ({', '.join(named)}) VALUES ({', '.join('?' * len(named))})"


def must_be_empty(store: Store) -> None:
    """Raises CannotWrite where an office is kept already."""
    if next(store.ask("doctor.begun"))[0]:
        raise CannotWrite(f"{store.url} holds an office already: nothing was changed")


def difference(one: Store, other: Store) -> str | None:
    """The first row that the two do not have alike, such as `history contact:li-wei 3`."""
    for table, width in TABLES.items():
        for mine, theirs in zip_longest(one.ask(f"whole.{table}"), other.ask(f"whole.{table}")):
            if mine != theirs:
                first = min(row[:width] for row in (mine, theirs) if row)
                return " ".join([table, *map(str, first)])
    return None
