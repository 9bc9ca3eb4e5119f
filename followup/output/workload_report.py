"""The report of a simulation or forecast: assumptions, effects on contacts, and a row for each person (G3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from followup.core.rehearsal.workload import Person, Workload
from followup.output.text import plural

PEOPLE = ("name", "capacity", "total", "median", "p95", "peak", "busiest day", "days over")


class Report(NamedTuple):
    """`title`: the heading; `assumed`: sentences; `first`, `last`: dates; `names`: of owners, by id."""

    schema: str
    title: str
    assumed: Sequence[str]
    first: str
    last: str
    load: Workload
    people: Sequence[Person]
    names: Mapping[str, str]


def assumptions(late: str | None, leave: float, seed: int) -> Iterator[str]:
    """The assumptions as sentences. `late`: as typed."""
    yield f"done late: {late}" if late else "all work done on time (or the next working day)"
    yield f"contacts drop out after {leave:.0%} of the calls" if leave else "no contacts drop out"
    if late or leave:
        yield f"seed {seed}"


def facts(report: Report) -> Iterator[tuple[str, str]]:
    """The effects on contacts, each as a label and a text."""
    load = report.load
    yield "contacts", f"{load.contacts:,}"
    yield "actions due", f"{load.actions:,}, {load.done:,} of them done"
    yield "touches per contact", f"median {load.median}, average {mean_touches(load)}"
    if load.silence:
        days, since, until, contact = load.silence
        yield "longest silence", f"{plural(days, 'day')}, {since} to {until} ({contact})"
    yield (
        "same-day touches",
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
    return report.names.get(person.owner or "") or person.owner or "no owner"
