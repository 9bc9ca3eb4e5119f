"""An office's schema in PostgreSQL: created and upgraded by numbered migrations, each in one transaction with its
number, and checked against what the migrations create."""

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

#: the suffixes of an office's roles, after the name of its schema
ROLES = ("rep", "worker")
#: lock for creating and upgrading offices
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(1179601997)"


def number(connection: Server, schema: str) -> int:
    """The number of the last migration; 0 if there is no office."""
    if connection.execute("SELECT to_regclass(%s)", [f'"{schema}".migration']).fetchone() == (None,):
        return 0
    row = connection.execute(f'SELECT coalesce(max(number), 0) FROM "{schema}".migration').fetchone()
    assert row is not None
    return int(row[0])


def create(connection: Server, schema: str) -> None:
    """Create an empty office with its roles, all or nothing. The current user becomes its owner, and a worker.

    Raises NoProject if the database can't store every name, or if the schema has other tables.
    """
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        how = "CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0"
        raise NoProject(f"the encoding of the database is {encoding}, but followup needs UTF-8: {how}")
    with connection.transaction():
        connection.execute(ONE_AT_A_TIME)
        _must_be_free(connection, schema)
        connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
        for role in ROLES:
            _make_role(connection, f"{schema}_{role}")
        connection.execute(f"GRANT {schema}_worker TO CURRENT_USER")
        upgrade(connection, schema)


def _must_be_free(connection: Server, schema: str) -> None:
    """Refuse other tables. An office is fine: another session may have created it."""
    theirs = "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace(%s) ORDER BY relname LIMIT 1"
    row = connection.execute(theirs, [f'"{schema}"']).fetchone()
    if row and not number(connection, schema):
        message = f"the schema {schema} has other tables in it ({row[0]})"
        raise NoProject(f"{message}: use a separate one, ?schema=NAME", exists=True)


def _make_role(connection: Server, role: str) -> None:
    """Roles belong to the server, not to the schema, so the role may exist."""
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
        connection.execute(f"CREATE ROLE {role} NOLOGIN")


def upgrade(connection: Server, schema: str) -> None:
    """Run every missing migration; skips those that another session has run meanwhile."""
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
    """What differs from a new office after all migrations, and every rep's login that could bypass row security. The
    new office is created in a separate schema and rolled back."""
    actual = _description(connection, schema)
    scratch = f"followup_doctor_{token_hex(8)}"  # no office's, and nothing that another doctor has left or makes now
    try:
        expected = _description_of_a_new_one(connection, scratch)
    except errors.InsufficientPrivilege:
        yield "the schema was not checked: this needs a login that can create schemas, such as the owner's"
        expected = actual
    yield from departures(_without_names(expected, schema, scratch), _without_names(actual, schema, scratch))
    names = {"schema": schema, **{role: f"{schema}_{role}" for role in ROLES}}
    for login, why in ClientCursor(connection).execute(driver_statement("doctor.passing"), names):
        yield f"login {login} is a rep's, and {why}: it could see every row"


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
    """ "index action_due" -> its definition."""
    rows = ClientCursor(connection).execute(driver_statement("doctor.schema"), {"schema": schema}).fetchall()
    return {f"{kind} {name}": what for kind, name, what in rows}


def _without_names(description: dict[str, str], schema: str, scratch: str) -> dict[str, str]:
    """Independent of the office's name. A name can also be another word, such as `rep`: replace it in both."""
    name = re.compile(f'{scratch}|"{schema}"|{schema}')
    return {key: name.sub("*", what) for key, what in description.items()}
