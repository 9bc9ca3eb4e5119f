"""A simulation, or a forecast: what it assumes, what contacts notice, and who has how much work (G3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from followup.core.rehearsal.workload import Person, Workload
from followup.output.table import table
from followup.output.text import clean, json_text, plural

#: so many days are shown one by one; of more, the busiest day of each week
DAILY = 35


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


def drawn(report: Report, format: str, room: int | None = None) -> Iterator[str]:
    """As `table`, `json`, `svg` or `html`, line by line."""
    match format:
        case "json":
            yield json_text({"schema": f"followup/{report.schema}@1", **_item(report)})
        case "svg" | "html":
            from followup.output import chart

            yield chart.svg(report) if format == "svg" else chart.html(report)
        case _:
            yield from _text(report, room)


def _item(report: Report) -> dict[str, Any]:
    load = report.load
    return {
        "first": report.first,
        "last": report.last,
        "assumed": list(report.assumed),
        "contacts": load.contacts,
        "actions": load.actions,
        "done": load.done,
        "touches": {"median": load.median, "mean": _mean(load)},
        "longest_silence": load.silence._asdict() if load.silence else None,
        "same_day": load.same_day,
        "next_day": load.next_day,
        "on_days_off": load.off,
        "users": [_user(person) for person in report.people],
    }


def _user(person: Person) -> dict[str, Any]:
    item = {**person._asdict(), "days": {day: count for day, count in person.days.items() if count}}
    del item["worked"]
    return item


def _mean(load: Workload) -> float:
    return round(load.done / load.contacts, 1) if load.contacts else 0.0


def facts(report: Report) -> Iterator[tuple[str, str]]:
    """What contacts notice, each with its words."""
    load = report.load
    yield "contacts", f"{load.contacts:,}"
    yield "actions due", f"{load.actions:,}, {load.done:,} of them done by then"
    yield "touches a contact", f"{load.median} for the one in the middle, {_mean(load)} on average"
    if load.silence:
        days, since, until, contact = load.silence
        yield "longest silence", f"{plural(days, 'day')}, {since} to {until} ({contact})"
    yield (
        "bunched",
        f"{plural(load.same_day, 'day')} with two or more for one contact, {load.next_day:,} with one the day after",
    )
    yield "on days off", f"{load.off:,}"


def _text(report: Report, room: int | None) -> Iterator[str]:
    yield clean(report.title)
    yield from (clean(f"  {line}") for line in report.assumed)
    yield ""
    yield from (clean(f"{what:<18} {text}") for what, text in facts(report))
    if report.people:
        yield ""
        yield table(PEOPLE, [person_row(report, person) for person in report.people], room)
        yield ""
        yield table(("day", *(name_of(report, p) for p in report.people)), list(_days(report)), room)
        if any(person.over for person in report.people):
            yield "* over capacity"


PEOPLE = ("name", "capacity", "total", "middle", "95%", "most", "on", "days over")


def person_row(report: Report, person: Person) -> tuple[object, ...]:
    over = person.over if person.capacity else None
    counts = (person.capacity, person.total, person.median, person.p95, person.most)
    return (name_of(report, person), *counts, person.worst, over)


def name_of(report: Report, person: Person) -> str:
    return report.names.get(person.owner or "") or person.owner or "nobody"


def _days(report: Report) -> Iterator[tuple[str, ...]]:
    """A row for each day on which something is due; of a long time, for each week, with its busiest day."""
    days = list(report.people[0].days)
    weekly = len(days) > DAILY
    for stretch in _weeks(days) if weekly else [[day] for day in days]:
        counts = [max(person.days[day] for day in stretch) for person in report.people]
        if any(counts):
            cells = [_count(n, p.capacity) for n, p in zip(counts, report.people, strict=True)]
            yield (f"week of {stretch[0]}" if weekly else f"{stretch[0]} {date.fromisoformat(stretch[0]):%a}", *cells)


def _weeks(days: Sequence[str]) -> Iterator[list[str]]:
    """From Monday to Sunday."""
    week: list[str] = []
    for day in days:
        if week and date.fromisoformat(day).weekday() == 0:
            yield week
            week = []
        week.append(day)
    yield week


def _count(number: int, capacity: int | None) -> str:
    return f"{number}{' *' if capacity and number > capacity else ''}" if number else "."
