"""An office over months of its calendar: people come, are followed up, and leave (G3). Seeded, it is the same again."""

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
    """`start`, `end`: dates, the last one included. `a_week`: contacts that come, spread over all days and over the
    `choices` in turn; they are given to the `owners` in turn."""

    start: str
    end: str
    a_week: int
    choices: Sequence[w.Choice]
    owners: Sequence[str | None]
    habits: Habits


def simulate(office: Office, scenario: Scenario, draw: Draw) -> Workload:
    """The work that comes of it. Raises Refused or NotFound for a choice that cannot be made."""
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
    """Contacts are strangers to each other: each is lived through alone, and forgotten."""
    owner = scenario.owners[number % len(scenario.owners)]
    choice = scenario.choices[number // len(scenario.owners) % len(scenario.choices)]
    calendar, rehearsal, subject = office.calendar(owner), Rehearsal(office), contact_subject(f"c{number + 1}")
    now = moment(f"{day}T{calendar.opens}", calendar.zone).at
    rehearsal.does(subject, w.Add({"name": f"Contact {number + 1}", "owner": owner}, choice, without_cycle=True), now)
    touches = lives(rehearsal, subject, now, until, scenario.habits, draw)
    load.note(office, f"c{number + 1}", touches, local(now, calendar.zone).day)
