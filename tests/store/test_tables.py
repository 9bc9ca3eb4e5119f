"""Each table is declared once: the declaration against what the migrations make, and the statements made of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from types import NoneType, UnionType
from typing import get_args, get_type_hints

import psycopg
import pytest

from followup.core.model import Action, Contact, Enrolment
from followup.store.opening import open_store
from followup.store.sqlite.schema import migrate
from followup.store.statements import statement
from followup.store.tables import (
    ACTION,
    CATALOG_ITEM,
    CATALOG_VERSION,
    CHANGE,
    CONTACT,
    ENROLMENT,
    HISTORY,
    TABLES,
    CatalogItem,
    CatalogVersion,
    ChangeRow,
    HistoryRow,
    Table,
    insert,
    update,
)  # fmt: skip
from tests.servers import new_schema, schema_of, server_url
from tests.store.conftest import dropped

ROWS = {
    CHANGE: ChangeRow,
    CATALOG_VERSION: CatalogVersion,
    CATALOG_ITEM: CatalogItem,
    CONTACT: Contact,
    ENROLMENT: Enrolment,
    ACTION: Action,
    HISTORY: HistoryRow,
}
#: the store's own columns, beside the row type's
MORE = {"seq": int, "next_action": str | None}
TYPES = {"TEXT": str, "INTEGER": int, "text": str, "bigint": int}

#: column -> its type, and whether it may be empty
Columns = dict[str, tuple[type, bool]]

#: of a key, the columns in order
SERVERS_KEY = """
SELECT a.attname FROM pg_index AS i, unnest(i.indkey) WITH ORDINALITY AS k (number, place), pg_attribute AS a
WHERE i.indrelid = to_regclass(%s) AND i.indisprimary AND a.attrelid = i.indrelid AND a.attnum = k.number
ORDER BY k.place
"""


def in_a_file(table: Table) -> tuple[Columns, tuple[str, ...]]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection)
        rows = connection.execute(f"PRAGMA table_info({table.name})").fetchall()
    key = tuple(name for _, name in sorted((place, name) for _, name, *_, place in rows if place))
    # a lone key need not say that it is never empty
    columns = {name: (TYPES[type_], not required and not place) for _, name, type_, required, _, place in rows}
    return columns, key


@pytest.fixture(scope="module")
def schema() -> Iterator[str]:
    url = new_schema()
    open_store(url, create=True).close()
    yield schema_of(url)
    dropped(url)


def on_a_server(schema: str, table: Table) -> tuple[Columns, tuple[str, ...]]:
    asked = (
        "SELECT column_name, data_type, is_nullable FROM information_schema.columns"
        " WHERE table_schema = %s AND table_name = %s"
    )
    with psycopg.connect(server_url()) as server:
        rows = server.execute(asked, [schema, table.name]).fetchall()
        key = server.execute(SERVERS_KEY, [f"{schema}.{table.name}"]).fetchall()
    return {name: (TYPES[type_], empty == "YES") for name, type_, empty in rows}, tuple(name for (name,) in key)


def declared(table: Table) -> Columns:
    hints = get_type_hints(ROWS[table])
    return {column: split(hints.get(column) or MORE[column]) for column in table.columns}


def split(hint: type | UnionType) -> tuple[type, bool]:
    """`str | None` -> `(str, True)`."""
    kinds = set(get_args(hint) or (hint,))
    (kind,) = kinds - {NoneType}
    return kind, NoneType in kinds


def test_every_table_is_declared() -> None:
    assert set(ROWS) == set(TABLES) and len({table.name for table in TABLES}) == len(TABLES)
    own = {"counter", "instance"}  # numbers follow from the rows; which store this is stays its own
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection)
        rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    assert {name for (name,) in rows} == own | {table.name for table in TABLES}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_declaration_a_row_type_and_both_engines_migrations_agree(table: Table, schema: str) -> None:
    """On the names, the types, what may be empty, and the key; the order is nobody's matter: a new column comes last."""
    assert (declared(table), table.key) == in_a_file(table) == on_a_server(schema, table)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_only_what_is_no_key_may_change(table: Table) -> None:
    assert set(table.changing) <= set(table.columns) - set(table.key)


def test_what_a_row_is_about_never_changes_and_all_else_may() -> None:
    """Whose it is and what it was made as; an update that left another column out would lose it."""
    kept = {table.name: set(table.columns) - set(table.changing) - set(table.key) for table in TABLES}
    assert kept["contact"] == set()
    assert kept["enrolment"] == {"contact", "kind", "process", "version", "start", "start_at"}
    assert kept["action"] == {"contact", "type", "title", "enrolment", "step", "round", "trial"} | {
        "position", "channel", "category", "action_name",
    }  # fmt: skip


def test_a_row_that_is_written_is_the_row_that_is_read() -> None:
    row = tuple(n if kind is int else f"text {n}" for n, (kind, _) in enumerate(declared(CONTACT).values()))
    row = (*row[:11], "lead", *row[12:])
    other = (row[0], *("won" if cell == "lead" else cell and cell * 2 for cell in row[1:]))
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection)
        connection.execute(insert(CONTACT).sql, row)
        assert connection.execute(CONTACT.select).fetchall() == [row]
        connection.execute(update(CONTACT).sql, (*other[1:], other[0]))
        assert connection.execute(CONTACT.select).fetchall() == [other]
        seq = update(CONTACT, ("seq",))
        assert seq.names == ("seq", "id") and connection.execute(seq.sql, (7, row[0])).rowcount == 1


def test_the_columns_of_a_statement_are_those_of_its_tables() -> None:
    sql = statement("sqlite", "dossiers.tasks")
    assert f"SELECT {ACTION.aliased('a')}\nFROM action AS a" in sql and ACTION.aliased("a").startswith(
        "a.id, a.contact"
    )
