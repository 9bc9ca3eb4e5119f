"""A change inside its transaction. Counters are updated when it finishes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import count

from followup.core.draft import Decision
from followup.core.model import Dossier
from followup.errors import Busy, Conflict, Overtaken
from followup.store.heads import OVERTAKEN, UNDONE_ALREADY, Head, ItemId, Person
from followup.store.saving import Batch, batch_of
from followup.store.statements import statement
from followup.store.tables import (
    CATALOG_ITEM,
    CATALOG_VERSION,
    CHANGE,
    CatalogItem,
    CatalogVersion,
    ChangeRow,
    insert,
    update,
)


class SqliteChange:
    """See Change. It locks the entire file from the start."""

    def __init__(self, connection: sqlite3.Connection, head: Head, resume: int | None) -> None:
        self.connection = connection
        version, self._next, action = connection.execute(statement("sqlite", "write.begin")).fetchone()
        if version != head.catalog_version:
            raise (Busy if resume else Overtaken)(OVERTAKEN)  # don't restart a change whose first batches are saved
        self.id, self.resumed = resume or int(self._next), resume is not None
        if resume is None:
            self._begin(ChangeRow(self.id, *head))
            self._next += 1
        self.ids: Iterator[int] = count(int(action))
        self.saved = False  # a change that saves nothing is rolled back

    def _begin(self, row: ChangeRow) -> None:
        """Of two who undo the same change, the second is here when the first is done."""
        undone = statement("sqlite", "write.undone")
        if row.undoes is not None and self.connection.execute(undone, {"change": row.undoes}).fetchone() == (1,):
            raise Conflict(UNDONE_ALREADY.format(row.undoes))
        self.connection.execute(insert(CHANGE).sql, row)

    def hold(self, actions: Iterable[int]) -> None:
        """Not needed: the change has locked the entire store."""

    def hold_adding(self) -> None:
        """As above."""

    def put_in_force(self, version: CatalogVersion, ended: Iterable[ItemId], items: Iterable[CatalogItem]) -> None:
        self.connection.execute(insert(CATALOG_VERSION).sql, version)
        self.connection.executemany(
            statement("sqlite", "catalog.end_item"), ((version.number, *item) for item in ended)
        )
        self.connection.executemany(insert(CATALOG_ITEM).sql, items)

    def admit(self, people: Iterable[Person]) -> None:
        """Not supported: a file has no access control."""

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
        numbers = {"change": self._next, "action": next(self.ids)}
        self.connection.execute(statement("sqlite", "write.finish"), numbers)
