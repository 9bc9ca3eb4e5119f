"""The schema of an office in PostgreSQL: made and brought up by numbered migrations, each in one transaction with its
number; held against what the migrations make."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from psycopg import Connection

from followup.store.statements import migrations

Server = Connection[Any]
#: what the roles of an office are called after its schema
ROLES = ("rep", "worker")


def number(connection: Server, schema: str) -> int:
    """The last migration; 0 where there is no office."""
    if connection.execute("SELECT to_regclass(%s)", [f"{schema}.migration"]).fetchone() == (None,):
        return 0
    row = connection.execute(f"SELECT coalesce(max(number), 0) FROM {schema}.migration").fetchone()
    assert row is not None
    return int(row[0])


def create(connection: Server, schema: str) -> None:
    """An empty office, with its roles; whoever makes it owns it, and is a worker."""
    with connection.transaction():
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        for role in ROLES:
            _make_role(connection, f"{schema}_{role}")
        connection.execute(f"GRANT {schema}_worker TO CURRENT_USER")
    upgrade(connection, schema)


def _make_role(connection: Server, role: str) -> None:
    """Roles are the server's and not the schema's: they may be there."""
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
        connection.execute(f"CREATE ROLE {role} NOLOGIN")


def upgrade(connection: Server, schema: str) -> None:
    """Every migration that is not there yet. Nothing that somebody else has done in the meantime."""
    for wanted, sql in migrations("postgres"):
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(1179601997)")
            if number(connection, schema) < wanted:
                _migrate(connection, schema, wanted, sql)


def _migrate(connection: Server, schema: str, wanted: int, sql: str) -> None:
    for name, value in (("{schema}", schema), *((f"{{{role}}}", f"{schema}_{role}") for role in ROLES)):
        sql = sql.replace(name, value)
    connection.execute(f"SET LOCAL search_path = {schema}, pg_temp")
    connection.execute(sql)
    connection.execute("INSERT INTO migration VALUES (%s)", [wanted])


def faults(connection: Server, schema: str) -> Iterator[str]:
    return iter(())
