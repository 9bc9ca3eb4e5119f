"""T9: report holidays that end before a cycle's last date; later days would all count as working days.

One round of each active cycle is placed from today on, in every calendar that is in use.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from followup.catalog.checks.calendar import exists
from followup.catalog.declarations import Declarations, Finding, Item
from followup.core import office as o
from followup.core import office_documents
from followup.core.kinds import CYCLE, OFFICE, PROPERTY, USER
from followup.core.timing import When, moment, place
from followup.errors import Refused

if TYPE_CHECKING:
    from followup.core import catalog_documents as d

#: A due date, and its step.
Reach = tuple[str, str]


class Layers(NamedTuple):
    """The documents that a calendar is made of, each with its item."""

    office: tuple[Item, d.OfficeDocument]
    differences: tuple[tuple[Item, d.DifferenceDocument], ...] = ()

    def calendar(self) -> o.Calendar:
        return office_documents.calendar(self.office[1], *(document for _, document in self.differences))

    def first_until(self, until: str) -> Item:
        """The first item whose holidays end on `until`."""
        item, office = self.office
        ends = (item for item, document in self.differences if document["holidays_until"] == until)
        return item if office["holidays_until"] == until else next(ends)


def holidays_end(declarations: Declarations) -> Iterator[Finding]:
    """Report the furthest date, once for each item that sets the end of its holidays."""
    calendars = list(_calendars(declarations)) if declarations.today else []
    documents = declarations.documents(CYCLE) if calendars else ()
    cycles = [office_documents.cycle(item.id, document) for item, document in documents if document["active"]]
    furthest: dict[tuple[str, str], Reach] = {}
    for calendar, item in calendars:
        for reach in _beyond(cycles, calendar, declarations.today):
            furthest[item.kind, item.id] = max(reach, furthest.get((item.kind, item.id), reach))
    for (kind, id), (due, step) in furthest.items():
        yield _finding(declarations.items[kind][id], due[:10], step)


def _finding(item: Item, due: str, step: str) -> Finding:
    key = "holidays_until" if item.written("holidays_until") else "holidays"
    until = item.document["holidays_until"] if item.document else ""
    message = f"holidays end on {until}, but '{step}' of a cycle that starts today is due on {due}"
    return Finding("FU330", item, (key,), message, "add the holidays of later years")


def _calendars(declarations: Declarations) -> Iterator[tuple[o.Calendar, Item]]:
    """Each calendar whose holidays end, with the item that sets the end."""
    seen: set[o.Calendar] = set()
    for layers in _layers(declarations):
        calendar = layers.calendar()
        if calendar.known_until and calendar not in seen and exists(calendar.zone):
            seen.add(calendar)
            yield calendar, layers.first_until(calendar.known_until)


def _layers(declarations: Declarations) -> Iterator[Layers]:
    """The documents of each calendar (T4): the office's alone, with a property's, with a user's own."""
    sites = {item.id: (item, site) for item, site in declarations.documents(PROPERTY)}
    for office in declarations.documents(OFFICE):
        yield Layers(office)
        yield from (Layers(office, (site,)) for site in sites.values() if site[1]["active"])
        for item, user in declarations.documents(USER):
            home = sites.get(user["property"] or "")
            if user["active"] and user["holidays_until"]:
                yield Layers(office, (home, (item, user)) if home else ((item, user),))


def _beyond(cycles: Sequence[o.Process], calendar: o.Calendar, today: str) -> Iterator[Reach]:
    """Dates due after the last known holiday, if holidays affect the cycle."""
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
        except Refused:  # out of the calendar's range
            return
        before = nominals[f"step:{step.id}"] = moment(due.nominal, calendar.zone)
        if due.unknown_holidays:
            yield due.due, f"{cycle.id}/{step.id}"
