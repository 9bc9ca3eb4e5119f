"""E2 to E6: an edited cycle and a contact on it. Jane is added on Monday, May 4, 2026."""

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
    """An office with the cycle `prospect`, and another to move to."""
    return office(cycle("prospect", *steps, **how), cycle("other", step("hello", "2 days")), version=2)


def jane(*steps: Any, **how: Any) -> Story:
    return Story(one(*steps, **how)).added("prospect")


def summary(effects: list[Effect]) -> list[tuple[Any, ...]]:
    """The effect, the step and the dates, if any."""
    return [(x.what, x.step, *(d for d in (x.was, x.becomes or x.would) if d)) for x in effects]


# -- E2


def test_E2_an_edited_step_keeps_its_date_and_reports_what_it_would_be() -> None:
    story = jane(step("call", "10 days"))
    assert summary(story.applies(one(step("call", "5 days")))) == [("keeps", "call", "2026-05-14", "2026-05-09")]
    assert story.due == {"call": "2026-05-14"} and story.last == []


def test_E2_recompute_counts_from_the_original_anchor() -> None:
    story = jane(LETTER, step("call", "10 days"))
    story.closes_on("letter", "2026-05-06")
    story.at("2026-05-08T09:00")
    effects = story.applies(one(LETTER, step("call", "5 days")), {"step": "prospect/call", "dates": "recompute"})
    assert summary(effects) == [("earlier", "call", "2026-05-16", "2026-05-11")]
    assert story.due == {"call": "2026-05-11"} and story.last == ["redated"]
    assert story.open[0].at == instant("2026-05-11")
    assert effects[0].entry == "step:prospect/call" and not effects[0].past


def test_E2_a_recomputed_date_in_the_past_becomes_today() -> None:
    story = jane(step("call", "30 days")).at("2026-05-20T09:00")
    effects = story.applies(one(step("call", "5 days")), {"step": "prospect/call", "dates": "recompute"})
    assert summary(effects) == [("earlier", "call", "2026-06-03", "2026-05-20")] and effects[0].past
    assert story.open[0].nominal == "2026-05-09"


def test_E2_a_kept_date_that_would_be_in_the_past_is_counted_as_past() -> None:
    story = jane(step("call", "30 days")).at("2026-05-20T09:00")
    assert [(x.what, x.past) for x in story.applies(one(step("call", "5 days")))] == [("keeps", True)]


def test_E2_an_overdue_action_whose_step_keeps_its_timing_stays_overdue() -> None:
    story = jane(step("call", "3 days")).at("2026-05-20T09:00")
    effects = story.applies(
        one(step("call", "3 days"), step("visit", "1 day")), {"step": "prospect/call", "dates": "recompute"}
    )
    assert summary(effects) == [("same", "call", "2026-05-07")] and story.due == {"call": "2026-05-07"}


def test_E2_an_action_moved_by_hand_is_not_recomputed() -> None:
    story = jane(step("call", "10 days"))
    story.does(w.Reschedule(story.action("call").id, "2026-05-20"))
    effects = story.applies(one(step("call", "5 days")), {"step": "prospect/call", "dates": "recompute"})
    assert summary(effects) == [("by-hand", "call", "2026-05-20", "2026-05-09")] and story.due == {"call": "2026-05-20"}


def test_E2_a_rebooked_no_show_is_not_recomputed() -> None:
    story = jane(step("call", "10 days"))
    story.does(w.NoShow(story.action("call").id, "out", rebook="2026-05-06"))
    effects = story.applies(one(step("call", "5 days")), {"step": "prospect/call", "dates": "recompute"})
    assert summary(effects) == [("by-hand", "call", "2026-05-06", "2026-05-09")]


def test_E2_each_step_in_a_chain_of_due_dates_counts_from_the_new_date_before_it() -> None:
    before, after = (
        one(step("a", "1 day"), step("b", first), step("c", "1 day"), anchor="due") for first in ("2 days", "4 days")
    )
    story = Story(before).added("prospect")
    assert story.due == {"a": "2026-05-05", "b": "2026-05-07", "c": "2026-05-08"}
    effects = story.applies(
        after, {"step": "prospect/b", "dates": "recompute"}, {"step": "prospect/c", "dates": "recompute"}
    )
    assert summary(effects)[1:] == [
        ("later", "b", "2026-05-07", "2026-05-09"),
        ("later", "c", "2026-05-08", "2026-05-10"),
    ]
    assert story.due == {"a": "2026-05-05", "b": "2026-05-09", "c": "2026-05-10"}


def test_E2_a_chained_step_without_recompute_keeps_its_date() -> None:
    story = Story(one(step("a", "1 day"), step("b", "2 days"), anchor="due")).added("prospect")
    story.applies(
        one(step("a", "3 days"), step("b", "2 days"), anchor="due"), {"step": "prospect/a", "dates": "recompute"}
    )
    assert story.due == {"a": "2026-05-07", "b": "2026-05-07"}


def test_E2_a_step_with_a_new_anchor_is_recomputed_from_it() -> None:
    story = jane(LETTER, step("call", "10 days"))
    story.closes_on("letter", "2026-05-06")
    edited = one(LETTER, step("call", "10 days", anchor="start"))
    assert summary(story.applies(edited, {"step": "prospect/call", "dates": "recompute"})) == [
        ("earlier", "call", "2026-05-16", "2026-05-14")
    ]


@pytest.mark.parametrize(
    "how", [{"at": "09:30"}, {"roll": "forward"}, {"min_gap": 9}, {"anchor": "start"}], ids=lambda how: next(iter(how))
)
def test_E2_every_timing_option_of_a_step_counts_as_an_edit_of_its_date(how: dict[str, Any]) -> None:
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


def test_E2_a_step_edited_to_the_timing_of_another_step_counts_as_edited() -> None:
    story = jane(LETTER, step("call", "3 days", anchor="due"), anchor="due")
    effects = story.applies(one(LETTER, step("call", "1 day", anchor="due"), anchor="due"))
    assert summary(effects) == [("same", "letter", "2026-05-05"), ("keeps", "call", "2026-05-08", "2026-05-06")]


def test_E2_a_step_without_a_reason_in_the_history_counts_from_the_start_of_its_round() -> None:
    story = jane(step("call", "10 days"))
    story.history = [x for x in story.history if not isinstance(x.event, h.Scheduled)]
    effects = story.applies(one(step("call", "5 days")), {"step": "prospect/call", "dates": "recompute"})
    assert summary(effects) == [("earlier", "call", "2026-05-14", "2026-05-09")]


def test_T1_a_task_without_a_contact_is_rezoned_under_its_own_title() -> None:
    task = Story(one(LETTER), subject="user:tom").does(
        w.Schedule("task", "2026-05-20T14:00", "Sort the files"), by="tom"
    )
    toronto = one(LETTER)._replace(calendars={"tom": calendar(zone="America/Toronto"), None: calendar()})
    draft, effects = migrate(
        task.after,
        edition(one(LETTER), toronto, {}, set()),
        Stamp(2, instant("2026-05-05"), toronto.users["sue"]),
        count(10),
        {},
        {},
    )
    assert [(x.contact, x.name, x.owner, x.what, x.action, x.was, x.becomes) for x in effects] == [
        ("", "Sort the files", "tom", "rezoned", 1, "2026-05-20T14:00", "2026-05-20T17:00")
    ]
    assert [action.due for action in draft.after.actions] == ["2026-05-20T17:00"]


# -- E3


def test_E3_a_contact_past_the_place_of_a_new_step_misses_it() -> None:
    story = jane(LETTER, CALL)
    story.closes_on("letter", "2026-05-05")
    assert summary(story.applies(one(LETTER, step("text", "1 day"), CALL))) == [
        ("same", "call", "2026-05-08"),
        ("misses", "text"),
    ]
    assert story.due == {"call": "2026-05-08"}


@pytest.mark.parametrize(("place", "what"), [(1, "misses"), (2, "gains")])
def test_E3_in_a_later_round_a_step_from_the_start_is_late_only_before_where_the_loop_led(
    place: int, what: str
) -> None:
    """The round began at `a`: a new step before it has no turn in this round, and one after it has its own time."""
    steps = [step("hello"), step("a"), step("b"), step("c", loop_to="a")]
    story = jane(*steps)
    for id, day in (("hello", "05"), ("a", "06"), ("b", "07"), ("c", "08"), ("a", "09")):
        story.closes_on(id, f"2026-05-{day}")
    effects = story.applies(one(*steps[:place], step("text", "9 days", anchor="start"), *steps[place:]))
    assert [effect.what for effect in effects if effect.step == "text"] == [what]


def test_E3_backfill_runs_a_missed_step_next_to_the_open_one_dated_from_its_own_place() -> None:
    story = jane(LETTER, CALL)
    story.closes_on("letter", "2026-05-05")
    effects = story.applies(one(LETTER, step("text", "2 days"), CALL), {"step": "prospect/text", "backfill": True})
    assert summary(effects)[1:] == [("runs", "text", "2026-05-07")]
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
    assert summary(effects)[1:] == [("runs", "text", "2026-05-25")] and effects[1].past


def test_E3_a_new_step_ahead_comes_in_its_turn() -> None:
    story = jane(LETTER, CALL)
    assert summary(story.applies(one(LETTER, step("text", "1 day"), CALL))) == [("same", "letter", "2026-05-05")]
    story.closes_on("letter", "2026-05-05")
    assert story.due == {"text": "2026-05-06"}


def test_E3_a_new_step_ahead_that_can_be_dated_is_created_at_once() -> None:
    story = Story(one(LETTER, VISIT, anchor="due")).added("prospect")
    effects = story.applies(one(LETTER, CALL, VISIT, anchor="due"))
    assert summary(effects)[2:] == [("gains", "call", "2026-05-08")]
    assert story.due == {"letter": "2026-05-05", "visit": "2026-05-12", "call": "2026-05-08"}


def test_E3_a_step_anchored_to_a_new_step_waits_until_that_is_scheduled() -> None:
    story = jane(LETTER)
    assert summary(story.applies(one(LETTER, CALL, step("visit", "1 week", anchor="due")))) == [
        ("same", "letter", "2026-05-05")
    ]
    story.closes_on("letter", "2026-05-05")
    assert story.due == {"call": "2026-05-08", "visit": "2026-05-15"}


def test_E3_a_loop_that_the_contact_has_passed_cuts_off_no_later_step() -> None:
    story = jane(LETTER, CALL)
    story.closes_on("letter", "2026-05-05")
    new = step("text", "2 days", "sms", anchor="due")
    effects = story.applies(one(step("letter", "1 day", "email", loop_to="letter"), CALL, new))
    assert summary(effects) == [("same", "call", "2026-05-08"), ("gains", "text", "2026-05-10")]


def test_E3_a_reactivated_step_that_was_already_closed_is_not_created_again() -> None:
    dated = step("call", "3 days", anchor="due")
    story = jane(LETTER, dated)
    story.closes_on("call", "2026-05-05")
    story.applies(one(LETTER, {**dated, "active": False}))
    assert summary(story.applies(one(LETTER, dated))) == [("same", "letter", "2026-05-05")]


def test_E3_no_step_after_the_loop_is_created() -> None:
    looped = step("letter", "1 day", "email", loop_to="letter")
    story = Story(one(looped, anchor="due")).added("prospect")
    assert summary(story.applies(one(looped, CALL, anchor="due"))) == [("same", "letter", "2026-05-05")]


def test_E3_an_activated_step_counts_as_new() -> None:
    story = jane(LETTER, step("text", "1 day", active=False), CALL)
    story.closes_on("letter", "2026-05-05")
    assert ("misses", "text") in summary(story.applies(one(LETTER, step("text", "1 day"), CALL)))


def test_F8_a_hold_that_gains_steps_is_refused_without_backfill() -> None:
    story = jane()
    effects = story.applies(one(LETTER, CALL))
    assert summary(effects) == [("waiting", "letter")]
    story = jane().at("2026-05-20T09:00")
    effects = story.applies(one(LETTER, CALL), {"step": "prospect/call", "backfill": True})
    assert summary(effects) == [("runs", "call", "2026-05-20")] and story.due == {"call": "2026-05-20"}
    assert effects[0].entry == "step:prospect/call", "an entry that did something is none to warn of"


# -- E4


def test_E4_a_removed_step_is_followed_by_the_next_dated_from_its_own_anchor() -> None:
    story = jane(LETTER, CALL, VISIT)
    story.closes_on("letter", "2026-05-05")
    effects = story.applies(one(LETTER, VISIT))
    assert summary(effects) == [("advances", "call", "2026-05-08", "2026-05-12")] and effects[0].to == "visit"
    assert story.due == {"visit": "2026-05-12"} and story.last == ["cancelled", "scheduled"]


def test_E4_the_next_step_is_never_due_before_today() -> None:
    story = jane(LETTER, CALL, VISIT)
    story.closes_on("letter", "2026-05-05")
    story.at("2026-06-05T09:00")
    effects = story.applies(one(LETTER, VISIT))
    assert summary(effects) == [("advances", "call", "2026-05-08", "2026-06-05")] and effects[0].past


def test_E4_a_deactivated_step_is_followed_by_the_next_too() -> None:
    story = jane(LETTER, CALL)
    assert summary(story.applies(one(step("letter", active=False), CALL))) == [
        ("advances", "letter", "2026-05-05", "2026-05-07")
    ]


def test_E4_a_step_that_replaces_a_removed_one_comes_next() -> None:
    story = jane(LETTER, CALL, VISIT)
    story.closes_on("letter", "2026-05-05")
    assert summary(story.applies(one(LETTER, step("text", "2 days"), VISIT))) == [
        ("advances", "call", "2026-05-08", "2026-05-07")
    ]
    assert story.due == {"text": "2026-05-07"}


def test_E4_a_loop_before_the_removed_step_starts_one_new_round() -> None:
    story = jane(LETTER, CALL, step("visit", "1 week", loop_to="letter"))
    story.closes_on("letter", "2026-05-05")
    effects = story.applies(one(step("letter", "1 day", "email", loop_to="letter")))
    assert summary(effects) == [("advances", "call", "2026-05-08", "2026-05-06")]
    assert story.enrolment.round == 2 and story.due == {"letter": "2026-05-06"}


def test_E4_keep_leaves_the_open_action_of_an_inactive_step() -> None:
    story = jane(LETTER, CALL)
    off = one(step("letter", active=False), CALL)
    assert summary(story.applies(off, {"step": "prospect/letter", "open": "keep"})) == [
        ("kept", "letter", "2026-05-05")
    ]
    story.closes_on("letter", "2026-05-05")
    assert story.due == {"call": "2026-05-08"}


def test_E4_an_effect_names_the_entry_of_migrate_that_decided_it() -> None:
    for how in ("keep", "advance"):
        off, entry = one(step("letter", active=False), CALL), {"step": "prospect/letter", "open": how}
        (effect,) = (x for x in jane(LETTER, CALL).applies(off, entry) if x.step == "letter")
        assert (effect.entry, effect.was) == ("step:prospect/letter", "2026-05-05")


def test_E4_of_several_removed_steps_the_first_listed_one_is_followed() -> None:
    """The rebooked `letter` was created after `call`, and is listed before it."""
    story = Story(one(LETTER, CALL, anchor="due")).added("prospect")
    story.does(w.NoShow(story.action("letter").id, "away", None, "2026-05-20"))
    effects = story.applies(one(VISIT, anchor="due"))
    assert [(effect.what, effect.step) for effect in effects] == [("advances", "letter"), ("cancels", "call")]


@pytest.mark.parametrize("today", ["2026-05-05", "2026-05-08"])
def test_E2_a_new_date_that_is_not_in_the_past_rolls_back_as_usual(today: str) -> None:
    """Saturday rolls back to Friday, the 8th, which is today at the earliest."""
    week = calendar(working_days=["mon", "tue", "wed", "thu", "fri"])
    calendars = {None: week, "tom": week}
    text = step("text", "5 days", anchor="start", roll="back")
    story = Story(office(cycle("prospect", CALL), calendars=calendars)).added("prospect").at(f"{today}T09:00")
    story.applies(office(cycle("prospect", CALL, text), calendars=calendars, version=2))
    assert story.due["text"] == "2026-05-08"


def test_E4_what_follows_a_removed_step_is_its_earliest_due_action() -> None:
    """`soon` is listed and created last, and due first."""
    steps = CALL, step("later", "9 days"), step("soon", "-10 days")
    story = Story(one(LETTER, anchor="due")).added("prospect")
    (effect, *others) = story.applies(one(*steps, anchor="due"))
    assert (effect.what, effect.to, effect.becomes) == ("advances", "soon", story.due["soon"])
    assert [(other.what, other.step) for other in others] == [("gains", "call"), ("gains", "later")]


def test_E4_the_next_edit_leaves_a_kept_action_alone() -> None:
    story = jane(LETTER, CALL)
    story.applies(one(step("letter", active=False), CALL), {"step": "prospect/letter", "open": "keep"})
    assert summary(story.applies(one(step("letter", active=False), step("call", "9 days")))) == [
        ("same", "letter", "2026-05-05")
    ]


def test_E4_the_action_of_a_removed_step_cannot_be_kept() -> None:
    assert summary(jane(LETTER, CALL).applies(one(CALL), {"step": "prospect/letter", "open": "keep"})) == [
        ("unkept", "letter", "2026-05-05")
    ]


def test_E4_redirect_goes_to_the_named_step() -> None:
    story = jane(LETTER, CALL, VISIT)
    effects = story.applies(one(CALL, VISIT), {"step": "prospect/letter", "open": "redirect", "to": "visit"})
    assert summary(effects) == [("redirects", "letter", "2026-05-05", "2026-05-11")] and effects[0].to == "visit"
    assert story.due == {"visit": "2026-05-11"}


def test_E4_redirect_to_a_step_that_had_its_turn_starts_a_round() -> None:
    story = jane(LETTER, CALL, VISIT)
    story.closes_on("letter", "2026-05-05")
    effects = story.applies(one(LETTER, VISIT), {"step": "prospect/call", "open": "redirect", "to": "letter"})
    assert summary(effects) == [("redirects", "call", "2026-05-08", "2026-05-06")]
    assert story.enrolment.round == 2
    story.closes_on("letter", "2026-05-06")
    assert story.due == {"visit": "2026-05-13"}


def test_E4_redirect_acts_once_even_if_it_is_applied_again() -> None:
    """The accident to prevent: a redirect that fires again and again."""
    story = jane(LETTER, CALL, VISIT)
    entry = {"step": "prospect/letter", "open": "redirect", "to": "visit"}
    story.applies(one(CALL, VISIT), entry)
    for _ in range(3):
        assert summary(story.applies(one(CALL, VISIT), entry)) == [("same", "visit", "2026-05-11")]
    assert len([a for a in story.dossier.actions if a.step == "visit"]) == 1


def test_E4_redirect_to_an_unknown_step_is_refused() -> None:
    with pytest.raises(Refused, match="no active step 'nowhere'"):
        jane(LETTER, CALL).applies(one(CALL), {"step": "prospect/letter", "open": "redirect", "to": "nowhere"})


def test_E4_an_edit_that_leaves_a_contact_no_next_step_needs_an_explicit_advance() -> None:
    effects = jane(LETTER).applies(one(step("letter", active=False), step("text", active=False)))
    assert summary(effects) == [("rests", "letter", "2026-05-05")], "a cycle without active steps is a hold"
    story = jane(LETTER, CALL)
    story.closes_on("letter", "2026-05-05")
    assert summary(story.applies(one(LETTER))) == [("stranded", "call", "2026-05-08")]
    story = jane(LETTER, CALL)
    story.closes_on("letter", "2026-05-05")
    assert summary(story.applies(one(LETTER), {"step": "prospect/call", "open": "advance"})) == [
        ("ends", "call", "2026-05-08")
    ]
    assert story.enrolment.reason == "no-more-steps"


def test_E4_of_several_removed_steps_one_is_followed_and_no_action_is_created_twice() -> None:
    story = Story(one(LETTER, CALL, VISIT, anchor="due")).added("prospect")
    effects = story.applies(one(VISIT, anchor="due"))
    assert summary(effects) == [
        ("same", "visit", "2026-05-15"),
        ("cancels", "letter", "2026-05-05"),
        ("cancels", "call", "2026-05-08"),
    ]
    assert story.due == {"visit": "2026-05-15"}


def test_E4_an_edit_that_removes_no_open_step_changes_no_contact() -> None:
    """The accident to prevent: deleting a step re-processes everyone."""
    story = jane(LETTER, CALL, VISIT)
    story.closes_on("letter", "2026-05-05")
    assert summary(story.applies(one(CALL, VISIT))) == [("same", "call", "2026-05-08")]
    assert story.last == []


# -- E5, E6


def test_E5_a_renamed_step_is_the_same_step() -> None:
    story = jane(LETTER, CALL)
    moved = one(step("note", "1 day", "email"), CALL)._replace(moved={"prospect/letter": "prospect/note"})
    assert summary(story.applies(moved)) == []
    assert story.due == {"letter": "2026-05-05"}


def test_E5_an_entry_may_name_a_step_by_its_old_id() -> None:
    story = jane(step("call", "10 days"))
    after = one(step("ring", "5 days"))._replace(moved={"prospect/call": "prospect/ring"})
    effects = story.applies(after, {"step": "prospect/call", "dates": "recompute"})
    assert summary(effects) == [("earlier", "ring", "2026-05-14", "2026-05-09")]


def test_E5_a_renamed_cycle_with_another_offset_keeps_its_contacts() -> None:
    story = jane(step("call", "10 days"))
    renamed = office(cycle("lead", step("call", "5 days")))._replace(moved={"prospect": "lead"})
    assert summary(story.applies(renamed, {"step": "lead/call", "dates": "recompute"})) == [
        ("earlier", "call", "2026-05-14", "2026-05-09")
    ]


def test_E6_removing_or_deactivating_a_cycle_with_contacts_is_refused() -> None:
    gone = office(cycle("other", step("hello", "2 days")))
    assert summary(jane(LETTER).applies(gone)) == [("homeless", None)]
    assert summary(jane(LETTER).applies(one(LETTER, active=False))) == [
        ("homeless", None),
        ("same", "letter", "2026-05-05"),
    ]


def test_E6_move_to_places_every_contact_on_the_other_cycle() -> None:
    gone = office(cycle("other", step("hello", "2 days")))
    story = jane(LETTER).at("2026-05-20T09:00")
    effects = story.applies(gone, {"cycle": "prospect", "move_to": "other"})
    assert summary(effects) == [("moves", None, "2026-05-05", "2026-05-22")] and effects[0].to == "other"
    assert story.due == {"hello": "2026-05-22"} and story.enrolment.alias == "other"
    assert [x.reason for x in story.dossier.enrolments] == ["moved", None]


def test_E6_move_to_an_alias_without_a_cycle_is_refused() -> None:
    with pytest.raises(Refused, match="'just-looking' has no cycle"):
        jane(LETTER).applies(one(LETTER, active=False), {"cycle": "prospect", "move_to": "just-looking"})


def test_E6_contacts_on_a_draining_cycle_finish_it() -> None:
    story = jane(LETTER, CALL)
    effects = story.applies(one(LETTER, CALL, active=False), {"cycle": "prospect", "drain": True})
    assert summary(effects) == [("drains", None), ("same", "letter", "2026-05-05")]
    story.closes_on("letter", "2026-05-05")
    assert story.due == {"call": "2026-05-08"}
    with pytest.raises(Refused, match="isn't active"):
        story.does(w.Assign(w.Choice("prospect"), restart=True))


def test_E6_a_draining_cycle_can_be_edited_but_not_removed() -> None:
    story = jane(LETTER, CALL)
    story.applies(one(LETTER, CALL, active=False), {"cycle": "prospect", "drain": True})
    assert summary(story.applies(one(CALL, active=False))) == [("advances", "letter", "2026-05-05", "2026-05-07")]
    assert summary(story.applies(office(cycle("other", step("hello"))))) == [("homeless", None)]


LOOP = step("call", "3 days", loop_to="letter")
DRAIN: dict[str, Any] = {"cycle": "prospect", "drain": True}


def test_E6_a_draining_cycle_starts_no_new_round_and_ends_as_drained() -> None:
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


def test_E6_open_actions_of_a_draining_round_are_finished_first() -> None:
    story = Story(one(LETTER, step("call", "0 days", loop_to="letter"), anchor="start")).added("prospect")
    story.applies(one(LETTER, step("call", "0 days", loop_to="letter"), anchor="start", active=False), DRAIN)
    story.closes_on("call", "2026-05-04")
    assert story.due == {"letter": "2026-05-05"} and story.enrolment.open
    story.closes_on("letter", "2026-05-05")
    assert story.enrolment.reason == "drained"


def test_E6_a_draining_round_still_reaches_its_last_step() -> None:
    story = jane(LETTER, CALL, step("visit", "1 week", loop_to="letter"))
    story.does(w.Schedule("call", None, "By hand"))
    story.applies(one(LETTER, CALL, step("visit", "1 week", loop_to="letter"), active=False), DRAIN)
    story.closes_on("letter", "2026-05-05")
    story.closes_on("call", "2026-05-08")
    assert story.due["visit"] == "2026-05-15"


def test_E6_a_contact_on_a_draining_hold_leaves_it_at_once() -> None:
    story = jane()
    assert summary(story.applies(one(active=False), DRAIN)) == [("drains", None), ("drained", None)]
    assert (story.enrolment.ended, story.enrolment.reason) == ("2026-05-04", "drained")


def test_E6_a_contact_can_still_leave_a_hold_that_an_earlier_version_drained() -> None:
    """Earlier versions left contacts on a drained hold; applying the entry again ends it."""
    story = jane()
    story.office = one(active=False)
    assert summary(story.applies(one(active=False), DRAIN)) == [("drained", None)]
    assert story.applies(one(active=False), DRAIN) == []


def test_F8_a_contact_stays_on_an_active_hold_after_an_action_is_closed() -> None:
    story = jane(LETTER)
    story.office = one()
    story.closes_on("letter", "2026-05-05")
    assert story.enrolment.open


def test_E6_move_to_works_on_a_cycle_that_is_already_draining() -> None:
    story = jane(LETTER, LOOP)
    drained = one(LETTER, LOOP, active=False)
    story.applies(drained, DRAIN)
    effects = story.applies(drained, {"cycle": "prospect", "move_to": "other"})
    assert summary(effects) == [("moves", None, "2026-05-05", "2026-05-06")] and effects[0].entry == "cycle:prospect"
    assert story.due == {"hello": "2026-05-06"}


def test_E6_move_to_leaves_contacts_on_an_active_cycle() -> None:
    story = jane(LETTER)
    assert summary(story.applies(one(LETTER, CALL), {"cycle": "prospect", "move_to": "other"})) == [
        ("same", "letter", "2026-05-05")
    ]


def test_E3_backfill_works_in_a_later_apply_than_the_new_step() -> None:
    story = jane(LETTER, CALL)
    story.closes_on("letter", "2026-05-05")
    longer = one(LETTER, step("text", "2 days"), CALL)
    story.applies(longer)
    entry = {"step": "prospect/text", "backfill": True}
    assert summary(story.applies(longer, entry)) == [("same", "call", "2026-05-08"), ("runs", "text", "2026-05-07")]
    assert story.due == {"call": "2026-05-08", "text": "2026-05-07"}
    assert summary(story.applies(longer, entry))[2:] == [], "who has it is not given it again"


def test_E3_a_later_backfill_skips_contacts_who_will_reach_the_step() -> None:
    story = jane(LETTER, step("text", "2 days"), CALL)
    entry = {"step": "prospect/call", "backfill": True}
    assert summary(story.applies(story.office, entry)) == [("same", "letter", "2026-05-05")]


START = {"anchor": "start"}


def test_E3_a_step_anchored_to_the_start_is_missed_if_its_time_has_passed() -> None:
    story = jane(step("call", "30 days")).at("2026-05-10T09:00")
    after = one(step("call", "30 days"), step("text", "5 days", **START), step("visit", "6 days", **START))
    assert summary(story.applies(after)) == [
        ("same", "call", "2026-06-03"),
        ("misses", "text"),
        ("gains", "visit", "2026-05-10"),
    ]
    assert story.due == {"call": "2026-06-03", "visit": "2026-05-10"}


def test_E3_a_step_anchored_to_the_start_is_created_even_if_its_place_has_passed() -> None:
    story = jane(LETTER, CALL)
    story.closes_on("letter", "2026-05-05")
    after = one(LETTER, step("text", "20 days", **START), CALL)
    assert summary(story.applies(after)) == [("same", "call", "2026-05-08"), ("gains", "text", "2026-05-24")]


@pytest.mark.parametrize(("at", "what"), [("09:00", "misses"), ("09:01", "gains")])
def test_E3_a_step_with_a_time_of_day_is_missed_only_after_that_time(at: str, what: str) -> None:
    story = jane(LETTER).at("2026-05-06T09:01")
    effects = story.applies(one(LETTER, step("text", "2 days", at=at, **START)))
    assert [x.what for x in effects] == ["same", what]


def test_E3_backfill_runs_a_missed_step_that_is_anchored_to_the_start() -> None:
    story = jane(step("call", "30 days")).at("2026-05-10T09:00")
    after = one(step("call", "30 days"), step("text", "5 days", **START))
    assert summary(story.applies(after, {"step": "prospect/text", "backfill": True}))[1:] == [
        ("runs", "text", "2026-05-10")
    ]


def test_E3_a_round_that_was_entered_after_the_new_step_misses_it() -> None:
    looped = step("call", "3 days", loop_to="call")
    story = jane(LETTER, looped)
    story.closes_on("letter", "2026-05-05")
    story.closes_on("call", "2026-05-08")
    after = one(LETTER, step("text", "20 days", **START), looped)
    assert summary(story.applies(after)) == [("same", "call", "2026-05-11"), ("misses", "text")]


def test_E4_a_later_entry_can_advance_or_redirect_a_kept_action() -> None:
    off = one(step("letter", "1 day", "email", active=False), CALL)
    for entry, expected in (
        ({"open": "advance"}, [("advances", "letter", "2026-05-05", "2026-05-07")]),
        ({"open": "redirect", "to": "call"}, [("redirects", "letter", "2026-05-05", "2026-05-07")]),
        ({"open": "keep"}, [("same", "letter", "2026-05-05")]),
        ({"dates": "recompute"}, [("same", "letter", "2026-05-05")]),
    ):
        story = jane(LETTER, CALL)
        story.applies(off, {"step": "prospect/letter", "open": "keep"})
        assert summary(story.applies(off, {"step": "prospect/letter", **entry})) == expected


# -- what entries refer to


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"step": "prospect/letter"}, True),
        ({"step": "prospect/gone"}, True),  # removed by this edit
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
def test_E6_an_entry_can_name_what_this_edit_removes_or_renames(entry: Any, expected: bool) -> None:
    before = office(cycle("prospect", LETTER, step("gone")), cycle("closed", CALL), plan("show", step("hello")))
    after = office(cycle("prospect", LETTER), plan("show", step("hello")), moved={"prospect/brief": "prospect/letter"})
    assert is_known(entry, before, after) is expected


@pytest.mark.parametrize(
    ("entry", "has_contacts", "why"),
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
def test_E6_an_entry_without_effect_says_why(entry: Any, has_contacts: bool, why: str) -> None:
    assert idle(entry, office(cycle("prospect", LETTER), cycle("shut", CALL, active=False)), has_contacts) == why


def test_a_protected_cycle_can_be_edited_if_no_contact_is_affected() -> None:
    guarded = office(cycle("prospect", LETTER, CALL)._replace(protect=True))
    story = Story(guarded).added("prospect")
    assert summary(story.applies(one(LETTER, CALL, VISIT))) == [("same", "letter", "2026-05-05")]
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
def test_a_contact_on_a_protected_cycle_whose_date_stays_is_not_affected(
    what: str, after: list[Any], entry: dict[str, Any]
) -> None:
    story = Story(office(cycle("prospect", LETTER, CALL)._replace(protect=True))).added("prospect")
    if what == "by-hand":
        story.does(w.Reschedule(story.action("letter").id, "2026-05-05"))
    entries = [{"step": "prospect/letter", **entry}] if entry else []
    assert [x.what for x in story.applies(one(*after), *entries)] == [what]


def test_draining_a_protected_cycle_affects_no_contact() -> None:
    story = Story(office(cycle("prospect", LETTER)._replace(protect=True))).added("prospect")
    effects = story.applies(one(LETTER, active=False), {"cycle": "prospect", "drain": True})
    assert [x.what for x in effects] == ["drains", "same"]


def test_E4_a_contact_in_a_later_round_advances_past_a_removed_loop_target() -> None:
    looped = step("visit", "1 week", loop_to="call")
    story = jane(LETTER, CALL, looped)
    for name, day in (("letter", "2026-05-05"), ("call", "2026-05-08"), ("visit", "2026-05-15")):
        story.closes_on(name, day)
    assert story.due == {"call": "2026-05-18"} and story.enrolment.round == 2
    assert summary(story.applies(one(LETTER, looped))) == [("advances", "call", "2026-05-18", "2026-05-22")]


def test_a_contact_on_no_cycle_or_on_another_is_not_affected() -> None:
    story = Story(one(LETTER)).added("other")
    assert story.applies(one(CALL)) == []
    story = Story(office(cycle("prospect", LETTER), aliases=[alias("p", "prospect")])).added()
    assert story.applies(one(CALL)) == []


# -- any edit

OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "open": st.sampled_from(["advance", "keep"]),
        "dates": st.just("recompute"),
        "backfill": st.booleans(),
    },
)
ENTRIES = st.dictionaries(st.sampled_from(["two/a", "two/b", "two/c", "one/a"]), OPTIONS, max_size=3).map(
    lambda entries: [{"step": step, **options} for step, options in entries.items()]
)
CYCLE_ENTRIES = st.sampled_from([[], [], [{"cycle": "two", "move_to": "one"}], [{"cycle": "two", "drain": True}]])
#: effects that close an action, and effects that move it
CLOSES = {"advances", "redirects", "cancels", "rests", "ends", "stranded"}
MOVES = {"earlier", "later", "rezoned"}


@pytest.mark.slow
@settings(max_examples=examples(300))
@given(offices(), offices(), st.lists(st.one_of(WISHES, LATER), max_size=10), ENTRIES, CYCLE_ENTRIES)
def test_E2_no_edit_loses_duplicates_or_moves_an_action_without_reporting_it(
    first: o.Office, second: o.Office, wishes: list[w.Wish | int], entries: list[Any], cycle_entries: list[Any]
) -> None:
    first, second = first._replace(moved={}), second._replace(moved={}, version=2)
    story = started(first)
    for wish in wishes:
        takes(story, wish, set())
    before = story.dossier
    try:
        effects = story.applies(second, *entries, *cycle_entries)
    except (NotFound, Refused):
        return
    if not REFUSED.isdisjoint(effect.what for effect in effects):
        return
    every_change_is_reported(before, story.dossier, effects)
    due_texts_match_instants(story)
    no_contact_is_lost(before, story.dossier, effects)
    as_it_was = story.dossier
    assert story.applies(second) == [] or story.dossier == as_it_was, "a second apply changes nothing"
    if story.history[-1].change == story.change - 1:
        story.office = first  # an apply is undone along with its catalog
        story.undoes(story.change - 1)
        old_ids = {row.id for row in (*before.actions, *before.enrolments)}
        assert tuple(a for a in story.dossier.actions if a.id in old_ids) == before.actions
        assert tuple(x for x in story.dossier.enrolments if x.id in old_ids) == before.enrolments


def every_change_is_reported(before: Dossier, after: Dossier, effects: list[Effect]) -> None:
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
    created = sorted(a.due for a in after.actions if a.id not in {x.id for x in before.actions})
    reported = sorted(x.becomes for x in effects if x.becomes and x.what not in MOVES)
    assert created == reported or (moved_over and set(reported) <= set(created))


def due_texts_match_instants(story: Story) -> None:
    """T1: an action's instant matches its text in the zone of its current owner."""
    for action in story.open:
        assert action.at == instant(action.due, story.office.calendar(action.owner).zone)


def no_contact_is_lost(before: Dossier, after: Dossier, effects: list[Effect]) -> None:
    assert len([x for x in after.enrolments if x.open]) <= 1
    if before.cycle is None:
        assert after.cycle is None
    elif after.cycle is None:
        assert any(x.what in ("ends", "drained") and x.entry for x in effects)
    elif before.open_actions and before.cycle.id == after.cycle.id and before.of(before.cycle):
        had = [a for a in before.of(before.cycle) if a.open]
        has = [a for a in after.of(after.cycle) if a.open]
        assert has or not had or any(x.what == "rests" for x in effects)


def test_E2_stagger_spreads_past_dates_over_the_owners_working_days() -> None:
    week = {"working_days": ["mon", "tue", "wed", "thu", "fri"]}
    calendars = {"tom": calendar(**week)}

    def one_step_office(days: str) -> o.Office:
        return office(cycle("days", step("one", days)), calendars=calendars)

    for before, due in ((0, "2026-05-08"), (1, "2026-05-08"), (2, "2026-05-11"), (5, "2026-05-12")):
        story = Story(one_step_office("20 days")).added("days").at("2026-05-08T09:00")  # a Friday
        entry = {"step": "days/one", "dates": "recompute", "stagger": 2}
        (effect,) = story.applies(one_step_office("1 day"), entry, heap={("one", "tom"): before})
        assert (effect.becomes, effect.past, story.due) == (due, True, {"one": due})
        assert story.open[0].at == instant(due)


def test_E2_a_rebooked_action_stays_and_its_new_date_counts_from_its_first_anchor() -> None:
    story = Story(office(cycle("days", step("one", "2 days"), step("two", "1 day")))).added("days")
    story.at("2026-05-06T12:00").does(w.NoShow(story.action("one").id, "ill", rebook="2026-05-20"))
    (effect,) = story.applies(
        office(cycle("days", step("one", "4 days"), step("two", "1 day"))), {"step": "days/one", "dates": "recompute"}
    )
    assert (effect.what, effect.would, story.due) == ("by-hand", "2026-05-08", {"one": "2026-05-20"})


def test_E3_a_reactivated_step_that_was_closed_is_neither_missed_nor_run_again() -> None:
    both_steps = office(cycle("days", step("one"), step("two")))
    story = Story(both_steps).added("days").at("2026-05-05T12:00")
    story.completes("one")
    story.applies(office(cycle("days", step("one", active=False), step("two"))))
    effects = story.applies(both_steps, {"step": "days/one", "backfill": True})
    assert [effect.what for effect in effects] == ["same"] and list(story.due) == ["two"]
