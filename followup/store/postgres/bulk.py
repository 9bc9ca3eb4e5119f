"""Many rows into PostgreSQL: COPY into a temporary table, then one statement that takes them from there.

COPY straight into the table would be refused, since it has row security; and COPY updates nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from psycopg import DataError

from followup.errors import CannotWrite
from followup.store.postgres.server import Server, first_line
from followup.store.tables import Row, Table, Write

#: up to so many rows go one by one: a temporary table costs more
FEW = 50


def write_many(connection: Server, write: Write, rows: Sequence[Row]) -> None:
    """What the statement does for one row, done for all of `rows`."""
    columns = ", ".join(write.names)
    connection.execute(
        f"CREATE TEMPORARY TABLE staged ON COMMIT DROP AS SELECT {columns} FROM {write.table} WITH NO DATA"
    )
    copy_rows(connection, "staged", write.names, rows)
    connection.execute("ANALYZE staged")  # the planner takes a table without figures for a small one
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
    """All of `rows` into a table without row security."""
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def copy_table(connection: Server, table: Table, rows: Iterable[Row]) -> None:
    """COPY passes by no row security, so that a table goes without until this is committed; its owner may do that, and
    nobody sees it. Raises CannotWrite for a value that a server does not take."""
    guarded = f"SELECT relforcerowsecurity FROM pg_class WHERE oid = '{table.name}'::regclass"
    forced = connection.execute(guarded).fetchone() == (True,)
    if forced:
        connection.execute(f"ALTER TABLE {table.name} NO FORCE ROW LEVEL SECURITY")
    try:
        copy_rows(connection, table.name, table.columns, rows)
    except DataError as error:
        raise CannotWrite(f"{table.name}: the server does not take every value there: {first_line(error)}") from error
    if forced:
        connection.execute(f"ALTER TABLE {table.name} FORCE ROW LEVEL SECURITY")
