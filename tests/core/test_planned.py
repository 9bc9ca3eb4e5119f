"""F13: planned rounds match the rounds that the engine runs, and show which loops take no time."""

from __future__ import annotations

from itertools import islice, pairwise
from typing import Any, NamedTuple

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from followup.core import wishes as w
from followup.core.model import Action
from followup.core.office import Calendar, Process
from followup.core.process.planned import planned_rounds, standing_loop
from followup.core.rehearsal.in_memory import SOMEBODY, Rehearsal
from followup.core.timing import add_days, local, moment
from tests.core.building import calendar, cycle, office, step
from tests.properties import examples

MONDAY = "2024-01-01T00:00"
WEEK = calendar(zone="UTC", working_days=["mon", "tue", "wed", "thu", "fri"])


class RoundRun(NamedTuple):
    """A round that the engine ran. `start`, `end`: local text, to the minute; `actions`: by step."""

    start: str
    end: str
    actions: dict[str, Action]


def walk(process: Process, calendar: Calendar, start: str, rounds: int) -> list[RoundRun]:
    """Run the engine action by action: complete each action when it is due, or when it was created if that is later.
    Complete the action that closes a round at the midnight after it."""
    rehearsal, now = Rehearsal(office(process, calendars={None: calendar})), moment(start, "UTC").at
    rehearsal.does(SOMEBODY, w.Add({"name": "Somebody"}, w.Choice(None, process.id), True), now)
    runs, created_at, ends = [], dict[int, int](), 0
    while len(runs) < rounds:
        person = rehearsal.people[SOMEBODY]
        for action in person.open_actions:
            created_at.setdefault(action.id, now)
        enrolment = person.cycle
        assert enrolment
        own = {a.step or "": a for a in person.actions if a.round == enrolment.round}
        action = min((a for a in own.values() if a.open), key=lambda a: a.position)
        now = ends = max(action.at, created_at[action.id])
        if process.steps[action.position].loop_to and (now % 86400):
            now = moment(add_days(local(now, "UTC").day, 1) + "T00:00", "UTC").at
        rehearsal.does(SOMEBODY, w.Complete(action.id), now)
        goes_on = rehearsal.people[SOMEBODY].cycle
        if goes_on is None or goes_on.round > enrolment.round:
            runs.append(RoundRun(local(enrolment.round_at, "UTC").text, local(ends, "UTC").text, own))
        if goes_on is None:
            break
    return runs


def takes_no_time(runs: list[RoundRun], entries: list[str]) -> bool:
    """Whether, from the second turn on, every round of a turn ends on the day it began, or two turns share a date."""
    turn, again = turn_of(entries)
    turns = [runs[first : first + turn] for first in range(again, len(runs) - turn + 1, turn)]
    if any(all(each.start[:10] == each.end[:10] for each in turn) for turn in turns[:-1]):
        return True
    both = [pair for turns_ in pairwise(turns) for pair in zip(*turns_, strict=True)]
    return any(a.actions[step].due[:10] == b.actions[step].due[:10] for a, b in both for step in a.actions)


def turn_of(entries: list[str]) -> tuple[int, int]:
    """How many rounds it takes until an entry is repeated for the first time, and its place."""
    again = next(place for place, entry in enumerate(entries) if entry in entries[:place])
    return again - entries.index(entries[again]), again


OFFSETS = ["0 days", "1 day", "2 days", "1 week", "0 business days", "1 business day", "5 hours", "23 hours", "1 month"]


@st.composite
def cycles(draw: st.DrawFn) -> Process:
    """Cycles with at least one loop, whose named anchors come before the steps that count from them."""
    ids = "abcd"[: draw(st.integers(1, 4))]
    active = [draw(st.integers(0, 5)) > 0 for _ in ids]
    steps: list[dict[str, Any]] = []
    for place, id in enumerate(ids):
        earlier = [f"step:{x}" for x, on in zip(ids[:place], active, strict=False) if on]
        how: dict[str, Any] = {"active": active[place]}
        how["anchor"] = draw(st.sampled_from(["completed", "completed", "due", "start", *earlier]))
        how["loop_to"] = draw(st.sampled_from([None, *ids])) if place < len(ids) - 1 else draw(st.sampled_from(ids))
        how["at"] = draw(st.sampled_from([None, None, "08:00"]))
        how["roll"] = draw(st.sampled_from([None, None, "back", "forward"]))
        how["min_gap"] = draw(st.sampled_from([0, 0, 0, 2]))
        steps.append(step(id, draw(st.sampled_from(OFFSETS)), **how))
    return cycle("c", *steps)


@pytest.mark.hypothesis
@pytest.mark.slow(5)
@settings(max_examples=examples(400))
@given(cycles(), st.sampled_from([WEEK, calendar(zone="UTC")]))
def test_F13_a_loop_takes_no_time_exactly_when_running_it_shows_so(process: Process, week: Calendar) -> None:
    assume(process.active_steps)
    back = any(step.roll == "back" for step in process.active_steps)
    results = [
        takes_no_time_when_run(process, week, add_days(MONDAY, day), 9 if back else 3)
        for day in range(0, 7, 1 if back else 4)
    ]
    assert (standing_loop(process, week) is not None) is any(results)


def takes_no_time_when_run(process: Process, week: Calendar, start: str, turns: int) -> bool:
    """Check the plan against a run; return whether the loop takes no time."""
    preview = islice(planned_rounds(process, week, moment(start, "UTC")), 2 * len(process.steps) + 1)
    entries = [plan.entry.id for plan in preview]
    if len(entries) <= 2 * len(process.steps):
        return False
    turn, again = turn_of(entries)
    runs = walk(process, week, start, again + turns * turn)
    for plan, real in zip(planned_rounds(process, week, moment(start, "UTC")), runs, strict=False):
        assert (plan.start.at, plan.last.closed.text) == (moment(real.start, "UTC").at, real.end)
        for action in plan.actions:
            actual = real.actions[action.step.id]
            assert (action.nominal.text, action.due.text) == (actual.nominal, actual.due)
    return takes_no_time(runs, entries)


def find_standing_loop(*steps: Any, week: Calendar = WEEK) -> tuple[str, str | None] | None:
    result = standing_loop(cycle("c", *steps), week)
    return result and (result.loop.id, result.step and result.step.id)


def test_F13_a_round_that_ends_on_the_day_it_began_takes_no_time() -> None:
    assert find_standing_loop(step("a", "0 days", loop_to="a")) == ("a", None)
    assert find_standing_loop(step("a", "23 hours", loop_to="a")) == ("a", None)
    assert find_standing_loop(step("a", "24 hours", loop_to="a")) is None
    assert find_standing_loop(step("a", "1 day"), step("b", "0 days", anchor="start", loop_to="a")) == ("b", None)
    assert find_standing_loop(step("a", "1 day")) is None


def test_F13_a_step_that_stays_on_one_day_makes_its_loop_take_no_time() -> None:
    steps = [step("a"), step("b"), step("c", "9 days", anchor="step:a"), step("d", loop_to="b")]
    assert find_standing_loop(*steps) == ("d", "c")
    assert find_standing_loop(*steps[:2], step("c", "9 days", anchor="step:b"), steps[3]) is None


def test_F13_on_some_days_of_the_week_a_date_rolls_back_to_its_anchor() -> None:
    back = step("a", "1 day", roll="back", loop_to="a")
    assert find_standing_loop(back) == ("a", None)
    assert find_standing_loop(back, week=calendar(zone="UTC")) is None
    assert find_standing_loop(step("a", "3 days", roll="back", loop_to="a")) is None
    backward = calendar(zone="UTC", working_days=["mon", "tue"], roll="back")
    assert find_standing_loop(step("a", "3 days", loop_to="a"), week=backward) == ("a", None)


def test_F13_a_loop_over_two_rounds_takes_time_if_one_of_them_does() -> None:
    first = step("a", "0 days", loop_to="b")
    assert find_standing_loop(first, step("b", "1 day", loop_to="a")) is None
    assert find_standing_loop(first, step("b", "0 days", loop_to="a")) == ("b", None)


def test_F13_a_loop_that_rolls_back_on_some_days_of_the_week_is_found_next_to_a_step_that_does_not() -> None:
    first, back = step("a", "0 days"), step("b", "1 day", roll="back", loop_to="b")
    assert find_standing_loop(first, back) == ("b", None)
