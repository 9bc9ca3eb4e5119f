"""The minimum time of a change: bare inserts and updates of the same rows."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg

from followup.store.opening import open_store
from followup.store.tables import TABLES, Table, insert
from tests.servers import schema_of

#: a statement for many rows, with `?` for each value
Write = tuple[str, list[tuple[Any, ...]]]


def raw(before: str, after: str) -> float:
    """The time, in ms, of one transaction that turns the store at the URL `before` into the one at `after`."""
    writes = sorted(_writes(before, after), key=lambda write: write[0].startswith("INSERT"))  # updates free unique keys
    with closing(_bare(before)) as connection:
        began = time.perf_counter()
        connection.execute("BEGIN")
        cursor = connection.cursor()
        for sql, rows in writes:
            cursor.executemany(sql if before.startswith("sqlite") else sql.replace("?", "%s"), rows)
        connection.execute("COMMIT")
        return (time.perf_counter() - began) * 1000


def _bare(url: str) -> Any:
    """A connection without followup's guards, but with the same durability."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        connection.execute("PRAGMA synchronous = EXTRA")
        return connection
    server = psycopg.connect(re.sub(r"[?&]schema=.*", "", url), autocommit=True)
    server.execute(f"SET search_path = {schema_of(url)}")
    return server


def _writes(before: str, after: str) -> Iterator[Write]:
    with closing(open_store(before)) as one, closing(open_store(after)) as other:
        for table in TABLES:
            width = len(table.key)
            old, new = ({row[:width]: row for row in store.rows_of(table)} for store in (one, other))
            added = [row for key, row in new.items() if key not in old]
            changed = [(old[key], row) for key, row in new.items() if key in old and old[key] != row]
            if added:
                yield insert(table).sql, added
            if changed:
                yield _update(table, changed)


def _update(table: Table, changed: list[tuple[tuple[Any, ...], tuple[Any, ...]]]) -> Write:
    """An update of the columns that differ in any row."""
    columns, width = table.columns, len(table.key)
    places = [n for n in range(len(columns)) if any(old[n] != new[n] for old, new in changed)]
    given = ", ".join(f"{columns[n]} = ?" for n in places)
    key = " AND ".join(f"{column} = ?" for column in table.key)
    return f"UPDATE {table.name} SET {given} WHERE {key}", [
        (*(new[n] for n in places), *new[:width]) for _, new in changed
    ]
