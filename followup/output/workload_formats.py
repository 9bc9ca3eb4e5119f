"""Output formats of a simulation or forecast report (G3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal, TypeAlias

from followup.core.rehearsal.workload import Person
from followup.output import chart
from followup.output.table import table
from followup.output.text import clean, json_text
from followup.output.workload_report import PEOPLE, Report, facts, mean_touches, name_of, person_row

ReportFormat: TypeAlias = Literal["table", "json", "svg", "html"]
#: maximum days to list one by one; above it, the busiest day of each week
DAILY = 35


def render_report(report: Report, format: ReportFormat, room: int | None = None) -> Iterator[str]:
    """As `table`, `json`, `svg` or `html`, line by line."""
    match format:
        case "json":
            yield json_text({"schema": f"followup/{report.schema}@1", **_item(report)})
        case "svg":
            yield chart.render_svg(report)
        case "html":
            yield chart.render_html(report)
        case _:
            yield from _text(report, room)


def _item(report: Report) -> dict[str, object]:
    load = report.load
    return {
        "first": report.first,
        "last": report.last,
        "assumed": list(report.assumed),
        "contacts": load.contacts,
        "actions": load.actions,
        "done": load.done,
        "touches": {"median": load.median, "mean": mean_touches(load)},
        "longest_silence": load.silence._asdict() if load.silence else None,
        "same_day": load.same_day,
        "next_day": load.next_day,
        "on_days_off": load.off,
        "users": [_user(person) for person in report.people],
    }


def _user(person: Person) -> dict[str, object]:
    days = {day: count for day, count in person.days.items() if count}
    return {**{key: value for key, value in person._asdict().items() if key != "worked"}, "days": days}


def _text(report: Report, room: int | None) -> Iterator[str]:
    yield clean(report.title)
    yield from (clean(f"  {line}") for line in report.assumed)
    yield ""
    yield from (clean(f"{what:<19} {text}") for what, text in facts(report))
    if report.people:
        yield ""
        yield table(PEOPLE, [person_row(report, person) for person in report.people], room)
        yield ""
        yield table(("day", *(name_of(report, p) for p in report.people)), list(_days(report)), room)
        if any(person.over for person in report.people):
            yield "* over capacity"


def _days(report: Report) -> Iterator[tuple[str, ...]]:
    """A row for each day with actions due; for long periods, a row for each week, with its busiest day."""
    days = list(report.people[0].days)
    weekly = len(days) > DAILY
    for stretch in _weeks(days) if weekly else [[day] for day in days]:
        counts = [max(person.days[day] for day in stretch) for person in report.people]
        if any(counts):
            cells = [_count(n, p.capacity) for n, p in zip(counts, report.people, strict=True)]
            yield (f"week of {stretch[0]}" if weekly else f"{stretch[0]} {date.fromisoformat(stretch[0]):%a}", *cells)


def _weeks(days: Sequence[str]) -> Iterator[list[str]]:
    """The days by week, Monday to Sunday."""
    week: list[str] = []
    for day in days:
        if week and date.fromisoformat(day).weekday() == 0:
            yield week
            week = []
        week.append(day)
    yield week


def _count(number: int, capacity: int | None) -> str:
    return f"{number}{' *' if capacity and number > capacity else ''}" if number else "."
