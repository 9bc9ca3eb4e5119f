"""A simulation, or a forecast: what it assumes, what contacts notice, and a row for each person's work (G3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from followup.core.rehearsal.workload import Person, Workload
from followup.output.text import plural

PEOPLE = ("name", "capacity", "total", "middle", "95%", "most", "on", "days over")


class Report(NamedTuple):
    """`title`: what was looked at; `assumed`: sentences; `first`, `last`: dates; `names`: of owners, by id."""

    schema: str
    title: str
    assumed: Sequence[str]
    first: str
    last: str
    load: Workload
    people: Sequence[Person]
    names: Mapping[str, str]


def assumptions(late: str | None, leave: float, seed: int) -> Iterator[str]:
    """In words, for the reader of the result. `late`: as typed."""
    yield f"done late: {late}" if late else "everything is done on the first working day on or after its due"
    yield f"{leave:.0%} of the calls are a contact's last" if leave else "nobody leaves"
    if late or leave:
        yield f"seed {seed}"


def facts(report: Report) -> Iterator[tuple[str, str]]:
    """What contacts notice, each with its words."""
    load = report.load
    yield "contacts", f"{load.contacts:,}"
    yield "actions due", f"{load.actions:,}, {load.done:,} of them done by then"
    yield "touches a contact", f"{load.median} for the one in the middle, {mean_touches(load)} on average"
    if load.silence:
        days, since, until, contact = load.silence
        yield "longest silence", f"{plural(days, 'day')}, {since} to {until} ({contact})"
    yield (
        "bunched",
        f"{plural(load.same_day, 'day')} with two or more for one contact, {load.next_day:,} with one the day after",
    )
    yield "on days off", f"{load.off:,}"
    if load.cut:
        yield "cut short", f"{plural(load.cut, 'contact')}, whose cycle begins again and again on one day"


def mean_touches(load: Workload) -> float:
    return round(load.done / load.contacts, 1) if load.contacts else 0.0


def person_row(report: Report, person: Person) -> tuple[object, ...]:
    over = person.over if person.capacity else None
    counts = (person.capacity, person.total, person.median, person.p95, person.most)
    return (name_of(report, person), *counts, person.worst, over)


def name_of(report: Report, person: Person) -> str:
    return report.names.get(person.owner or "") or person.owner or "nobody"
