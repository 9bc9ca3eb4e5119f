"""How much work there is per owner and day, and how it looks to contacts (G3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from followup.core.office import Office
from followup.core.rehearsal.habits import Touch
from followup.core.timing import add_days, days_between, works


class Silence(NamedTuple):
    """The longest time between two touches of one contact."""

    days: int
    since: str
    until: str
    contact: str


class Workload:
    """Counted as contacts are added: memory grows with owners and days, not with contacts."""

    def __init__(self) -> None:
        self.due: Counter[tuple[str | None, str]] = Counter()  # by owner and day
        self.contacts, self.actions, self.done, self.off, self.same_day, self.next_day = 0, 0, 0, 0, 0, 0
        self.cut = 0  # contacts not followed to the end, since they loop within a day
        self.touches: Counter[int] = Counter()  # number of contacts by number of completed actions
        self.silence: Silence | None = None

    def note(self, office: Office, contact: str, touches: Iterable[Touch], since: str | None = None) -> None:
        """Add one contact's touches. `since`: the day its wait for the first touch starts; None: not counted."""
        days: Counter[str] = Counter()
        heard = [since] if since else []
        for touch in touches:
            self.due[touch.action.owner, touch.due] += 1
            self.off += not works(date.fromisoformat(touch.due), office.calendar(touch.action.owner))
            days[touch.due] += 1
            self.cut += touch.cut
            if touch.done:
                heard.append(touch.done)
        self.contacts += 1
        self.actions += days.total()
        done = len(heard) - (since is not None)
        self.done += done
        self.touches[done] += 1
        self.same_day += sum(count > 1 for count in days.values())
        self.next_day += sum(add_days(day, 1) in days for day in days)
        self._hears(contact, sorted(heard))

    def _hears(self, contact: str, days: Sequence[str]) -> None:
        for since, until in pairwise(days):
            length = days_between(since, until)
            if self.silence is None or length > self.silence.days:
                self.silence = Silence(length, since, until, contact)

    @property
    def owners(self) -> list[str | None]:
        return sorted({owner for owner, _ in self.due}, key=lambda owner: (owner is None, owner))

    @property
    def median(self) -> int:
        """Median touches per contact."""
        return _at(sorted(self.touches.elements()), 0.5)


class Person(NamedTuple):
    """One owner's days. `days`: number of actions due, by day; `worked`: which of those are working days."""

    owner: str | None
    capacity: int | None
    total: int
    median: int
    p95: int
    most: int
    worst: str | None
    over: int
    days: Mapping[str, int]
    worked: frozenset[str]


class LoadChange(NamedTuple):
    """One owner's days, before and after the change. `name`: the owner's."""

    name: str
    before: Person
    after: Person


def person(office: Office, load: Workload, owner: str | None, first: str, last: str) -> Person:
    """`first`, `last`: the dates to count, both included. Quantiles cover working days only."""
    calendar = office.calendar(owner)
    due = {day: load.due[owner, day] for day in dates(first, last)}
    worked = frozenset(day for day in due if works(date.fromisoformat(day), calendar))
    counts = sorted(due[day] for day in worked)
    most, worst = max(((count, day) for day, count in due.items()), default=(0, ""))
    over = sum(count > calendar.capacity for count in due.values()) if calendar.capacity else 0
    return Person(
        owner,
        calendar.capacity,
        sum(due.values()),
        _at(counts, 0.5),
        _at(counts, 0.95),
        most,
        worst if most else None,
        over,
        due,
        worked,
    )


def dates(first: str, last: str) -> Iterator[str]:
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    while day <= end:
        yield day.isoformat()
        day += timedelta(days=1)


def _at(sorted_: Sequence[int], share: float) -> int:
    """The quantile at `share`, which is below 1, of the sorted values."""
    return sorted_[int(share * len(sorted_))] if sorted_ else 0
