"""Replay each subject's history and compare it with the stored rows.

History and rows are read in parallel, sorted by subject: in one pass, however many there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import groupby
from operator import itemgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from followup.app.checking.differences import RowId, differences
from followup.app.checking.replay import Replay
from followup.store.asking import AnyRow
from followup.store.questions.doctor_questions import StoredEvent
from followup.store.tables import ACTION, CONTACT, ENROLMENT

if TYPE_CHECKING:
    from followup.store.protocol import Store

#: events or contacts read per transaction: writers wait a few tenths of a second meanwhile
STRETCH = 5000

NO_ONE = b""
HISTORY = "history"
#: a subject's stored tables, by the query that reads them
TABLES = MappingProxyType({"contacts": CONTACT, "enrolments": ENROLMENT, "actions": ACTION})

Group = tuple[bytes, str, str, Iterator[AnyRow]]


class Histories:
    """Progress of the check: `events` replayed so far; `finished`: all contacts are done."""

    def __init__(self, stretch: int = STRETCH) -> None:
        self.events, self.finished = 0, False
        self._stretch, self._since = stretch, NO_ONE

    def of_others(self, store: Store) -> Iterator[str]:
        """Check what isn't a contact: users' own tasks, and the office."""
        doctor = store.doctor
        yield from self._held(store, ((HISTORY, doctor.events_of_others()), ("actions", doctor.tasks())))

    def of_contacts(self, store: Store) -> Iterator[str]:
        """Check the contacts of one batch."""
        self.finished, since = True, self._since  # set below if there is another batch
        subject = store.doctor.stretch_end(since, self._stretch)
        before = _bytes(subject).removeprefix(b"contact:") if subject is not None else None
        if before is not None and before <= since:
            before = None  # a damaged file may have a broken order
        yield from self._held(store, _streams(store, since, before))
        if before is not None:
            self.finished, self._since = False, before

    def _held(self, store: Store, streams: Iterable[tuple[str, Iterator[AnyRow]]]) -> Iterator[str]:
        """Lines about every subject; each stream is sorted by its first column, and the history comes first."""
        groups = merge(*(_by_subject(table, rows) for table, rows in streams), key=itemgetter(0))
        for _, parts in groupby(groups, itemgetter(0)):
            yield from self._compared(store, parts)

    def _compared(self, store: Store, parts: Iterable[Group]) -> Iterator[str]:
        stored: dict[str, dict[RowId, AnyRow]] = {table: {} for table in TABLES}
        replay: Replay | None = None
        for _, subject, table, rows in parts:
            replay = replay or Replay(subject, store.doctor.actions_by_id)
            if table == HISTORY:
                replay.run(cast("Iterator[StoredEvent]", rows))
            else:
                stored[table] = {row[1]: row[1:] for row in rows if not replay.agreed(table, row[1])}
        assert replay is not None  # no group is empty
        self.events += replay.events
        yield from replay.lines
        if replay.whole:
            for table, expected in replay.expected_rows().items():
                name, columns = TABLES[table].name, TABLES[table].columns
                yield from differences(replay.subject, name, columns, expected, stored[table])


def _streams(store: Store, since: bytes, before: bytes | None) -> Iterator[tuple[str, Iterator[AnyRow]]]:
    doctor = store.doctor
    yield HISTORY, doctor.events_of_contacts(since, before)
    yield "contacts", doctor.contacts(since, before)
    yield "enrolments", doctor.enrolments(since, before)
    yield "actions", doctor.actions(since, before)


def _by_subject(table: str, rows: Iterator[AnyRow]) -> Iterator[Group]:
    """The rows of each subject, with a bytes merge key: SQLite compares bytes, Python compares characters."""
    for subject, group in groupby(rows, itemgetter(0)):
        yield _bytes(subject), str(subject), table, group


def _bytes(subject: object) -> bytes:
    return str(subject).encode("utf-8", "surrogateescape")
