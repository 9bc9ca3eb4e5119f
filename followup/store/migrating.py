"""The schema grows by numbered migrations, each in one transaction with its number: killed anywhere, old or new."""

from __future__ import annotations

import sqlite3

from followup.store.statements import migrations


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the schema to this program's version. Does nothing that somebody else has done in the meantime."""
    from followup.store.sqlite import APPLICATION_ID

    for number, sql in migrations():
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
    """Statements one by one: executescript would commit the transaction they belong to."""
    parts, current = [], ""
    for line in sql.splitlines(keepends=True):
        current += line
        if sqlite3.complete_statement(current):
            parts.append(current)
            current = ""
    return parts
