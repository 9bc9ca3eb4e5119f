"""G2: a case holds where the cycle does what it says, and only there."""

from __future__ import annotations

from typing import Any

import pytest

from followup.core.office import Office
from followup.core.rehearsal.cases import Line, pairs, verdict
from tests.core.building import calendar, cycle, office, step

CALLS = cycle("calls", step("note", "2 days"), step("call", "3 days", loop_to="call"))
SALE = cycle("sale", step("one"), step("two", "2 days"), step("three", "1 week"), anchor="due")
DAYS = cycle("days", step("soon", "2 business days", at="14:00"), roll="forward")
OFFICE = office(CALLS, SALE, DAYS, cycle("rest"))


def case(alias: str, *when: dict[str, Any], then: list[dict[str, Any]], **given: Any) -> dict[str, Any]:
    return {"name": "Case", "given": {"alias": alias, "on": "2026-05-04", **given}, "when": when, "then": then}


def told(said: dict[str, Any], at: Office = OFFICE) -> list[str]:
    """What does not agree, in words; and what could not happen."""
    found = verdict(at, "case", said)
    lines = [f"{pair.expected or '-'} | {pair.got or '-'}" for pair in found.pairs if not pair.agrees]
    assert found.holds == (not lines and not found.trouble)
    assert found.trouble == "" or len(found.trouble) > 5
    return [*lines, *([found.trouble] if found.trouble else [])]


NOTE = {"step": "note", "due": "2026-05-06"}
DONE = {**NOTE, "status": "completed"}


@pytest.mark.parametrize(
    "then, wrong",
    [
        ([NOTE], []),
        ([], ["- | note 2026-05-06"]),
        ([{**NOTE, "due": "2026-05-07"}], ["note 2026-05-07 | note 2026-05-06"]),
        ([{**NOTE, "round": 2}], ["note 2026-05-06, round 2 | -", "- | note 2026-05-06"]),
        ([DONE], ["note 2026-05-06 completed | note 2026-05-06"]),
        ([NOTE, NOTE], ["note 2026-05-06 | -"]),
        ([NOTE, {"step": "call", "due": "2026-05-09"}], ["call 2026-05-09 | -"]),
    ],
)
def test_every_action_is_expected_once_on_its_day_and_no_other_is_there(then: list[Any], wrong: list[str]) -> None:
    assert told(case("calls", then=then)) == wrong


def test_T1_a_day_begins_as_work_begins_and_a_moment_when_it_says() -> None:
    soon = office(cycle("soon", step("ring", "2 hours")))
    for on, due in (("2026-05-04", "2026-05-04T11:00"), ("2026-05-04T10:15", "2026-05-04T12:15")):
        assert told(case("soon", then=[{"step": "ring", "due": due}], on=on), soon) == []


def test_what_was_cancelled_may_be_left_out_or_said() -> None:
    chosen = {"complete": "one", "on": "2026-05-05", "choose": "rest"}
    one = {"step": "one", "due": "2026-05-05", "status": "completed"}
    two = {"step": "two", "due": "2026-05-07", "status": "cancelled"}
    assert told(case("sale", chosen, then=[one])) == told(case("sale", chosen, then=[one, two])) == []
    assert told(case("sale", chosen, then=[one, {**two, "due": "2026-05-08"}])) == [
        "two 2026-05-08 cancelled | two 2026-05-07 cancelled"
    ]


@pytest.mark.parametrize(
    "when, then",
    [
        ([{"complete": "note", "on": "2026-05-08"}], [DONE, {"step": "call", "due": "2026-05-11"}]),
        (
            [{"skip": "note", "on": "2026-05-08"}],
            [{**NOTE, "status": "skipped"}, {"step": "call", "due": "2026-05-11"}],
        ),
        ([{"fail": "note", "on": "2026-05-08"}], [{**NOTE, "status": "failed"}, {"step": "call", "due": "2026-05-11"}]),
        ([{"reschedule": "note", "on": "2026-05-05", "to": "2026-05-20"}], [{**NOTE, "due": "2026-05-20"}]),
        (
            [{"no_show": "note", "on": "2026-05-06", "rebook": "2026-05-09"}],
            [{**NOTE, "status": "no-show"}, {**NOTE, "due": "2026-05-09"}],
        ),
        ([{"skip": "note", "on": "2026-05-08", "choose": "rest"}], [{**NOTE, "status": "skipped"}]),
        ([{"choose": "calls", "on": "2026-05-08"}], [NOTE]),
        ([{"choose": "calls", "on": "2026-05-08", "restart": True}], [{**NOTE, "due": "2026-05-10"}]),
        (
            [{"complete": "note", "on": "2026-05-06"}, {"complete": "call", "on": "2026-05-09"}],
            [
                DONE,
                {"step": "call", "due": "2026-05-09", "status": "completed", "round": 1},
                {"step": "call", "due": "2026-05-12", "round": 2},
            ],
        ),
    ],
)
def test_what_can_happen(when: list[Any], then: list[Any]) -> None:
    assert told(case("calls", *when, then=then)) == []


def test_a_cancelled_action_of_several() -> None:
    then = [{"step": "one", "due": "2026-05-05"}, {"step": "three", "due": "2026-05-14"}]
    assert told(case("sale", {"cancel": "two", "on": "2026-05-05"}, then=then)) == []


def test_T7_the_clock_never_goes_back_and_what_is_told_late_has_its_own_day() -> None:
    late = [{"complete": "note", "on": "2026-05-10"}, {"complete": "call", "on": "2026-05-08"}]
    done = {"step": "call", "due": "2026-05-13", "round": 1}
    assert (
        told(
            case(
                "calls", *late, then=[DONE, {**done, "status": "completed"}, {**done, "due": "2026-05-11", "round": 2}]
            )
        )
        == []
    )
    failed = [late[0], {"fail": "call", "on": "2026-05-08"}]  # of a failure nobody says the day: it is now
    assert told(case("calls", *failed, then=[DONE, {**done, "status": "failed"}, {**done, "round": 2}])) == []


@pytest.mark.parametrize(
    "said, why",
    [
        (
            case("calls", {"complete": "call", "on": "2026-05-05"}, then=[NOTE]),
            "complete call on 2026-05-05: it has no open action then",
        ),
        (case("calls", {"complete": "note", "on": "2026-05-03"}, then=[NOTE]), None),
        (case("nowhere", then=[]), "given: unknown alias 'nowhere'"),
        ({**case("calls", then=[]), "given": {"plan": "web", "on": "2026-05-04"}}, "given: plans don't run yet"),
    ],
)
def test_what_cannot_happen_is_said_and_the_case_does_not_hold(said: dict[str, Any], why: str | None) -> None:
    found = verdict(OFFICE, "case", said)
    assert not found.holds
    assert why is None or found.trouble.startswith(why)


def test_T1_a_due_without_a_time_is_the_whole_day() -> None:
    for due, wrong in (("2026-05-06", []), ("2026-05-06T14:00", []), ("2026-05-06T15:00", [1])):
        found = told(case("days", then=[{"step": "soon", "due": due}]))
        assert len(found) == len(wrong), found


def test_T4_a_case_has_the_calendar_of_its_owner_and_days_off_of_its_own() -> None:
    soon = {"step": "soon", "due": "2026-05-07"}
    assert told(case("days", then=[soon], holidays=["2026-05-06"])) == []
    far = office(DAYS, calendars={"kim": calendar(working_days=["mon", "fri"])})
    assert told(case("days", then=[{"step": "soon", "due": "2026-05-11"}], owner="kim"), far) == []


def test_lines_are_paired_by_step_and_round_and_stand_by_due() -> None:
    a, b, late = Line("a", "2026-05-01"), Line("b", "2026-05-02"), Line("a", "2026-05-03", round=2)
    found = pairs([late, b, Line("c", "2026-04-30")], [a._replace(round=1), b, late])
    assert [(str(p.expected or "-"), str(p.got or "-")) for p in found] == [
        ("c 2026-04-30", "-"),
        ("-", "a 2026-05-01"),
        ("b 2026-05-02", "b 2026-05-02"),
        ("a 2026-05-03, round 2", "a 2026-05-03, round 2"),
    ]


def test_L8_an_alias_without_a_cycle_may_be_given_and_schedules_nothing() -> None:
    assert told(case("just-looking", then=[])) == []
