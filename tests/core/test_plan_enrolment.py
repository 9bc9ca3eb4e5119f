"""The same engine runs plans and cycles: every step follows the enrolment that it belongs to."""

from __future__ import annotations

import pytest

from followup.core import history as h
from followup.core import office as o
from followup.core import wishes as w
from followup.core.migration.effects import REFUSED
from followup.errors import Refused
from tests.core.building import MONDAY, Story, calendar, cycle, office, plan, step

WELCOME = plan("welcome", step("hello", "0 days"), step("visit", "2 days"), step("thanks", "1 day", anchor="completed"))
CALLS = cycle("calls", step("first", "1 day"), step("again", "30 days", loop_to="again"))


def story(*processes: o.Process, cycle: str | None = "calls", on: str = "welcome") -> Story:
    """Jane, on `cycle`, and on the plan `on`."""
    return Story(office(*(processes or (CALLS, WELCOME)))).at(MONDAY).added(cycle).put_on_plan(on)


def test_A6_steps_anchored_to_the_start_are_scheduled_at_once_and_the_rest_in_turn() -> None:
    jane = story()
    assert jane.due == {"first": "2026-05-05", "hello": "2026-05-04", "visit": "2026-05-06"}
    jane.completes("visit")
    assert jane.due == {"first": "2026-05-05", "hello": "2026-05-04", "thanks": "2026-05-05"}
    assert all(x.open for x in jane.dossier.enrolments)


def test_A9_a_plan_ends_with_its_last_action_and_the_cycle_goes_on() -> None:
    jane = story()
    for closed in ("hello", "visit", "thanks"):
        assert jane.enrolment.open
        jane.completes(closed)
    assert jane.last == ["completed", "ended"]
    assert (jane.enrolment.kind, jane.enrolment.reason) == ("plan", "no-more-steps")
    assert jane.dossier.cycle and jane.due == {"first": "2026-05-05"}


def test_a_plan_and_a_cycle_with_the_same_id_in_an_old_store_each_run_their_own_steps() -> None:
    jane = story(CALLS, plan("calls", step("hello", "0 days"), step("more", "3 days", anchor="completed")), on="calls")
    jane.completes("hello")
    assert jane.due == {"first": "2026-05-05", "more": "2026-05-07"}
    jane.completes("first")
    assert jane.due == {"again": "2026-06-03", "more": "2026-05-07"}


def test_A9_a_step_anchored_to_an_event_is_not_dated_and_keeps_the_plan_open() -> None:
    before = plan("tour", step("hello", "0 days"), step("remind", "-1 day", anchor="event"))
    jane = story(CALLS, before, on="tour")
    assert "remind" not in jane.due
    jane.completes("hello")
    assert jane.enrolment.open and jane.due == {"first": "2026-05-05"}


def test_A6_a_step_with_a_set_date_is_due_on_that_day_in_the_owners_zone() -> None:
    jane = story(CALLS, plan("spring", step("hello", "0 days"), step("card", "0 days", date="2026-06-01")), on="spring")
    assert jane.due["card"] == "2026-06-01"
    scheduled = [x.event for x in jane.history if isinstance(x.event, h.Scheduled)]
    assert [(x.why or {})["anchor"] for x in scheduled] == ["start", "start", "date"]


def test_F4_the_last_open_action_of_a_plan_cannot_be_cancelled_by_hand() -> None:
    jane = story(CALLS, plan("short", step("hello", "0 days")), on="short")
    with pytest.raises(Refused, match=r"last open one of plan 'short': use `followup skip \d+`"):
        jane.does(w.Cancel(jane.action("hello").id))


def test_F7_a_new_cycle_and_a_stop_leave_the_plan_alone_and_closing_ends_both() -> None:
    jane = story(CALLS, WELCOME, cycle("letters", step("letter", "1 day", "correspondence", template="x")))
    jane.does(w.Assign(w.Choice("letters")))
    assert jane.due == {"letter": "2026-05-05", "hello": "2026-05-04", "visit": "2026-05-06"}
    jane.does(w.Stop())
    assert jane.due == {"hello": "2026-05-04", "visit": "2026-05-06"}
    jane.does(w.Close("won"))
    assert jane.due == {} and not any(x.open for x in jane.dossier.enrolments)


def test_F10_completing_a_plans_call_with_a_choice_continues_the_plan_too() -> None:
    jane = story(CALLS, WELCOME, cycle("letters", step("letter", "1 day")))
    jane.completes("visit", choice="letters")
    assert jane.due == {"letter": "2026-05-05", "hello": "2026-05-04", "thanks": "2026-05-05"}


def test_T1_a_plans_time_of_day_reads_the_same_in_a_new_owners_zone() -> None:
    timed = plan("timed", step("hello", "1 day", at="09:30"), step("soon", "90 minutes"))
    jane = Story(office(timed, calendars={"kim": calendar(zone="Asia/Tokyo")})).at(MONDAY).added()
    jane.put_on_plan("timed").does(w.Set({"owner": "kim"}))
    assert jane.due == {"hello": "2026-05-05T09:30", "soon": "2026-05-05T03:30"}


def test_E11_undo_restores_a_plan_enrolment_only_if_the_plan_is_still_active() -> None:
    jane = story(CALLS, plan("short", step("hello", "0 days")), on="short")
    jane.completes("hello")
    jane.undoes()
    assert jane.enrolment.open and jane.due == {"first": "2026-05-05", "hello": "2026-05-04"}
    jane.completes("hello")
    jane.office = office(CALLS, plan("short", step("hello", "0 days"), status="draft"))
    with pytest.raises(Refused, match="was on plan 'short', which is no longer active"):
        jane.undoes()


def test_E2_an_edit_changes_a_contacts_plan_and_cycle_each_by_its_own_steps() -> None:
    jane = story()
    longer = cycle("calls", step("first", "4 days"), step("again", "30 days", loop_to="again"))
    later = plan(
        "welcome", step("hello", "0 days"), step("visit", "5 days"), step("thanks", "1 day", anchor="completed")
    )
    effects = jane.applies(
        office(longer, later, version=2),
        {"step": "calls/first", "dates": "recompute"},
        {"step": "welcome/visit", "dates": "recompute"},
    )
    assert [(x.process, x.what, x.becomes) for x in effects if x.what != "same"] == [
        (o.Ref("cycle", "calls"), "later", "2026-05-08"),
        (o.Ref("plan", "welcome"), "later", "2026-05-09"),
    ]
    assert jane.due == {"first": "2026-05-08", "hello": "2026-05-04", "visit": "2026-05-09"}


def test_E4_a_plan_that_loses_a_step_goes_on_with_the_next() -> None:
    jane = story()
    shorter = plan("welcome", step("hello", "0 days"), step("thanks", "1 day", anchor="completed"))
    effects = jane.applies(office(CALLS, shorter, version=2))
    assert [(x.what, x.step, x.to) for x in effects if x.what != "same"] == [("advances", "visit", "thanks")]
    assert jane.due == {"first": "2026-05-05", "hello": "2026-05-04", "thanks": "2026-05-05"}


@pytest.mark.parametrize("after", [(CALLS,), (CALLS, plan("welcome", step("hello"), status="draft"))])
def test_F14_a_plan_with_contacts_cannot_be_removed_or_turned_into_a_draft(after: tuple[o.Process, ...]) -> None:
    effects = story().applies(office(*after, version=2))
    refused = [(x.what, x.process) for x in effects if x.what in REFUSED]
    assert refused == [("homeless", o.Ref("plan", "welcome"))]
