"""The office that the catalog's documents build: F1, F3, T4, T5, T9."""

from __future__ import annotations

import pytest

from followup.core import office as o
from followup.core import office_documents as documents
from followup.core.office import BUILT_IN_TYPES, Offset
from tests.core.building import USERS, Story, calendar, cycle, plan, step, user

OFFICE = {"zone": "America/Vancouver", "working_days": ["mon", "fri"], "hours": ["09:00", "17:30"], "roll": "back"}


def test_F1_the_built_in_types_offer_the_menu_and_are_fulfilled_as_in_focus3() -> None:
    assert {id for id, kind in BUILT_IN_TYPES.items() if kind.offers_cycle} == {
        "call", "inbound", "tour", "sale", "reservation",
    }  # fmt: skip
    assert {id for id, kind in BUILT_IN_TYPES.items() if kind.fulfilled} == {"correspondence", "email"}
    assert set(BUILT_IN_TYPES) >= {"sms", "task", "listing", "transfer"}
    assert all(kind.id == id and kind.name for id, kind in BUILT_IN_TYPES.items())


def test_F1_a_catalog_can_rename_a_type_and_declare_its_own() -> None:
    assert documents.action_type("call", {"name": "Ring up"}) == BUILT_IN_TYPES["call"]._replace(name="Ring up")
    assert documents.action_type("call", {"name": "Call", "offers_cycle": False}).offers_cycle is False
    assert documents.action_type("visit", {"name": "Visit"}) == ("visit", "Visit", False, False)
    assert documents.action_type("visit", {"name": "Visit", "offers_cycle": True}).offers_cycle is True


def test_F3_a_step_inherits_anchor_and_roll_from_its_cycle() -> None:
    process = cycle("c", step("a"), step("b", anchor="start", roll="back"), anchor="due", roll="forward")
    assert [(s.anchor, s.roll) for s in process.steps] == [("due", "forward"), ("start", "back")]


def test_F3_a_step_has_every_field_of_its_document() -> None:
    document = step("a", "2 hours", "email", at="09:30", loop_to="a", min_gap=2, template="hello", active=False)
    result = cycle("c", step("first"), document).steps[1]
    assert result == o.Step(
        "a", "A", "email", Offset(2, "hours"), "completed", 1, False, "a", "09:30", None, 2, "hello"
    )  # fmt: skip


def test_F3_fields_missing_from_a_document_have_defaults() -> None:
    assert cycle("c", step("a")).steps[0][5:] == (0, True, None, None, None, 0, None, None)
    document = {"name": "C", "active": True, "anchor": "due", "roll": None, "steps": []}
    assert [documents.cycle("c", {**document, **how}).protect for how in ({}, {"protect": True})] == [False, True]  # type: ignore[typeddict-item]


def test_F3_only_active_steps_count() -> None:
    assert [s.id for s in cycle("c", step("a"), step("b", active=False), step("c")).active_steps] == ["a", "c"]


def test_F9_an_alias_names_a_cycle_or_none() -> None:
    assert documents.alias("x", {"name": "X", "cycle": None, "active": False}) == ("x", "X", None, False)


def test_F17_a_user_has_the_permissions_of_their_role() -> None:
    sue = user("sue", "administrator", email="s@x.example", login="sreed", manager="ann", property="north")
    assert sue[:4] == ("sue", "Sue", "administrator", sue.permissions)
    assert sue[4:] == ("s@x.example", "sreed", "ann", True, "north")
    assert sue.administers() and not user("tom").administers()
    assert user("gone", active=False).active is False


@pytest.mark.parametrize(
    ("offset", "text"), [((1, "days"), "1 day"), ((-1, "months"), "-1 month"), ((0, "days"), "0 days"), ((2, "hours"), "2 hours")]
)  # fmt: skip
def test_an_offset_is_printed_as_it_is_written(offset: tuple[int, str], text: str) -> None:
    assert str(Offset(*offset)) == text


def test_T4_the_offices_calendar_alone() -> None:
    result = documents.calendar({**OFFICE, "holidays": {"2026-12-25": "Christmas"}, "holidays_until": "2026-12-31"})
    assert result == (
        "America/Vancouver", frozenset({0, 4}), "09:00", "17:30", frozenset({"2026-12-25"}), frozenset(), "2026-12-31", "back", None,
    )  # fmt: skip


def test_T4_a_property_and_a_user_override_the_office() -> None:
    north = {"zone": None, "working_days": ["tue"], "hours": None, "roll": None}
    result = documents.calendar(OFFICE, north, {"zone": "Asia/Tokyo", "hours": ["10:00", "12:00"], "roll": "none"})
    assert result[:4] == ("Asia/Tokyo", frozenset({1}), "10:00", "12:00")
    assert result.roll == "none"


def test_T4_days_off_and_days_on_add_up_and_the_later_document_wins() -> None:
    office = {**OFFICE, "holidays": {"2026-05-01": "", "2026-05-02": ""}, "days_on": ["2026-05-03", "2026-05-04"]}
    tom = {"holidays": {"2026-05-03": "leave", "2026-05-05": "leave"}, "days_on": ["2026-05-01"]}
    result = documents.calendar(office, tom)
    assert result.days_off == {"2026-05-02", "2026-05-03", "2026-05-05"}
    assert result.days_on == {"2026-05-01", "2026-05-04"}


def test_T4_within_one_document_a_working_day_wins() -> None:
    result = documents.calendar({**OFFICE, "holidays": {"2026-05-01": ""}, "days_on": ["2026-05-01"]})
    assert (result.days_off, result.days_on) == (frozenset(), {"2026-05-01"})


@pytest.mark.parametrize(
    ("office", "north", "expected"),
    [
        (None, None, None),
        ("2026-12-31", None, "2026-12-31"),
        ("2026-12-31", "2030-12-31", "2026-12-31"),
        ("2026-12-31", "2025-12-31", "2025-12-31"),
        (None, "2025-12-31", "2025-12-31"),
    ],
)
def test_T9_known_holidays_end_at_the_earliest_declared_end(
    office: str | None, north: str | None, expected: str | None
) -> None:
    assert documents.calendar({**OFFICE, "holidays_until": office}, {"holidays_until": north}).known_until == expected


def test_T5_a_calendar_without_roll_does_not_roll() -> None:
    assert calendar(roll=None).roll == "none"


def test_T4_the_owners_property_sets_the_calendar_and_not_the_contacts() -> None:
    """A beach contact whose owner is in town is contacted on the town's working days."""
    town, beach = (
        {"name": name, "holidays": {day: "Fair"}} for name, day in (("Town", "2026-05-11"), ("Beach", "2026-05-12"))
    )
    tom = {"name": "Tom", "role": "rep", "active": True, "property": "town"}
    lone = {"name": "Lone", "role": "rep", "active": True}
    plain = {
        "name": "Office",
        "zone": "UTC",
        "working_days": ["mon", "tue", "wed", "thu", "fri"],
        "hours": ["09:00", "17:00"],
    }
    source = documents.Documents(
        {
            "office": {"office": plain},
            "property": {"town": town, "beach": beach},
            "user": {"tom": tom, "lone": lone},
            "role": {"rep": {"name": "Rep", "permissions": []}},
            "cycle": {
                "one": {"name": "One", "active": True, "anchor": "completed", "steps": [step("a", "1 business day")]}
            },
            "alias": {"one": {"name": "One", "cycle": "one", "active": True}},
        }  # type: ignore[arg-type]
    )
    dues = {}
    for owner in ("tom", "lone"):
        jane = Story(documents.office(1, source), now="2026-05-08T10:00")
        jane.office = jane.office._replace(users={**jane.office.users, "sue": USERS[0]})
        dues[owner] = jane.added("one", owner=owner, property="beach").due["a"]
    assert dues == {"tom": "2026-05-12", "lone": "2026-05-11"}


def test_E6_only_an_inactive_cycle_drains() -> None:
    assert cycle("c", step("a"), active=False).is_draining and not cycle("c", step("a")).is_draining
    assert not plan("p", step("a"), status="draft").is_draining
