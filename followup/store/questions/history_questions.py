"""The events of the history, and the changes that made them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from followup.core.history import Entry
from followup.core.reach import Reach
from followup.errors import StoreUnreachable
from followup.store import journal
from followup.store.asking import AnyRow, Asking, parsed, reach_values
from followup.store.event_values import Misfit
from followup.store.row_values import damaged, sound, trusted

LAST = 2**63 - 1  # the highest change number that a store can hold


class EventRow(NamedTuple):
    """One event, as stored. `at`: UTC seconds; `action`: the event's action, if it has one."""

    subject: str
    seq: int
    change: int
    at: int
    by: str
    kind: str
    action: int | None
    data: dict[str, Any]


class ChangeHead(NamedTuple):
    """The header of a change. `at`: UTC seconds; `version`: the catalog version it was decided under; `undoes`: the
    change that it reversed."""

    id: int
    at: int
    by: str
    command: str
    version: int
    undoes: int | None


class UnfinishedChange(NamedTuple):
    """A change with batches missing. `at`: UTC seconds."""

    id: int
    at: int


class HistoryQuestions:
    """`change`: only this one; None: every change."""

    def __init__(self, store: Asking) -> None:
        self._store, self._ask = store, store.ask

    def happened(self, change: int | None, reach: Reach) -> Iterator[EventRow]:
        """Everything the user can see, oldest first, streamed."""
        return self._sound(self._ask("lists.history", **_bounds(change), **reach_values(reach)))

    def happened_last(self, change: int | None, reach: Reach, limit: int) -> list[EventRow]:
        """The latest events, newest first."""
        rows = self._ask("lists.latest", limit=limit, **_bounds(change), **reach_values(reach))
        return list(self._sound(rows))

    def happened_to(self, subject: str, change: int | None, reach: Reach, limit: int = -1) -> list[EventRow]:
        """One contact's latest events, newest first; -1: all."""
        rows = self._ask("lists.history_of", subject=subject, change=change, limit=limit, **reach_values(reach))
        return list(self._sound(rows))

    def entries(self, subject: str) -> list[Entry]:
        """A subject's full history, to replay."""
        return [_entry(row) for row in self._ask("lists.entries", subject=subject)]

    def last_change_of(self, user: str) -> int | None:
        """The user's latest change that wasn't undone and isn't an undo itself."""
        number: int | None = next(self._ask("lists.last_change_of", by=user))[0]
        return number

    def change(self, id: int) -> ChangeHead | None:
        row = next(self._ask("lists.the_change", id=id), None)
        return trusted(ChangeHead._make(row)) if row else None

    def touched(self, change: int) -> list[str]:
        """The subjects of a change."""
        return [subject for (subject,) in self._ask("lists.touched", change=change)]

    def unfinished(self, user: str, typed: str, version: int) -> list[UnfinishedChange]:
        """Changes that the user left unfinished with the same command under this catalog version, latest first."""
        rows = self._ask("lists.unfinished", by=user, typed=typed, version=version)
        return [trusted(UnfinishedChange._make(row)) for row in rows]

    def _sound(self, rows: Iterable[AnyRow]) -> Iterator[EventRow]:
        """Those of which each can be read."""
        for row in rows:
            try:
                journal.event(*row[-3:])
            except Misfit as misfit:
                self._store.note_damage(f"event {row[1]} of {row[0]}: {misfit}")
                continue
            yield from sound([EventRow._make((*row[:-1], parsed(row[-1])))], self._store)


def _bounds(change: int | None) -> dict[str, int]:
    """A range, which can use the index; `= OR NULL` couldn't."""
    return {"first": change or 0, "last": change or LAST}


def _entry(row: AnyRow) -> Entry:
    """Raises StoreUnreachable: nothing is replayed around an event that cannot be read."""
    subject, seq, change, at, by, *kept = row
    try:
        event = journal.event(*kept)
    except Misfit as misfit:
        raise StoreUnreachable(damaged(f"event {seq} of {subject}: {misfit}")) from None
    return trusted(Entry(subject, seq, change, at, by, event))
