"""Schema upgrades by numbered migrations, each in one transaction with its number, so a kill leaves old or new."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from followup.store.shapes import departures
from followup.store.sqlite.version import APPLICATION_ID
from followup.store.statements import migrations, statement


def migrate(connection: sqlite3.Connection, until: int | None = None) -> None:
    """Bring the schema to this program's version, or to an older one. Skips migrations that another process has run
    meanwhile."""
    for number, sql in migrations("sqlite")[:until]:
        connection.execute("BEGIN IMMEDIATE")
        try:
            if connection.execute("PRAGMA user_version").fetchone()[0] < number:
                for statement in _split(sql):
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {number}")
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")


def _split(sql: str) -> list[str]:
    """Split into statements: executescript would commit the current transaction."""
    parts, current = [], ""
    for line in sql.splitlines(keepends=True):
        current += line
        if sqlite3.complete_statement(current):
            parts.append(current)
            current = ""
    return parts


def schema_faults(connection: sqlite3.Connection) -> Iterator[str]:
    """What differs from a new store after all migrations."""
    new = sqlite3.connect(":memory:", isolation_level=None)
    migrate(new)
    expected, actual = _schema(new), _schema(connection)
    new.close()
    yield from departures(expected, actual)


def _schema(connection: sqlite3.Connection) -> dict[str, str]:
    """ "index action_due" -> the SQL that created it."""
    rows = connection.execute(statement("sqlite", "doctor.schema"))
    return {f"{type_} {name}": " ".join((sql or "").split()) for type_, name, sql in rows}
