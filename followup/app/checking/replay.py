"""Replay one subject's history as far as possible: the rows it should have, and what is wrong with the history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from json import JSONDecodeError
from typing import TypeAlias

from followup.app.checking.differences import RowId, RowsById, not_put_back
from followup.app.checking.fitness import Unreplayable, check
from followup.core import history as h
from followup.core.evolve import evolve
from followup.core.model import Action, Dossier
from followup.core.touching import Key, Touched, touched_by
from followup.store import journal
from followup.store.asking import AnyRow
from followup.store.event_values import Misfit
from followup.store.questions.doctor_questions import StoredEvent
from followup.store.tables import contact_row

#: exceptions that damaged data raises when it is read, checked or replayed
DAMAGE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    StopIteration,
    TypeError,
    ValueError,
)

#: actions in the dossier; above this, closed ones move to ClosedActions, because each event copies the dossier's
CARRIED = 64

#: changes whose earlier state is kept to check an undo; older ones are hardly ever undone
REMEMBERED = 64


#: reads the rows of actions by their ids
StoredActions: TypeAlias = Callable[[list[int]], Iterable[AnyRow]]


class ClosedActions:
    """Closed actions that left the dossier: if the stored row agrees with the history, only the id is kept.

    `differing`: the others, as replayed.
    """

    def __init__(self, stored: StoredActions) -> None:
        self._stored = stored
        self._agreed: set[RowId] = set()
        self.differing: dict[RowId, Action] = {}

    def add(self, actions: Iterable[Action]) -> None:
        replayed = {action.id: action for action in actions}
        rows = {row[0]: row for row in self._stored(list(replayed))} if replayed else {}
        self._agreed |= {id for id in replayed if replayed[id] == rows.get(id)}
        self.differing |= {id: action for id, action in replayed.items() if id not in self._agreed}

    def get(self, id: int) -> Action | None:
        if id in self._agreed:
            return Action._make(next(iter(self._stored([id]))))
        return self.differing.get(id)

    def agreed(self, id: RowId) -> bool:
        """Whether it is closed, and its stored row agrees with the history."""
        return id in self._agreed

    def discard(self, id: int) -> None:
        """Drop an action that changed again."""
        self._agreed.discard(id)
        self.differing.pop(id, None)


class Replay:
    """`lines`: what is wrong; `whole`: replayed to the end, so that rows can be compared."""

    def __init__(self, subject: str, stored: StoredActions, carried: int = CARRIED) -> None:
        self.subject, self.dossier, self.carried = subject, Dossier(subject), carried
        self.closed = ClosedActions(stored)
        self.before: dict[int, Dossier] = {}  # by change
        self.touched: dict[int, set[Key]] = {}  # by change
        self.lines: list[str] = []
        self.events, self.whole = 0, True

    def run(self, events: Iterable[StoredEvent]) -> None:
        """Replay events up to the first impossible one."""
        for event_row in events:
            self.events += 1
            try:
                self._take(event_row)
            except DAMAGE as error:
                self.whole = False
                self._report(event_row, f"can't be replayed: {_why(error)}; later events were not checked")
                return

    def _take(self, event_row: StoredEvent) -> None:
        if event_row.seq != self.dossier.seq + 1:
            self.lines.append(f"{self.subject}: {_gap(self.dossier.seq + 1, event_row.seq)}")
        if event_row.at is None:
            raise Unreplayable(f"its change {event_row.change} is missing")
        event = _event(event_row)
        check(event, event_row.action, self.dossier, self._action)
        self._remember(event_row.change)
        entry = h.Entry(self.subject, event_row.seq, event_row.change, event_row.at, event_row.by, event)
        now, self.dossier = self.dossier, evolve(self.dossier, entry)
        if event_row.change in self.touched:
            self.touched[event_row.change] |= touched_by([entry], self.dossier).keys
        undone = event.change if isinstance(event, h.Undone) else None
        follows = undone is None and (event_row.restores or isinstance(event, h.Reassigned))
        if undone != event_row.undoes and not follows:
            self._report(event_row, _contradiction(event_row.change, event_row.undoes, undone))
        if undone is not None:
            self._compare_undo(event_row, undone, now)
        if len(self.dossier.actions) > self.carried:
            self._lay_aside()

    def _action(self, id: int) -> Action | None:
        return self.dossier.action(id) or self.closed.get(id)

    def _compare_undo(self, event_row: StoredEvent, change: int, now: Dossier) -> None:
        """`now`: the dossier before that event."""
        for action in self.dossier.actions:
            self.closed.discard(action.id)
        if change in self.before:
            touched = Touched(frozenset(self.touched[change]))
            for row in not_put_back(touched, self.before[change], now, self.dossier):
                self._report(event_row, f"doesn't restore {row} to what it was before change {change}")

    def _remember(self, change: int) -> None:
        if change not in self.before:
            self.before[change] = self.dossier
            self.touched[change] = set()
            if len(self.before) > REMEMBERED:
                oldest = next(iter(self.before))
                del self.before[oldest], self.touched[oldest]

    def _lay_aside(self) -> None:
        """Only an undo changes a closed action, and it carries the full row."""
        self.closed.add(action for action in self.dossier.actions if not action.open)
        self.dossier = self.dossier._replace(actions=self.dossier.open_actions)

    def _report(self, event_row: StoredEvent, what: str) -> None:
        self.lines.append(f"{self.subject}: event {event_row.seq} ({event_row.kind}) {what}")

    def agreed(self, table: str, id: RowId) -> bool:
        """Whether that row was already compared, and agrees with the history."""
        return table == "actions" and self.closed.agreed(id)

    def expected_rows(self) -> Mapping[str, RowsById]:
        """The rows that should be stored, by table and id, without those that already agreed."""
        contact = self.dossier.contact
        actions: dict[RowId, AnyRow] = {action.id: action for action in self.dossier.actions}
        return {
            "contacts": {contact.id: contact_row(contact, self.dossier)} if contact else {},
            "enrolments": {enrolment.id: enrolment for enrolment in self.dossier.enrolments},
            "actions": {**self.closed.differing, **actions},
        }


def _event(event_row: StoredEvent) -> h.Event:
    if event_row.kind not in h.KINDS:
        raise Unreplayable("unknown kind of event")
    if not (event_row.by.isascii() and event_row.data.isascii()):
        (event_row.by + event_row.data).encode()  # raises for invalid UTF-8, which a damaged store lets through
    return journal.read(event_row.kind, event_row.action, event_row.data)


def _gap(expected: int, seq: int) -> str:
    if seq < expected:
        return f"event {seq} is where event {expected} should be"
    return f"event {expected} is missing" if seq == expected + 1 else f"events {expected} to {seq - 1} are missing"


def _contradiction(change: int, undoes: int | None, taken_back: int | None) -> str:
    def says(number: int | None) -> str:
        return "undoes nothing" if number is None else f"undoes change {number}"

    return f"{says(taken_back)}, but its change {change} {says(undoes)}"


def _why(error: Exception) -> str:
    match error:
        case Misfit():
            return str(error)
        case JSONDecodeError() | RecursionError():
            return "its data isn't JSON"
        case UnicodeError():
            return "its data isn't UTF-8"
        case _:
            return "its data has the wrong form"
