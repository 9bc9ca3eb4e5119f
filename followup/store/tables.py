"""Every table of an office, declared once: questions, writes, copies, files and the doctor take its columns from here.

Migrations stay text, since released ones are never edited. tests/store/test_tables.py checks that both agree.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from followup.core.model import Action, Contact, Dossier, Enrolment

#: the value of one cell, and a row of them
Value: TypeAlias = str | int | None
Row: TypeAlias = tuple[Value, ...]


class ChangeRow(NamedTuple):
    """Who changed something, when (UTC seconds), with which command. `unfinished`: the command as typed, while more
    batches may follow."""

    id: int
    at: int
    by: str
    command: str
    catalog_version: int
    undoes: int | None = None
    unfinished: str | None = None


class CatalogVersion(NamedTuple):
    """A catalog version, and the change that applied it."""

    number: int
    digest: str
    git: str | None
    change: int


class CatalogItem(NamedTuple):
    """A document of the catalog, valid from version `since` up to but excluding version `until`."""

    kind: str
    id: str
    since: int
    until: int | None
    document: str


class HistoryRow(NamedTuple):
    """An event of a subject. `data`: JSON of its fields, without `action`."""

    subject: str
    seq: int
    change: int
    kind: str
    action: int | None
    data: str


class Table(NamedTuple):
    """`columns`: in the order of our rows, which may differ from the database's. `key`: the columns that identify a
    row. `changing`: the columns that may change after the insert."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    changing: tuple[str, ...] = ()

    def aliased(self, alias: str) -> str:
        """The columns for a SELECT: `a.id, a.contact, ...`."""
        return ", ".join(f"{alias}.{column}" for column in self.columns)

    @property
    def select(self) -> str:
        """Every row, ordered by the key."""
        return f"SELECT {', '.join(self.columns)} FROM {self.name} ORDER BY {', '.join(self.key)}"


CHANGE = Table("change", ChangeRow._fields, ("id",), ("unfinished",))
CATALOG_VERSION = Table("catalog_version", CatalogVersion._fields, ("number",))
CATALOG_ITEM = Table("catalog_item", CatalogItem._fields, ("kind", "id", "since"))
CONTACT = Table(
    "contact", (*Contact._fields, "seq", "next_action"), ("id",), (*Contact._fields[1:], "seq", "next_action")
)
ENROLMENT = Table(
    "enrolment",
    Enrolment._fields,
    ("id",),
    ("alias", "round", "round_start", "round_at", "paused_until", "ended", "reason"),
)
ACTION = Table(
    "action",
    Action._fields,
    ("id",),
    ("owner", "status", "due", "nominal", "at", "moved", "attempts", "outcome", "notes", "listing")
    + ("completed_on", "completed_by", "reason", "alias"),
)
HISTORY = Table("history", HistoryRow._fields, ("subject", "seq"))

#: the tables of an office, in the order in which they are copied. Access and counters are derived from the rows;
#: a store's own identity isn't copied
TABLES = (CHANGE, CATALOG_VERSION, CATALOG_ITEM, CONTACT, ENROLMENT, ACTION, HISTORY)


def table(name: str) -> Table:
    return next(table for table in TABLES if table.name == name)


def contact_row(contact: Contact, dossier: Dossier) -> Row:
    """A contact's row in its table, with the columns that lists sort by and writers check."""
    return (*contact, dossier.seq, dossier.next_action)


class Write(NamedTuple):
    """A statement for many rows, each an insert or an update of the row with its key.

    Its values are those of `columns`, then `key`.
    """

    table: str
    columns: tuple[str, ...]
    key: str | None = None

    @property
    def sql(self) -> str:
        """With a `?` for each value of a row."""
        if self.key is None:
            places = ", ".join("?" * len(self.columns))
            return f"INSERT INTO {self.table} ({', '.join(self.columns)}) VALUES ({places})"
        return f"UPDATE {self.table} SET {', '.join(f'{name} = ?' for name in self.columns)} WHERE {self.key} = ?"

    @property
    def names(self) -> tuple[str, ...]:
        """The columns in the order of a row's values."""
        return self.columns if self.key is None else (*self.columns, self.key)


def insert(table: Table) -> Write:
    return Write(table.name, table.columns)


def update(table: Table, columns: tuple[str, ...] = ()) -> Write:
    """An update of these columns; if none are given, of all that may change. The key must be a single column."""
    (key,) = table.key
    return Write(table.name, columns or table.changing, key)
