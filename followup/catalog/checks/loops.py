"""F13: what a second round shows. A loop that takes no time would schedule its next round the moment it is closed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from followup.catalog.declarations import Declarations, Finding, Item
from followup.core import office_documents
from followup.core.kinds import CYCLE, OFFICE, PROPERTY
from followup.core.office import Calendar, Process
from followup.core.process.planned import StandingLoop, planned_rounds, standing_loop
from followup.core.timing import moment
from followup.errors import Refused

#: where the catalog has no office: every day is worked
PLAIN = Calendar("UTC", frozenset(range(7)), "09:00", "17:00")
START = moment("2024-01-01T00:00", "UTC")


def loops_without_time(declarations: Declarations) -> Iterator[Finding]:
    calendars = _calendars(declarations)
    for item, process in _looping(declarations):
        standing = next(filter(None, (_standing(process, calendar) for calendar in calendars)), None)
        if standing:
            loop, step = standing
            why = f"every round has '{step.id}' on the same day" if step else "a round can end on the day it began"
            message = f"the loop to '{loop.loop_to}' takes no time: {why}"
            yield Finding("FU301", item, ("steps", loop.position, "loop_to"), message, "let a step wait longer")


def anchors_outside_of_rounds(declarations: Declarations) -> Iterator[Finding]:
    """A later round may enter behind a step that one of its own counts from: the date of an earlier round stays."""
    for item, process in _looping(declarations):
        outside: dict[int, tuple[str, str]] = {}
        for round in islice(planned_rounds(process, PLAIN, START), len(process.steps) + 1):
            created: set[str] = set()
            for action in round.actions:
                if created and action.step.anchor.kind == "step" and action.step.anchor.step not in created:
                    outside[action.step.position] = action.step.anchor.step, round.entry.id
                created.add(action.step.id)
        for place, (anchor, entry) in sorted(outside.items()):
            step = process.steps[place].id
            message = f"'{step}' counts from '{anchor}', which the rounds that begin with '{entry}' don't create"
            hint = "count from a step of every round, or loop to an earlier step"
            yield Finding("FU304", item, ("steps", place, "anchor"), message, hint)


def _looping(declarations: Declarations) -> Iterator[tuple[Item, Process]]:
    """The cycles with a loop whose rounds can be planned; what keeps others from it is said by other checks."""
    for item, document in declarations.documents(CYCLE):
        process = office_documents.cycle(item.id, document)
        ids = [step.id for step in process.steps]
        loops = {step.loop_to for step in process.active_steps if step.loop_to}
        if loops and loops <= {*ids} and len(ids) == len({*ids}) and _is_anchored(process):
            yield item, process


def _is_anchored(process: Process) -> bool:
    """Whether each step counts on from something that comes before it."""
    earlier: set[str] = set()
    for step in process.active_steps:
        anchor = step.anchor
        if anchor.kind == "event" or step.offset.number < 0 or (anchor.kind == "step" and anchor.step not in earlier):
            return False
        earlier.add(step.id)
    return True


def _standing(process: Process, calendar: Calendar) -> StandingLoop | None:
    try:
        return standing_loop(process, calendar)
    except Refused:  # further than any calendar goes
        return None


def _calendars(declarations: Declarations) -> list[Calendar]:
    """As people work here: weeks, hours and rolling, without dates and zones."""
    sites = [site for _, site in declarations.documents(PROPERTY)]
    offices = [document for _, document in declarations.documents(OFFICE)]
    merged = [office_documents.calendar(office) for office in offices]
    merged += [office_documents.calendar(office, site) for office in offices for site in sites]
    weeks = (Calendar("UTC", x.working_days, x.opens, x.closes, roll=x.roll) for x in merged)
    return list(dict.fromkeys(weeks)) or [PLAIN]
