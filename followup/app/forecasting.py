"""The work of the weeks to come, of those who are in flight now (G3). Nobody waits for it, and nothing is changed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import islice

from followup.app import contact_lists
from followup.app.deciding import BATCH
from followup.app.session import Session
from followup.core.list_filters import ContactFilter
from followup.core.model import UNDONE, Dossier, Enrolment
from followup.core.office import ELAPSED_MINUTES
from followup.core.rehearsal.habits import Draw, Habits, Touch, lives
from followup.core.rehearsal.in_memory import Rehearsal
from followup.core.rehearsal.workload import Workload
from followup.core.timing import add_days, moment

#: futures that are remembered
REMEMBERED = 100_000


class Ahead:
    """From now to the end of the day `last` (a date) at the office; with habits and chance as in a simulation.

    Where nothing is left to chance, whoever stands alike has the same to come: that is lived through once.
    """

    def __init__(self, session: Session, last: str, habits: Habits, draw: Draw) -> None:
        self.office, self.now, self.habits, self.draw = session.office, session.now, habits, draw
        self.today = session.clock(None).day
        self.until = moment(add_days(last, 1), session.office.calendar(None).zone).at
        self.known: dict[object, list[Touch]] = {}

    def note(self, load: Workload, dossier: Dossier) -> None:
        """What is to come of one subject."""
        if dossier.open_actions:
            load.note(self.office, dossier.subject.partition(":")[2], self._touches(dossier), self.today)

    def _touches(self, dossier: Dossier) -> list[Touch]:
        if self.habits != Habits():
            return self._lived(dossier)
        stand = self._standing(dossier)
        if stand not in self.known:
            if len(self.known) == REMEMBERED:
                self.known.clear()
            self.known[stand] = self._lived(dossier)
        return self.known[stand]

    def _lived(self, dossier: Dossier) -> list[Touch]:
        rehearsal = Rehearsal(self.office, [dossier])
        return list(lives(rehearsal, dossier.subject, self.now, self.until, self.habits, self.draw))

    def _standing(self, dossier: Dossier) -> object:
        """All that decides what comes: not who it is, nor when in its day a cycle of whole days began."""
        contact = dossier.contact
        places = {enrolment.id: place for place, enrolment in enumerate(dossier.enrolments)}
        on = [(x.ref, x.round, self._start(x), x.paused_until, x.ended is None) for x in dossier.enrolments]
        acts = [
            (places.get(a.enrolment or 0), a.step, a.round, a.trial, a.position, a.status, a.reason == UNDONE, a.type)
            + (a.owner, a.due, a.nominal, a.at)
            for a in dossier.actions
        ]
        return contact and (contact.owner, contact.stage), tuple(on), tuple(acts)

    def _start(self, enrolment: Enrolment) -> str:
        process = self.office.process(enrolment.ref)
        by_the_minute = process and any(step.offset.unit in ELAPSED_MINUTES for step in process.steps)
        return enrolment.round_start if by_the_minute else enrolment.round_start[:10]


def forecast(
    session: Session,
    ahead: Ahead,
    owners: Collection[str | None] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Workload:
    """Of everybody whom the user may see (F20), and of users' own tasks. `owners`: of these alone."""
    load = Workload()
    everybody = contact_lists.all_contacts(session, ContactFilter(closed=True))
    rows = (row for row in everybody if owners is None or row.owner in owners)
    while batch := [row.id for row in islice(rows, BATCH)]:
        for dossier in session.store.dossiers(batch).values():
            ahead.note(load, dossier)
        if progress:
            progress(load.contacts)
    for user in session.seen_users():
        if owners is None or user in owners:
            ahead.note(load, session.store.tasks(user))
    return load


class Added:
    """What a bulk command would add: the work of those it touches, as it is and as it would be."""

    def __init__(self, ahead: Ahead) -> None:
        self.ahead, self.was, self.becomes = ahead, Workload(), Workload()

    def note(self, before: Dossier, after: Dossier) -> None:
        self.ahead.note(self.was, before)
        self.ahead.note(self.becomes, after)

    @property
    def owners(self) -> set[str | None]:
        return {owner for owner, _ in (*self.was.due, *self.becomes.due)}

    def on_top_of(self, known: Workload) -> Workload:
        """The whole afterwards, where `known` is the whole now."""
        whole = Workload()
        whole.due.update(known.due)
        whole.due.subtract(self.was.due)
        whole.due.update(self.becomes.due)
        return whole
