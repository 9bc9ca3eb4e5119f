"""Forecast the work of the next weeks for current contacts (G3). Takes no lock and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from followup.app import contact_lists
from followup.app.deciding import BATCH
from followup.app.session import Session
from followup.core.list_filters import ContactFilter
from followup.core.model import UNDONE, Dossier, Enrolment
from followup.core.office import ELAPSED_MINUTES
from followup.core.rehearsal.habits import Draw, Habits, Touch, lives
from followup.core.rehearsal.in_memory import Rehearsal
from followup.core.rehearsal.workload import LoadChange, Person, Workload, person
from followup.core.timing import add_days, day_end

#: days to look ahead, including today
DAYS_AHEAD = 28
#: cached futures
REMEMBERED = 100_000


class Outlook(NamedTuple):
    """The work from `first` to `last` (dates, inclusive). `names`: of owners, by id."""

    first: str
    last: str
    load: Workload
    people: Sequence[Person]
    names: Mapping[str, str]


class Ahead:
    """Projects work from now to the end of the office's day `last` (a date); habits and chance as in a simulation.

    With default habits, contacts in the same state have the same future: it is computed once and cached.
    """

    def __init__(self, session: Session, last: str, habits: Habits, draw: Draw) -> None:
        self.office, self.now, self.habits, self.draw = session.office, session.now, habits, draw
        self.today, self.last = session.clock(None).day, last
        self.until = day_end(last, session.office.calendar(None).zone)
        self.futures: dict[object, list[Touch]] = {}

    def note(self, load: Workload, dossier: Dossier) -> None:
        """Add the future touches of one subject."""
        if dossier.open_actions:
            load.note(self.office, dossier.subject.partition(":")[2], self._touches(dossier), self.today)

    def _touches(self, dossier: Dossier) -> list[Touch]:
        if self.habits != Habits():
            return self._lived(dossier)
        stand = self._standing(dossier)
        if stand not in self.futures:
            if len(self.futures) == REMEMBERED:
                self.futures.clear()
            self.futures[stand] = self._lived(dossier)
        return self.futures[stand]

    def _lived(self, dossier: Dossier) -> list[Touch]:
        rehearsal = Rehearsal(self.office, [dossier])
        return list(lives(rehearsal, dossier.subject, self.now, self.until, self.habits, self.draw))

    def _standing(self, dossier: Dossier) -> object:
        """The cache key: all that affects the future, so not the contact, nor the start time if steps count in days."""
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
    """Forecast contacts that the user may see (F20) and users' own tasks. `owners`: only their contacts and tasks."""
    load = Workload()
    everybody = contact_lists.all_contacts(session, ContactFilter(closed=True))
    rows = (row for row in everybody if owners is None or row.owner in owners)
    while batch := [row.id for row in islice(rows, BATCH)]:
        for dossier in session.store.dossiers(batch, session.reach).values():
            ahead.note(load, dossier)
        if progress:
            progress(load.contacts)
    for user in session.seen_users():
        if owners is None or user in owners:
            ahead.note(load, session.store.tasks(user, session.reach))
    return load


def outlook(
    session: Session,
    ahead: Ahead,
    owners: Collection[str | None] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Outlook:
    """The forecast per person. `owners`: only these people, although `load` may include others' work too."""
    load = forecast(session, ahead, owners, progress)
    wanted = [id for id in load.owners if owners is None or id in owners]
    people = [person(session.office, load, id, ahead.today, ahead.last) for id in wanted]
    return Outlook(ahead.today, ahead.last, load, people, {user.id: user.name for user in session.users.values()})


class AddedLoad:
    """The load that a bulk command would add: the affected contacts' work before and after (G3)."""

    def __init__(self, session: Session) -> None:
        last = add_days(session.clock(None).day, DAYS_AHEAD - 1)
        self.ahead = Ahead(session, last, Habits(), lambda: 0.0)
        self.session, self.was, self.becomes = session, Workload(), Workload()

    def note(self, before: Dossier, after: Dossier) -> None:
        self.ahead.note(self.was, before)
        self.ahead.note(self.becomes, after)

    def changes(self) -> list[LoadChange]:
        """One change for each owner whose work would change."""
        owners = {owner for owner, _ in (*self.was.due, *self.becomes.due)}
        now = forecast(self.session, self.ahead, owners)
        then = self._on_top_of(now)
        return [self._change(id, now, then) for id in sorted(owners, key=str)]

    def _on_top_of(self, now: Workload) -> Workload:
        """The total load after the command."""
        then = Workload()
        then.due.update(now.due)
        then.due.subtract(self.was.due)
        then.due.update(self.becomes.due)
        return then

    def _change(self, owner: str | None, now: Workload, then: Workload) -> LoadChange:
        office, days = self.session.office, (self.ahead.today, self.ahead.last)
        user = self.session.users.get(owner or "")
        name = user.name if user else owner or "no owner"
        return LoadChange(name, person(office, now, owner, *days), person(office, then, owner, *days))
