"""E2 to E6: an edited cycle meets somebody who is on it. Jane is added on Monday 4 May 2026."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from followup.core import history as h
from followup.core import office as o
from followup.core import office_documents as documents
from followup.core import wishes as w
from followup.core.draft import Stamp
from followup.core.kinds import CYCLE
from followup.core.migration.compare import edition
from followup.core.migration.effects import REFUSED, Effect
from followup.core.migration.entries import idle, is_known
from followup.core.migration.migrate import migrate
from followup.core.model import Dossier
from followup.errors import NotFound, Refused
from tests.core.building import Story, alias, calendar, cycle, instant, office, plan, step
from tests.core.test_any_office import LATER, WISHES, offices, started, takes
from tests.properties import examples

LETTER, CALL, VISIT = step("letter", "1 day", "email"), step("call", "3 days"), step("visit", "1 week")


def one(*steps: Any, **how: Any) -> o.Office:
    """An office with the cycle `prospect`, and another to go to."""
    return office(cycle("prospect", *steps, **how), cycle("other", step("hello", "2 days")), version=2)


def jane(*steps: Any, **how: Any) -> Story:
    return Story(one(*steps, **how)).added("prospect")


def told(effects: list[Effect]) -> list[tuple[Any, ...]]:
    """What, the step, and the dates that there are."""
    return [(x.what, x.step, *(d for d in (x.was, x.becomes or x.would) if d)) for x in effects]


# -- E2


def test_E2_an_edited_step_keeps_its_date_and_the_line_says_what_it_would_be() -> None:
    story = jane(step("call", "10 days"))
    assert told(story.applies(one(step("call", "5 days")))) == [("keeps", "call", "2026-05-14", "2026-05-09")]
    assert story.due == {"call": "2026-05-14"} and story.last == []


def test_E2_recompute_counts_from_the_original_anchor() -> None:
    story = jane(LETTER, step("call", "10 days"))
    story.closes_on("letter", "2026-05-06")
    story.at("2026-05-08T09:00")
    effects = story.applies(one(LETTER, step("call", "5 days")), {"step": "prospect/call", "dates": "recompute"})
    assert told(effects) == [("earlier", "call", "2026-05-16", "2026-05-11")]
    assert story.due == {"call": "2026-05-11"} and story.last == ["redated"]
    assert story.open[0].at == instant("2026-05-11")
    assert effects[0].entry == "step:prospect/call" and not effects[0].past


def test_E2_one_that_would_lie_in_the_past_becomes_today() -> None:
    story = jane(step("call", "30 days")).at("2026-05-20T09:00")
    effects = story.applies(one(step("call", "5 days")), {"step": "prospect/call", "dates": "recompute"})
    assert told(effects) == [("earlier", "call", "2026-06-03", "2026-05-20")] and effects[0].past
    assert story.open[0].nominal == "2026-05-09"


def test_E2_a_kept_date_that_would_lie_in_the_past_is_counted_so() -> None:
    story = jane(step("call", "30 days")).at("2026-05-20T09:00")
    assert [(x.what, x.past) for x in story.applies(one(step("call", "5 days")))] == [("keeps", True)]


def test_E2_an_overdue_action_whose_step_is_not_retimed_stays_overdue() -> None:
    story = jane(step("call", "3 days")).at("2026-05-20T09:00")
    effects = story.applies(
        one(step("call", "3 days"), step("visit", "1 day")), {"step": "prospect/call", "dates": "recompute"}
    )
    assert told(effects) == [("same", "call", "2026-05-07")] and story.due == {"call": "2026-05-07"}


def test_E2_what_somebody_moved_by_hand_is_not_recomputed() -> None:
    story = jane(step("call", "10 days"))
    story.does(w.Reschedule(story.action("call").id, "2026-05-20"))
    effects = story.applies(one(step("call", "5 days")), {"step": "prospect/call", "dates": "recompute"})
    assert told(effects) == [("by-hand", "call", "2026-05-20", "2026-05-09")] and story.due == {"call": "2026-05-20"}


def test_E2_a_rebooked_no_show_is_a_promise_too() -> None:
    story = jane(step("call", "10 days"))
    story.does(w.NoShow(story.action("call").id, "out", rebook="2026-05-06"))
    effects = story.applies(one(step("call", "5 days")), {"step": "prospect/call", "dates": "recompute"})
    assert told(effects) == [("by-hand", "call", "2026-05-06", "2026-05-09")]


def test_E2_in_a_chain_of_dues_each_counts_from_the_new_date_of_the_one_before() -> None:
    before, after = (
        one(step("a", "1 day"), step("b", first), step("c", "1 day"), anchor="due") for first in ("2 days", "4 days")
    )
    story = Story(before).added("prospect")
    assert story.due == {"a": "2026-05-05", "b": "2026-05-07", "c": "2026-05-08"}
    effects = story.applies(
        after, {"step": "prospect/b", "dates": "recompute"}, {"step": "prospect/c", "dates": "recompute"}
    )
    assert told(effects)[1:] == [("later", "b", "2026-05-07", "2026-05-09"), ("later", "c", "2026-05-08", "2026-05-10")]
    assert story.due == {"a": "2026-05-05", "b": "2026-05-09", "c": "2026-05-10"}


def test_E2_a_chain_that_is_not_chosen_to_move_stays() -> None:
    story = Story(one(step("a", "1 day"), step("b", "2 days"), anchor="due")).added("prospect")
    story.applies(
        one(step("a", "3 days"), step("b", "2 days"), anchor="due"), {"step": "prospect/a", "dates": "recompute"}
    )
    assert story.due == {"a": "2026-05-07", "b": "2026-05-07"}


def test_E2_a_step_that_counts_from_something_else_now_is_dated_from_there() -> None:
    story = jane(LETTER, step("call", "10 days"))
    story.closes_on("letter", "2026-05-06")
    edited = one(LETTER, step("call", "10 days", anchor="start"))
    assert told(story.applies(edited, {"step": "prospect/call", "dates": "recompute"})) == [
        ("earlier", "call", "2026-05-16", "2026-05-14")
    ]


@pytest.mark.parametrize(
    "how", [{"at": "09:30"}, {"roll": "forward"}, {"min_gap": 9}, {"anchor": "start"}], ids=lambda how: next(iter(how))
)
def test_E2_every_part_of_a_step_that_times_it_is_an_edit_of_its_date(how: dict[str, Any]) -> None:
    weekdays = {
        None: documents.calendar(
            {"zone": "America/Vancouver", "working_days": o.WEEKDAYS[:5], "hours": ["09:00", "17:00"]}
        )
    }
    steps = (LETTER, step("call", "3 days"))
    before = office(cycle("prospect", *steps), calendars={**weekdays, "tom": weekdays[None]})
    story = Story(before).added("prospect")
    story.closes_on("letter", "2026-05-06")
    assert story.due == {"call": "2026-05-09"}  # a Saturday
    edited = cycle("prospect", LETTER, step("call", "3 days", **how))
    after = before._replace(processes={o.Ref(CYCLE, "prospect"): edited})
    assert [x.what for x in story.applies(after)] == ["keeps"]


def test_E2_a_step_with_the_timing_that_another_had_is_another_all_the_same() -> None:
    story = jane(LETTER, step("call", "3 days", anchor="due"), anchor="due")
    effects = story.applies(one(LETTER, step("call", "1 day", anchor="due"), anchor="due"))
    assert told(effects) == [("same", "letter", "2026-05-05"), ("keeps", "call", "2026-05-08", "2026-05-06")]


def test_E2_what_has_no_reason_in_the_history_counts_from_the_start_of_its_round() -> None:
    story = jane(step("call", "10 days"))
    story.history = [x for x in story.history if not isinstance(x.event, h.Scheduled)]
    effects = story.applies(one(step("call", "5 days")), {"step": "prospect/call", "dates": "recompute"})
    assert told(effects) == [("earlier", "call", "2026-05-14", "2026-05-09")]


def test_T1_a_task_without_a_contact_reads_anew_under_its_own_title() -> None:
    task = Story(one(LETTER), subject="user:tom").does(
        w.Schedule("task", "2026-05-20T14:00", "Sort the files"), by="tom"
    )
    there = one(LETTER)._replace(calendars={"tom": calendar(zone="America/Toronto"), None: calendar()})
    draft, effects = migrate(
        task.after,
        edition(one(LETTER), there, {}, set()),
        Stamp(2, instant("2026-05-05"), there.users["sue"]),
        count(10),
        {},
        {},
    )
    assert [(x.contact, x.name, x.owner, x.what, x.action, x.was, x.becomes) for x in effects] == [
        ("", "Sort the files", "tom", "rezoned", 1, "2026-05-20T14:00", "2026-05-20T17:00")
    ]
    assert [action.due for action in draft.after.actions] == ["2026-05-20T17:00"]


# -- E3


def test_E3_who_has_passed_the_place_of_a_new_step_misses_it() -> None:
    story = jane(LETTER, CALL)
    story.closes_on("letter", "2026-05-05")
    assert told(story.applies(one(LETTER, step("text", "1 day"), CALL))) == [
        ("same", "call", "2026-05-08"),
        ("misses", "text"),
    ]
    assert story.due == {"call": "2026-05-08"}


def test_E3_backfill_runs_it_beside_what_is_open_counted_from_where_it_would_have_been() -> None:
    story = jane(LETTER, CALL)
    story.closes_on("letter", "2026-05-05")
    effects = story.applies(one(LETTER, step("text", "2 days"), CALL), {"step": "prospect/text", "backfill": True})
    assert told(effects)[1:] == [("runs", "text", "2026-05-07")]
    assert story.due == {"call": "2026-05-08", "text": "2026-05-07"}
    story.closes_on("text", "2026-05-07")
    assert story.due == {"call": "2026-05-08"}, "what stands already is not scheduled again"


def test_E3_backfill_schedules_nothing_before_today() -> None:
    story = jane(LETTER, step("call", "1 month"))
    story.closes_on("letter", "2026-05-05")
    story.at("2026-05-25T09:00")
    effects = story.applies(
        one(LETTER, step("text", "1 day"), step("call", "1 month")), {"step": "prospect/text", "backfill": True}
    )
    assert told(effects)[1:] == [("runs", "text", "2026-05-25")] and effects[1].past


def test_E3_a_new_step_ahead_comes_by_itself() -> None:
    story = jane(LETTER, CALL)
    assert told(story.applies(one(LETTER, step("text", "1 day"), CALL))) == [("same", "letter", "2026-05-05")]
    story.closes_on("letter", "2026-05-05")
    assert story.due == {"text": "2026-05-06"}


def test_E3_a_new_step_ahead_that_can_be_dated_already_is_created_at_once() -> None:
    story = Story(one(LETTER, VISIT, anchor="due")).added("prospect")
    effects = story.applies(one(LETTER, CALL, VISIT, anchor="due"))
    assert told(effects)[2:] == [("gains", "call", "2026-05-08")]
    assert story.due == {"letter": "2026-05-05", "visit": "2026-05-12", "call": "2026-05-08"}


def test_E3_what_counts_from_a_new_step_that_is_not_scheduled_yet_waits_for_it() -> None:
    story = jane(LETTER)
    assert told(story.applies(one(LETTER, CALL, step("visit", "1 week", anchor="due")))) == [
        ("same", "letter", "2026-05-05")
    ]
    story.closes_on("letter", "2026-05-05")
    assert story.due == {"call": "2026-05-08", "visit": "2026-05-15"}


def test_E3_a_loop_that_is_behind_somebody_already_cuts_nothing_off() -> None:
    story = jane(LETTER, CALL)
    story.closes_on("letter", "2026-05-05")
    new = step("text", "2 days", "sms", anchor="due")
    effects = story.applies(one(step("letter", "1 day", "email", loop_to="letter"), CALL, new))
    assert told(effects) == [("same", "call", "2026-05-08"), ("gains", "text", "2026-05-10")]


def test_E3_a_step_ahead_that_comes_back_and_had_its_turn_is_not_gained_again() -> None:
    dated = step("call", "3 days", anchor="due")
    story = jane(LETTER, dated)
    story.closes_on("call", "2026-05-05")
    story.applies(one(LETTER, {**dated, "active": False}))
    assert told(story.applies(one(LETTER, dated))) == [("same", "letter", "2026-05-05")]


def test_E3_nothing_is_gained_behind_the_loop() -> None:
    looped = step("letter", "1 day", "email", loop_to="letter")
    story = Story(one(looped, anchor="due")).added("prospect")
    assert told(story.applies(one(looped, CALL, anchor="due"))) == [("same", "letter", "2026-05-05")]


def test_E3_a_step_that_is_turned_on_is_a_new_one() -> None:
    story = jane(LETTER, step("text", "1 day", active=False), CALL)
    story.closes_on("letter", "2026-05-05")
    assert ("misses", "text") in told(story.applies(one(LETTER, step("text", "1 day"), CALL)))


def test_F8_a_hold_that_gains_steps_strands_nobody() -> None:
    story = jane()
    effects = story.applies(one(LETTER, CALL))
    assert told(effects) == [("waiting", "letter")]
    story = jane().at("2026-05-20T09:00")
    effects = story.applies(one(LETTER, CALL), {"step": "prospect/call", "backfill": True})
    assert told(effects) == [("runs", "call", "2026-05-20")] and story.due == {"call": "2026-05-20"}
    assert effects[0].entry == "step:prospect/call", "an entry that did something is none to warn of"


# -- E4


def test_E4_a_step_that_goes_is_followed_by_the_next_counted_from_its_own_anchor() -> None:
    story = jane(LETTER, CALL, VISIT)
    story.closes_on("letter", "2026-05-05")
    effects = story.applies(one(LETTER, VISIT))
    assert told(effects) == [("advances", "call", "2026-05-08", "2026-05-12")] and effects[0].to == "visit"
    assert story.due == {"visit": "2026-05-12"} and story.last == ["cancelled", "scheduled"]


def test_E4_never_before_today() -> None:
    story = jane(LETTER, CALL, VISIT)
    story.closes_on("letter", "2026-05-05")
    story.at("2026-06-05T09:00")
    effects = story.applies(one(LETTER, VISIT))
    assert told(effects) == [("advances", "call", "2026-05-08", "2026-06-05")] and effects[0].past


def test_E4_a_step_that_is_turned_off_goes_too() -> None:
    story = jane(LETTER, CALL)
    assert told(story.applies(one(step("letter", active=False), CALL))) == [
        ("advances", "letter", "2026-05-05", "2026-05-07")
    ]


def test_E4_a_step_that_takes_its_place_is_what_comes_next() -> None:
    story = jane(LETTER, CALL, VISIT)
    story.closes_on("letter", "2026-05-05")
    assert told(story.applies(one(LETTER, step("text", "2 days"), VISIT))) == [
        ("advances", "call", "2026-05-08", "2026-05-07")
    ]
    assert story.due == {"text": "2026-05-07"}


def test_E4_the_loop_before_it_is_taken_into_one_new_round() -> None:
    story = jane(LETTER, CALL, step("visit", "1 week", loop_to="letter"))
    story.closes_on("letter", "2026-05-05")
    effects = story.applies(one(step("letter", "1 day", "email", loop_to="letter")))
    assert told(effects) == [("advances", "call", "2026-05-08", "2026-05-06")]
    assert story.enrolment.round == 2 and story.due == {"letter": "2026-05-06"}


def test_E4_keep_leaves_the_action_of_a_step_that_is_off() -> None:
    story = jane(LETTER, CALL)
    off = one(step("letter", active=False), CALL)
    assert told(story.applies(off, {"step": "prospect/letter", "open": "keep"})) == [("kept", "letter", "2026-05-05")]
    story.closes_on("letter", "2026-05-05")
    assert story.due == {"call": "2026-05-08"}


def test_E4_what_was_kept_is_left_alone_by_the_next_edit() -> None:
    story = jane(LETTER, CALL)
    story.applies(one(step("letter", active=False), CALL), {"step": "prospect/letter", "open": "keep"})
    assert told(story.applies(one(step("letter", active=False), step("call", "9 days")))) == [
        ("same", "letter", "2026-05-05")
    ]


def test_E4_nothing_can_be_kept_of_a_step_that_is_taken_out() -> None:
    assert told(jane(LETTER, CALL).applies(one(CALL), {"step": "prospect/letter", "open": "keep"})) == [
        ("unkept", "letter", "2026-05-05")
    ]


def test_E4_redirect_goes_to_the_step_that_is_named() -> None:
    story = jane(LETTER, CALL, VISIT)
    effects = story.applies(one(CALL, VISIT), {"step": "prospect/letter", "open": "redirect", "to": "visit"})
    assert told(effects) == [("redirects", "letter", "2026-05-05", "2026-05-11")] and effects[0].to == "visit"
    assert story.due == {"visit": "2026-05-11"}


def test_E4_redirect_to_a_step_that_had_its_turn_begins_a_round() -> None:
    story = jane(LETTER, CALL, VISIT)
    story.closes_on("letter", "2026-05-05")
    effects = story.applies(one(LETTER, VISIT), {"step": "prospect/call", "open": "redirect", "to": "letter"})
    assert told(effects) == [("redirects", "call", "2026-05-08", "2026-05-06")]
    assert story.enrolment.round == 2
    story.closes_on("letter", "2026-05-06")
    assert story.due == {"visit": "2026-05-13"}


def test_E4_redirect_acts_once_whatever_is_applied_afterwards() -> None:
    """The accident: a redirect that fires again and again."""
    story = jane(LETTER, CALL, VISIT)
    said = {"step": "prospect/letter", "open": "redirect", "to": "visit"}
    story.applies(one(CALL, VISIT), said)
    for _ in range(3):
        assert told(story.applies(one(CALL, VISIT), said)) == [("same", "visit", "2026-05-11")]
    assert len([a for a in story.dossier.actions if a.step == "visit"]) == 1


def test_E4_redirect_to_no_step_is_refused() -> None:
    with pytest.raises(Refused, match="no active step 'nowhere'"):
        jane(LETTER, CALL).applies(one(CALL), {"step": "prospect/letter", "open": "redirect", "to": "nowhere"})


def test_E4_where_nothing_follows_somebody_would_be_stranded_unless_it_is_said() -> None:
    effects = jane(LETTER).applies(one(step("letter", active=False), step("text", active=False)))
    assert told(effects) == [("rests", "letter", "2026-05-05")], "a cycle without active steps is a hold"
    story = jane(LETTER, CALL)
    story.closes_on("letter", "2026-05-05")
    assert told(story.applies(one(LETTER))) == [("stranded", "call", "2026-05-08")]
    story = jane(LETTER, CALL)
    story.closes_on("letter", "2026-05-05")
    assert told(story.applies(one(LETTER), {"step": "prospect/call", "open": "advance"})) == [
        ("ends", "call", "2026-05-08")
    ]
    assert story.enrolment.reason == "no-more-steps"


def test_E4_of_several_open_actions_one_is_followed_and_what_is_there_is_not_made_twice() -> None:
    story = Story(one(LETTER, CALL, VISIT, anchor="due")).added("prospect")
    effects = story.applies(one(VISIT, anchor="due"))
    assert told(effects) == [
        ("same", "visit", "2026-05-15"),
        ("cancels", "letter", "2026-05-05"),
        ("cancels", "call", "2026-05-08"),
    ]
    assert story.due == {"visit": "2026-05-15"}


def test_E4_an_edit_that_takes_out_nothing_of_theirs_processes_nobody_again() -> None:
    """The accident: deleting a step re-processes everyone."""
    story = jane(LETTER, CALL, VISIT)
    story.closes_on("letter", "2026-05-05")
    assert told(story.applies(one(CALL, VISIT))) == [("same", "call", "2026-05-08")]
    assert story.last == []


# -- E5, E6


def test_E5_a_renamed_step_is_the_same_step() -> None:
    story = jane(LETTER, CALL)
    moved = one(step("note", "1 day", "email"), CALL)._replace(moved={"prospect/letter": "prospect/note"})
    assert told(story.applies(moved)) == []
    assert story.due == {"letter": "2026-05-05"}


def test_E5_an_entry_may_name_a_step_by_its_old_id() -> None:
    story = jane(step("call", "10 days"))
    after = one(step("ring", "5 days"))._replace(moved={"prospect/call": "prospect/ring"})
    effects = story.applies(after, {"step": "prospect/call", "dates": "recompute"})
    assert told(effects) == [("earlier", "ring", "2026-05-14", "2026-05-09")]


def test_E5_a_renamed_cycle_with_another_offset_finds_its_people() -> None:
    story = jane(step("call", "10 days"))
    renamed = office(cycle("lead", step("call", "5 days")))._replace(moved={"prospect": "lead"})
    assert told(story.applies(renamed, {"step": "lead/call", "dates": "recompute"})) == [
        ("earlier", "call", "2026-05-14", "2026-05-09")
    ]


def test_E6_a_cycle_that_goes_leaves_nobody_without_one() -> None:
    gone = office(cycle("other", step("hello", "2 days")))
    assert told(jane(LETTER).applies(gone)) == [("homeless", None)]
    assert told(jane(LETTER).applies(one(LETTER, active=False))) == [
        ("homeless", None),
        ("same", "letter", "2026-05-05"),
    ]


def test_E6_move_to_places_everybody_on_the_other_cycle() -> None:
    gone = office(cycle("other", step("hello", "2 days")))
    story = jane(LETTER).at("2026-05-20T09:00")
    effects = story.applies(gone, {"cycle": "prospect", "move_to": "other"})
    assert told(effects) == [("moves", None, "2026-05-05", "2026-05-22")] and effects[0].to == "other"
    assert story.due == {"hello": "2026-05-22"} and story.enrolment.alias == "other"
    assert [x.reason for x in story.dossier.enrolments] == ["moved", None]


def test_E6_move_to_an_alias_without_a_cycle_is_refused() -> None:
    with pytest.raises(Refused, match="'just-looking' has no cycle"):
        jane(LETTER).applies(one(LETTER, active=False), {"cycle": "prospect", "move_to": "just-looking"})


def test_E6_a_draining_cycle_is_finished_by_those_on_it() -> None:
    story = jane(LETTER, CALL)
    effects = story.applies(one(LETTER, CALL, active=False), {"cycle": "prospect", "drain": True})
    assert told(effects) == [("drains", None), ("same", "letter", "2026-05-05")]
    story.closes_on("letter", "2026-05-05")
    assert story.due == {"call": "2026-05-08"}
    with pytest.raises(Refused, match="isn't active"):
        story.does(w.Assign(w.Choice("prospect"), restart=True))


def test_E6_what_drains_is_edited_like_any_other_and_still_may_not_vanish() -> None:
    story = jane(LETTER, CALL)
    story.applies(one(LETTER, CALL, active=False), {"cycle": "prospect", "drain": True})
    assert told(story.applies(one(CALL, active=False))) == [("advances", "letter", "2026-05-05", "2026-05-07")]
    assert told(story.applies(office(cycle("other", step("hello"))))) == [("homeless", None)]


LOOP = step("call", "3 days", loop_to="letter")
DRAIN: dict[str, Any] = {"cycle": "prospect", "drain": True}


def test_E6_a_draining_cycle_begins_no_new_round_and_ends_as_drained() -> None:
    story = jane(LETTER, LOOP)
    story.applies(one(LETTER, LOOP, active=False), DRAIN)
    story.closes_on("letter", "2026-05-05")
    story.closes_on("call", "2026-05-08")
    assert (story.due, story.enrolment.round) == ({}, 1)
    assert (story.enrolment.ended, story.enrolment.reason) == ("2026-05-08", "drained")
    assert story.last == ["completed", "ended"]


def test_E6_a_draining_cycle_without_a_loop_ends_as_drained_too() -> None:
    story = jane(LETTER)
    story.applies(one(LETTER, active=False), DRAIN)
    story.closes_on("letter", "2026-05-05")
    assert story.enrolment.reason == "drained"


def test_E6_what_is_still_open_of_a_draining_round_is_finished_first() -> None:
    story = Story(one(LETTER, step("call", "0 days", loop_to="letter"), anchor="start")).added("prospect")
    story.applies(one(LETTER, step("call", "0 days", loop_to="letter"), anchor="start", active=False), DRAIN)
    story.closes_on("call", "2026-05-04")
    assert story.due == {"letter": "2026-05-05"} and story.enrolment.open
    story.closes_on("letter", "2026-05-05")
    assert story.enrolment.reason == "drained"


def test_E6_what_a_cancelling_held_up_in_a_draining_round_is_made_up_for() -> None:
    story = jane(LETTER, CALL, step("visit", "1 week", loop_to="letter"))
    story.does(w.Schedule("call", None, "By hand"))
    story.applies(one(LETTER, CALL, step("visit", "1 week", loop_to="letter"), active=False), DRAIN)
    story.closes_on("letter", "2026-05-05")
    story.closes_on("call", "2026-05-08")
    assert story.due["visit"] == "2026-05-15"


def test_E6_nobody_waits_on_a_hold_that_drains() -> None:
    story = jane()
    assert told(story.applies(one(active=False), DRAIN)) == [("drains", None), ("drained", None)]
    assert (story.enrolment.ended, story.enrolment.reason) == ("2026-05-04", "drained")


def test_E6_a_hold_of_an_earlier_drain_can_still_be_left() -> None:
    """As this program left it before draining ended holds: the entry is written again."""
    story = jane()
    story.office = one(active=False)
    assert told(story.applies(one(active=False), DRAIN)) == [("drained", None)]
    assert story.applies(one(active=False), DRAIN) == []


def test_F8_a_hold_that_is_active_stays_whatever_is_closed() -> None:
    story = jane(LETTER)
    story.office = one()
    story.closes_on("letter", "2026-05-05")
    assert story.enrolment.open


def test_E6_move_to_works_on_a_cycle_that_drains_already() -> None:
    story = jane(LETTER, LOOP)
    drained = one(LETTER, LOOP, active=False)
    story.applies(drained, DRAIN)
    effects = story.applies(drained, {"cycle": "prospect", "move_to": "other"})
    assert told(effects) == [("moves", None, "2026-05-05", "2026-05-06")] and effects[0].entry == "cycle:prospect"
    assert story.due == {"hello": "2026-05-06"}


def test_E6_move_to_leaves_who_is_on_a_cycle_that_stays() -> None:
    story = jane(LETTER)
    assert told(story.applies(one(LETTER, CALL), {"cycle": "prospect", "move_to": "other"})) == [
        ("same", "letter", "2026-05-05")
    ]


def test_E3_backfill_works_in_a_later_apply_than_the_one_that_brought_the_step() -> None:
    story = jane(LETTER, CALL)
    story.closes_on("letter", "2026-05-05")
    longer = one(LETTER, step("text", "2 days"), CALL)
    story.applies(longer)
    entry = {"step": "prospect/text", "backfill": True}
    assert told(story.applies(longer, entry)) == [("same", "call", "2026-05-08"), ("runs", "text", "2026-05-07")]
    assert story.due == {"call": "2026-05-08", "text": "2026-05-07"}
    assert told(story.applies(longer, entry))[2:] == [], "who has it is not given it again"


def test_E3_a_later_backfill_gives_nothing_to_who_gets_the_step_in_its_turn() -> None:
    story = jane(LETTER, step("text", "2 days"), CALL)
    entry = {"step": "prospect/call", "backfill": True}
    assert told(story.applies(story.office, entry)) == [("same", "letter", "2026-05-05")]


START = {"anchor": "start"}


def test_E3_what_counts_from_the_start_is_missed_when_its_time_has_passed_wherever_it_is_listed() -> None:
    story = jane(step("call", "30 days")).at("2026-05-10T09:00")
    after = one(step("call", "30 days"), step("text", "5 days", **START), step("visit", "6 days", **START))
    assert told(story.applies(after)) == [
        ("same", "call", "2026-06-03"),
        ("misses", "text"),
        ("gains", "visit", "2026-05-10"),
    ]
    assert story.due == {"call": "2026-06-03", "visit": "2026-05-10"}


def test_E3_what_counts_from_the_start_comes_at_its_time_though_its_place_is_passed() -> None:
    story = jane(LETTER, CALL)
    story.closes_on("letter", "2026-05-05")
    after = one(LETTER, step("text", "20 days", **START), CALL)
    assert told(story.applies(after)) == [("same", "call", "2026-05-08"), ("gains", "text", "2026-05-24")]


@pytest.mark.parametrize(("at", "what"), [("09:00", "misses"), ("09:01", "gains")])
def test_E3_a_time_of_day_has_passed_when_its_moment_has(at: str, what: str) -> None:
    story = jane(LETTER).at("2026-05-06T09:01")
    effects = story.applies(one(LETTER, step("text", "2 days", at=at, **START)))
    assert [x.what for x in effects] == ["same", what]


def test_E3_backfill_runs_what_counts_from_the_start_and_has_passed() -> None:
    story = jane(step("call", "30 days")).at("2026-05-10T09:00")
    after = one(step("call", "30 days"), step("text", "5 days", **START))
    assert told(story.applies(after, {"step": "prospect/text", "backfill": True}))[1:] == [
        ("runs", "text", "2026-05-10")
    ]


def test_E3_a_round_that_entered_behind_a_new_step_never_comes_to_its_time() -> None:
    looped = step("call", "3 days", loop_to="call")
    story = jane(LETTER, looped)
    story.closes_on("letter", "2026-05-05")
    story.closes_on("call", "2026-05-08")
    after = one(LETTER, step("text", "20 days", **START), looped)
    assert told(story.applies(after)) == [("same", "call", "2026-05-11"), ("misses", "text")]


def test_E4_what_was_kept_goes_when_a_later_entry_says_so() -> None:
    off = one(step("letter", "1 day", "email", active=False), CALL)
    for entry, expected in (
        ({"open": "advance"}, [("advances", "letter", "2026-05-05", "2026-05-07")]),
        ({"open": "redirect", "to": "call"}, [("redirects", "letter", "2026-05-05", "2026-05-07")]),
        ({"open": "keep"}, [("same", "letter", "2026-05-05")]),
        ({"dates": "recompute"}, [("same", "letter", "2026-05-05")]),
    ):
        story = jane(LETTER, CALL)
        story.applies(off, {"step": "prospect/letter", "open": "keep"})
        assert told(story.applies(off, {"step": "prospect/letter", **entry})) == expected


# -- what entries are about


@pytest.mark.parametrize(
    ("entry", "known"),
    [
        ({"step": "prospect/letter"}, True),
        ({"step": "prospect/gone"}, True),  # taken out by this edit
        ({"step": "prospect/brief"}, True),  # by its old id
        ({"step": "prospect/zz"}, False),
        ({"step": "nope/letter"}, False),
        ({"step": "show/hello"}, True),  # a plan's
        ({"cycle": "prospect"}, True),
        ({"cycle": "closed"}, True),
        ({"cycle": "nope"}, False),
        ({"cycle": "show"}, False),
    ],
)
def test_E6_an_entry_names_what_is_declared_or_was_until_now(entry: Any, known: bool) -> None:
    before = office(cycle("prospect", LETTER, step("gone")), cycle("closed", CALL), plan("show", step("hello")))
    after = office(cycle("prospect", LETTER), plan("show", step("hello")), moved={"prospect/brief": "prospect/letter"})
    assert is_known(entry, before, after) is known


@pytest.mark.parametrize(
    ("entry", "standing", "why"),
    [
        ({"cycle": "prospect", "move_to": "other"}, True, "'prospect' is still active"),
        ({"cycle": "shut", "drain": True}, True, "contacts are finishing 'shut' already"),
        ({"cycle": "shut", "drain": True}, False, "no contact is on 'shut'"),
        ({"cycle": "gone", "move_to": "other"}, True, "contacts are finishing 'gone' already"),
        ({"step": "prospect/letter", "backfill": True, "dates": "recompute"}, True, "no contact has missed this step"),
        ({"step": "prospect/letter", "dates": "recompute"}, True, "no date of it changes"),
        ({"step": "prospect/letter", "backfill": False, "open": "keep"}, True, "no open action loses this step"),
    ],
)
def test_E6_an_entry_with_nothing_left_to_do_says_why(entry: Any, standing: bool, why: str) -> None:
    assert idle(entry, office(cycle("prospect", LETTER), cycle("shut", CALL, active=False)), standing) == why


def test_a_protected_cycle_is_edited_as_long_as_nobody_is_touched() -> None:
    guarded = office(cycle("prospect", LETTER, CALL)._replace(protect=True))
    story = Story(guarded).added("prospect")
    assert told(story.applies(one(LETTER, CALL, VISIT))) == [("same", "letter", "2026-05-05")]
    story = Story(guarded).added("prospect")
    assert [x.what for x in story.applies(one(CALL))] == ["advances", "protected"]


@pytest.mark.parametrize(
    ("what", "after", "entry"),
    [
        ("same", [LETTER, CALL, VISIT], {}),
        ("keeps", [step("letter", "2 days", "email"), CALL], {}),
        ("by-hand", [step("letter", "2 days", "email"), CALL], {"dates": "recompute"}),
        ("kept", [step("letter", "1 day", "email", active=False), CALL], {"open": "keep"}),
    ],
)
def test_what_keeps_its_date_is_no_touch_of_somebody_on_a_protected_cycle(
    what: str, after: list[Any], entry: dict[str, Any]
) -> None:
    story = Story(office(cycle("prospect", LETTER, CALL)._replace(protect=True))).added("prospect")
    if what == "by-hand":
        story.does(w.Reschedule(story.action("letter").id, "2026-05-05"))
    said = [{"step": "prospect/letter", **entry}] if entry else []
    assert [x.what for x in story.applies(one(*after), *said)] == [what]


def test_who_may_finish_a_protected_cycle_is_not_touched() -> None:
    story = Story(office(cycle("prospect", LETTER)._replace(protect=True))).added("prospect")
    effects = story.applies(one(LETTER, active=False), {"cycle": "prospect", "drain": True})
    assert [x.what for x in effects] == ["drains", "same"]


def test_E4_one_with_a_loop_to_come_back_to_goes_on_there() -> None:
    looped = step("visit", "1 week", loop_to="call")
    story = jane(LETTER, CALL, looped)
    for name, day in (("letter", "2026-05-05"), ("call", "2026-05-08"), ("visit", "2026-05-15")):
        story.closes_on(name, day)
    assert story.due == {"call": "2026-05-18"} and story.enrolment.round == 2
    assert told(story.applies(one(LETTER, looped))) == [("advances", "call", "2026-05-18", "2026-05-22")]


def test_who_is_on_no_cycle_or_on_another_is_not_touched() -> None:
    story = Story(one(LETTER)).added("other")
    assert story.applies(one(CALL)) == []
    story = Story(office(cycle("prospect", LETTER), aliases=[alias("p", "prospect")])).added()
    assert story.applies(one(CALL)) == []


# -- any edit

SAID = st.fixed_dictionaries(
    {},
    optional={
        "open": st.sampled_from(["advance", "keep"]),
        "dates": st.just("recompute"),
        "backfill": st.booleans(),
    },
)
ENTRIES = st.dictionaries(st.sampled_from(["two/a", "two/b", "two/c", "one/a"]), SAID, max_size=3).map(
    lambda found: [{"step": step, **said} for step, said in found.items()]
)
GOING = st.sampled_from([[], [], [{"cycle": "two", "move_to": "one"}], [{"cycle": "two", "drain": True}]])
#: an effect -> what it does to the action that it is about
CLOSES = {"advances", "redirects", "cancels", "rests", "ends", "stranded"}
MOVES = {"earlier", "later", "rezoned"}


@pytest.mark.slow
@settings(max_examples=examples(300))
@given(offices(), offices(), st.lists(st.one_of(WISHES, LATER), max_size=10), ENTRIES, GOING)
def test_E2_whatever_is_edited_nobody_is_lost_doubled_or_moved_without_a_line(
    first: o.Office, second: o.Office, doings: list[w.Wish | int], entries: list[Any], going: list[Any]
) -> None:
    first, second = first._replace(moved={}), second._replace(moved={}, version=2)
    story = started(first)
    for doing in doings:
        takes(story, doing, set())
    before = story.dossier
    try:
        effects = story.applies(second, *entries, *going)
    except (NotFound, Refused):
        return
    if not REFUSED.isdisjoint(effect.what for effect in effects):
        return
    every_change_has_its_line(before, story.dossier, effects)
    each_is_due_as_it_reads(story)
    nobody_is_lost(before, story.dossier, effects)
    as_it_was = story.dossier
    assert story.applies(second) == [] or story.dossier == as_it_was, "a second apply changes nothing"
    if story.history[-1].change == story.change - 1:
        story.office = first  # an apply is taken back with its catalog
        story.undoes(story.change - 1)
        known = {row.id for row in (*before.actions, *before.enrolments)}
        assert tuple(a for a in story.dossier.actions if a.id in known) == before.actions
        assert tuple(x for x in story.dossier.enrolments if x.id in known) == before.enrolments


def every_change_has_its_line(before: Dossier, after: Dossier, effects: list[Effect]) -> None:
    new = {a.id: a for a in after.actions}
    moved_over = any(x.what == "moves" for x in effects)
    for old in before.open_actions:
        now = new[old.id]
        moves = [x for x in effects if x.action == old.id and x.what in MOVES]
        if now.open and now.due != old.due:
            assert moves[-1].becomes == now.due and moves[0].was == old.due
        elif now.open:
            assert not moves or moves[-1].becomes == now.due
        else:
            assert moved_over or [x for x in effects if x.action == old.id and x.what in CLOSES]
    made = sorted(a.due for a in after.actions if a.id not in {x.id for x in before.actions})
    told = sorted(x.becomes for x in effects if x.becomes and x.what not in MOVES)
    assert made == told or (moved_over and set(told) <= set(made))


def each_is_due_as_it_reads(story: Story) -> None:
    """T1: the instant is that of the text, in the zone of whoever has it by now."""
    for action in story.open:
        assert action.at == instant(action.due, story.office.calendar(action.owner).zone)


def nobody_is_lost(before: Dossier, after: Dossier, effects: list[Effect]) -> None:
    assert len([x for x in after.enrolments if x.open]) <= 1
    if before.cycle is None:
        assert after.cycle is None
    elif after.cycle is None:
        assert any(x.what in ("ends", "drained") and x.entry for x in effects)
    elif before.open_actions and before.cycle.id == after.cycle.id and before.of(before.cycle):
        had = [a for a in before.of(before.cycle) if a.open]
        has = [a for a in after.of(after.cycle) if a.open]
        assert has or not had or any(x.what == "rests" for x in effects)


def test_E2_stagger_puts_off_what_would_lie_in_the_past_by_working_days_of_the_owner() -> None:
    week = {"working_days": ["mon", "tue", "wed", "thu", "fri"]}
    calendars = {"tom": calendar(**week)}

    def made(days: str) -> o.Office:
        return office(cycle("days", step("one", days)), calendars=calendars)

    for before, due in ((0, "2026-05-08"), (1, "2026-05-08"), (2, "2026-05-11"), (5, "2026-05-12")):
        story = Story(made("20 days")).added("days").at("2026-05-08T09:00")  # a Friday
        said = {"step": "days/one", "dates": "recompute", "stagger": 2}
        (effect,) = story.applies(made("1 day"), said, heap={("one", "tom"): before})
        assert (effect.becomes, effect.past, story.due) == (due, True, {"one": due})
        assert story.open[0].at == instant(due)


def test_E2_what_was_rebooked_has_the_anchor_of_its_first_try_and_stays_where_it_was_booked() -> None:
    story = Story(office(cycle("days", step("one", "2 days"), step("two", "1 day")))).added("days")
    story.at("2026-05-06T12:00").does(w.NoShow(story.action("one").id, "ill", rebook="2026-05-20"))
    (effect,) = story.applies(
        office(cycle("days", step("one", "4 days"), step("two", "1 day"))), {"step": "days/one", "dates": "recompute"}
    )
    assert (effect.what, effect.would, story.due) == ("by-hand", "2026-05-08", {"one": "2026-05-20"})


def test_E3_a_step_that_comes_back_and_had_its_turn_is_neither_missed_nor_run_again() -> None:
    whole = office(cycle("days", step("one"), step("two")))
    story = Story(whole).added("days").at("2026-05-05T12:00")
    story.completes("one")
    story.applies(office(cycle("days", step("one", active=False), step("two"))))
    effects = story.applies(whole, {"step": "days/one", "backfill": True})
    assert [effect.what for effect in effects] == ["same"] and list(story.due) == ["two"]
