"""Projects a contact's follow-up: what comes due, when it is done, and what follows from that (G3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from followup.core import wishes as w
from followup.core.model import Action
from followup.core.office import Office
from followup.core.rehearsal.in_memory import Rehearsal
from followup.core.timing import ONE_DAY, local, moment, roll_to_work

#: returns a random number, uniform in [0, 1)
Draw = Callable[[], float]


class Habits(NamedTuple):
    """How people work. `late`: points (share, days): that share of due actions is done within that many days, linear
    between points. `leaves`: the share of completed calls that are the last, because the contact buys or declines.
    """

    late: Sequence[tuple[float, float]] = ()
    leaves: float = 0.0

    def days_late(self, draw: Draw) -> int:
        """Full days after the due."""
        if not self.late:
            return 0
        share, (before, low) = draw(), (0.0, 0.0)
        for point, days in self.late:
            if share < point:
                return round(low + (days - low) * (share - before) / (point - before))
            before, low = point, days
        return round(low)


#: how often one step of an enrolment is done in a day before a contact is followed no further: its loop takes no time
MOST_A_DAY = 5


class Touch(NamedTuple):
    """One action. `due`, `done`: local dates of its owner; `done` is None if after the end.

    `cut`: what would follow from it isn't simulated.
    """

    action: Action
    due: str
    done: str | None
    cut: bool = False


def lives(rehearsal: Rehearsal, subject: str, now: int, until: int, habits: Habits, draw: Draw) -> Iterator[Touch]:
    """Everything due for `subject` before the instant `until`, in the order it is done.

    Overdue actions are done from `now` on. Actions due on a day off are done on the next working day. A loop that
    starts again and again within a day would never end: it's cut there.
    """
    planned: dict[int, int] = {}
    times: Counter[tuple[int | None, str | None, str | None]] = Counter()
    while True:
        for action in rehearsal.people[subject].open_actions:
            if action.id not in planned:
                planned[action.id] = _done_at(rehearsal.office, action, now, habits.days_late(draw))
        open_ = [action for action in rehearsal.people[subject].open_actions if action.at < until]
        next = min(open_, key=lambda action: (planned[action.id], action.position, action.id), default=None)
        if next is None or planned[next.id] >= until:
            yield from (_touch(rehearsal.office, action, now, None) for action in open_)
            return
        touch = _touch(rehearsal.office, next, now, planned[next.id])
        times[next.enrolment, next.step, touch.done] += 1
        if next.enrolment and times[next.enrolment, next.step, touch.done] > MOST_A_DAY:
            yield touch._replace(done=None, cut=True)
            return
        yield touch
        _done(rehearsal, subject, next, planned[next.id], habits, draw)


def _done_at(office: Office, action: Action, now: int, late: int) -> int:
    """On the first working day `late` days after the due: at the due's time, or at opening time."""
    calendar = office.calendar(action.owner)
    due = local(max(action.at, now), calendar.zone)
    day = roll_to_work(date.fromisoformat(due.day) + ONE_DAY * late, ONE_DAY, calendar).isoformat()
    time = action.due[11:] if day == action.due[:10] else ""  # empty for a date
    return max(moment(f"{day}T{time or calendar.opens}", calendar.zone).at, now)


def _touch(office: Office, action: Action, now: int, done: int | None) -> Touch:
    zone = office.calendar(action.owner).zone
    due = max(action.due[:10], local(now, zone).day)
    return Touch(action, due, local(done, zone).day if done is not None else None)


def _done(rehearsal: Rehearsal, subject: str, action: Action, at: int, habits: Habits, draw: Draw) -> None:
    rehearsal.does(subject, w.Complete(action.id), at)
    contact = rehearsal.people[subject].contact
    asked = habits.leaves and contact and not contact.closed() and rehearsal.office.offers_cycle(action.type)
    if asked and draw() < habits.leaves:
        rehearsal.does(subject, w.Close("lost"), at)
