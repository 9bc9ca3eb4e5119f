"""Which table stands in which file, with the columns of the schema, in the order of its key.

What is not here is counted again (the numbers), or stands in office.json (the instance).
"""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from followup.store.folder.fields import lines

#: table -> its file
FILES = {
    "contact": "contacts.csv",
    "enrolment": "enrolments.csv",
    "action": "actions.csv",
    "change": "changes.csv",
    "catalog_version": "versions.csv",
    "catalog_item": "catalog.csv",
}
#: what happened grows at its end, and is read only when somebody asks for it
HISTORY = "history.csv"
ALL = {**FILES, "history": HISTORY}
NAMES = tuple(ALL.values())


class Table(NamedTuple):
    """`blanks`: what an empty field means, by column; `key`: the columns that tell a row apart."""

    name: str
    columns: list[str]
    blanks: list[str | None]
    key: list[str]

    @property
    def insert(self) -> str:
        return f"INSERT INTO {self.name} ({', '.join(self.columns)}) VALUES ({', '.join('?' * len(self.columns))})"

    @property
    def select(self) -> str:
        """Every row as its line says it: the empty text of a column that always has one needs no mark."""
        said = (c if blank is None else f"nullif({c}, '')" for c, blank in zip(self.columns, self.blanks, strict=True))
        return f"SELECT {', '.join(said)} FROM {self.name} ORDER BY {', '.join(self.key)}"


def table(connection: sqlite3.Connection, name: str) -> Table:
    found = connection.execute(f"PRAGMA table_info({name})").fetchall()
    blanks = ["" if type_ == "TEXT" and required else None for _, _, type_, required, _, _ in found]
    keys = sorted((place, column) for _, column, _, _, _, place in found if place)
    return Table(name, [row[1] for row in found], blanks, [column for _, column in keys])


def written(connection: sqlite3.Connection, name: str) -> bytes:
    """What the file of a table says."""
    made = table(connection, name)
    return lines([made.columns]) + lines(connection.execute(made.select))
