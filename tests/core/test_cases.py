"""G2: a case passes exactly if the cycle does what the case says."""

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


def mismatches(document: dict[str, Any], at: Office = OFFICE) -> list[str]:
    """The lines that don't match, in words, and what could not happen."""
    result = verdict(at, "case", document)
    lines = [f"{pair.expected or '-'} | {pair.got or '-'}" for pair in result.pairs if not pair.agrees]
    assert result.holds == (not lines and not result.trouble)
    assert result.trouble == "" or len(result.trouble) > 5
    return [*lines, *([result.trouble] if result.trouble else [])]


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
def test_every_action_is_expected_once_on_its_day_and_no_other_exists(then: list[Any], wrong: list[str]) -> None:
    assert mismatches(case("calls", then=then)) == wrong


def test_T1_a_day_starts_at_opening_time_and_a_moment_at_its_own_time() -> None:
    soon = office(cycle("soon", step("ring", "2 hours")))
    for on, due in (("2026-05-04", "2026-05-04T11:00"), ("2026-05-04T10:15", "2026-05-04T12:15")):
        assert mismatches(case("soon", then=[{"step": "ring", "due": due}], on=on), soon) == []


def test_a_cancelled_action_can_be_listed_or_left_out() -> None:
    chosen = {"complete": "one", "on": "2026-05-05", "choose": "rest"}
    one = {"step": "one", "due": "2026-05-05", "status": "completed"}
    two = {"step": "two", "due": "2026-05-07", "status": "cancelled"}
    assert mismatches(case("sale", chosen, then=[one])) == mismatches(case("sale", chosen, then=[one, two])) == []
    assert mismatches(case("sale", chosen, then=[one, {**two, "due": "2026-05-08"}])) == [
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
def test_a_case_can_contain_any_event(when: list[Any], then: list[Any]) -> None:
    assert mismatches(case("calls", *when, then=then)) == []


def test_one_of_several_actions_can_be_cancelled() -> None:
    then = [{"step": "one", "due": "2026-05-05"}, {"step": "three", "due": "2026-05-14"}]
    assert mismatches(case("sale", {"cancel": "two", "on": "2026-05-05"}, then=then)) == []


def test_T7_an_event_listed_late_has_its_own_day_but_the_clock_never_goes_back() -> None:
    late = [{"complete": "note", "on": "2026-05-10"}, {"complete": "call", "on": "2026-05-08"}]
    done = {"step": "call", "due": "2026-05-13", "round": 1}
    assert (
        mismatches(
            case(
                "calls", *late, then=[DONE, {**done, "status": "completed"}, {**done, "due": "2026-05-11", "round": 2}]
            )
        )
        == []
    )
    failed = [late[0], {"fail": "call", "on": "2026-05-08"}]  # a failure has no day of its own: it happens now
    assert mismatches(case("calls", *failed, then=[DONE, {**done, "status": "failed"}, {**done, "round": 2}])) == []


@pytest.mark.parametrize(
    "document, why",
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
def test_an_event_that_cannot_happen_is_reported_and_the_case_fails(document: dict[str, Any], why: str | None) -> None:
    result = verdict(OFFICE, "case", document)
    assert not result.holds
    assert why is None or result.trouble.startswith(why)


def test_T1_an_expected_date_without_a_time_matches_any_time_of_that_day() -> None:
    for due, wrong in (("2026-05-06", []), ("2026-05-06T14:00", []), ("2026-05-06T15:00", [1])):
        lines = mismatches(case("days", then=[{"step": "soon", "due": due}]))
        assert len(lines) == len(wrong), lines


def test_T4_a_case_uses_its_owners_calendar_and_its_own_holidays() -> None:
    soon = {"step": "soon", "due": "2026-05-07"}
    assert mismatches(case("days", then=[soon], holidays=["2026-05-06"])) == []
    far = office(DAYS, calendars={"kim": calendar(working_days=["mon", "fri"])})
    assert mismatches(case("days", then=[{"step": "soon", "due": "2026-05-11"}], owner="kim"), far) == []


def test_lines_are_paired_by_step_and_round_and_sorted_by_due_date() -> None:
    a, b, late = Line("a", "2026-05-01"), Line("b", "2026-05-02"), Line("a", "2026-05-03", round=2)
    result = pairs([late, b, Line("c", "2026-04-30")], [a._replace(round=1), b, late])
    assert [(str(p.expected or "-"), str(p.got or "-")) for p in result] == [
        ("c 2026-04-30", "-"),
        ("-", "a 2026-05-01"),
        ("b 2026-05-02", "b 2026-05-02"),
        ("a 2026-05-03, round 2", "a 2026-05-03, round 2"),
    ]


def test_L8_a_case_can_use_an_alias_without_a_cycle_which_schedules_nothing() -> None:
    assert mismatches(case("just-looking", then=[])) == []


def test_a_choice_that_cannot_happen_is_named_with_its_day() -> None:
    lines = mismatches(
        case("sale", {"complete": "one", "on": "2026-05-05"}, {"choose": "none", "on": "2026-05-06"}, then=[])
    )
    assert lines[-1].startswith("choose none on 2026-05-06: ")


def test_a_case_can_start_on_a_cycle_instead_of_an_alias() -> None:
    given = {"given": {"cycle": "calls", "on": "2026-05-04"}}
    assert mismatches({**case("calls", then=[NOTE]), **given}) == []


def test_E5_a_case_that_begins_with_an_old_alias_says_what_it_is_called_now() -> None:
    moved = OFFICE._replace(moved={"note-call": "calls"})
    assert mismatches(case("note-call", then=[]), moved) == [
        "given: unknown alias 'note-call': it's called 'calls' now"
    ]
