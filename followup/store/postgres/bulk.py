"""Writes many rows to PostgreSQL: COPY into a temporary table, then one statement that takes them from there.

A direct COPY would be refused, because the table has row security; and COPY can't update rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from psycopg import DataError

from followup.errors import CannotWrite
from followup.store.postgres.server import Server, first_line
from followup.store.tables import Row, Table, Write

#: up to this many rows are written one by one, because a temporary table costs more
FEW = 50


def write_many(connection: Server, write: Write, rows: Sequence[Row]) -> None:
    """Run the statement for all of `rows`."""
    columns = ", ".join(write.names)
    connection.execute(
        f"CREATE TEMPORARY TABLE staged ON COMMIT DROP AS SELECT {columns} FROM {write.table} WITH NO DATA"
    )
    copy_rows(connection, "staged", write.names, rows)
    connection.execute("ANALYZE staged")  # without statistics, the planner assumes a small table
    connection.execute(_from_staged(write))
    connection.execute("DROP TABLE staged")


def _from_staged(write: Write) -> str:
    table, key = write.table, write.key
    if key is None:
        columns = ", ".join(write.columns)
        return f"INSERT INTO {table} ({columns}) SELECT {columns} FROM staged"
    values = ", ".join(f"{column} = staged.{column}" for column in write.columns)
    return f"UPDATE {table} SET {values} FROM staged WHERE {table}.{key} = staged.{key}"


def copy_rows(connection: Server, table: str, columns: Iterable[str], rows: Iterable[Row]) -> None:
    """COPY all of `rows` into a table without row security."""
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def copy_table(connection: Server, table: Table, rows: Iterable[Row]) -> None:
    """COPY doesn't work with row security, so the owner turns it off until the commit; other sessions never see that.
    Raises CannotWrite if the server refuses a value."""
    guarded = f"SELECT relforcerowsecurity FROM pg_class WHERE oid = '{table.name}'::regclass"
    forced = connection.execute(guarded).fetchone() == (True,)
    if forced:
        connection.execute(f"ALTER TABLE {table.name} NO FORCE ROW LEVEL SECURITY")
    try:
        copy_rows(connection, table.name, table.columns, rows)
    except DataError as error:
        raise CannotWrite(f"{table.name}: the server refused a value: {first_line(error)}") from error
    if forced:
        connection.execute(f"ALTER TABLE {table.name} FORCE ROW LEVEL SECURITY")
