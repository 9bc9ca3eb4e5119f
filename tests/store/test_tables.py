"""Each table is declared once: the declaration compared with the migrations, and the statements generated from it."""

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
#: the store's own columns, in addition to the row type's
MORE = {"seq": int, "next_action": str | None}
TYPES = {"TEXT": str, "INTEGER": int, "text": str, "bigint": int}

#: column -> its type, and whether it may be empty
Columns = dict[str, tuple[type, bool]]

#: the columns of a key, in order
SERVERS_KEY = """
SELECT a.attname FROM pg_index AS i, unnest(i.indkey) WITH ORDINALITY AS k (number, place), pg_attribute AS a
WHERE i.indrelid = to_regclass(%s) AND i.indisprimary AND a.attrelid = i.indrelid AND a.attnum = k.number
ORDER BY k.place
"""


def columns_in_sqlite(table: Table) -> tuple[Columns, tuple[str, ...]]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection)
        rows = connection.execute(f"PRAGMA table_info({table.name})").fetchall()
    key = tuple(name for _, name in sorted((place, name) for _, name, *_, place in rows if place))
    # a key of one column needs no NOT NULL
    columns = {name: (TYPES[type_], not required and not place) for _, name, type_, required, _, place in rows}
    return columns, key


@pytest.fixture(scope="module")
def schema() -> Iterator[str]:
    url = new_schema()
    open_store(url, create=True).close()
    yield schema_of(url)
    dropped(url)


def columns_on_a_server(schema: str, table: Table) -> tuple[Columns, tuple[str, ...]]:
    query = (
        "SELECT column_name, data_type, is_nullable FROM information_schema.columns"
        " WHERE table_schema = %s AND table_name = %s"
    )
    with psycopg.connect(server_url()) as server:
        rows = server.execute(query, [schema, table.name]).fetchall()
        key = server.execute(SERVERS_KEY, [f"{schema}.{table.name}"]).fetchall()
    return {name: (TYPES[type_], empty == "YES") for name, type_, empty in rows}, tuple(name for (name,) in key)


def declared_columns(table: Table) -> Columns:
    hints = get_type_hints(ROWS[table])
    return {column: split_hint(hints.get(column) or MORE[column]) for column in table.columns}


def split_hint(hint: type | UnionType) -> tuple[type, bool]:
    """`str | None` -> `(str, True)`."""
    kinds = set(get_args(hint) or (hint,))
    (kind,) = kinds - {NoneType}
    return kind, NoneType in kinds


def test_every_table_is_declared() -> None:
    assert set(ROWS) == set(TABLES) and len({table.name for table in TABLES}) == len(TABLES)
    own = {"counter", "instance"}  # numbers follow from the rows; the instance is specific to the store
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection)
        rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    assert {name for (name,) in rows} == own | {table.name for table in TABLES}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_declarations_row_types_and_the_migrations_of_both_engines_agree(table: Table, schema: str) -> None:
    """On names, types, what may be empty, and the key. The order doesn't matter: a new column comes last."""
    assert (declared_columns(table), table.key) == columns_in_sqlite(table) == columns_on_a_server(schema, table)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_key_columns_never_change(table: Table) -> None:
    assert set(table.changing) <= set(table.columns) - set(table.key)


def test_updates_write_every_column_except_those_that_identify_the_row() -> None:
    """Those say what the row belongs to and what it is; an update that left out another column would lose its value."""
    constant = {table.name: set(table.columns) - set(table.changing) - set(table.key) for table in TABLES}
    assert constant["contact"] == set()
    assert constant["enrolment"] == {"contact", "kind", "process", "version", "start", "start_at"}
    assert constant["action"] == {"contact", "type", "title", "enrolment", "step", "round", "trial"} | {
        "position", "channel", "category", "action_name",
    }  # fmt: skip


def test_a_row_is_read_as_it_was_written() -> None:
    row = tuple(n if kind is int else f"text {n}" for n, (kind, _) in enumerate(declared_columns(CONTACT).values()))
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
