"""Simulates months of an office: contacts arrive, are followed up, and leave (G3). The same seed gives the same run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from followup.core import wishes as w
from followup.core.model import contact_subject
from followup.core.office import Office
from followup.core.rehearsal.habits import Draw, Habits, lives
from followup.core.rehearsal.in_memory import Rehearsal
from followup.core.rehearsal.workload import Workload
from followup.core.timing import day_end, local, moment


class Scenario(NamedTuple):
    """`start`, `end`: dates, both included. `a_week`: new contacts per week, at random over its days, rotating through
    `owners` and `choices`."""

    start: str
    end: str
    a_week: int
    choices: Sequence[w.Choice]
    owners: Sequence[str | None]
    habits: Habits


def simulate(office: Office, scenario: Scenario, draw: Draw) -> Workload:
    """The resulting workload. Raises Refused or NotFound for a choice that isn't possible."""
    load, number = Workload(), 0
    until = day_end(scenario.end, office.calendar(None).zone)
    for week in range((date.fromisoformat(scenario.end) - date.fromisoformat(scenario.start)).days // 7 + 1):
        for days in sorted(int(draw() * 7) for _ in range(scenario.a_week)):
            day = date.fromisoformat(scenario.start) + timedelta(days=7 * week + days)
            if day.isoformat() <= scenario.end:
                _comes(office, scenario, draw, load, number, day.isoformat(), until)
                number += 1
    return load


def _comes(office: Office, scenario: Scenario, draw: Draw, load: Workload, number: int, day: str, until: int) -> None:
    """Contacts don't affect each other, so each one is simulated separately and then dropped from memory."""
    owner = scenario.owners[number % len(scenario.owners)]
    choice = scenario.choices[number // len(scenario.owners) % len(scenario.choices)]
    calendar, rehearsal, subject = office.calendar(owner), Rehearsal(office), contact_subject(f"c{number + 1}")
    now = moment(f"{day}T{calendar.opens}", calendar.zone).at
    rehearsal.does(subject, w.Add({"name": f"Contact {number + 1}", "owner": owner}, choice, without_cycle=True), now)
    touches = lives(rehearsal, subject, now, until, scenario.habits, draw)
    load.note(office, f"c{number + 1}", touches, local(now, calendar.zone).day)
