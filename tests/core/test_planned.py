"""F13: rounds as they are planned are those that the engine goes through, and a loop takes no time when they show it."""

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


class Walked(NamedTuple):
    """A round that somebody went through. `start`, `end`: local text, to the minute; `actions`: by step."""

    start: str
    end: str
    actions: dict[str, Action]


def walk(process: Process, calendar: Calendar, start: str, rounds: int) -> list[Walked]:
    """The engine's own way, action by action: each is completed when it is due, or made if that is later; what closes a
    round is completed at the midnight after it."""
    rehearsal, now = Rehearsal(office(process, calendars={None: calendar})), moment(start, "UTC").at
    rehearsal.does(SOMEBODY, w.Add({"name": "Somebody"}, w.Choice(None, process.id), True), now)
    walked, made, ends = [], dict[int, int](), 0
    while len(walked) < rounds:
        person = rehearsal.people[SOMEBODY]
        for action in person.open_actions:
            made.setdefault(action.id, now)
        enrolment = person.cycle
        assert enrolment
        own = {a.step or "": a for a in person.actions if a.round == enrolment.round}
        action = min((a for a in own.values() if a.open), key=lambda a: a.position)
        now = ends = max(action.at, made[action.id])
        if process.steps[action.position].loop_to and (now % 86400):
            now = moment(add_days(local(now, "UTC").day, 1) + "T00:00", "UTC").at
        rehearsal.does(SOMEBODY, w.Complete(action.id), now)
        goes_on = rehearsal.people[SOMEBODY].cycle
        if goes_on is None or goes_on.round > enrolment.round:
            walked.append(Walked(local(enrolment.round_at, "UTC").text, local(ends, "UTC").text, own))
        if goes_on is None:
            break
    return walked


def stands_still(walked: list[Walked], entries: list[str]) -> bool:
    """Whether, from the second turn on, every round of a turn ends on the day it began, or two turns share a date."""
    turn, again = turn_of(entries)
    turns = [walked[first : first + turn] for first in range(again, len(walked) - turn + 1, turn)]
    if any(all(each.start[:10] == each.end[:10] for each in turn) for turn in turns[:-1]):
        return True
    both = [pair for turns_ in pairwise(turns) for pair in zip(*turns_, strict=True)]
    return any(a.actions[step].nominal[:10] == b.actions[step].nominal[:10] for a, b in both for step in a.actions)


def turn_of(entries: list[str]) -> tuple[int, int]:
    """After how many rounds the first entry that comes again does, and where."""
    again = next(place for place, entry in enumerate(entries) if entry in entries[:place])
    return again - entries.index(entries[again]), again


OFFSETS = ["0 days", "1 day", "2 days", "1 week", "0 business days", "1 business day", "5 hours", "23 hours", "1 month"]


@st.composite
def cycles(draw: st.DrawFn) -> Process:
    """With at least one loop, and anchors that come before what counts from them."""
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
@pytest.mark.slow(30)
@settings(max_examples=examples(60))
@given(cycles(), st.sampled_from([WEEK, calendar(zone="UTC")]))
def test_F13_a_loop_takes_no_time_exactly_when_going_round_shows_it(process: Process, week: Calendar) -> None:
    assume(process.active_steps)
    back = any(step.roll == "back" for step in process.active_steps)
    still = [
        goes_round(process, week, add_days(MONDAY, day), 9 if back else 3) for day in range(0, 7, 1 if back else 4)
    ]
    assert (standing_loop(process, week) is not None) is any(still)


def goes_round(process: Process, week: Calendar, start: str, turns: int) -> bool:
    """As planned; whether it stands still."""
    foreseen = islice(planned_rounds(process, week, moment(start, "UTC")), 2 * len(process.steps) + 1)
    entries = [plan.entry.id for plan in foreseen]
    if len(entries) <= 2 * len(process.steps):
        return False
    turn, again = turn_of(entries)
    walked = walk(process, week, start, again + turns * turn)
    for plan, real in zip(planned_rounds(process, week, moment(start, "UTC")), walked, strict=False):
        assert (plan.start.at, plan.last.closed.text) == (moment(real.start, "UTC").at, real.end)
        for action in plan.actions:
            made = real.actions[action.step.id]
            assert (action.nominal.text, action.due.text) == (made.nominal, made.due)
    return stands_still(walked, entries)


def standing(*steps: Any, week: Calendar = WEEK) -> tuple[str, str | None] | None:
    found = standing_loop(cycle("c", *steps), week)
    return found and (found.loop.id, found.step and found.step.id)


def test_F13_a_round_that_ends_on_the_day_it_began_takes_no_time() -> None:
    assert standing(step("a", "0 days", loop_to="a")) == ("a", None)
    assert standing(step("a", "23 hours", loop_to="a")) == ("a", None)
    assert standing(step("a", "24 hours", loop_to="a")) is None
    assert standing(step("a", "1 day"), step("b", "0 days", anchor="start", loop_to="a")) == ("b", None)
    assert standing(step("a", "1 day")) is None


def test_F13_a_step_that_stays_on_one_day_takes_no_time() -> None:
    steps = [step("a"), step("b"), step("c", "9 days", anchor="step:a"), step("d", loop_to="b")]
    assert standing(*steps) == ("d", "c")
    assert standing(*steps[:2], step("c", "9 days", anchor="step:b"), steps[3]) is None


def test_F13_on_some_days_of_the_week_a_date_rolls_back_to_where_it_counts_from() -> None:
    back = step("a", "1 day", roll="back", loop_to="a")
    assert standing(back) == ("a", None)
    assert standing(back, week=calendar(zone="UTC")) is None
    assert standing(step("a", "3 days", roll="back", loop_to="a")) is None
    backward = calendar(zone="UTC", working_days=["mon", "tue"], roll="back")
    assert standing(step("a", "3 days", loop_to="a"), week=backward) == ("a", None)


def test_F13_a_loop_over_two_rounds_takes_time_if_one_of_them_does() -> None:
    there = step("a", "0 days", loop_to="b")
    assert standing(there, step("b", "1 day", loop_to="a")) is None
    assert standing(there, step("b", "0 days", loop_to="a")) == ("b", None)
