"""One subject's history, replayed as far as it goes: what the rows should be, and what is wrong with the history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from json import JSONDecodeError
from typing import Any

from followup.app.checking.aside import Aside, Stored
from followup.app.checking.fitness import Unfit, check
from followup.app.checking.rows import Row
from followup.app.checking.undoing import not_put_back
from followup.core import history as h
from followup.core.evolve import evolve
from followup.core.model import Dossier
from followup.store import journal
from followup.store.tables import contact_row

#: what damaged data raises where it is read, judged or replayed
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

#: actions that the dossier carries; beyond, closed ones are laid aside, since each event copies those it carries
CARRIED = 64

#: changes whose undoing is compared with what was there before them; older ones are hardly ever undone
REMEMBERED = 64


class Replay:
    """`lines`: what is wrong; `whole`: it came to its end, so that rows can be held against it."""

    def __init__(self, subject: str, stored: Stored, carried: int = CARRIED) -> None:
        self.subject, self.dossier, self.carried = subject, Dossier(subject), carried
        self.aside = Aside(stored)
        self.before: dict[int, Dossier] = {}  # by change
        self.lines: list[str] = []
        self.events, self.whole = 0, True

    def run(self, rows: Iterable[Row]) -> None:
        """Replays rows of doctor.events, up to the first that cannot be."""
        for row in rows:
            self.events += 1
            try:
                self._take(*row[1:])
            except DAMAGE as error:
                self.whole = False
                self._say(row[1], row[7], f"cannot be replayed: {_why(error)}; nothing was compared from here on")
                return

    def _take(
        self,
        seq: int,
        change: int,
        at: int | None,
        by: str,
        undoes: int | None,
        restores: bool,
        kind: str,
        action: int,
        data: str,
    ) -> None:
        if seq != self.dossier.seq + 1:
            self.lines.append(f"{self.subject}: {_gap(self.dossier.seq + 1, seq)}")
        if at is None:
            raise Unfit(f"its change {change} is not there")
        event = _event(kind, action, by, data)
        check(event, action, self.dossier, self.aside)
        self._remember(change)
        now, self.dossier = self.dossier, evolve(self.dossier, h.Entry(self.subject, seq, change, at, by, event))
        taken_back = event.change if isinstance(event, h.Undone) else None
        if taken_back != undoes and not (restores and taken_back is None):
            self._say(seq, kind, _contradiction(change, undoes, taken_back))
        if taken_back is not None:
            self._take_back(seq, taken_back, now)
        if len(self.dossier.actions) > self.carried:
            self._lay_aside()

    def _take_back(self, seq: int, change: int, now: Dossier) -> None:
        """`now`: the dossier as it was before that event."""
        for action in self.dossier.actions:
            self.aside.take_up(action.id)
        if change in self.before:
            for row in not_put_back(self.before[change], now, self.dossier):
                self._say(seq, "undone", f"does not leave {row} as it was before change {change}")

    def _remember(self, change: int) -> None:
        if change not in self.before:
            self.before[change] = self.dossier
            if len(self.before) > REMEMBERED:
                del self.before[next(iter(self.before))]

    def _lay_aside(self) -> None:
        """Of closed ones only an undo tells again, and it brings their whole rows."""
        self.aside.lay(action for action in self.dossier.actions if not action.open)
        self.dossier = self.dossier._replace(actions=self.dossier.open_actions)

    def _say(self, seq: object, kind: object, what: str) -> None:
        self.lines.append(f"{self.subject}: event {seq} ({kind}) {what}")

    def found(self, table: str, id: Any) -> bool:
        """Whether that row was already found to be as it was told."""
        return table == "actions" and self.aside.agrees(id)

    def told(self) -> dict[str, Mapping[Any, Row]]:
        """The rows that there should be, by table and id, without those that were found to be so."""
        contact = self.dossier.contact
        return {
            "contacts": {contact.id: contact_row(contact, self.dossier)} if contact else {},
            "enrolments": {enrolment.id: enrolment for enrolment in self.dossier.enrolments},
            "actions": {**self.aside.differing, **{action.id: action for action in self.dossier.actions}},
        }


def _event(kind: str, action: int, by: str, data: str) -> h.Event:
    if kind not in h.KINDS:
        raise Unfit("there is no such kind of event")
    if not (by.isascii() and data.isascii()):
        (by + data).encode()
    return journal.read(kind, action, data)


def _gap(expected: int, seq: int) -> str:
    if seq < expected:
        return f"event {seq} comes where {expected} should"
    return f"event {expected} is missing" if seq == expected + 1 else f"events {expected} to {seq - 1} are missing"


def _contradiction(change: int, undoes: int | None, taken_back: int | None) -> str:
    def says(number: int | None) -> str:
        return "takes back nothing" if number is None else f"takes back change {number}"

    return f"{says(taken_back)}, and its change {change} {says(undoes)}"


def _why(error: Exception) -> str:
    match error:
        case Unfit():
            return str(error)
        case JSONDecodeError() | RecursionError():
            return "its data is not JSON"
        case UnicodeError():
            return "its data is not UTF-8"
        case _:
            return "something in it does not fit"
