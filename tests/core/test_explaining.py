"""G4: the account of a date names what it counts from, what moved it, and whose doing that was."""

from __future__ import annotations

from typing import Any

import pytest

from followup.core import office as o
from followup.core import wishes as w
from followup.core.explanation import AppliedVersion, CatalogFacts, explain
from tests.core.building import Story, alias, calendar, cycle, instant, office, step

MIXED = cycle(
    "mixed",
    step("note"),
    step("call", "2 business days"),
    step("visit", "1 week", roll="forward", anchor="due"),
    step("ring", "0 days", min_gap=3, anchor="step:call", loop_to="note"),
)
OFF = calendar(working_days=["mon", "tue", "wed", "thu", "fri"], holidays=["2026-05-18"], days_on=[])


def made(*cycles: o.Process, version: int = 1) -> o.Office:
    return office(*(cycles or (MIXED, cycle("other", step("one")))), version=version, calendars={None: OFF, "tom": OFF})


def told(story: Story, id: int) -> dict[str, list[str]]:
    """By what it is about."""
    applied = {
        1: AppliedVersion(1, 100, instant("2026-05-01T08:00"), "sue", "abc123"),
        2: AppliedVersion(2, 101, instant("2026-05-08T08:00"), "ann", None),
    }
    known = CatalogFacts(applied, lambda version, owner: OFF, lambda version: {"2026-05-18": "Victoria Day"})
    found: dict[str, list[str]] = {}
    for cause in explain(id, story.history, known):
        found.setdefault(cause.what, []).append(cause.text)
    return found


def test_who_placed_whom_through_which_alias_under_which_version() -> None:
    story = Story(made()).added("mixed")
    note = told(story, story.action("note").id)
    assert note == {
        "placed": ["on mixed through alias mixed since 2026-05-04 10:00, by sue"],
        "scheduled": ["step note in round 1, as sue placed them on the cycle"],
        "counts from": ["2026-05-04 10:00, the start of the round (anchor: start)"],
        "offset": ["1 day, which is 2026-05-05"],
        "due": ["2026-05-05"],
        "catalog": ["version 1, applied by sue on 2026-05-01, commit abc123"],
    }


def test_a_choice_at_a_completing_is_a_placing_and_not_what_it_cancelled() -> None:
    story = Story(made()).added("mixed")
    story.completes("note", choice="other")
    assert told(story, story.action("one").id)["scheduled"] == ["step one in round 1, as sue placed them on the cycle"]


def test_what_was_closed_before_it_and_by_whom_and_over_which_days_it_goes() -> None:
    story = Story(made()).added("mixed")
    story.closes_on("note", "2026-05-15")
    call = told(story, story.action("call").id)
    note = story.dossier.actions[0].id
    assert call["scheduled"] == [f"step call in round 1, as {note} Note was completed on 2026-05-15 12:00 by sue"]
    assert call["counts from"] == ["2026-05-15 12:00, when the previous step was closed (anchor: completed)"]
    assert call["offset"] == [
        "2 business days, which is 2026-05-20, over 2026-05-16 (Saturday), 2026-05-17 (Sunday), 2026-05-18 (Victoria Day)"
    ]


def test_of_several_that_were_completed_together_each_says_what_it_made() -> None:
    story = Story(office(cycle("both", step("a"), step("next"), step("b", anchor="start"), step("last"))))
    first, second = story.added("both").open
    story.at("2026-05-06T12:00").does(w.Complete(first.id, others=(second.id,)))
    made = {step: told(story, story.action(step).id)["scheduled"] for step in ("next", "last")}
    assert made == {
        "next": [f"step next in round 1, as {first.id} A was completed on 2026-05-06 12:00 by sue"],
        "last": [f"step last in round 1, as {second.id} B was completed on 2026-05-06 12:00 by sue"],
    }


def test_T5_where_it_rolled_and_what_held_it_back() -> None:
    story = Story(made()).added("mixed")
    story.closes_on("note", "2026-05-07")  # call: Monday 11th; visit: Monday 18th, a holiday
    visit, ring = told(story, story.action("visit").id), told(story, story.action("ring").id)
    assert visit["counts from"] == ["2026-05-11, the planned date of the previous step (anchor: due)"]
    assert (visit["moved"], visit["due"]) == (["moved off 2026-05-18 (Victoria Day)"], ["2026-05-19"])
    assert ring["counts from"] == ["2026-05-11, the planned date of step call (anchor: step:call)"]
    assert (ring["moved"], ring["due"]) == (["moved by min_gap after the previous step"], ["2026-05-22"])


def test_T5_where_it_rolled_back() -> None:
    story = Story(made(cycle("back", step("one", "14 days", roll="back")))).added("back")
    one = told(story, story.action("one").id)
    assert one["moved"] == ["moved off 2026-05-16 (Saturday), 2026-05-17 (Sunday), 2026-05-18 (Victoria Day)"]
    assert one["due"] == ["2026-05-15"]


def test_what_a_rep_did_to_it_comes_in_its_order() -> None:
    story = Story(made()).added("mixed")
    id = story.action("note").id
    story.does(w.Reschedule(id, "2026-05-09"), by="tom")
    story.does(w.Set({"owner": "kim"}))
    story.at("2026-05-10T09:00").does(w.NoShow(id, "ill", rebook="2026-05-12"), by="kim")
    first = told(story, id)
    assert first["moved by hand"] == ["from 2026-05-05 to 2026-05-09, by tom"]
    assert first["reassigned"] == ["from tom to kim"]
    assert first["closed"] == [f"{id} Note was a no-show on 2026-05-10 09:00 by kim (ill)"]
    again = told(story, story.action("note").id)
    assert again["scheduled"] == [f"step note in round 1, try 2, as {first['closed'][0]}"]
    assert again["due"] == [f"2026-05-12, rebooked; before: {id} Note", "2026-05-05"]


@pytest.mark.parametrize(
    ("wish", "closed"),
    [
        (w.Complete(2), "completed on 2026-05-04 10:00 by sue"),
        (w.Skip(2, None, "too early"), "skipped on 2026-05-04 10:00 by sue (too early)"),
        (w.NoShow(2, "ill"), "a no-show on 2026-05-04 10:00 by sue (ill)"),
        (w.Fail(2, "bounced"), "failed on 2026-05-04 10:00 by sue (bounced)"),
        (w.Assign(w.Choice("other")), "cancelled on 2026-05-04 10:00 by sue (replaced)"),
    ],
)
def test_however_it_is_closed_it_says_so(wish: w.Wish, closed: str) -> None:
    story = Story(made()).added("mixed")
    story.does(wish)
    assert told(story, 2)["closed"] == [f"2 Note was {closed}"]


@pytest.mark.parametrize(
    "day", ["05-04 (Monday)", "05-05 (Tuesday)", "05-06 (Wednesday)", "05-07 (Thursday)", "05-08 (Friday)",
            "05-09 (Saturday)", "05-10 (Sunday)"]
)  # fmt: skip
def test_a_day_off_without_a_name_is_its_weekday(day: str) -> None:
    off = calendar(holidays=[f"2026-{day[:5]}"], working_days=["mon", "tue", "wed", "thu", "fri", "sat", "sun"])
    at = office(cycle("days", step("one", "9 business days")), calendars={None: off, "tom": off})
    story = Story(at, now="2026-05-01T10:00").added("days")
    causes = explain(story.action("one").id, story.history, CatalogFacts({}, lambda *_: off, lambda _: {}))
    (offset,) = [cause.text for cause in causes if cause.what == "offset"]
    assert offset == f"9 business days, which is 2026-05-11, over 2026-{day}"


def test_a_cycle_can_be_chosen_without_an_alias_and_its_rounds_are_its_own() -> None:
    story = Story(office(cycle("ring", step("ring", loop_to="ring")), cycle("walk", step("walk", loop_to="walk"))))
    story.added("ring").closes_on("ring", "2026-05-07")
    story.does(w.Assign(w.Choice(None, "walk")))
    assert told(story, story.action("walk").id)["placed"] == ["on walk since 2026-05-07 12:00, by sue"]
    story.closes_on("walk", "2026-05-09")
    assert told(story, story.action("walk").id)["round"] == ["2 started on 2026-05-09 12:00"]


def test_T1_who_is_handed_on_to_another_zone_is_said_to_read_another_time() -> None:
    zones = {"tom": calendar(), "kim": calendar(zone="America/Toronto")}
    story = Story(office(cycle("calls", step("call", "2 hours")), calendars=zones)).added("calls")
    story.does(w.Set({"owner": "kim"}))
    there = "from tom to kim; 2026-05-04 15:00 in the new zone, 2026-05-04 12:00 before"
    assert told(story, story.action("call").id)["reassigned"] == [there]


def test_of_several_closings_in_one_command_the_one_before_the_step_made_it() -> None:
    steps = (step("one"), step("two", "2 days"), step("three", "1 day", anchor="completed"))
    story = Story(office(cycle("due", *steps, anchor="due"))).added("due")
    one, two = (story.action(id).id for id in ("one", "two"))
    for ids in ((one, two), (two, one)):
        fresh = Story(story.office).added("due")
        fresh.does(w.Complete(ids[0], others=ids[1:]))
        scheduled = told(fresh, fresh.action("three").id)["scheduled"]
        assert scheduled == [f"step three in round 1, as {two} Two was completed on 2026-05-04 10:00 by sue"]


def test_rounds_and_a_new_name_for_the_same_cycle() -> None:
    again = cycle("ring", step("ring", "3 days", loop_to="ring"))
    story = Story(office(again, aliases=[alias("also", "ring")]))
    story.added("ring").closes_on("ring", "2026-05-07")
    story.closes_on("ring", "2026-05-10")
    assert told(story, story.action("ring").id)["round"] == ["3 started on 2026-05-10 12:00"]
    story.does(w.Assign(w.Choice("also")))
    story.does(w.Skip(story.action("ring").id))
    assert told(story, story.action("ring").id)["alias"] == ["also was chosen for the same cycle, by sue"]


def test_E2_an_edit_that_moved_it_says_which_version_and_why() -> None:
    short = Story(made(cycle("days", step("one", "10 days")))).added("days")
    id = short.action("one").id
    short.at("2026-05-08T09:00").applies(
        made(cycle("days", step("one", "2 days")), version=2), {"step": "days/one", "dates": "recompute"}
    )
    found = told(short, id)
    assert found["redated"] == ["from 2026-05-14 to 2026-05-08, by an edit of its step"]
    assert found["offset"] == ["10 days, which is 2026-05-14", "2 days, which is 2026-05-06"]
    assert found["moved"] == ["moved to the day of the edit (it would have been in the past)"]
    assert [text.partition(", ")[2] for text in found["counts from"]] == ["the start of the round (anchor: start)"] * 2
    assert found["catalog"][1] == "version 2, applied by ann on 2026-05-08"


def test_E2_a_recomputed_step_counts_from_the_closing_that_it_counted_from() -> None:
    story = Story(made(cycle("days", step("one"), step("two", "10 days")))).added("days")
    story.closes_on("one", "2026-05-06")
    story.applies(
        made(cycle("days", step("one"), step("two", "5 days")), version=2), {"step": "days/two", "dates": "recompute"}
    )
    closing = "2026-05-06 12:00, when the previous step was closed (anchor: completed)"
    assert told(story, story.action("two").id)["counts from"] == [closing, closing]


def test_E11_what_was_taken_back_is_told() -> None:
    story = Story(made()).added("mixed")
    id = story.action("note").id
    story.does(w.Reschedule(id, "2026-05-09"), by="sue")
    story.undoes()
    assert told(story, id)["undone"] == [f"change {story.change - 1}, by sue"]
    hand = story.does(w.Schedule("call", "2026-05-20", "Ring")).after.actions[-1].id
    story.does(w.Reschedule(hand, "2026-05-21"), by="sue")
    story.undoes()
    assert len(told(story, id)["undone"]) == 1 == len(told(story, hand)["undone"])


def test_by_hand_nobody_counted_anything() -> None:
    story = Story(made()).added("mixed")
    story.does(w.Schedule("call", "2026-05-20T14:00", "Ring"), by="sue")
    found: dict[str, Any] = told(story, max(action.id for action in story.open))
    assert found == {"scheduled": ["by hand, by sue, for 2026-05-20 14:00"]}


def test_E4_an_edit_that_scheduled_it_says_so_and_a_date_beyond_the_known_holidays_is_unsure() -> None:
    known = calendar(
        working_days=["mon", "tue", "wed", "thu", "fri"], holidays=["2026-05-18"], holidays_until="2026-05-31"
    )
    calendars = {None: known, "tom": known}
    before = office(cycle("days", step("one"), step("two", "30 days", roll="forward")), calendars=calendars)
    after = office(cycle("days", step("two", "30 days", roll="forward")), version=7, calendars=calendars)
    story = Story(before).added("days")
    story.applies(after)
    applied = {2: AppliedVersion(2, story.change, instant("2026-05-08T08:00"), "ann", None)}
    causes = explain(story.action("two").id, story.history, CatalogFacts(applied, lambda *_: known, lambda _: {}))
    found = {cause.what: cause.text for cause in causes}
    assert found["scheduled"] == "step two in round 1, as version 2 of the catalog was applied by ann"
    assert found["unsure"].startswith("the calendar's holidays end before") and found["catalog"] == "version 7"


def test_E2_what_was_staggered_says_so() -> None:
    story = Story(made(cycle("days", step("one", "20 days")))).added("days").at("2026-05-08T09:00")
    said = {"step": "days/one", "dates": "recompute", "stagger": 1}
    story.applies(made(cycle("days", step("one", "1 day")), version=2), said, heap={("one", "tom"): 2})
    assert told(story, story.action("one").id)["moved"][-1].startswith("moved by stagger")


def test_a_history_that_lost_a_line_is_explained_as_far_as_it_goes() -> None:
    story = Story(made()).added("mixed")
    story.closes_on("note", "2026-05-05")
    call = story.action("call").id
    story.history = [entry for entry in story.history if getattr(entry.event, "step", None) != "note"]
    assert told(story, call)["scheduled"] == ["step call in round 1, as sue placed them on the cycle"]


def test_a_rebooked_action_that_was_made_by_hand_has_no_more_reason_than_that() -> None:
    story = Story(made()).added("mixed")
    story.does(w.Schedule("tour", "2026-05-12", "Tour"))
    story.does(w.NoShow(story.open[-1].id, "rain", rebook="2026-05-14"))
    assert told(story, story.open[-1].id) == {"scheduled": ["by hand, by sue, for 2026-05-14"]}


def test_a_rebooked_step_says_where_the_date_of_its_first_try_came_from() -> None:
    story = Story(made()).added("mixed")
    first = told(story, story.action("note").id)
    story.does(w.NoShow(story.action("note").id, "rain", rebook="2026-05-14"))
    again = told(story, story.action("note").id)
    assert {what: again[what] for what in ("counts from", "offset")} == {
        what: first[what] for what in ("counts from", "offset")
    }
