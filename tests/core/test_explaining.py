"""G4: `explain` names what a date counts from, what moved it, and who did that."""

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


def make_office(*cycles: o.Process, version: int = 1) -> o.Office:
    return office(*(cycles or (MIXED, cycle("other", step("one")))), version=version, calendars={None: OFF, "tom": OFF})


def causes_of(story: Story, id: int) -> dict[str, list[str]]:
    """The texts of the causes by kind."""
    applied = {
        1: AppliedVersion(1, 100, instant("2026-05-01T08:00"), "sue", "abc123"),
        2: AppliedVersion(2, 101, instant("2026-05-08T08:00"), "ann", None),
    }
    facts = CatalogFacts(applied, lambda version, owner: OFF, lambda version: {"2026-05-18": "Victoria Day"})
    texts: dict[str, list[str]] = {}
    for cause in explain(id, story.history, facts):
        texts.setdefault(cause.what, []).append(cause.text)
    return texts


def test_explain_names_the_user_the_alias_and_the_version_that_placed_a_contact() -> None:
    story = Story(make_office()).added("mixed")
    note = causes_of(story, story.action("note").id)
    assert note == {
        "placed": ["on mixed through alias mixed since 2026-05-04 10:00, by sue"],
        "scheduled": ["step note in round 1, as sue placed them on the cycle"],
        "counts from": ["2026-05-04 10:00, the start of the round (anchor: start)"],
        "offset": ["1 day, which is 2026-05-05"],
        "due": ["2026-05-05"],
        "catalog": ["version 1, applied by sue on 2026-05-01, commit abc123"],
    }


def test_a_cycle_chosen_on_completion_is_explained_as_a_placement() -> None:
    story = Story(make_office()).added("mixed")
    story.completes("note", choice="other")
    assert causes_of(story, story.action("one").id)["scheduled"] == [
        "step one in round 1, as sue placed them on the cycle"
    ]


def test_explain_names_the_action_closed_before_who_closed_it_and_the_days_off_between() -> None:
    story = Story(make_office()).added("mixed")
    story.closes_on("note", "2026-05-15")
    call = causes_of(story, story.action("call").id)
    note = story.dossier.actions[0].id
    assert call["scheduled"] == [f"step call in round 1, as {note} Note was completed on 2026-05-15 12:00 by sue"]
    assert call["counts from"] == ["2026-05-15 12:00, when the previous step was closed (anchor: completed)"]
    assert call["offset"] == [
        "2 business days, which is 2026-05-20, over 2026-05-16 (Saturday), 2026-05-17 (Sunday), 2026-05-18 (Victoria Day)"
    ]


def test_of_several_actions_completed_together_each_explains_the_step_that_it_scheduled() -> None:
    story = Story(office(cycle("both", step("a"), step("next"), step("b", anchor="start"), step("last"))))
    first, second = story.added("both").open
    story.at("2026-05-06T12:00").does(w.Complete(first.id, others=(second.id,)))
    reasons = {step: causes_of(story, story.action(step).id)["scheduled"] for step in ("next", "last")}
    assert reasons == {
        "next": [f"step next in round 1, as {first.id} A was completed on 2026-05-06 12:00 by sue"],
        "last": [f"step last in round 1, as {second.id} B was completed on 2026-05-06 12:00 by sue"],
    }


def test_T5_explain_shows_how_a_date_rolled_and_which_gap_delayed_it() -> None:
    story = Story(make_office()).added("mixed")
    story.closes_on("note", "2026-05-07")  # call: Monday 11th; visit: Monday 18th, a holiday
    visit, ring = causes_of(story, story.action("visit").id), causes_of(story, story.action("ring").id)
    assert visit["counts from"] == ["2026-05-11, the planned date of the previous step (anchor: due)"]
    assert (visit["moved"], visit["due"]) == (["moved off 2026-05-18 (Victoria Day)"], ["2026-05-19"])
    assert ring["counts from"] == ["2026-05-11, the planned date of step call (anchor: step:call)"]
    assert (ring["moved"], ring["due"]) == (["moved by min_gap after the previous step"], ["2026-05-22"])


def test_T5_explain_shows_how_a_date_rolled_back() -> None:
    story = Story(make_office(cycle("back", step("one", "14 days", roll="back")))).added("back")
    one = causes_of(story, story.action("one").id)
    assert one["moved"] == ["moved off 2026-05-16 (Saturday), 2026-05-17 (Sunday), 2026-05-18 (Victoria Day)"]
    assert one["due"] == ["2026-05-15"]


def test_explain_lists_everything_that_reps_did_to_an_action_in_order() -> None:
    story = Story(make_office()).added("mixed")
    id = story.action("note").id
    story.does(w.Reschedule(id, "2026-05-09"), by="tom")
    story.does(w.Set({"owner": "kim"}))
    story.at("2026-05-10T09:00").does(w.NoShow(id, "ill", rebook="2026-05-12"), by="kim")
    first = causes_of(story, id)
    assert first["moved by hand"] == ["from 2026-05-05 to 2026-05-09, by tom"]
    assert first["reassigned"] == ["from tom to kim"]
    assert first["closed"] == [f"{id} Note was a no-show on 2026-05-10 09:00 by kim (ill)"]
    again = causes_of(story, story.action("note").id)
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
def test_explain_says_how_an_action_was_closed(wish: w.Wish, closed: str) -> None:
    story = Story(make_office()).added("mixed")
    story.does(wish)
    assert causes_of(story, 2)["closed"] == [f"2 Note was {closed}"]


@pytest.mark.parametrize(
    "day", ["05-04 (Monday)", "05-05 (Tuesday)", "05-06 (Wednesday)", "05-07 (Thursday)", "05-08 (Friday)",
            "05-09 (Saturday)", "05-10 (Sunday)"]
)  # fmt: skip
def test_a_day_off_without_a_name_is_shown_as_its_weekday(day: str) -> None:
    off = calendar(holidays=[f"2026-{day[:5]}"], working_days=["mon", "tue", "wed", "thu", "fri", "sat", "sun"])
    at = office(cycle("days", step("one", "9 business days")), calendars={None: off, "tom": off})
    story = Story(at, now="2026-05-01T10:00").added("days")
    causes = explain(story.action("one").id, story.history, CatalogFacts({}, lambda *_: off, lambda _: {}))
    (offset,) = [cause.text for cause in causes if cause.what == "offset"]
    assert offset == f"9 business days, which is 2026-05-11, over 2026-{day}"


def test_a_cycle_chosen_without_an_alias_is_explained_with_its_own_rounds() -> None:
    story = Story(office(cycle("ring", step("ring", loop_to="ring")), cycle("walk", step("walk", loop_to="walk"))))
    story.added("ring").closes_on("ring", "2026-05-07")
    story.does(w.Assign(w.Choice(None, "walk")))
    assert causes_of(story, story.action("walk").id)["placed"] == ["on walk since 2026-05-07 12:00, by sue"]
    story.closes_on("walk", "2026-05-09")
    assert causes_of(story, story.action("walk").id)["round"] == ["2 started on 2026-05-09 12:00"]


def test_T1_explain_shows_the_new_time_after_a_handover_to_another_zone() -> None:
    zones = {"tom": calendar(), "kim": calendar(zone="America/Toronto")}
    story = Story(office(cycle("calls", step("call", "2 hours")), calendars=zones)).added("calls")
    story.does(w.Set({"owner": "kim"}))
    expected = "from tom to kim; 2026-05-04 15:00 in the new zone, 2026-05-04 12:00 before"
    assert causes_of(story, story.action("call").id)["reassigned"] == [expected]


def test_of_several_actions_closed_in_one_command_the_one_before_the_step_is_named() -> None:
    steps = (step("one"), step("two", "2 days"), step("three", "1 day", anchor="completed"))
    story = Story(office(cycle("due", *steps, anchor="due"))).added("due")
    one, two = (story.action(id).id for id in ("one", "two"))
    for ids in ((one, two), (two, one)):
        fresh = Story(story.office).added("due")
        fresh.does(w.Complete(ids[0], others=ids[1:]))
        scheduled = causes_of(fresh, fresh.action("three").id)["scheduled"]
        assert scheduled == [f"step three in round 1, as {two} Two was completed on 2026-05-04 10:00 by sue"]


def test_explain_shows_rounds_and_a_new_alias_of_the_same_cycle() -> None:
    again = cycle("ring", step("ring", "3 days", loop_to="ring"))
    story = Story(office(again, aliases=[alias("also", "ring")]))
    story.added("ring").closes_on("ring", "2026-05-07")
    story.closes_on("ring", "2026-05-10")
    assert causes_of(story, story.action("ring").id)["round"] == ["3 started on 2026-05-10 12:00"]
    story.does(w.Assign(w.Choice("also")))
    story.does(w.Skip(story.action("ring").id))
    assert causes_of(story, story.action("ring").id)["alias"] == ["also was chosen for the same cycle, by sue"]


def test_E2_explain_says_which_version_moved_a_date_and_why() -> None:
    short = Story(make_office(cycle("days", step("one", "10 days")))).added("days")
    id = short.action("one").id
    short.at("2026-05-08T09:00").applies(
        make_office(cycle("days", step("one", "2 days")), version=2), {"step": "days/one", "dates": "recompute"}
    )
    causes = causes_of(short, id)
    assert causes["redated"] == ["from 2026-05-14 to 2026-05-08, by an edit of its step"]
    assert causes["offset"] == ["10 days, which is 2026-05-14", "2 days, which is 2026-05-06"]
    assert causes["moved"] == ["moved to the day of the edit (it would have been in the past)"]
    assert [text.partition(", ")[2] for text in causes["counts from"]] == ["the start of the round (anchor: start)"] * 2
    assert causes["catalog"][1] == "version 2, applied by ann on 2026-05-08"


def test_E2_a_recomputed_step_still_counts_from_the_same_closed_action() -> None:
    story = Story(make_office(cycle("days", step("one"), step("two", "10 days")))).added("days")
    story.closes_on("one", "2026-05-06")
    story.applies(
        make_office(cycle("days", step("one"), step("two", "5 days")), version=2),
        {"step": "days/two", "dates": "recompute"},
    )
    closing = "2026-05-06 12:00, when the previous step was closed (anchor: completed)"
    assert causes_of(story, story.action("two").id)["counts from"] == [closing, closing]


def test_E11_explain_shows_the_undone_change() -> None:
    story = Story(make_office()).added("mixed")
    id = story.action("note").id
    story.does(w.Reschedule(id, "2026-05-09"), by="sue")
    story.undoes()
    assert causes_of(story, id)["undone"] == [f"change {story.change - 1}, by sue"]
    hand = story.does(w.Schedule("call", "2026-05-20", "Ring")).after.actions[-1].id
    story.does(w.Reschedule(hand, "2026-05-21"), by="sue")
    story.undoes()
    assert len(causes_of(story, id)["undone"]) == 1 == len(causes_of(story, hand)["undone"])


def test_an_action_created_by_hand_has_no_calculation_to_explain() -> None:
    story = Story(make_office()).added("mixed")
    story.does(w.Schedule("call", "2026-05-20T14:00", "Ring"), by="sue")
    causes: dict[str, Any] = causes_of(story, max(action.id for action in story.open))
    assert causes == {"scheduled": ["by hand, by sue, for 2026-05-20 14:00"]}


def test_E4_explain_names_the_edit_and_marks_a_date_past_the_known_holidays_as_unsure() -> None:
    off_days = calendar(
        working_days=["mon", "tue", "wed", "thu", "fri"], holidays=["2026-05-18"], holidays_until="2026-05-31"
    )
    calendars = {None: off_days, "tom": off_days}
    before = office(cycle("days", step("one"), step("two", "30 days", roll="forward")), calendars=calendars)
    after = office(cycle("days", step("two", "30 days", roll="forward")), version=7, calendars=calendars)
    story = Story(before).added("days")
    story.applies(after)
    applied = {2: AppliedVersion(2, story.change, instant("2026-05-08T08:00"), "ann", None)}
    causes = explain(story.action("two").id, story.history, CatalogFacts(applied, lambda *_: off_days, lambda _: {}))
    texts = {cause.what: cause.text for cause in causes}
    assert texts["scheduled"] == "step two in round 1, as version 2 of the catalog was applied by ann"
    assert texts["unsure"].startswith("the calendar's holidays end before") and texts["catalog"] == "version 7"


def test_E2_explain_says_that_a_date_was_staggered() -> None:
    story = Story(make_office(cycle("days", step("one", "20 days")))).added("days").at("2026-05-08T09:00")
    entry = {"step": "days/one", "dates": "recompute", "stagger": 1}
    story.applies(make_office(cycle("days", step("one", "1 day")), version=2), entry, heap={("one", "tom"): 2})
    assert causes_of(story, story.action("one").id)["moved"][-1].startswith("moved by stagger")


def test_explain_still_works_when_an_event_is_missing_from_the_history() -> None:
    story = Story(make_office()).added("mixed")
    story.closes_on("note", "2026-05-05")
    call = story.action("call").id
    story.history = [entry for entry in story.history if getattr(entry.event, "step", None) != "note"]
    assert causes_of(story, call)["scheduled"] == ["step call in round 1, as sue placed them on the cycle"]


def test_a_rebooked_action_that_was_created_by_hand_has_no_other_cause() -> None:
    story = Story(make_office()).added("mixed")
    story.does(w.Schedule("tour", "2026-05-12", "Tour"))
    story.does(w.NoShow(story.open[-1].id, "rain", rebook="2026-05-14"))
    assert causes_of(story, story.open[-1].id) == {"scheduled": ["by hand, by sue, for 2026-05-14"]}


def test_a_rebooked_step_shows_the_anchor_and_offset_of_its_first_try() -> None:
    story = Story(make_office()).added("mixed")
    first = causes_of(story, story.action("note").id)
    story.does(w.NoShow(story.action("note").id, "rain", rebook="2026-05-14"))
    again = causes_of(story, story.action("note").id)
    assert {what: again[what] for what in ("counts from", "offset")} == {
        what: first[what] for what in ("counts from", "offset")
    }


def test_explain_a_step_scheduled_with_its_round_names_no_later_closing() -> None:
    story = Story(office(cycle("sale", step("one"), step("two", "2 days"), anchor="due"))).added("sale")
    two = story.action("two").id
    scheduled = causes_of(story, two)["scheduled"]
    story.closes_on("one", "2026-05-05")
    assert causes_of(story, two)["scheduled"] == scheduled and "as sue placed them on the cycle" in scheduled[0]


def test_explain_a_rebooked_step_names_its_own_no_show_if_one_command_closed_several() -> None:
    story = Story(office(cycle("sale", step("one"), step("two", "2 days"), anchor="due"))).added("sale")
    ids = [story.action(id).id for id in ("one", "two")]
    for id in ids:
        story.at("2026-05-08T09:00").does(w.NoShow(id, "away", None, "2026-05-20"))
    first = story.change - 1
    story.history = [x._replace(change=first) if x.change == story.change else x for x in story.history]
    for name in ("one", "two"):
        (cause,) = causes_of(story, story.action(name).id)["scheduled"]
        assert f"'{name}'" in cause or name.title() in cause, cause
