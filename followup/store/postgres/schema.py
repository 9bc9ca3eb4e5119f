"""The schema of an office in PostgreSQL: made and brought up by numbered migrations, each in one transaction with its
number; held against what the migrations make."""

from __future__ import annotations

import re
from collections.abc import Iterator
from secrets import token_hex

from psycopg import ClientCursor, Rollback, errors

from followup.errors import NoProject
from followup.store.postgres.placeholders import driver_statement
from followup.store.postgres.server import Server
from followup.store.shapes import departures
from followup.store.statements import migrations

#: what the roles of an office are called after its schema
ROLES = ("rep", "worker")
#: who makes or upgrades an office
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(1179601997)"


def number(connection: Server, schema: str) -> int:
    """The last migration; 0 where there is no office."""
    if connection.execute("SELECT to_regclass(%s)", [f'"{schema}".migration']).fetchone() == (None,):
        return 0
    row = connection.execute(f'SELECT coalesce(max(number), 0) FROM "{schema}".migration').fetchone()
    assert row is not None
    return int(row[0])


def create(connection: Server, schema: str) -> None:
    """An empty office, with its roles; whoever makes it owns it, and is a worker. Killed anywhere, nothing is there.

    Raises NoProject where the database cannot hold every name, or somebody else's tables are there.
    """
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        how = "CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0"
        raise NoProject(f"the database is in {encoding}, and an office takes one in UTF-8: {how}")
    with connection.transaction():
        connection.execute(ONE_AT_A_TIME)
        _must_be_free(connection, schema)
        connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
        for role in ROLES:
            _make_role(connection, f"{schema}_{role}")
        connection.execute(f"GRANT {schema}_worker TO CURRENT_USER")
        upgrade(connection, schema)


def _must_be_free(connection: Server, schema: str) -> None:
    """Of anything but an office, which somebody may have made meanwhile."""
    theirs = "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace(%s) ORDER BY relname LIMIT 1"
    row = connection.execute(theirs, [f'"{schema}"']).fetchone()
    if row and not number(connection, schema):
        message = f"the schema {schema} has something else in it ({row[0]}), and was left as it is"
        raise NoProject(f"{message}: an office takes one of its own, ?schema=NAME", exists=True)


def _make_role(connection: Server, role: str) -> None:
    """Roles are the server's and not the schema's: they may be there."""
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
        connection.execute(f"CREATE ROLE {role} NOLOGIN")


def upgrade(connection: Server, schema: str) -> None:
    """Every migration that is not there yet. Nothing that somebody else has done in the meantime."""
    for migration, sql in migrations("postgres"):
        with connection.transaction():
            connection.execute(ONE_AT_A_TIME)
            if number(connection, schema) < migration:
                _migrate(connection, schema, migration, sql)


def _migrate(connection: Server, schema: str, migration: int, sql: str) -> None:
    for name, value in (("{schema}", f'"{schema}"'), *((f"{{{role}}}", f"{schema}_{role}") for role in ROLES)):
        sql = sql.replace(name, value)
    connection.execute(f'SET LOCAL search_path = "{schema}", pg_temp')
    connection.execute(sql)
    connection.execute("INSERT INTO migration VALUES (%s)", [migration])


def faults(connection: Server, schema: str) -> Iterator[str]:
    """What differs from a new office that every migration was applied to; and every rep's login that would pass by the
    row security. The new office is made beside, and taken back."""
    actual = _description(connection, schema)
    scratch = f"followup_doctor_{token_hex(8)}"  # no office's, and nothing that another doctor has left or makes now
    try:
        expected = _description_of_a_new_one(connection, scratch)
    except errors.InsufficientPrivilege:
        yield "the schema was not checked: that takes a login that may create one, as the owner's"
        expected = actual
    yield from departures(_without_names(expected, schema, scratch), _without_names(actual, schema, scratch))
    names = {"schema": schema, **{role: f"{schema}_{role}" for role in ROLES}}
    for login, why in ClientCursor(connection).execute(driver_statement("doctor.passing"), names):
        yield f"login {login} is let in as a rep, and {why}: no row would be kept from it (F20)"


def _description_of_a_new_one(connection: Server, scratch: str) -> dict[str, str]:
    description: dict[str, str] = {}
    with connection.transaction():
        connection.execute("SET LOCAL client_min_messages = error")
        for role in ROLES:
            connection.execute(f"CREATE ROLE {scratch}_{role} NOLOGIN")
        connection.execute(f"CREATE SCHEMA {scratch}")
        for migration, sql in migrations("postgres"):
            _migrate(connection, scratch, migration, sql)
        description |= _description(connection, scratch)
        raise Rollback
    return description


def _description(connection: Server, schema: str) -> dict[str, str]:
    """ "index action_due" -> what it is."""
    rows = ClientCursor(connection).execute(driver_statement("doctor.schema"), {"schema": schema}).fetchall()
    return {f"{kind} {name}": what for kind, name, what in rows}


def _without_names(description: dict[str, str], schema: str, scratch: str) -> dict[str, str]:
    """The same of every office. What it is called can also be another word there, such as `rep`: in that of both."""
    name = re.compile(f'{scratch}|"{schema}"|{schema}')
    return {key: name.sub("*", what) for key, what in description.items()}
