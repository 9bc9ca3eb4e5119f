"""A change inside its transaction, and the numbers it assigns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from followup.core.draft import Decision
from followup.core.model import Dossier
from followup.store.heads import Head, ItemId, Person
from followup.store.postgres.bulk import FEW, write_many
from followup.store.postgres.placeholders import driver_statement, with_placeholders
from followup.store.postgres.server import Server
from followup.store.saving import batch_of
from followup.store.tables import (
    CATALOG_ITEM,
    CATALOG_VERSION,
    CHANGE,
    CatalogItem,
    CatalogVersion,
    ChangeRow,
    Row,
    Value,
    insert,
    update,
)


class PostgresChange:
    """See Change. `hold` and `hold_adding` are the store's."""

    def __init__(
        self,
        connection: Server,
        head: Head,
        resume: int | None,
        hold: Callable[[Iterable[int]], None],
        hold_adding: Callable[[], None],
    ) -> None:
        self.connection, self.hold, self.resumed = connection, hold, resume is not None
        self.hold_adding = hold_adding
        self.id = resume or next(_numbers(connection, "write.next_change"))
        if resume is None:
            self._write(insert(CHANGE).sql, [ChangeRow(self.id, *head)])
        self.ids = _ids(connection)
        self.saved = False  # a change that saves nothing is rolled back

    def put_in_force(self, version: CatalogVersion, ended: Iterable[ItemId], items: Iterable[CatalogItem]) -> None:
        self._write(insert(CATALOG_VERSION).sql, [version])
        end = driver_statement("catalog.end_item")
        write_each(self.connection, end, ((version.number, *item) for item in ended))
        self._write(insert(CATALOG_ITEM).sql, items)

    def admit(self, people: Iterable[Person]) -> None:
        admit(self.connection, people)

    def save(self, decisions: Iterable[tuple[Dossier, Decision]]) -> None:
        batch = batch_of(decisions)
        self.saved = self.saved or bool(batch.history)
        for write, rows in batch.writes():
            if len(rows) <= FEW:
                self._write(write.sql, rows)
            else:
                write_many(self.connection, write, rows)

    def leave_unfinished(self, typed: str | None) -> None:
        self._write(update(CHANGE).sql, [(typed, self.id)])
        self.saved = self.saved or self.resumed

    def _write(self, sql: str, rows: Iterable[Row]) -> None:
        write_each(self.connection, with_placeholders(sql), rows)


def _ids(connection: Server) -> Iterator[int]:
    """Ids for new actions and enrolments.

    Fetched on first use, after the contacts are locked, so they are higher than the ids of enrolments already read.
    (Takes the connection instead of the change: a reference back to the change would be a cycle, whose memory is never
    freed, since garbage collection is off.)
    """
    many = 4
    while True:
        yield from _numbers(connection, "write.next_ids", many=many)
        many = min(many * 4, 4096)


def _numbers(connection: Server, name: str, /, **values: Value) -> Iterator[int]:
    return (row[0] for row in connection.execute(driver_statement(name), values).fetchall())


def admit(connection: Server, people: Iterable[Person]) -> None:
    """See Change.admit."""
    connection.execute(driver_statement("write.forget_people"))
    write_each(connection, driver_statement("write.admit"), people)


def write_each(connection: Server, sql: str, rows: Iterable[tuple[object, ...]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(sql, [*rows])
