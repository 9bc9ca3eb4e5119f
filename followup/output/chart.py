"""A chart of a simulation's or forecast's load: a strip of days for each person, with their capacity (G3).

A self-contained SVG, and an HTML page around it; nothing is loaded from outside, and every value is escaped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from html import escape
from typing import NamedTuple

from followup.core.rehearsal.workload import Person
from followup.output.text import clean, plural
from followup.output.workload_report import PEOPLE, Report, facts, name_of, person_row

WIDTH, LEFT, RIGHT, TOP = 960, 44, 12, 56
STRIP, GAP, HEAD = 120, 46, 22  # a person's bars, the dates below, the name above

STYLE = """
.followup { --ink: #1f2933; --soft: #6b7785; --line: #d5dbe1; --off: #eef1f4; --bar: #3b7dd8; --over: #d64545;
  --ground: #fff }
@media (prefers-color-scheme: dark) {
  .followup { --ink: #e6eaee; --soft: #9aa7b4; --line: #3a444e; --off: #20272e; --bar: #6aa5f2; --over: #f07a7a;
    --ground: #14191e }
}
.followup .ground { fill: var(--ground) } .followup .off { fill: var(--off) }
.followup .bar { fill: var(--bar) } .followup .over { fill: var(--over) }
.followup text { fill: var(--ink); font: 13px system-ui, sans-serif }
.followup .soft { fill: var(--soft); font-size: 11px; font-weight: 400 }
.followup .name { font-weight: 600 } .followup .title { font-size: 18px; font-weight: 600 }
.followup line { stroke: var(--line) } .followup .capacity { stroke: var(--over); stroke-dasharray: 4 3 }
"""


class Frame(NamedTuple):
    """The position of a person's bars. `most`: the count at full height."""

    top: float
    step: float
    most: int

    def x(self, number: int) -> float:
        return LEFT + number * self.step

    def y(self, count: float) -> float:
        return self.top + STRIP - STRIP * count / self.most


def render_svg(report: Report, headed: bool = True) -> str:
    """The chart, with the same scale for all people. `headed`: include the title."""
    people, top = report.people, TOP if headed else 0
    height = top + len(people) * (HEAD + STRIP + GAP)
    most = max([1, *(max(person.most, person.capacity or 0) for person in people)])
    days = list(people[0].days) if people else []
    step = (WIDTH - LEFT - RIGHT) / max(len(days), 1)
    lines = [*_opening(report, height), *(_heading(report) if headed else ())]
    for place, person in enumerate(people):
        frame = Frame(top + place * (HEAD + STRIP + GAP) + HEAD, step, most)
        lines += _strip(report, person, frame, days)
    return "\n".join([*lines, "</svg>"])


def _opening(report: Report, height: int) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="followup" role="img" aria-labelledby="what more" '
        f'viewBox="0 0 {WIDTH} {height}">'
    )
    yield f'<title id="what">{_text(report.title)}</title><desc id="more">{_text(_described(report))}</desc>'
    yield f"<style>{STYLE}</style>"
    yield f'<rect class="ground" width="{WIDTH}" height="{height}"/>'


def _heading(report: Report) -> Iterator[str]:
    yield f'<text class="title" x="{LEFT}" y="26">{_text(report.title)}</text>'
    yield f'<text class="soft" x="{LEFT}" y="44">{_text("; ".join(report.assumed))}</text>'


def _described(report: Report) -> str:
    return "; ".join(f"{name_of(report, person)}: {_summary(person)}" for person in report.people)


def _summary(person: Person) -> str:
    parts = [plural(person.total, "action"), f"median {person.median} per day"]
    if person.worst:
        parts.append(f"busiest day {person.worst}: {person.most}")
    if person.capacity:
        parts.append(f"{plural(person.over, 'day')} over the capacity of {person.capacity}")
    return ", ".join(parts)


def _strip(report: Report, person: Person, frame: Frame, days: Sequence[str]) -> Iterator[str]:
    base = frame.top + STRIP
    yield f'<text class="name" x="{LEFT}" y="{frame.top - 8}">{_text(name_of(report, person))}'
    yield f'<tspan class="soft" dx="10">{_text(_summary(person))}</tspan></text>'
    yield from (_day_off(frame, number) for number, day in enumerate(days) if day not in person.worked)
    counts = ((number, day, person.days[day]) for number, day in enumerate(days))
    yield from (_bar(person, frame, number, day, count) for number, day, count in counts if count)
    yield f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{base}" y2="{base}"/>'
    yield from _scale(person, frame, base)
    yield from _ticks(frame, base, days)


def _day_off(frame: Frame, number: int) -> str:
    place = f'x="{frame.x(number):.1f}" y="{frame.top}" width="{frame.step:.1f}"'
    return f'<rect class="off" {place} height="{STRIP}"/>'


def _scale(person: Person, frame: Frame, base: float) -> Iterator[str]:
    """The labels for the capacity and the full height."""
    y = frame.y(person.capacity) if person.capacity else base
    if y > frame.top + 16:  # else the two numbers would overlap
        yield f'<text class="soft" x="{LEFT - 6}" y="{frame.top + 9}" text-anchor="end">{frame.most}</text>'
    if person.capacity:
        yield f'<line class="capacity" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text class="soft" x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{person.capacity}</text>'


def _bar(person: Person, frame: Frame, number: int, day: str, count: int) -> str:
    over = person.capacity is not None and count > person.capacity
    width, y = max(frame.step - (1 if frame.step > 3 else 0), 1), frame.y(count)
    label = f"{day} {date.fromisoformat(day):%a}: {count}"
    return (
        f'<rect class="{"over" if over else "bar"}" x="{frame.x(number):.1f}" y="{y:.1f}" width="{width:.1f}" '
        f'height="{frame.top + STRIP - y:.1f}"><title>{label}</title></rect>'
    )


def _ticks(frame: Frame, base: float, days: Sequence[str]) -> Iterator[str]:
    """Ticks for months; for a few weeks, for Mondays."""
    monthly = len(days) > 70
    for number, day in enumerate(days):
        when = date.fromisoformat(day)
        if when.day == 1 if monthly else when.weekday() == 0:
            x = frame.x(number)
            if x > WIDTH - RIGHT - 50:  # no room for the label
                break
            yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{base}" y2="{base + 5}"/>'
            yield f'<text class="soft" x="{x + 2:.1f}" y="{base + 16}">{when:{"%b %Y" if monthly else "%d %b"}}</text>'


PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark }}
body {{ font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }}
h1 {{ font-size: 1.4rem }} dl {{ display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem }}
dt {{ opacity: .7 }} dd {{ margin: 0 }} svg {{ width: 100%; height: auto; margin: 1rem 0 }}
.wide {{ overflow-x: auto }} table {{ border-collapse: collapse }} th, td {{ padding: .25rem .8rem; text-align: right;
  white-space: nowrap }}
th:first-child, td:first-child {{ text-align: left }} tr + tr {{ border-top: 1px solid #8884 }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>{assumed}</p>
<dl>{facts}</dl>
{picture}
<div class="wide"><table><tr>{heads}</tr>
{rows}
</table></div>
</body>
</html>"""


def render_html(report: Report) -> str:
    """An HTML page with the chart, the facts, and the numbers."""
    return PAGE.format(
        title=_text(report.title),
        assumed=_text("; ".join(report.assumed)),
        facts="".join(f"<dt>{_text(what)}</dt><dd>{_text(text)}</dd>" for what, text in facts(report)),
        picture=render_svg(report, headed=False) if report.people else "",
        heads="".join(f"<th>{head}</th>" for head in PEOPLE),
        rows="\n".join(
            "<tr>"
            + "".join(f"<td>{_text('' if c is None else str(c))}</td>" for c in person_row(report, person))
            + "</tr>"
            for person in report.people
        ),
    )


def _text(text: str) -> str:
    return escape(clean(text))
