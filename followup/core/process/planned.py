"""A cycle's rounds as they are planned: each action is closed when it is due, or when it is made if that is later.

What the engine does action by action (course, rounds) is foreseen here in one pass, so that checking a catalog takes no
time to speak of. tests/core/test_planned.py holds the two to the same dates.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice, pairwise, starmap
from typing import NamedTuple

from followup.core.office import Calendar, Process, Step
from followup.core.process.rounds import loop_target, up_to_loop
from followup.core.timing import ONE_DAY, When, add_days, local, moment, place

#: when rounds are foreseen: no more than a day of the week is meant
MONDAY = date(2024, 1, 1)


class Planned(NamedTuple):
    """One action. `nominal`: what chains count from; `made`, `closed`: the moments when it is created and done."""

    step: Step
    nominal: When
    due: When
    made: When
    closed: When
    closings: int = 0  # of this round's actions that come before it is created

    @property
    def last_day(self) -> str:
        return max(self.due.day, self.closed.day)


class Round(NamedTuple):
    """`actions`: in listed order; the last one closes the round."""

    start: When
    actions: tuple[Planned, ...]

    @property
    def entry(self) -> Step:
        return self.actions[0].step

    @property
    def last(self) -> Planned:
        return self.actions[-1]

    @property
    def takes_no_time(self) -> bool:
        """Whether it ends on the day on which it began."""
        return self.last.closed.day == self.start.day


class StandingLoop(NamedTuple):
    """A loop that takes no time (F13). `loop`: the step that carries it; `step`: one that is due on the same day round
    after round; None where rounds end on the day they began."""

    loop: Step
    step: Step | None = None


def standing_loop(process: Process, calendar: Calendar) -> StandingLoop | None:
    """The loop of the rounds that come again and again, if it takes no time.

    Whatever is counted on or rolls forward passes as much or more time from one day of the week as from another. Where
    dates roll back, rounds are gone through from each day, until they have come to others. Raises Refused where no
    calendar holds such a day.
    """
    days = [moment(f"{MONDAY + ONE_DAY * number}T00:00", calendar.zone) for number in range(7)]
    if any((step.roll or calendar.roll) == "back" for step in process.active_steps):
        return next(filter(None, (_standing_from(process, calendar, day, 8) for day in days)), None)
    return _standing_from(process, calendar, days[min(calendar.working_days)], 2)


def _standing_from(process: Process, calendar: Calendar, start: When, turns: int) -> StandingLoop | None:
    """In so many turns through the rounds that come again. The first turn is passed over: nothing comes before it."""
    rounds, seen = planned_rounds(process, calendar, start), dict[str, int]()
    for current in rounds:
        if current.entry.id in seen:
            turn = len(seen) - seen[current.entry.id]
            again = [current, *islice(rounds, turns * turn - 1)]
            each = [again[first : first + turn] for first in range(0, len(again), turn)]
            return _standing_in(each)
        seen[current.entry.id] = len(seen)
    return None


def _standing_in(turns: Sequence[Sequence[Round]]) -> StandingLoop | None:
    """By due dates, not nominal ones: a minimum gap moves an action on, whatever it counts from."""
    loop = turns[0][-1].last.step
    if any(all(round.takes_no_time for round in turn) for turn in turns[:-1]):
        return StandingLoop(loop)
    still = next(filter(None, starmap(_on_one_day, pairwise(turns))), None)
    return StandingLoop(loop, still) if still else None


def _on_one_day(turn: Sequence[Round], next_turn: Sequence[Round]) -> Step | None:
    """The first step that both turns have on the same day."""
    first, second = ([action for round in rounds for action in round.actions] for rounds in (turn, next_turn))
    pairs = zip(first, second, strict=True)
    return next((action.step for action, later in pairs if action.due.day == later.due.day), None)


def planned_rounds(process: Process, calendar: Calendar, start: When) -> Iterator[Round]:
    """One after the other, for ever; nothing where no step is active, and one round where the last step has no loop.

    A loop whose step is due at a time of day is closed at the midnight after it: later rounds have a whole day, too.
    Raises Refused where no calendar holds such a day.
    """
    steps: tuple[Step, ...] = process.active_steps
    latest: dict[str, Planned] = {}
    before: Planned | None = None
    while steps:
        current = _round(up_to_loop(steps), calendar, start, latest, before)
        yield current
        before = _at_midnight(current.last, calendar)
        if not before.step.loop_to:
            return
        entry = loop_target(process, before.step)
        start = _next_start(entry, before)
        steps = tuple(step for step in process.active_steps if step.position >= entry.position)


def _round(
    steps: tuple[Step, ...], calendar: Calendar, start: When, latest: dict[str, Planned], before: Planned | None
) -> Round:
    """`latest`: each step's latest action, which this round goes on to write in; `before`: what looped here."""
    actions: list[Planned] = []
    earlier = dict(latest)
    for step in steps:
        base = _base(step, start, actions, latest) if actions else start
        closings = _closings(step, actions)
        if actions:  # what a gap is kept from must be there when the step is created
            before = actions[-1] if actions[-1].closings <= closings else earlier.get(actions[-1].step.id)
        made = _planned(step, calendar, base, before, _made(step, start, actions))._replace(closings=closings)
        latest[step.id] = made
        actions.append(made)
    return Round(start, tuple(actions))


def _closings(step: Step, actions: list[Planned]) -> int:
    """How many closings of this round its creation waits for."""
    if not actions or step.anchor.kind == "start":
        return 0
    if step.anchor.kind == "step":
        return next((action.closings for action in actions if action.step.id == step.anchor.step), 0)
    return actions[-1].closings + (step.anchor.kind == "completed")


def _base(step: Step, start: When, actions: list[Planned], latest: dict[str, Planned]) -> When:
    """What the offset of a step that isn't its round's first counts from (T2)."""
    match step.anchor.kind:
        case "start":
            return start
        case "due":
            return actions[-1].nominal
        case "step" if step.anchor.step in latest:
            return latest[step.anchor.step].nominal
        case _:
            return actions[-1].closed


def _made(step: Step, start: When, actions: list[Planned]) -> When:
    """When it is created: with its round, unless what it counts from is not known by then."""
    if not actions or step.anchor.kind == "start":
        return start
    if step.anchor.kind == "step":
        return next((action.made for action in actions if action.step.id == step.anchor.step), start)
    return actions[-1].made if step.anchor.kind == "due" else actions[-1].closed


def _planned(step: Step, calendar: Calendar, base: When, before: Planned | None, made: When) -> Planned:
    gap = add_days(before.last_day, step.min_gap) if before and step.min_gap else None
    due = place(base, step.offset, calendar, step.at, step.roll, gap)
    closed = local(max(due.at, made.at), calendar.zone)
    return Planned(step, moment(due.nominal, calendar.zone), When(due.due, due.at), made, closed)


def _at_midnight(last: Planned, calendar: Calendar) -> Planned:
    if last.closed.text.endswith("T00:00"):
        return last
    return last._replace(closed=moment(add_days(last.closed.day, 1) + "T00:00", calendar.zone))


def _next_start(entry: Step, last: Planned) -> When:
    """As rounds.next_round has it (L3)."""
    if entry.anchor.kind in ("due", "step"):
        return max(last.closed, last.nominal, key=lambda when: when.at)
    return last.closed
