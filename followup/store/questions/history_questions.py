"""What happened, and the changes by which it happened."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from followup.core.history import Entry
from followup.core.reach import Reach
from followup.store import journal
from followup.store.asking import AnyRow, Asking, parsed, reach_values

LAST = 2**63 - 1  # change that a store can hold


class EventRow(NamedTuple):
    """One event, as it is kept. `at`: UTC seconds; `action`: the one that it is about, if it is about one."""

    subject: str
    seq: int
    change: int
    at: int
    by: str
    kind: str
    action: int | None
    data: dict[str, Any]


class ChangeHead(NamedTuple):
    """What a change was. `at`: UTC seconds; `version`: of the catalog it was decided under."""

    id: int
    at: int
    by: str
    command: str
    version: int


class UnfinishedChange(NamedTuple):
    """A change of which batches were to come. `at`: UTC seconds."""

    id: int
    at: int


class HistoryQuestions:
    """`change`: of this one alone; None: of every change."""

    def __init__(self, store: Asking) -> None:
        self._ask = store.ask

    def happened(self, change: int | None, reach: Reach) -> Iterator[EventRow]:
        """All that one may see, oldest first, however long it is."""
        return map(_row, self._ask("lists.history", **_bounds(change), **reach_values(reach)))

    def happened_last(self, change: int | None, reach: Reach, limit: int) -> list[EventRow]:
        """The end of it, newest first."""
        rows = self._ask("lists.latest", limit=limit, **_bounds(change), **reach_values(reach))
        return [_row(row) for row in rows]

    def happened_to(self, subject: str, change: int | None, reach: Reach, limit: int = -1) -> list[EventRow]:
        """The end of one contact's, newest first; -1: all of it."""
        rows = self._ask("lists.history_of", subject=subject, change=change, limit=limit, **reach_values(reach))
        return [_row(row) for row in rows]

    def entries(self, subject: str) -> list[Entry]:
        """A subject's whole history, to replay."""
        return [
            Entry(about, seq, change, at, by, journal.event(kind, action, data))
            for about, seq, change, at, by, kind, action, data in self._ask("lists.entries", subject=subject)
        ]

    def last_change_of(self, user: str) -> int | None:
        """The highest that was not undone and is no undo itself."""
        number: int | None = next(self._ask("lists.last_change_of", by=user))[0]
        return number

    def change(self, id: int) -> ChangeHead | None:
        row = next(self._ask("lists.the_change", id=id), None)
        return ChangeHead._make(row) if row else None

    def touched(self, change: int) -> list[str]:
        """The subjects of a change."""
        return [subject for (subject,) in self._ask("lists.touched", change=change)]

    def unfinished(self, user: str, typed: str, version: int) -> list[UnfinishedChange]:
        """What the user left unfinished by typing the same under this catalog version, latest first."""
        rows = self._ask("lists.unfinished", by=user, typed=typed, version=version)
        return [UnfinishedChange._make(row) for row in rows]


def _bounds(change: int | None) -> dict[str, int]:
    """A range of the index, where `= OR NULL` would be none."""
    return {"first": change or 0, "last": change or LAST}


def _row(row: AnyRow) -> EventRow:
    return EventRow._make((*row[:-1], parsed(row[-1])))
