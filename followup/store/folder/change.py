"""A change of a folder store: also collects the rows to add to history.csv."""

from __future__ import annotations

import sqlite3

from followup.store.heads import Head
from followup.store.saving import Batch
from followup.store.sqlite.change import SqliteChange
from followup.store.tables import Row


class CsvChange(SqliteChange):
    """`happened`: the new rows of the history, in order."""

    def __init__(self, connection: sqlite3.Connection, head: Head, resume: int | None) -> None:
        super().__init__(connection, head, resume)
        self.happened: list[Row] = []

    def write(self, batch: Batch) -> None:
        self.happened += batch.history
        super().write(batch)
