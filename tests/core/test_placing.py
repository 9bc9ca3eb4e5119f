"""On a cycle, round by round: F4 to F10, L3, L8, T2, T5, E5."""

from __future__ import annotations

import pytest

from followup.core import history as h
from followup.core import wishes as w
from followup.core.list_rows import shown
from followup.core.model import CANCELLED, NO_SHOW
from followup.core.process.rounds import loop_target
from followup.errors import NotFound, Refused
from tests.core.building import Story, alias, calendar, cycle, instant, office, step

THREE = cycle("three", step("a", "1 day"), step("b", "2 days"), step("c", "3 days"))
LOOPING = cycle("looping", step("a", "1 day"), step("b", "7 days", loop_to="b"))
ROUND_OF_THREE = cycle("rounds", step("a"), step("b"), step("c", loop_to="a"), anchor="due")
HOLD = cycle("hold")
OTHER = cycle("other", step("x", "10 days"))


def on(*cycles_: object, **how: object) -> Story:
    """Jane, on Monday, on the first of the cycles."""
    return Story(office(*cycles_, **how)).added(cycles_[0].id)  # type: ignore[arg-type, attr-defined]


# F4: one step after the other


def test_F4_placing_a_contact_schedules_the_first_active_step_only() -> None:
    jane = on(THREE)
    assert jane.due == {"a": "2026-05-05"}
    assert jane.last == ["added", "enrolled", "scheduled"]


def test_F4_closing_a_step_schedules_the_next_from_its_local_day() -> None:
    jane = on(THREE)
    jane.closes_on("a", "2026-05-09")
    assert jane.due == {"b": "2026-05-11"}
    jane.closes_on("b", "2026-05-10")
    assert jane.due == {"c": "2026-05-13"}


@pytest.mark.parametrize(
    "closing", [w.Complete(2), w.Skip(2, reason="left word"), w.Fail(2, "bounced"), w.NoShow(2, "not there")]
)
def test_F4_every_way_to_close_a_step_advances_the_cycle(closing: w.Wish) -> None:
    jane = on(THREE)
    jane.does(closing)
    assert jane.due == {"b": "2026-05-06"}


def test_F4_a_rebooked_no_show_is_retried_before_the_cycle_goes_on() -> None:
    jane = on(THREE)
    jane.does(w.NoShow(2, "not there", rebook="2026-05-20T14:00"))
    assert jane.due == {"a": "2026-05-20T14:00"}
    again = jane.action("a")
    assert (again.trial, again.nominal, again.at) == (2, "2026-05-05", instant("2026-05-20T14:00"))
    jane.closes_on("a", "2026-05-20")
    assert jane.due == {"b": "2026-05-22"}


def test_F4_cancelling_the_last_open_action_is_refused_with_advice() -> None:
    jane = on(THREE)
    with pytest.raises(Refused, match=r"followup skip 2.*followup stop jane"):
        jane.does(w.Cancel(2))
    assert jane.due == {"a": "2026-05-05"}


def test_F4_one_of_several_open_actions_can_be_cancelled() -> None:
    jane = on(ROUND_OF_THREE)
    jane.does(w.Cancel(jane.action("b").id, "not needed"))
    assert set(jane.due) == {"a", "c"}


def test_F4_inactive_steps_are_skipped_along_with_their_offsets() -> None:
    jane = on(
        cycle("gaps", step("no", "9 days", active=False), step("a"), step("b", active=False), step("c", "2 days"))
    )
    assert jane.due == {"a": "2026-05-05"}
    jane.closes_on("a", "2026-05-05")
    assert jane.due == {"c": "2026-05-07"}


def test_F4_inactive_steps_do_not_count_for_due_anchors_either() -> None:
    jane = on(cycle("gaps", step("a"), step("b", "9 days", active=False), step("c", "2 days"), anchor="due"))
    assert jane.due == {"a": "2026-05-05", "c": "2026-05-07"}


# F5: rounds and ends


def test_F5_without_a_loop_the_enrolment_ends_after_the_last_step() -> None:
    jane = on(THREE)
    for name, day in (("a", "2026-05-05"), ("b", "2026-05-07"), ("c", "2026-05-10")):
        jane.closes_on(name, day)
    assert jane.open == ()
    assert (jane.enrolment.ended, jane.enrolment.reason) == ("2026-05-10", "no-more-steps")
    assert jane.last == ["completed", "ended"]


def test_F5_a_loop_starts_a_new_round_with_only_the_steps_that_can_be_dated() -> None:
    jane = on(LOOPING)
    jane.closes_on("a", "2026-05-05")
    jane.closes_on("b", "2026-05-12")
    assert jane.due == {"b": "2026-05-19"}
    assert (jane.enrolment.round, jane.action("b").round, jane.action("b").trial) == (2, 2, 1)


def test_F5_in_a_later_round_start_means_the_start_of_that_round() -> None:
    jane = on(cycle("starts", step("a", "1 day"), step("b", "5 days", loop_to="a"), anchor="start"))
    assert jane.due == {"a": "2026-05-05", "b": "2026-05-09"}
    jane.closes_on("a", "2026-05-05")
    jane.closes_on("b", "2026-05-20")
    assert jane.due == {"a": "2026-05-21", "b": "2026-05-25"}
    assert jane.enrolment.round_start == "2026-05-20T12:00"


def test_F5_the_first_step_of_a_later_round_always_counts_from_the_start_of_the_round() -> None:
    jane = on(cycle("named", step("a"), step("b", anchor="step:a"), step("c", anchor="step:a", loop_to="b")))
    for name in ("a", "b", "c"):
        jane.closes_on(name, "2026-05-20")
    assert jane.due["b"] == "2026-05-21"


@pytest.mark.parametrize(
    ("target", "active", "expected"),
    [("a", "abc", "a"), ("b", "abc", "b"), ("b", "ac", "c"), ("c", "ab", "a"), ("a", "bc", "b")],
)
def test_F5_a_loop_to_an_inactive_step_goes_to_the_next_active_one_and_wraps(
    target: str, active: str, expected: str
) -> None:
    steps = [step(id, active=id in active, loop_to=target if id == max(active) else None) for id in "abc"]
    wrapping = cycle("wrapping", *steps)
    assert loop_target(wrapping, wrapping.active_steps[-1]).id == expected


def test_F5_a_loop_in_the_middle_is_followed_and_later_steps_are_never_reached() -> None:
    jane = on(cycle("middle", step("a"), step("b", loop_to="a"), step("c"), anchor="due"))
    assert set(jane.due) == {"a", "b"}
    jane.closes_on("a", "2026-05-05")
    jane.closes_on("b", "2026-05-06")
    assert jane.due == {"a": "2026-05-07", "b": "2026-05-08"}


def test_F5_a_forward_loop_skips_the_steps_in_between() -> None:
    forward = cycle("forward", step("a"), step("b", loop_to="d"), step("c"), step("d"), step("e", loop_to="d"))
    jane = on(forward)
    for name, day in (("a", "2026-05-05"), ("b", "2026-05-06")):
        jane.closes_on(name, day)
    assert jane.due == {"d": "2026-05-07"}


def test_F5_a_loop_ahead_whose_action_was_cancelled_is_still_followed() -> None:
    forward = cycle(
        "forward", step("a"), step("b", loop_to="d"), step("c"), step("d"), step("e", loop_to="d"), anchor="due"
    )
    jane = on(forward)
    jane.closes_on("a", "2026-05-05")
    jane.closes_on("b", "2026-05-06")
    jane.does(w.Cancel(jane.action("e").id))
    jane.closes_on("d", "2026-05-07")
    assert set(jane.due) == {"d", "e"}
    assert jane.enrolment.round == 3


def test_F5_a_loop_on_an_inactive_step_is_ignored() -> None:
    jane = on(cycle("lost", step("a"), step("b", active=False, loop_to="a")))
    jane.closes_on("a", "2026-05-05")
    assert jane.enrolment.reason == "no-more-steps"


def test_F5_an_enrolment_ends_once_every_action_is_closed_in_any_order() -> None:
    jane = on(cycle("dues", step("a"), step("b"), step("c"), anchor="due"))
    for name in ("c", "a"):
        jane.closes_on(name, "2026-05-05")
        assert jane.enrolment.open
    jane.closes_on("b", "2026-05-06")
    assert (jane.enrolment.ended, jane.enrolment.reason) == ("2026-05-06", "no-more-steps")


def test_F5_leftovers_of_an_old_round_neither_advance_nor_end_the_new_one() -> None:
    jane = on(ROUND_OF_THREE)
    jane.closes_on("c", "2026-05-05")
    second = jane.enrolment
    assert second.round == 2
    leftovers = [action.id for action in jane.open if action.round == 1]
    assert len(leftovers) == 2
    for id in leftovers:
        jane.does(w.Complete(id))
    assert jane.enrolment == second
    assert [action.step for action in jane.open] == ["a", "b", "c"]
    assert {action.round for action in jane.open} == {2}


def test_F5_a_leftover_does_not_trigger_the_next_step_of_the_new_round() -> None:
    jane = on(cycle("mixed", step("a"), step("b"), step("z", anchor="start", loop_to="a")))
    jane.closes_on("z", "2026-05-05")
    leftover = next(action for action in jane.open if action.round == 1)
    jane.does(w.Complete(leftover.id))
    assert jane.last == ["completed"]
    assert set(jane.due) == {"a", "z"}


def test_F5_closing_the_leftover_lets_the_delayed_round_go_on() -> None:
    jane = on(cycle("mixed", step("a"), step("b"), step("z", anchor="start", loop_to="a")))
    jane.closes_on("z", "2026-05-05")  # a of round 1 stays open
    for name in ("a", "z"):
        jane.does(w.Cancel(jane.action(name).id))
    assert [(action.step, action.round) for action in jane.open] == [("a", 1)]
    jane.closes_on("a", "2026-05-08")
    assert [(action.step, action.round) for action in jane.open] == [("b", 2)]


def test_F5_a_rebooked_leftover_does_not_hide_the_rounds_own_action() -> None:
    jane = on(ROUND_OF_THREE)
    jane.closes_on("c", "2026-05-05")
    leftover = next(action for action in jane.open if (action.step, action.round) == ("b", 1))
    jane.does(w.NoShow(leftover.id, "not there", rebook="2026-06-01"))
    jane.does(w.Complete(jane.action("b").id))
    jane.completes("a")
    assert sorted((action.step, action.round) for action in jane.open) == [("a", 1), ("b", 1), ("c", 2)]


# L3, T2: what counts from what


def test_L3_with_due_anchors_all_steps_of_a_round_exist_at_once() -> None:
    jane = on(cycle("dues", step("a", "1 day"), step("b", "1 week"), step("c", "1 month"), anchor="due"))
    assert jane.due == {"a": "2026-05-05", "b": "2026-05-12", "c": "2026-06-12"}


@pytest.mark.parametrize("order", ["abc", "cba", "bca", "bac"])
def test_L3_completing_late_early_or_out_of_order_moves_no_other_date(order: str) -> None:
    jane = on(cycle("dues", step("a"), step("b"), step("c"), step("d"), anchor="due"))
    was = jane.due
    for name in order:
        jane.closes_on(name, "2026-07-01")
        del was[name]
        assert jane.due == was


@pytest.mark.parametrize(
    ("closed", "start", "a"),
    [
        ("2026-05-05", "2026-05-07", "2026-05-08"),
        ("2026-05-07", "2026-05-07T12:00", "2026-05-08"),
        ("2026-05-20", "2026-05-20T12:00", "2026-05-21"),
    ],
)
def test_L3_the_next_round_counts_from_the_planned_date_or_the_closing_whichever_is_later(
    closed: str, start: str, a: str
) -> None:
    jane = on(ROUND_OF_THREE)
    for name in ("a", "b", "c"):
        jane.closes_on(name, closed)
    assert (jane.enrolment.round_start, jane.due["a"]) == (start, a)


def test_L3_a_round_without_due_anchors_starts_when_the_loop_step_is_closed() -> None:
    jane = on(LOOPING)
    jane.closes_on("a", "2026-05-05")
    jane.closes_on("b", "2026-05-06")  # six days early
    assert jane.due == {"b": "2026-05-13"}


def test_L3_a_round_that_starts_at_a_named_anchor_never_starts_before_its_planned_day() -> None:
    named = cycle("named", step("a"), step("b", "2 days", anchor="step:a"), step("c", loop_to="b", anchor="due"))
    jane = on(named)
    assert jane.due == {"a": "2026-05-05", "b": "2026-05-07", "c": "2026-05-08"}
    jane.closes_on("c", "2026-05-05")
    assert jane.enrolment.round_start == "2026-05-08"


def test_T2_a_step_anchored_to_completion_waits_while_later_steps_are_dated() -> None:
    jane = on(cycle("mixed", step("a"), step("b"), step("c", "30 days", anchor="start"), step("d")))
    assert jane.due == {"a": "2026-05-05", "c": "2026-06-03"}
    jane.closes_on("c", "2026-05-05")  # out of order
    assert jane.due == {"a": "2026-05-05", "d": "2026-05-06"}
    jane.closes_on("a", "2026-05-10")
    assert jane.due == {"b": "2026-05-11", "d": "2026-05-06"}
    jane.closes_on("b", "2026-05-11")
    assert jane.due == {"d": "2026-05-06"}
    jane.closes_on("d", "2026-05-12")
    assert jane.enrolment.reason == "no-more-steps"


def test_T2_a_step_waits_for_the_open_step_before_it() -> None:
    jane = on(cycle("mixed", step("a"), step("b", anchor="start"), step("c")))
    jane.closes_on("a", "2026-05-05")
    assert set(jane.due) == {"b"}
    jane.closes_on("b", "2026-05-06")
    assert jane.due == {"c": "2026-05-07"}


def test_T2_a_step_anchored_to_the_due_date_of_a_waiting_step_is_created_with_it() -> None:
    jane = on(cycle("mixed", step("a"), step("b", "2 days"), step("c", "3 days", anchor="due")))
    assert set(jane.due) == {"a"}
    jane.closes_on("a", "2026-05-10")
    assert jane.due == {"b": "2026-05-12", "c": "2026-05-15"}


def test_T2_a_named_anchor_waits_for_its_step() -> None:
    steps = (step("a"), step("p"), step("x"), step("b", anchor="start"), step("y", "5 days", anchor="step:x"))
    jane = on(cycle("named", *steps))
    jane.closes_on("b", "2026-05-05")  # x is still to come, so y cannot be dated
    assert set(jane.due) == {"a"}
    jane.closes_on("a", "2026-05-06")
    assert jane.due == {"p": "2026-05-07"}
    jane.closes_on("p", "2026-05-07")
    assert jane.due == {"x": "2026-05-08", "y": "2026-05-13"}


def test_T2_in_a_later_round_a_named_anchor_means_the_step_of_that_round() -> None:
    jane = on(cycle("named", step("a"), step("x"), step("y", "5 days", anchor="step:x", loop_to="a")))
    jane.closes_on("a", "2026-05-05")
    assert jane.due == {"x": "2026-05-06", "y": "2026-05-11"}
    jane.closes_on("x", "2026-05-06")
    jane.closes_on("y", "2026-05-11")
    assert jane.due == {"a": "2026-05-12"}
    jane.closes_on("a", "2026-05-12")
    assert jane.due == {"x": "2026-05-13", "y": "2026-05-18"}


def test_T2_a_named_anchor_that_this_round_skips_means_the_step_of_its_last_round() -> None:
    jane = on(cycle("named", step("a"), step("b"), step("c", "40 days", anchor="step:a", loop_to="b"), anchor="due"))
    for name in ("a", "b", "c"):
        jane.closes_on(name, "2026-05-06")
    assert jane.due["c"] == "2026-06-14"


def test_T2_rescheduling_one_action_moves_no_other_step() -> None:
    jane = on(cycle("dues", step("a"), step("b"), step("c", loop_to="a"), anchor="due"))
    jane.does(w.Reschedule(jane.action("c").id, "2026-09-01"))
    for name in ("a", "b", "c"):
        jane.closes_on(name, "2026-05-07")
    assert jane.due == {"a": "2026-05-08", "b": "2026-05-09", "c": "2026-05-10"}


def test_T1_hours_chained_by_due_count_from_the_instant_in_a_repeated_hour() -> None:
    hours = cycle("hours", step("a", "2 hours"), step("b", "1 hour"), anchor="due")
    jane = Story(office(hours), now="2026-11-01T00:30").added("hours")
    assert jane.due == {"a": "2026-11-01T01:30", "b": "2026-11-01T02:30"}


def test_G4_a_scheduled_event_records_only_what_its_date_counts_from() -> None:
    jane = on(THREE)
    jane.closes_on("a", "2026-05-05")
    scheduled = [x.event.why for x in jane.history if isinstance(x.event, h.Scheduled)]
    assert scheduled == [
        {"anchor": "start", "from": "2026-05-04T10:00", "offset": "1 day", "version": 1},
        {"anchor": "completed", "from": "2026-05-05T12:00", "offset": "2 days", "version": 1},
    ]


def test_T3_each_month_in_a_due_chain_is_clamped_from_its_own_anchor() -> None:
    months = cycle("months", step("a", "1 month"), step("b", "1 month"), step("c", "1 month"), anchor="due")
    jane = Story(office(months), now="2026-01-31T10:00").added("months")
    assert jane.due == {"a": "2026-02-28", "b": "2026-03-28", "c": "2026-04-28"}


def test_T3_months_from_the_start_are_each_clamped_once() -> None:
    months = cycle("months", step("a", "1 month"), step("b", "2 months"), step("c", "3 months"), anchor="start")
    jane = Story(office(months), now="2026-01-31T10:00").added("months")
    assert jane.due == {"a": "2026-02-28", "b": "2026-03-31", "c": "2026-04-30"}


def test_T5_chains_count_from_the_planned_date_and_not_from_the_rolled_one() -> None:
    rolling = cycle("rolling", step("a", "5 days"), step("b", "1 day"), anchor="due", roll="forward")
    jane = on(rolling, calendars={"tom": calendar(working_days=["mon", "tue", "wed", "thu", "fri"])})
    assert jane.due == {"a": "2026-05-11", "b": "2026-05-11"}
    assert [action.nominal for action in jane.open] == ["2026-05-09", "2026-05-10"]
    scheduled = [x.event for x in jane.history if isinstance(x.event, h.Scheduled)]
    assert scheduled[0].why == {
        "anchor": "start", "from": "2026-05-04T10:00", "offset": "5 days", "version": 1, "moved_by": ["roll"],
    }  # fmt: skip


def test_T5_min_gap_spaces_out_the_due_dates_and_leaves_the_planned_dates() -> None:
    jane = on(cycle("gap", step("a", "5 days"), step("b", "1 day", min_gap=3), step("c", "1 day"), anchor="due"))
    assert jane.due == {"a": "2026-05-09", "b": "2026-05-12", "c": "2026-05-11"}
    assert jane.action("b").nominal == "2026-05-10"


@pytest.mark.parametrize(
    ("closed", "due"),
    [("2026-05-04", "2026-05-10"), ("2026-05-05", "2026-05-10"), ("2026-05-10", "2026-05-15")],
)
def test_T5_min_gap_counts_from_the_closing_if_it_was_later_than_the_due_date(closed: str, due: str) -> None:
    jane = on(cycle("gap", step("a", "1 day"), step("b", "1 day", min_gap=5)))
    jane.closes_on("a", closed)
    assert jane.due == {"b": due}
    scheduled = jane.history[-1].event
    assert isinstance(scheduled, h.Scheduled) and scheduled.why
    assert scheduled.why["moved_by"] == ["min_gap"]


def test_T5_min_gap_between_rounds_counts_from_the_closing_too() -> None:
    jane = on(cycle("gap", step("a", "1 day", min_gap=4, loop_to="a")))
    jane.closes_on("a", "2026-05-12")
    assert jane.due == {"a": "2026-05-16"}


def test_T5_min_gap_applies_between_rounds_and_not_to_the_first_step() -> None:
    gap = cycle("gap", step("a", "1 day", min_gap=4), step("b", "1 day", loop_to="a"), anchor="due")
    jane = on(gap)
    assert jane.due["a"] == "2026-05-05"
    jane.closes_on("a", "2026-05-05")
    jane.closes_on("b", "2026-05-06")
    assert jane.due == {"a": "2026-05-10", "b": "2026-05-08"}


def test_T9_a_date_past_the_declared_holidays_is_marked() -> None:
    workdays = calendar(holidays={"2026-05-18": "Victoria Day"}, holidays_until="2026-12-31")
    jane = on(cycle("far", step("a", "300 business days")), calendars={"tom": workdays})
    scheduled = jane.history[-1].event
    assert isinstance(scheduled, h.Scheduled) and scheduled.why
    assert scheduled.why["unknown_holidays"] is True


# Steps delayed by a manual cancellation


def test_F4_steps_after_a_cancelled_one_run_when_the_round_reaches_them() -> None:
    jane = on(cycle("mixed", step("a"), step("b", anchor="due"), step("c", "3 days")))
    jane.does(w.Cancel(jane.action("b").id))
    jane.closes_on("a", "2026-05-06")
    assert jane.due == {"c": "2026-05-09"}


def test_F4_steps_after_a_cancelled_one_run_even_if_another_action_is_open() -> None:
    jane = on(cycle("mixed", step("a"), step("b", anchor="due"), step("c", "3 days"), step("d", anchor="start")))
    jane.does(w.Cancel(jane.action("b").id))
    jane.closes_on("a", "2026-05-06")
    assert set(jane.due) == {"c", "d"}


def test_F4_steps_after_a_cancelled_one_are_not_lost_when_a_later_one_is_closed_last() -> None:
    jane = on(cycle("mixed", step("a"), step("b", anchor="due"), step("c", "3 days"), step("d", anchor="start")))
    jane.closes_on("a", "2026-05-05")
    jane.does(w.Cancel(jane.action("b").id))
    jane.closes_on("d", "2026-05-06")
    assert jane.due == {"c": "2026-05-09"}
    jane.closes_on("c", "2026-05-09")
    assert jane.enrolment.reason == "no-more-steps"


def test_F4_steps_after_a_cancelled_loop_are_still_never_reached() -> None:
    jane = on(cycle("loop", step("a"), step("b", loop_to="a"), step("c"), anchor="due"))
    jane.does(w.Cancel(jane.action("b").id))
    jane.closes_on("a", "2026-05-05")
    assert sorted((a.step, a.round) for a in jane.open) == [("a", 2), ("b", 2)]


def test_F4_a_delayed_step_runs_before_a_cancelled_loop() -> None:
    steps = (step("a"), step("b", anchor="start"), step("c"), step("d", anchor="start", loop_to="a"))
    jane = on(cycle("held", *steps))
    jane.does(w.Cancel(jane.action("b").id))
    jane.does(w.Cancel(jane.action("d").id))
    jane.closes_on("a", "2026-05-05")
    assert set(jane.due) == {"c"}
    jane.closes_on("c", "2026-05-06")
    assert set(jane.due) == {"a", "b", "d"}


def test_T2_a_named_anchor_waits_for_a_step_delayed_by_a_cancellation() -> None:
    steps = (step("a"), step("b", anchor="start"), step("x"), step("c", anchor="start"), step("y", anchor="step:x"))
    jane = on(cycle("held", *steps))
    jane.closes_on("a", "2026-05-05")
    jane.does(w.Cancel(jane.action("b").id))
    jane.closes_on("c", "2026-05-07")
    assert jane.due == {"x": "2026-05-08", "y": "2026-05-09"}


# F6 to F10: which cycle


def test_F7_a_new_cycle_cancels_the_old_one_and_schedules_its_first_action() -> None:
    jane = on(ROUND_OF_THREE, OTHER)
    jane.does(w.Assign(w.Choice("other")))
    assert jane.due == {"x": "2026-05-14"}
    assert {(a.status, a.reason) for a in jane.dossier.actions if a.step != "x"} == {(CANCELLED, "replaced")}
    old, new = jane.dossier.enrolments
    assert (old.ended, old.reason, new.open) == ("2026-05-04", "replaced", True)
    assert jane.last == ["cancelled"] * 3 + ["ended", "enrolled", "scheduled"]


def test_F7_a_cycle_never_touches_actions_created_by_hand() -> None:
    jane = on(THREE, OTHER)
    jane.does(w.Schedule("call", "2026-05-30", "By hand"))
    jane.does(w.Assign(w.Choice("other")))
    jane.does(w.Stop())
    assert jane.due == {"By hand": "2026-05-30"}


def test_F8_a_cycle_without_active_steps_is_a_hold() -> None:
    jane = on(cycle("hold", step("a", active=False)))
    assert jane.due == {}
    assert jane.dossier.cycle is not None and jane.dossier.cycle.process == "hold"


def test_F8_choosing_the_current_hold_changes_nothing() -> None:
    jane = on(HOLD)
    jane.does(w.Assign(w.Choice("hold")))
    assert jane.last == []


def test_F8_a_cycle_that_became_a_hold_keeps_its_contacts() -> None:
    jane = on(LOOPING)
    jane.office = office(cycle("looping", step("a", active=False), step("b", active=False, loop_to="b")))
    jane.closes_on("a", "2026-05-05")
    assert jane.open == () and jane.enrolment.open


def test_F8_closing_a_loop_in_a_cycle_that_became_a_hold_starts_no_round() -> None:
    jane = on(LOOPING)
    jane.closes_on("a", "2026-05-05")
    jane.office = office(cycle("looping", step("b", active=False, loop_to="b")))
    jane.closes_on("b", "2026-05-06")
    assert jane.open == () and jane.enrolment.open and jane.enrolment.round == 1


def test_F9_reps_can_choose_a_cycle_only_through_an_active_alias() -> None:
    jane = Story(office(THREE, aliases=[alias("old", "three", active=False)])).added()
    with pytest.raises(Refused, match="alias 'old' isn't active"):
        jane.does(w.Assign(w.Choice("old")), by="tom")
    with pytest.raises(NotFound, match="unknown alias 'oops'"):
        jane.does(w.Assign(w.Choice("oops")), by="tom")


def test_F9_an_alias_of_an_inactive_cycle_cannot_be_chosen() -> None:
    jane = Story(office(cycle("asleep", step("a"), active=False))).added()
    with pytest.raises(Refused, match="cycle 'asleep' isn't active"):
        jane.does(w.Assign(w.Choice("asleep")))


def test_F9_an_alias_of_a_removed_cycle_cannot_be_chosen() -> None:
    jane = Story(office(THREE, aliases=[alias("lost", "gone")])).added()
    with pytest.raises(NotFound, match="unknown cycle 'gone'"):
        jane.does(w.Assign(w.Choice("lost")))


def test_F9_only_an_administrator_can_name_a_cycle_by_its_id() -> None:
    jane = Story(office(THREE)).added()
    with pytest.raises(Refused, match="only administrators can"):
        jane.does(w.Assign(w.Choice(None, "three")), by="tom")
    jane.does(w.Assign(w.Choice(None, "three")), by="sue")
    assert (jane.enrolment.process, jane.enrolment.alias) == ("three", None)


def test_F9_an_empty_choice_is_not_found() -> None:
    with pytest.raises(NotFound, match="unknown cycle ''"):
        Story(office(THREE)).added().does(w.Assign(w.Choice(None)))


def test_F9_an_enrolment_keeps_its_alias_cycle_and_version() -> None:
    jane = on(THREE, version=7)
    assert (jane.enrolment.process, jane.enrolment.alias, jane.enrolment.version) == ("three", "three", 7)
    jane.office = office(THREE, OTHER, aliases=[alias("three", "other")], version=8)
    jane.closes_on("a", "2026-05-05")
    assert set(jane.due) == {"b"}
    assert jane.enrolment.version == 7


def test_F10_choosing_another_alias_of_the_same_cycle_continues_it_under_that_alias() -> None:
    jane = on(THREE, aliases=[alias("later", "three")])
    jane.does(w.Assign(w.Choice("later")))
    assert jane.last == ["alias-chosen"]
    assert (jane.enrolment.alias, jane.due) == ("later", {"a": "2026-05-05"})


@pytest.mark.parametrize("choice", [w.Choice("three"), w.Choice(None, "three")])
def test_F10_choosing_the_current_cycle_changes_nothing(choice: w.Choice) -> None:
    jane = on(THREE)
    jane.does(w.Assign(choice))
    assert jane.last == []


def test_F10_restart_starts_again_even_on_the_same_cycle() -> None:
    jane = on(THREE)
    jane.closes_on("a", "2026-05-05")
    jane.does(w.Assign(w.Choice("three"), restart=True))
    assert jane.due == {"a": "2026-05-06"}
    assert [x.reason for x in jane.dossier.enrolments] == ["restarted", None]


def test_F10_choosing_the_current_cycle_starts_it_again_if_it_has_no_next_step() -> None:
    jane = on(THREE)
    jane.office = office(cycle("three", step("a", active=False)))
    jane.closes_on("a", "2026-05-05")  # on hold, with nothing open
    jane.office = office(THREE)
    jane.does(w.Assign(w.Choice("three")))
    assert jane.due == {"a": "2026-05-06"}


def test_F10_choosing_a_paused_cycle_continues_it() -> None:
    jane = on(HOLD)
    paused = jane.enrolment._replace(paused_until="2026-06-01", process="three")
    jane.dossier = jane.dossier._replace(enrolments=(paused,))
    jane.office = office(THREE)
    jane.does(w.Assign(w.Choice("three")))
    assert jane.last == ["alias-chosen"]


def test_F21_a_won_contact_cannot_be_put_on_a_cycle() -> None:
    jane = Story(office(THREE)).added()
    jane.does(w.Close("won"))
    with pytest.raises(Refused, match="Jane Smith is won.*--stage lead"):
        jane.does(w.Assign(w.Choice("three")))
    with pytest.raises(Refused, match="Jane Smith is won"):
        jane.does(w.Log("call", "They called", choice=w.Choice("three")))
    jane.does(w.Assign(w.Choice("just-looking")))
    assert jane.dossier.cycle is None and jane.dossier.known.follow_up == "just-looking"


# E5 and other edits of a catalog


def test_E5_a_renamed_cycle_and_step_continue_under_their_new_names() -> None:
    jane = on(THREE)
    renamed = cycle("drei", step("eins"), step("b", "2 days"), step("c"))
    jane.office = office(renamed, moved={"three": "drei", "three/a": "drei/eins"})
    jane.closes_on("a", "2026-05-05")
    assert jane.due == {"b": "2026-05-07"}
    assert jane.enrolment.process == "three"


def test_E5_choosing_a_renamed_cycle_that_the_contact_is_on_changes_nothing() -> None:
    jane = on(THREE)
    jane.office = office(cycle("drei", step("a")), aliases=[alias("three", "three")], moved={"three": "drei"})
    jane.does(w.Assign(w.Choice("three")))
    assert jane.last == []


def test_E5_a_step_renamed_while_open_is_not_created_twice() -> None:
    jane = on(cycle("dues", step("a"), step("b"), anchor="due"))
    jane.office = office(cycle("dues", step("a"), step("zwei"), anchor="due"), moved={"dues/b": "dues/zwei"})
    jane.closes_on("a", "2026-05-05")
    assert jane.due == {"b": "2026-05-06"}


def test_E5_a_rebooked_action_of_a_renamed_step_gets_the_next_trial() -> None:
    jane = on(LOOPING)
    jane.closes_on("a", "2026-05-05")
    jane.office = office(
        cycle("looping", step("a"), step("bee", "7 days", loop_to="bee")), moved={"looping/b": "looping/bee"}
    )
    jane.does(w.NoShow(jane.action("b").id, "not there", rebook="2026-05-20"))
    assert jane.action("b").trial == 2
    jane.closes_on("b", "2026-05-20")
    assert (jane.action("bee").round, jane.action("bee").trial) == (2, 1)


def test_E4_closing_a_removed_step_continues_from_its_place() -> None:
    jane = on(THREE)
    jane.office = office(cycle("three", step("b", "2 days"), step("c")))
    jane.closes_on("a", "2026-05-05")
    assert jane.due == {"b": "2026-05-07"}


def test_E4_steps_before_a_removed_step_are_not_run() -> None:
    jane = on(THREE)
    jane.closes_on("a", "2026-05-05")
    jane.office = office(cycle("three", step("new"), step("c", "3 days")))
    jane.closes_on("b", "2026-05-07")
    assert jane.due == {"c": "2026-05-10"}


def test_E4_a_due_anchor_to_a_removed_step_counts_from_the_closing() -> None:
    jane = on(cycle("dues", step("a"), anchor="due"))
    jane.office = office(cycle("dues", step("b", "2 days"), anchor="due"))
    jane.closes_on("a", "2026-05-09")
    assert jane.due == {"b": "2026-05-11"}


def test_E4_a_named_anchor_to_an_inactive_step_counts_from_the_closing() -> None:
    jane = on(cycle("named", step("x"), step("a")))
    jane.closes_on("x", "2026-05-05")
    jane.office = office(cycle("named", step("x", active=False), step("a"), step("y", "2 days", anchor="step:x")))
    jane.closes_on("a", "2026-05-09")
    assert jane.due == {"y": "2026-05-11"}


def test_E3_a_named_anchor_inserted_before_the_current_step_counts_from_the_closing() -> None:
    jane = on(cycle("named", step("a"), step("b")))
    jane.closes_on("a", "2026-05-05")
    jane.office = office(cycle("named", step("a"), step("x"), step("b"), step("y", "2 days", anchor="step:x")))
    jane.closes_on("b", "2026-05-09")
    assert jane.due == {"y": "2026-05-11"}


def test_E3_a_step_inserted_before_the_current_one_is_not_waited_for() -> None:
    jane = on(cycle("named", step("b")))
    jane.office = office(cycle("named", step("x"), step("b"), step("y", "2 days", anchor="step:x")))
    jane.closes_on("b", "2026-05-09")
    assert jane.due == {"y": "2026-05-11"}


def test_E6_an_enrolment_on_a_removed_cycle_ends_with_its_last_action() -> None:
    jane = on(ROUND_OF_THREE)
    jane.office = office(OTHER)
    jane.completes("a")
    jane.does(w.Cancel(jane.action("b").id))
    jane.does(w.NoShow(jane.action("c").id, "not there", rebook="2026-06-01"))
    jane.completes("c")
    assert (jane.open, jane.enrolment.reason) == ((), "no-more-steps")


def test_E6_a_contact_on_a_removed_cycle_can_be_put_on_another() -> None:
    jane = on(THREE)
    jane.office = office(OTHER)
    jane.does(w.Assign(w.Choice("other")))
    assert jane.due == {"x": "2026-05-14"}


def test_E11_redone_steps_get_their_own_trials_in_each_round() -> None:
    jane = on(ROUND_OF_THREE)
    for expected in (1, 2, 3):
        jane.completes("c")
        assert {(a.round, a.trial) for a in jane.open if a.step == "c"} == {(2, expected)}
        jane.undoes()
    jane.completes("a")
    assert jane.due == {"b": "2026-05-06", "c": "2026-05-07"}


def test_E11_undoing_a_rebooking_restores_the_first_try() -> None:
    jane = on(ROUND_OF_THREE)
    b = jane.action("b").id
    jane.does(w.NoShow(b, "not there", rebook="2026-06-01"))
    jane.undoes()
    assert jane.action("b").id == b
    jane.completes("b")
    jane.completes("a")
    assert set(jane.due) == {"c"}
    jane.does(w.Complete(jane.action("c").id))
    assert {a.trial for a in jane.open} == {1}


def test_E11_rebooking_again_after_an_undo_creates_the_third_try() -> None:
    jane = on(THREE)
    jane.does(w.NoShow(2, "not there", rebook="2026-06-01"))
    jane.undoes()
    jane.does(w.NoShow(2, "not there", rebook="2026-06-02"))
    assert (jane.action("a").trial, jane.due) == (3, {"a": "2026-06-02"})


def test_E11_a_skip_with_the_reason_undone_is_not_an_undo() -> None:
    jane = on(ROUND_OF_THREE)
    jane.does(w.Skip(jane.action("b").id, reason="undone"))
    jane.completes("a")
    assert set(jane.due) == {"c"}
    assert {a.status for a in jane.dossier.actions if a.step == "b"} != {NO_SHOW}


def test_F10_an_action_closed_under_an_alias_stays_reported_under_it() -> None:
    three = cycle("three", step("a"), step("b"), step("c"))
    jane = Story(office(three, aliases=[alias("again", "three")])).added("three")
    jane.closes_on("a", "2026-05-05")
    jane.does(w.Assign(w.Choice("again")))
    jane.closes_on("b", "2026-05-06")
    rows = {row.step: row.alias for row in (shown(action, jane.dossier) for action in jane.dossier.actions)}
    assert rows == {"a": "three", "b": "again", "c": "again"}
    jane.undoes()
    assert shown(jane.action("b"), jane.dossier).alias == "again"
