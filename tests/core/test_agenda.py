"""Questions about the work to do (C2, L6, F12), and the rows of lists."""

from __future__ import annotations

import pytest

from followup.core import wishes as w
from followup.core.list_rows import ActionRow, ContactRow
from followup.core.model import Action, Contact, Enrolment, contact_subject, user_subject
from followup.core.worklist import barred, by_type, next_action_date, overdue_days, stranded
from tests.core.building import Story, cycle, office, step

JANE = Contact("jane", "Jane", owner="tom", created_at="2026-05-01T10:00:00Z", updated_at="2026-05-04T10:00:00Z")
ON_THREE = Enrolment(1, "jane", "cycle", "three", "three", 1, "2026-05-02", 0, 1, "2026-05-02", 0)
ENDED = ON_THREE._replace(ended="2026-05-03", reason="no-more-steps")


@pytest.mark.parametrize(
    ("due", "days"),
    [("2026-05-04", 0), ("2026-05-03", 1), ("2026-04-04T09:00", 30), ("2026-05-05", 0), ("2026-05-04T00:00", 0)],
)
def test_A7_an_action_due_before_today_is_late(due: str, days: int) -> None:
    assert overdue_days(due, "2026-05-04") == days


def test_L6_the_days_actions_are_grouped_by_type_in_order() -> None:
    rows = [
        Action(id, None, None, kind, "", "scheduled", "", "", 0) for id, kind in enumerate(["task", "call", "task"])
    ]
    assert [(kind, [row.id for row in group]) for kind, group in by_type(rows)] == [("call", [1]), ("task", [0, 2])]


def test_C2_the_next_action_is_the_oldest_open_one_and_then_the_next_oldest() -> None:
    jane = Story(office(cycle("c", step("a", "2 days"), step("b", "2 hours", anchor="start"), anchor="due"))).added("c")
    assert jane.dossier.next_action == "2026-05-04T12:00"
    jane.completes("b")
    assert jane.dossier.next_action == "2026-05-06"
    jane.does(w.Skip(jane.open[0].id))
    assert jane.dossier.next_action is None


def test_C2_the_next_action_date_is_never_empty() -> None:
    assert next_action_date("2026-05-09T10:00", "2026-05-04") == "2026-05-09T10:00"
    assert next_action_date(None, "2026-05-04") == "2026-05-04"


@pytest.mark.parametrize(
    ("last", "owner_inactive", "why", "fix"),
    [
        (None, False, "never on a cycle", "followup assign jane ALIAS"),
        (ENDED, False, "off cycle three: no-more-steps", "followup assign jane three"),
        (ENDED._replace(alias=None), False, "off cycle three: no-more-steps", "followup assign jane ALIAS"),
        (ON_THREE, False, "on cycle three with nothing scheduled", "followup assign jane three --restart"),
        (ON_THREE, True, "the next action belongs to an inactive user", "followup contacts set jane --owner USER"),
    ],
)
def test_F12_a_contact_with_no_next_step_is_listed_with_the_reason_the_date_and_the_fix(
    last: Enrolment | None, owner_inactive: bool, why: str, fix: str
) -> None:
    assert stranded(JANE, last, "2026-05-03", owner_inactive) == ("jane", "Jane", "tom", why, "2026-05-03", fix)


def test_contact_and_user_subjects_differ() -> None:
    assert (contact_subject("tom"), user_subject("tom")) == ("contact:tom", "user:tom")


def action_row(**how: object) -> ActionRow:
    return ActionRow(**{**dict.fromkeys(ActionRow._fields), "due": "2026-05-01", "status": "scheduled", **how})  # type: ignore[arg-type]


def test_F15_only_an_open_action_is_overdue() -> None:
    assert action_row().item("2026-05-04")["overdue_days"] == 3
    assert action_row(status="completed").item("2026-05-04")["overdue_days"] == 0


def test_F8_a_contact_on_a_hold_is_shown_as_on_hold() -> None:
    fields = {
        "cycle": "rest",
        "groups": "a b",
        "do_not_contact": "",
        "emails": "",
        "phones": "",
        "updated_at": "2026-05-04T10:00:00Z",
    }
    row = ContactRow(**{**dict.fromkeys(ContactRow._fields), **fields})  # type: ignore[arg-type]
    item = row.item(frozenset({"rest"}), "UTC", {"notes": "x", "size": "XL"})
    assert (item["on_hold"], item["groups"], item["do_not_contact"]) == (True, ["a", "b"], [])
    assert item["next_action_date"] == "2026-05-04"
    assert (item["company"], item["notes"], item["details"]) == (None, "x", {"size": "XL"})
    assert row.item(frozenset(), "UTC", {})["on_hold"] is False


def test_C2_the_last_update_is_dated_in_the_owners_zone() -> None:
    fields = {"groups": "", "do_not_contact": "", "emails": "", "phones": "", "updated_at": "2026-05-05T03:00:00Z"}
    row = ContactRow(**{**dict.fromkeys(ContactRow._fields), **fields})  # type: ignore[arg-type]
    assert row.item(frozenset(), "America/Vancouver", {})["next_action_date"] == "2026-05-04"


def test_an_item_has_no_instant() -> None:
    assert "at" not in action_row().item("2026-05-04")


@pytest.mark.parametrize(
    ("type", "flag"),
    [("call", "do not call"), ("correspondence", "do not mail"), ("email", "do not email"), ("sms", "do not text")]
    + [("tour", ""), ("inbound", "")],
)
def test_E12_an_action_is_flagged_if_its_contact_opted_out_of_the_channel(type: str, flag: str) -> None:
    assert barred(type, "call correspondence email sms") == flag
    assert barred(type, "") == barred(type, None) == ""


def test_E12_an_opt_out_flags_no_other_channel() -> None:
    assert barred("call", "email") == "" and barred("email", "email sms") == "do not email"
