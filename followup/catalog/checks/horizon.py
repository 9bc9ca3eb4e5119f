"""T9: holidays that end before a cycle's furthest date are said; every day behind them would pass for a working one.

One round of each active cycle is placed from today on, by every calendar that somebody works by.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from followup.catalog.checks.calendar import exists
from followup.catalog.declarations import Declarations, Finding, Item
from followup.catalog.documents import Document
from followup.core import office as o
from followup.core.timing import When, moment, place
from followup.errors import Refused

Layer = tuple[Item, Document]
#: A due date with the step that is due.
Reach = tuple[str, str]


def holidays_end(declarations: Declarations) -> Iterator[Finding]:
    """The furthest date is said, once for each item that says where its holidays end."""
    calendars = list(_calendars(declarations)) if declarations.today else []
    made = (o.cycle(item.id, document) for item, document in declarations.documents("cycle") if calendars)
    cycles = [cycle for cycle in made if cycle.active]
    furthest: dict[tuple[str, str], Reach] = {}
    for calendar, item in calendars:
        for reach in _beyond(cycles, calendar, declarations.today):
            furthest[item.kind, item.id] = max(reach, furthest.get((item.kind, item.id), reach))
    for (kind, id), (due, step) in furthest.items():
        yield _finding(declarations.items[kind][id], due[:10], step)


def _finding(item: Item, due: str, step: str) -> Finding:
    key = "holidays_until" if item.raw.get("holidays_until") else "holidays"
    until = item.document["holidays_until"] if item.document else ""
    message = f"the holidays end on {until}, and '{step}', begun today, is due on {due}"
    return Finding("FU330", item, (key,), message, "declare those of the years that follow")


def _calendars(declarations: Declarations) -> Iterator[tuple[o.Calendar, Item]]:
    """Each calendar whose holidays end, with the item that says when."""
    seen: set[o.Calendar] = set()
    for layers in _layers(declarations):
        calendar = o.calendar(*(document for _, document in layers))
        ends = [item for item, document in layers if document["holidays_until"] == calendar.known_until]
        if calendar.known_until and calendar not in seen and exists(calendar.zone):
            seen.add(calendar)
            yield calendar, ends[0]


def _layers(declarations: Declarations) -> Iterator[list[Layer]]:
    """Whose documents make a calendar (T4): the office's alone, with a property's, with a user's who says more."""
    sites = {item.id: (item, document) for item, document in declarations.documents("property")}
    for office in declarations.documents("office"):
        yield [office]
        yield from ([office, site] for site in sites.values() if site[1]["active"])
        for user in declarations.documents("user"):
            home = sites.get(user[1]["property"])
            if user[1]["active"] and user[1]["holidays_until"]:
                yield [office, home, user] if home else [office, user]


def _beyond(cycles: Sequence[o.Process], calendar: o.Calendar, today: str) -> Iterator[Reach]:
    """What is due after the last known holiday, where holidays have a say in it."""
    start = moment(today, calendar.zone)
    for cycle in cycles:
        if any(_observes(step, calendar) for step in cycle.active_steps):
            yield from _round(cycle, calendar, start)


def _observes(step: o.Step, calendar: o.Calendar) -> bool:
    return step.offset.unit == "business days" or (step.roll or calendar.roll) != "none"


def _round(cycle: o.Process, calendar: o.Calendar, start: When) -> Iterator[Reach]:
    before, nominals = start, {"start": start}
    for step in cycle.active_steps:
        try:
            due = place(nominals.get(step.anchor, before), step.offset, calendar, step.at, step.roll)
        except Refused:  # further than any calendar goes
            return
        before = nominals[f"step:{step.id}"] = moment(due.nominal, calendar.zone)
        if due.unknown_holidays:
            yield due.due, f"{cycle.id}/{step.id}"
