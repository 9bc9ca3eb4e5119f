"""Many rows into PostgreSQL: COPY into a temporary table, then one statement. Its text is that of the statement for one
row, which says the table and the columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from psycopg import Connection, DataError

from followup.errors import CannotWrite
from followup.store.postgres.server import first_line

#: up to so many rows go one by one: a temporary table costs more
FEW = 50


def few_enough(rows: Sequence[object]) -> bool:
    return len(rows) <= FEW


def copied(connection: Connection[Any], plain: str, rows: Sequence[Sequence[Any]]) -> None:
    """What the statement `plain` does for one row, done for all of `rows`."""
    table, columns, sql = _in_one(plain)
    named = ", ".join(columns)
    connection.execute(f"CREATE TEMPORARY TABLE staged ON COMMIT DROP AS SELECT {named} FROM {table} WITH NO DATA")
    poured(connection, "staged", columns, rows)
    connection.execute("ANALYZE staged")
    connection.execute(sql)
    connection.execute("DROP TABLE staged")


def poured(connection: Connection[Any], table: str, columns: Iterable[str], rows: Iterable[Sequence[Any]]) -> None:
    """All of `rows` into a table that guards none of its rows."""
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def poured_unguarded(
    connection: Connection[Any], table: str, columns: Iterable[str], rows: Iterable[Sequence[Any]]
) -> None:
    """COPY passes by no row security, so that a table goes without until this is committed; its owner may do that, and
    nobody sees it. Raises CannotWrite for a value that a server does not take."""
    guarded = f"SELECT relforcerowsecurity FROM pg_class WHERE oid = '{table}'::regclass"
    forced = connection.execute(guarded).fetchone() == (True,)
    if forced:
        connection.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    try:
        poured(connection, table, columns, rows)
    except DataError as error:
        raise CannotWrite(f"{table}: the server does not take every value there: {first_line(error)}") from error
    if forced:
        connection.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _in_one(plain: str) -> tuple[str, list[str], str]:
    """The table, the columns in the order of a row, and the statement that takes them from `staged`."""
    inserting = re.search(r"INSERT INTO (\w+) \(([^)]+)\)", plain)
    if inserting:
        columns = re.findall(r"\w+", inserting[2])
        named = ", ".join(columns)
        return inserting[1], columns, f"INSERT INTO {inserting[1]} ({named}) SELECT {named} FROM staged"
    updating = re.search(r"UPDATE (\w+)\s+SET (.+)WHERE (\w+) = \?", plain, re.DOTALL)
    assert updating is not None, plain
    columns = re.findall(r"(\w+) = \?", updating[2])
    table, key = updating[1], updating[3]
    given = ", ".join(f"{column} = staged.{column}" for column in columns)
    return table, [*columns, key], f"UPDATE {table} SET {given} FROM staged WHERE {table}.{key} = staged.{key}"
