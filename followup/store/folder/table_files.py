"""Which table is in which file. Rows are ordered by key.

The columns are those of the files' own schema, which may be older than the declarations in store/tables.py.
Other data isn't in CSV files: counters are computed, and the instance is in office.json.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from followup.store.folder.fields import lines
from followup.store.tables import ACTION, CATALOG_ITEM, CATALOG_VERSION, CHANGE, CONTACT, ENROLMENT, HISTORY, Table

#: table -> its file
FILES: Mapping[Table, str] = MappingProxyType(
    {
        CONTACT: "contacts.csv",
        ENROLMENT: "enrolments.csv",
        ACTION: "actions.csv",
        CHANGE: "changes.csv",
        CATALOG_VERSION: "versions.csv",
        CATALOG_ITEM: "catalog.csv",
    }
)
#: the history only grows at its end, and is loaded only when needed
HISTORY_FILE = "history.csv"
ALL: Mapping[Table, str] = MappingProxyType({**FILES, HISTORY: HISTORY_FILE})
NAMES = tuple(ALL.values())
#: what no row of another file depends on can be edited unseen, but for this column
SEALED = (CHANGE, CATALOG_VERSION, CATALOG_ITEM, HISTORY)
SEAL = "seal"


class TableFile(NamedTuple):
    """`blanks`: what an empty field means, by column; `key`: the columns that tell a row apart; `sealed`: only commands
    write it, and nothing else would show an edit of a line."""

    name: str
    columns: list[str]
    blanks: list[str | None]
    key: tuple[str, ...]
    sealed: bool

    @property
    def header(self) -> list[str]:
        """The first line."""
        return [*self.columns, SEAL] if self.sealed else self.columns

    @property
    def insert(self) -> str:
        return f"INSERT INTO {self.name} ({', '.join(self.columns)}) VALUES ({', '.join('?' * len(self.columns))})"

    @property
    def select(self) -> str:
        """Every row as in the file: an empty text is written as an empty field if its column is never null."""
        cells = (c if blank is None else f"nullif({c}, '')" for c, blank in zip(self.columns, self.blanks, strict=True))
        return f"SELECT {', '.join(cells)} FROM {self.name} ORDER BY {', '.join(self.key)}"


def table_file(connection: sqlite3.Connection, table: Table) -> TableFile:
    """The file for a table in the connection's schema."""
    rows = connection.execute(f"PRAGMA table_info({table.name})").fetchall()
    blanks = ["" if type_ == "TEXT" and required else None for _, _, type_, required, _, _ in rows]
    return TableFile(table.name, [row[1] for row in rows], blanks, table.key, table in SEALED)


def content(connection: sqlite3.Connection, table: Table) -> bytes:
    """The contents of a table's file."""
    file = table_file(connection, table)
    return lines([file.header]) + lines(connection.execute(file.select), file.sealed)
