"""G3: which actions come due, when they are completed, and how much work that is per user and day."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import cycle as forever
from random import Random
from typing import Any

import pytest

from followup.core import office as o
from followup.core import wishes as w
from followup.core.rehearsal.habits import Habits, lives
from followup.core.rehearsal.in_memory import Rehearsal
from followup.core.rehearsal.simulation import Scenario, simulate
from followup.core.rehearsal.workload import Workload, dates, person
from tests.core.building import Story, calendar, cycle, instant, office, step

WEEK = ["mon", "tue", "wed", "thu", "fri"]
CALLS = cycle("calls", step("note", "2 days"), step("call", "3 days", loop_to="call"))
SALE = cycle("sale", step("one"), step("two", "1 day"), step("three", "1 week"), anchor="due")
OFFICE = office(
    CALLS, SALE, calendars={None: calendar(working_days=WEEK), "tom": calendar(working_days=WEEK, capacity=2)}
)
JANE = "contact:jane"


def run_until(
    story: Story, until: str, habits: Habits = Habits(), at: Any = None, draw: Any = None
) -> list[tuple[Any, ...]]:
    rehearsal = Rehearsal(at or OFFICE, [story.dossier])
    touches = lives(rehearsal, JANE, instant(story.now), instant(until), habits, draw or (lambda: 0.0))
    return [(touch.action.step, touch.due, touch.done) for touch in touches]


def started(cycle: str, now: str = "2026-05-04T10:00", at: o.Office = OFFICE) -> Story:
    return Story(at, now=now).added(cycle)


def test_an_action_is_completed_on_its_day_or_the_next_working_day_and_the_next_counts_from_it() -> None:
    assert run_until(started("calls"), "2026-05-21") == [
        ("note", "2026-05-06", "2026-05-06"),
        ("call", "2026-05-09", "2026-05-11"),  # a Saturday
        ("call", "2026-05-14", "2026-05-14"),
        ("call", "2026-05-17", "2026-05-18"),
    ]


def test_an_action_due_before_the_end_but_completed_after_it_counts_as_due() -> None:
    assert run_until(started("calls"), "2026-05-10") == [
        ("note", "2026-05-06", "2026-05-06"),
        ("call", "2026-05-09", None),
    ]
    assert run_until(started("calls"), "2026-05-06") == []


def test_an_overdue_action_is_due_today() -> None:
    late = started("calls").at("2026-05-13T10:00")
    assert run_until(late, "2026-05-17")[:2] == [("note", "2026-05-13", "2026-05-13"), ("call", "2026-05-16", None)]
    assert run_until(late, "2026-05-17", Habits(((1, 3),)), draw=lambda: 0.99) == [("note", "2026-05-13", None)]
    assert run_until(late, "2026-05-19", Habits(((1, 3),)), draw=lambda: 0.99)[0] == (
        "note",
        "2026-05-13",
        "2026-05-18",
    )


def test_a_timed_action_is_completed_at_its_time_or_at_opening_time_if_late() -> None:
    at = office(cycle("timed", step("one", at="14:00"), step("two", "2 hours")))
    for late, due in ((0, "2026-05-05T16:00"), (1, "2026-05-06T11:00")):
        rehearsal = Rehearsal(at, [started("timed", at=at).dossier])
        touches = lives(
            rehearsal, JANE, instant("2026-05-04T10:00"), instant("2026-06-01"), Habits(((1, late),)), lambda: 0.99
        )
        assert [touch.action.due for touch in touches] == ["2026-05-05T14:00", due]


def test_all_actions_of_a_round_run_at_once_each_at_its_own_pace() -> None:
    draws = iter([0.95, 0.0, 0.0, 0.0, 0.0, 0.0])
    touches = run_until(started("sale"), "2026-05-14", Habits(((0.9, 0), (1, 4)), 0), draw=lambda: next(draws))
    assert touches == [
        ("two", "2026-05-06", "2026-05-06"),
        ("one", "2026-05-05", "2026-05-07"),  # two days late
        ("three", "2026-05-13", "2026-05-13"),
    ]


@pytest.mark.parametrize(
    "draw, days", [(0.0, 0), (0.49, 0), (0.5, 0), (0.72, 2), (0.899, 3), (0.9, 3), (0.95, 6), (0.99, 9)]
)
def test_lateness_is_interpolated_between_the_given_points(draw: float, days: int) -> None:
    habits = Habits(((0.5, 0), (0.9, 3), (1, 10)))
    assert habits.days_late(lambda: draw) == days
    assert Habits().days_late(lambda: draw) == 0
    assert Habits(((0.5, 4),)).days_late(lambda: 0.99) == 4, "beyond the last point nobody knows better"


def test_a_contact_can_leave_after_a_call_but_not_after_a_letter() -> None:
    types = {**o.BUILT_IN_TYPES}
    mixed = cycle("mixed", step("mail", type="email"), step("call", loop_to="mail"))
    at = office(mixed, types=types)
    assert run_until(started("mixed", at=at), "2026-06-01", Habits(leaves=1.0), at) == [
        ("mail", "2026-05-05", "2026-05-05"),
        ("call", "2026-05-06", "2026-05-06"),
    ]
    assert len(run_until(started("mixed", at=at), "2026-06-01", Habits(leaves=0.5), at, lambda: 0.6)) > 20


def test_F21_a_contact_leaves_once_and_actions_created_by_hand_are_still_completed() -> None:
    jane = started("calls")
    jane.does(w.Schedule("call", "2026-05-12", "By hand"))
    done = [(step, day) for step, _, day in run_until(jane, "2026-06-01", Habits(leaves=1.0))]
    assert done == [("note", "2026-05-06"), (None, "2026-05-12")]


def test_if_no_contact_leaves_no_random_number_is_drawn() -> None:
    def never() -> float:
        raise AssertionError("drawn")

    assert len(run_until(started("calls"), "2026-05-21", draw=never)) == 4


def load_of(*stories: tuple[str, Story], until: str = "2026-05-18") -> Workload:
    load = Workload()
    for id, story in stories:
        rehearsal = Rehearsal(OFFICE, [story.dossier])
        touches = lives(rehearsal, JANE, instant(story.now), instant(until), Habits(), lambda: 0.0)
        load.note(OFFICE, id, touches, story.now[:10])
    return load


def test_load_is_counted_by_owner_and_due_day() -> None:
    load = load_of(("jane", started("calls")), ("john", started("sale")))
    assert dict(load.due) == {
        ("tom", "2026-05-05"): 1,
        ("tom", "2026-05-06"): 2,
        ("tom", "2026-05-09"): 1,
        ("tom", "2026-05-13"): 1,
        ("tom", "2026-05-14"): 1,
        ("tom", "2026-05-17"): 1,
    }
    assert (load.contacts, load.actions, load.done) == (2, 7, 6)
    assert load.off == 2, "a Saturday and a Sunday"
    assert (load.median, dict(load.touches)) == (3, {3: 2})
    assert load.owners == ["tom"]


def test_owners_are_listed_by_id_and_no_owner_comes_last() -> None:
    load = Workload()
    load.due.update({("tom", "2026-05-05"): 1, (None, "2026-05-05"): 1, ("ann", "2026-05-06"): 1})
    assert load.owners == ["ann", "tom", None]


def test_the_median_does_not_depend_on_the_order_of_the_contacts() -> None:
    load = Workload()
    for id, until in (("a", "2026-06-30"), ("b", "2026-05-04"), ("c", "2026-05-07"), ("d", "2026-05-13")):
        rehearsal = Rehearsal(OFFICE, [started("calls").dossier])
        touches = lives(rehearsal, JANE, instant("2026-05-04T10:00"), instant(until), Habits(), lambda: 0.0)
        load.note(OFFICE, id, touches)
    assert sorted(load.touches) == [0, 1, 2, 16] and load.median == 2


def test_load_reports_the_longest_silence_and_touches_on_the_same_or_next_day() -> None:
    load = load_of(("jane", started("calls")), ("john", started("sale")))
    assert load.silence is not None and load.silence == (7, "2026-05-06", "2026-05-13", "john")
    assert (load.same_day, load.next_day) == (0, 1), "john's first two"
    twice = cycle("twice", step("one"), step("two", "0 days"), anchor="due")
    load = Workload()
    story = Story(office(twice)).added("twice")
    rehearsal = Rehearsal(office(twice), [story.dossier])
    load.note(OFFICE, "jane", lives(rehearsal, JANE, instant(story.now), instant("2026-06-01"), Habits(), lambda: 0.0))
    assert (load.same_day, load.next_day) == (1, 0)


def test_a_users_days_are_compared_with_their_capacity() -> None:
    load = load_of(*((f"c{n}", started("calls")) for n in range(3)), until="2026-05-11")
    tom = person(OFFICE, load, "tom", "2026-05-04", "2026-05-10")
    assert (tom.capacity, tom.total, tom.most, tom.worst, tom.over) == (2, 6, 3, "2026-05-09", 2)
    assert (tom.median, tom.p95) == (0, 3), "of five working days, one has three"
    assert tom.worked == frozenset(dates("2026-05-04", "2026-05-08")) and sum(tom.days.values()) == 6
    pair = person(OFFICE, load_of(("a", started("calls")), ("b", started("calls"))), "tom", "2026-05-04", "2026-05-10")
    assert (pair.most, pair.over) == (2, 0), "as much as one can do"
    unassigned = person(OFFICE, load, None, "2026-05-04", "2026-05-10")
    assert (unassigned.capacity, unassigned.total, unassigned.worst, unassigned.over) == (None, 0, None, 0)
    empty = person(OFFICE, load, "tom", "2026-05-10", "2026-05-04")
    assert (empty.most, empty.worst, empty.median, dict(empty.days)) == (0, None, 0, {}), "between no two days"


def plan(**how: Any) -> Scenario:
    plain = {
        "a_week": 7,
        "choices": [w.Choice("calls"), w.Choice("sale")],
        "owners": ["tom", "kim"],
        "habits": Habits(),
    }
    return Scenario("2026-05-04", "2026-05-31", **{**plain, **how})


def test_the_same_seed_gives_the_same_office_and_another_seed_another_office() -> None:
    late = Habits(((0.5, 0), (1, 5)), 0.2)
    first, again, other = (simulate(OFFICE, plan(habits=late), Random(seed).random) for seed in (1, 1, 2))
    assert first.due == again.due and first.silence == again.silence
    assert first.due != other.due
    assert first.contacts == 28 == other.contacts


def test_new_contacts_are_spread_over_owners_and_choices() -> None:
    load = simulate(OFFICE, plan(), forever([0.0]).__next__)  # all on Mondays
    tom, kim = (sum(n for (owner, _), n in load.due.items() if owner == who) for who in ("tom", "kim"))
    assert load.contacts == 28 and tom > 0 and abs(tom - kim) <= 7
    assert load.due["tom", "2026-05-05"] == 2, "the first call of a sale, of whom every fourth is tom's"
    assert max(day for _, day in load.due) <= "2026-05-31" and min(day for _, day in load.due) == "2026-05-05"


@pytest.mark.parametrize("weeks", [1, 2, 8, 13])
def test_the_same_number_of_contacts_comes_in_each_week(weeks: int) -> None:
    end = date(2026, 5, 4) + timedelta(days=7 * weeks - 1)
    load = simulate(OFFICE, plan(a_week=3)._replace(end=end.isoformat()), Random(1).random)
    assert load.contacts == 3 * weeks


def test_no_contact_comes_after_the_last_day() -> None:
    last = simulate(OFFICE, plan(a_week=1), forever([0.99]).__next__)  # on Sundays: the 10th, 17th, 24th, 31st
    assert last.contacts == 4
    short = simulate(OFFICE, plan(a_week=1)._replace(end="2026-05-30"), forever([0.99]).__next__)
    assert short.contacts == 3


def test_a_staggered_assign_starts_on_a_later_working_day_and_ends_the_old_cycle_now() -> None:
    friday = started("calls", "2026-05-08T10:00")
    friday.does(w.Assign(w.Choice("sale"), later=2))
    assert friday.enrolment.start == "2026-05-12" and friday.due["one"] == "2026-05-13"
    old = friday.dossier.enrolments[0]
    assert (old.ended, old.reason) == ("2026-05-08", "replaced")
    assert friday.dossier.actions[0].completed_on == "2026-05-08T10:00"
    same = started("calls")
    same.does(w.Assign(w.Choice("calls"), later=2))
    assert same.due == {"note": "2026-05-06"}, "who is on it goes on"


HOURLY = cycle("hourly", step("note", "1 day"), step("call", "1 hour", loop_to="call"))


def test_F13_a_contact_that_loops_within_a_day_is_followed_no_further() -> None:
    at = office(HOURLY, calendars={None: calendar(working_days=WEEK)})
    touches = run_until(started("hourly", at=at), "2036-01-01", at=at)
    assert touches[0] == ("note", "2026-05-05", "2026-05-05")
    assert touches[1:] == [("call", "2026-05-05", "2026-05-05")] * 5 + [("call", "2026-05-05", None)]


def test_F13_simulating_an_hourly_loop_ends_and_reports_the_cut() -> None:
    at = office(HOURLY, calendars={None: calendar(working_days=WEEK)})
    scenario = Scenario("2026-05-04", "2030-05-04", 1, [w.Choice("hourly")], [None], Habits())
    load = simulate(at, scenario, lambda: 0.0)
    assert load.cut == load.contacts > 200
    assert load.done <= 6 * load.contacts


def test_a_loop_that_runs_three_times_a_day_is_followed_to_the_end() -> None:
    at = office(cycle("often", step("call", "8 hours", loop_to="call")), calendars={None: calendar()})
    load = Workload()
    jane = started("often", at=at)
    rehearsal = Rehearsal(at, [jane.dossier])
    load.note(at, "jane", lives(rehearsal, JANE, instant(jane.now), instant("2026-05-20"), Habits(), lambda: 0.0))
    assert load.cut == 0 and load.done > 40
