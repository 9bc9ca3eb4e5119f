"""A change inside its transaction. The numbers that it gave out are counted when it finishes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import count

from followup.core.draft import Decision
from followup.core.model import Dossier
from followup.errors import Busy, Overtaken
from followup.store.protocol import OVERTAKEN, Head, Person
from followup.store.saving import Batch, batch_of
from followup.store.statements import statement
from followup.store.tables import CHANGE, ChangeRow, Row, Value, insert, update


class SqliteChange:
    """See Change. Whoever has begun one holds the whole file."""

    def __init__(self, connection: sqlite3.Connection, head: Head, resume: int | None) -> None:
        self.connection = connection
        if self._number("catalog.version") != head.catalog_version:
            raise (Busy if resume else Overtaken)(OVERTAKEN)  # of batches that are saved none is begun anew
        self.id, self.resumed = resume or self._number("write.counter", name="change"), resume is not None
        if resume is None:
            connection.execute(insert(CHANGE).sql, ChangeRow(self.id, *head))
            self._count("change", self.id + 1)
        self.ids: Iterator[int] = count(self._number("write.counter", name="action"))
        self.saved = False  # a change that changed nothing leaves no trace

    def _number(self, name: str, /, **values: Value) -> int:
        return int(self.connection.execute(statement("sqlite", name), values).fetchone()[0])

    def _count(self, name: str, next: int) -> None:
        self.connection.execute(statement("sqlite", "write.set_counter"), {"name": name, "next": next})

    def hold(self, actions: Iterable[int]) -> None:
        """Whoever changes this store holds all of it."""

    def execute(self, name: str, rows: Iterable[Row]) -> None:
        self.connection.executemany(statement("sqlite", "catalog." + name), rows)

    def admit(self, people: Iterable[Person]) -> None:
        """A file cannot guard itself."""

    def save(self, decisions: Iterable[tuple[Dossier, Decision]]) -> None:
        self.write(batch_of(decisions))

    def write(self, batch: Batch) -> None:
        self.saved = self.saved or bool(batch.history)
        for write, rows in batch.writes():
            self.connection.executemany(write.sql, rows)

    def leave_unfinished(self, typed: str | None) -> None:
        self.connection.execute(update(CHANGE).sql, (typed, self.id))
        self.saved = self.saved or self.resumed

    def finish(self) -> None:
        self._count("action", next(self.ids))
