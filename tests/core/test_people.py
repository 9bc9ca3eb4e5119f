"""What users do with a contact: F6, F7, F11, F17, F19 to F21, E10, T1, C2."""

from __future__ import annotations

import pytest

from followup.core import wishes as w
from followup.core.model import CANCELLED, COMPLETED
from followup.errors import Conflict, NotFound, Refused
from tests.core.building import Story, calendar, cycle, instant, office, step, user

THREE = cycle("three", step("a", "1 day"), step("b", "2 days"), step("c", "3 days"), anchor="due")
OTHER = cycle("other", step("x", "10 days"))
TOKYO = {"kim": calendar(zone="Asia/Tokyo")}


def jane_on(*cycles_: object, **how: object) -> Story:
    return Story(office(*cycles_, **how)).added(cycles_[0].id)  # type: ignore[arg-type, attr-defined]


# F11: a new contact


def test_F11_a_new_contact_without_a_first_cycle_is_refused() -> None:
    with pytest.raises(Refused, match="needs a first cycle.*--no-cycle"):
        Story(office(THREE)).does(w.Add({"name": "Jane"}, None))


def test_F11_a_contact_can_be_added_explicitly_without_a_cycle() -> None:
    jane = Story(office(THREE))
    jane.does(w.Add({"name": "Jane"}, None, without_cycle=True))
    assert jane.dossier.known.name == "Jane" and jane.dossier.cycle is None


def test_F11_an_alias_without_a_cycle_is_not_a_first_cycle() -> None:
    jane = Story(office(THREE))
    with pytest.raises(Refused, match="alias 'just-looking' has no cycle"):
        jane.does(w.Add({"name": "Jane"}, w.Choice("just-looking")))
    jane.does(w.Add({"name": "Jane"}, w.Choice("just-looking"), without_cycle=True))
    assert jane.dossier.known.follow_up == "just-looking"


def test_F11_a_new_contact_has_the_given_fields_and_its_id_as_the_default_name() -> None:
    jane = Story(office(THREE))
    jane.does(w.Add({"email": "j@x.example", "phone": "", "source": None}, None, True))
    contact = jane.dossier.known
    assert (contact.id, contact.name, contact.email, contact.phone, contact.stage) == (
        "jane",
        "jane",
        "j@x.example",
        None,
        "lead",
    )
    assert contact.created_at == contact.updated_at == "2026-05-04T17:00:00Z"
    assert jane.history[0].event == ("jane", {"email": "j@x.example"})


def test_F11_an_id_can_be_used_only_once() -> None:
    jane = jane_on(THREE)
    with pytest.raises(Conflict, match=r"contact 'jane' already exists \(Jane Smith\)"):
        jane.does(w.Add({"name": "Another"}, None, True))


def test_E10_the_id_of_a_removed_contact_cannot_be_used_again() -> None:
    jane = jane_on(THREE)
    jane.does(w.Remove())
    ours = w.Bring({"name": "Another"}, None, True, evidence=w.Evidence.ALIKE)
    for wish in (w.Add({"name": "Another"}, None, True), ours):
        with pytest.raises(Refused, match="the id 'jane' is taken, or belonged to a contact that was removed"):
            jane.does(wish)


@pytest.mark.parametrize("again", [w.Add, w.Bring])
def test_E11_a_contact_whose_add_was_undone_can_be_added_again(again: type[w.Add] | type[w.Bring]) -> None:
    jane = Story(office(THREE, OTHER))
    jane.does(w.Add({"name": "Jane", "phone": "1"}, w.Choice("three")))
    jane.undoes()
    jane.does(again({"name": "Janet"}, w.Choice("other")))
    assert (jane.dossier.known.name, jane.dossier.known.phone, jane.dossier.known.gone) == ("Janet", None, None)
    assert jane.due == {"x": "2026-05-14"}


# Imports


def test_F11_an_import_adds_unknown_contacts() -> None:
    jane = Story(office(THREE))
    jane.does(w.Bring({"name": "Jane", "created_at": "2020-01-01T00:00:00Z"}, w.Choice("three")))
    assert jane.due == {"a": "2026-05-05", "b": "2026-05-07", "c": "2026-05-10"}
    assert jane.dossier.known.created_at == "2020-01-01T00:00:00Z"
    with pytest.raises(Refused, match="needs a first cycle"):
        Story(office(THREE)).does(w.Bring({"name": "Brian"}, None))


def test_F11_importing_the_same_row_again_changes_nothing() -> None:
    jane, wish = (
        Story(office(THREE)),
        w.Bring({"name": "Jane", "created_at": "2020-01-01T00:00:00Z"}, w.Choice("three")),
    )
    jane.does(wish)
    jane.does(wish)
    assert jane.last == []


def test_F11_an_import_updates_changed_fields_but_not_blank_ones_or_the_cycle() -> None:
    jane = jane_on(THREE, OTHER)
    jane.does(w.Bring({"name": "Jane Jones", "phone": "", "email": "j@x.example"}, w.Choice("other")))
    assert (jane.dossier.known.name, jane.dossier.known.email) == ("Jane Jones", "j@x.example")
    assert jane.enrolment.process == "three"
    assert jane.last == ["edited"]
    assert jane.history[-1].event.before == {"name": "Jane Smith", "email": None}  # type: ignore[union-attr]


@pytest.mark.parametrize("fields", [{"phone": "604"}, {"phone": "604", "stage": "lead"}])
def test_F21_an_import_updates_a_closed_contact_without_reopening_it(fields: dict[str, str]) -> None:
    jane = jane_on(THREE)
    jane.does(w.Close("won"))
    jane.does(w.Bring(fields, None))
    assert (jane.last, jane.dossier.known.stage, jane.dossier.known.phone) == (["edited"], "won", "604")


def test_F11_an_import_does_not_change_when_a_contact_was_created() -> None:
    jane = jane_on(THREE)
    jane.does(w.Bring({"name": "Jane Smith", "created_at": "2020-01-01T00:00:00Z"}, None))
    assert jane.last == []


@pytest.mark.parametrize("name", ["JANE  SMITH", "Jané Smith", "", None])
def test_an_id_that_people_can_share_updates_a_contact_of_the_same_name(name: str | None) -> None:
    jane = jane_on(THREE)
    jane.does(w.Bring({"name": name, "phone": "1"}, None, evidence=w.Evidence.SAME_NAME))
    assert jane.dossier.known.phone == "1"


def test_an_id_that_people_can_share_does_not_overwrite_a_contact_of_another_name() -> None:
    jane = jane_on(THREE)
    message = "jane is Jane Smith already. If Ann Lee is someone else, give them an id of their own, or use a --key that tells them apart"
    with pytest.raises(Refused, match=f"^{message}. If not, run `followup contacts set jane --name NAME` first$"):
        jane.does(w.Bring({"name": "Ann Lee", "phone": "1"}, None, evidence=w.Evidence.SAME_NAME))
    assert jane.dossier.known.phone != "1"


@pytest.mark.parametrize(
    "row",
    [
        {"name": "Bob Fox", "email": "bob@x.example"},
        {"name": "Bob Fox"},
        {"email": "bob@x.example"},
        {"name": "Bob Fox", "phone": "604 555 0199"},
        {"email": "bob@x.example", "emails": "rob@x.example", "phone": "604 555 0199", "phones": "604 555 0198"},
    ],
)
def test_imports_F1_a_matching_id_alone_does_not_overwrite_another_person(row: dict[str, str]) -> None:
    jane = jane_on(THREE)
    jane.does(w.Set({"email": "jane@x.example", "emails": "j@x.example", "phone": "604 555 0101", "phones": "5550102"}))
    with pytest.raises(Refused, match=r"jane is Jane Smith already, and this row has another .*--system NAME"):
        jane.does(w.Bring(row, None, evidence=w.Evidence.ALIKE))
    jane.does(w.Bring(row, None, evidence=w.Evidence.TRUSTED))
    assert jane.last == ["edited"]


@pytest.mark.parametrize(
    "row",
    [
        {"name": "jane  SMITH", "email": "new@x.example"},
        {"name": "Jane Roe", "email": "JANE@x.example"},
        {"name": "Jane Roe", "email": "new@x.example", "emails": "j@x.example"},
        {"name": "Jane Roe", "phone": "+1 (604) 555-0101"},
        {"name": "Jane Roe", "phone": "604 555 0102"},
        {"source": "web"},
    ],
)
def test_imports_F1_a_matching_id_with_anything_else_equal_is_trusted(row: dict[str, str]) -> None:
    jane = jane_on(THREE)
    jane.does(w.Set({"email": "jane@x.example", "emails": "j@x.example", "phone": "604 555 0101", "phones": "5550102"}))
    jane.does(w.Bring(row, None, evidence=w.Evidence.ALIKE))
    assert jane.last == ["edited"]


def test_imports_F4_an_email_that_becomes_the_main_one_leaves_the_other_emails() -> None:
    jane = jane_on(THREE)
    jane.does(w.Set({"email": "a@x.example", "emails": "b@x.example\nc@x.example"}))
    jane.does(w.Bring({"email": "b@x.example"}, None))
    assert (jane.dossier.known.email, jane.dossier.known.emails) == ("b@x.example", "c@x.example")


@pytest.mark.parametrize("at_first", [{}, {"name": "j@x.example"}, {"name": "604"}])
def test_an_import_names_a_contact_that_has_no_name_yet(at_first: dict[str, str]) -> None:
    jane = Story(office(THREE))
    jane.does(w.Bring({"email": "j@x.example", "phone": "604"}, None, True, at_first, evidence=w.Evidence.SAME_NAME))
    jane.does(w.Bring({"name": "Jane Smith"}, None, True, evidence=w.Evidence.SAME_NAME))
    assert jane.dossier.known.name == "Jane Smith"


def test_defaults_for_blank_fields_apply_only_to_new_contacts() -> None:
    jane = Story(office(THREE))
    jane.does(w.Bring({"name": "Jane", "owner": None}, None, True, {"owner": "tom", "name": "x"}))
    assert (jane.dossier.known.owner, jane.dossier.known.name) == ("tom", "Jane")
    jane.does(w.Bring({"name": "Jane", "owner": ""}, None, True, {"owner": "kim"}))
    assert (jane.last, jane.dossier.known.owner) == ([], "tom")


def test_F21_an_import_with_stage_lead_does_not_reopen_a_lost_contact() -> None:
    jane = jane_on(THREE)
    jane.does(w.Close("lost"))
    jane.does(w.Bring({"name": "Jane Smith", "stage": "lead"}, None))
    assert (jane.last, jane.dossier.known.stage) == ([], "lost")


@pytest.mark.parametrize("stage", ["won", "lost"])
def test_F21_a_contact_imported_as_won_or_lost_is_on_no_cycle(stage: str) -> None:
    jane = Story(office(THREE))
    jane.does(w.Bring({"name": "Jane", "stage": stage}, w.Choice("three")))
    assert (jane.dossier.known.stage, jane.dossier.enrolments) == (stage, ())


# Edits


def test_an_edit_records_the_old_values_and_an_edit_without_changes_records_nothing() -> None:
    jane = jane_on(THREE)
    jane.does(w.Set({"phone": "1", "name": "Jane Smith"}))
    assert jane.history[-1].event == ({"phone": "1"}, {"phone": None})
    jane.does(w.Set({"phone": "1"}))
    assert jane.last == []


def test_C2_every_event_sets_a_contacts_update_time() -> None:
    jane = jane_on(THREE)
    jane.at("2026-05-06T10:00").does(w.Attempt(2))
    assert jane.dossier.known.updated_at == "2026-05-06T17:00:00Z"
    assert jane.dossier.known.created_at == "2026-05-04T17:00:00Z"


def test_F21_set_changes_the_stage_only_between_prospect_and_lead() -> None:
    jane = jane_on(THREE)
    jane.does(w.Set({"stage": "prospect"}))
    for stage in ("won", "lost"):
        with pytest.raises(Refused, match=f"`followup close jane {stage}`"):
            jane.does(w.Set({"stage": stage}))
    jane.does(w.Close("won"))
    jane.does(w.Set({"stage": "lead"}))
    assert jane.dossier.known.stage == "lead"


# F20, T1: another owner


def test_F20_a_new_owner_takes_over_the_old_owners_open_actions() -> None:
    jane = jane_on(THREE)
    jane.completes("a")
    jane.does(w.Schedule("call", "2026-06-01", "By hand"), by="tom")
    jane.does(w.Set({"owner": "kim"}))
    assert {a.step or a.title: a.owner for a in jane.dossier.actions} == {
        "a": "tom", "b": "kim", "c": "kim", "By hand": "tom",
    }  # fmt: skip
    assert jane.last == ["handed", "reassigned", "reassigned"]
    assert jane.history[-3].event == ("kim", None, {"owner": "tom", "property": None})
    assert jane.history[-1].event.before == {"owner": "tom", "due": "2026-05-10"}  # type: ignore[union-attr]


def test_F20_actions_of_a_third_user_stay_theirs() -> None:
    jane = jane_on(THREE)
    lent = tuple(a._replace(owner="ann") if a.step == "b" else a for a in jane.dossier.actions)
    jane.dossier = jane.dossier._replace(actions=lent)
    jane.does(w.Set({"owner": "kim"}))
    assert [a.owner for a in jane.open] == ["kim", "ann", "kim"]


def test_F20_a_contacts_owner_can_be_set_and_cleared() -> None:
    jane = Story(office(THREE)).added("three", owner=None)
    assert {a.owner for a in jane.open} == {None}
    jane.does(w.Set({"owner": "kim"}))
    assert {a.owner for a in jane.open} == {"kim"}
    jane.does(w.Set({"owner": None}))
    assert {a.owner for a in jane.open} == {None}


def test_F20_a_new_property_alone_reassigns_nothing() -> None:
    jane = jane_on(THREE)
    jane.does(w.Set({"property": "north"}))
    assert jane.last == ["handed"]
    assert (jane.dossier.known.owner, jane.dossier.known.property) == ("tom", "north")


def test_F20_an_owner_who_is_no_longer_declared_follows_the_offices_clock() -> None:
    jane = jane_on(THREE)
    jane.office = office(THREE, users=[user("sue", "administrator")])
    jane.completes("a")
    assert jane.due == {"b": "2026-05-07", "c": "2026-05-10"}


def test_T1_dates_and_declared_times_keep_their_text_and_other_times_keep_their_instant() -> None:
    steps = (step("date"), step("nine", at="09:00"), step("soon", "2 hours", at="23:00"))
    jane = jane_on(cycle("c", *steps, anchor="start"), calendars=TOKYO)
    assert jane.due == {"date": "2026-05-05", "nine": "2026-05-05T09:00", "soon": "2026-05-04T12:00"}
    jane.does(w.Set({"owner": "kim"}))
    assert jane.due == {"date": "2026-05-05", "nine": "2026-05-05T09:00", "soon": "2026-05-05T04:00"}
    assert {a.step: a.at for a in jane.open} == {
        "date": instant("2026-05-05", "Asia/Tokyo"),
        "nine": instant("2026-05-05T09:00", "Asia/Tokyo"),
        "soon": instant("2026-05-04T12:00"),
    }
    assert all(a.nominal == a.due for a in jane.open)


def test_T1_a_time_set_by_hand_keeps_its_instant_and_the_planned_time_its_text() -> None:
    jane = jane_on(cycle("c", step("nine", at="09:00")), calendars=TOKYO)
    jane.does(w.Reschedule(2, "2026-05-06T16:00"))
    jane.does(w.Set({"owner": "kim"}))
    moved = jane.open[0]
    assert (moved.due, moved.nominal) == ("2026-05-07T08:00", "2026-05-05T09:00")
    assert moved.at == instant("2026-05-06T16:00")


def test_T1_a_planned_elapsed_time_keeps_its_instant_after_the_action_was_moved() -> None:
    steps = (step("soon", "2 hours"), step("then", "1 hour", anchor="due"))
    jane = jane_on(cycle("c", *steps), calendars=TOKYO)
    jane.does(w.Reschedule(jane.action("soon").id, "2026-05-08"))
    jane.does(w.Set({"owner": "kim"}))
    assert jane.due == {"soon": "2026-05-08", "then": "2026-05-05T05:00"}
    assert jane.action("soon").nominal == "2026-05-05T04:00"
    assert jane.action("soon").at == instant("2026-05-08", "Asia/Tokyo")


def test_T1_a_declared_time_survives_renaming_its_step_but_not_removing_its_cycle() -> None:
    jane = jane_on(cycle("c", step("nine", at="09:00")), calendars=TOKYO)
    renamed = cycle("c", step("neun", at="09:00"))
    jane.office = office(renamed, calendars=TOKYO, moved={"c/nine": "c/neun"})
    jane.does(w.Set({"owner": "kim"}))
    assert jane.due == {"nine": "2026-05-05T09:00"}
    jane.office = office(OTHER, calendars=TOKYO)
    jane.does(w.Set({"owner": "tom"}))
    assert jane.due == {"nine": "2026-05-04T17:00"}


# F19: transfer


def test_F19_a_transfer_cancels_the_cycle_hands_over_and_is_recorded() -> None:
    jane = Story(office(THREE, OTHER)).added("three", property="north")
    jane.does(w.Schedule("call", "2026-06-01", "By hand"), by="tom")
    jane.does(w.Transfer("south", "kim"))
    contact = jane.dossier.known
    assert (contact.owner, contact.property, jane.dossier.cycle) == ("kim", "south", None)
    assert jane.due == {"By hand": "2026-06-01"}
    assert jane.enrolment.reason == "transferred"
    recorded = jane.dossier.actions[-1]
    assert (recorded.type, recorded.status, recorded.owner) == ("transfer", COMPLETED, "kim")
    assert (recorded.title, recorded.notes) == ("Transfer to south", "from north, tom")


def test_F19_a_transfer_can_start_a_new_cycle() -> None:
    jane = Story(office(THREE, OTHER)).added("three", owner=None)
    jane.does(w.Transfer(None, "kim", w.Choice("other")))
    assert jane.due == {"x": "2026-05-14"}
    assert jane.action("x").owner == "kim"
    recorded = next(a for a in jane.dossier.actions if a.type == "transfer")
    assert (recorded.title, recorded.notes) == ("Transfer to kim", "from -, no owner")


@pytest.mark.parametrize("way", [w.Set, w.Bring])
def test_F19_a_change_of_property_by_another_command_is_a_transfer(way: type[w.Set] | type[w.Bring]) -> None:
    jane = Story(office(THREE, OTHER)).added("three", property="north")
    jane.does(way({"property": "south", "owner": "kim"}) if way is w.Set else w.Bring({"property": "south"}, None))
    assert (jane.dossier.known.property, jane.dossier.cycle, jane.enrolment.reason) == ("south", None, "transferred")
    assert [(a.title, a.notes) for a in jane.dossier.actions if a.type == "transfer"] == [
        ("Transfer to south", "from north, tom")
    ]


def test_F19_an_import_that_transfers_a_contact_can_start_its_cycle() -> None:
    jane = Story(office(THREE, OTHER)).added("three", property="north")
    jane.does(w.Bring({"property": "south"}, w.Choice("other")))
    assert jane.dossier.cycle and jane.dossier.cycle.process == "other" and jane.due == {"x": "2026-05-14"}


def test_F19_a_contact_without_a_property_gets_one_and_stays_on_its_cycle() -> None:
    jane = Story(office(THREE)).added("three")
    jane.does(w.Set({"property": "south"}))
    assert jane.dossier.known.property == "south" and jane.dossier.cycle


# F21, F4, E10: closing, stopping and removing


def test_F21_closing_a_contact_ends_its_cycle_and_keeps_actions_created_by_hand() -> None:
    jane = jane_on(THREE)
    jane.does(w.Schedule("call", "2026-06-01", "By hand"))
    jane.does(w.Close("won"))
    assert (jane.dossier.known.stage, jane.due) == ("won", {"By hand": "2026-06-01"})
    assert (jane.enrolment.ended, jane.enrolment.reason) == ("2026-05-04", "closed")
    assert {a.reason for a in jane.dossier.actions if a.status == CANCELLED} == {"closed"}
    with pytest.raises(Conflict, match="Jane Smith is already won"):
        jane.does(w.Close("lost"))


def test_F4_stop_ends_the_enrolment_and_starts_nothing() -> None:
    jane = jane_on(THREE)
    jane.does(w.Stop())
    assert (jane.open, jane.enrolment.reason, jane.dossier.cycle) == ((), "stopped", None)
    with pytest.raises(Refused, match="Jane Smith isn't on a cycle"):
        jane.does(w.Stop())


def test_E10_removing_a_contact_cancels_everything_and_keeps_the_history() -> None:
    jane = jane_on(THREE)
    jane.does(w.Schedule("call", "2026-06-01", "By hand"))
    jane.does(w.Remove())
    assert (jane.open, jane.dossier.known.gone, jane.enrolment.reason) == ((), "removed", "removed")
    assert [action.reason for action in jane.dossier.actions] == ["removed"] * 4


@pytest.mark.parametrize(
    "wish",
    [
        w.Set({"name": "X"}), w.Transfer(None, "kim"), w.Close("won"), w.Remove(), w.Assign(w.Choice("three")), w.Stop(),
        w.Schedule("call", None, "Ring"), w.Log("call", "Rang"),
    ],
)  # fmt: skip
def test_E10_every_change_to_a_removed_contact_is_refused(wish: w.Wish) -> None:
    jane = jane_on(THREE)
    jane.does(w.Remove())
    with pytest.raises(Conflict, match=r"Jane Smith is no longer a contact \(removed\)"):
        jane.does(wish)


@pytest.mark.parametrize("wish", [w.Set({"name": "X"}), w.Stop(), w.Schedule("call", None, "Ring"), w.Complete(2)])
def test_an_unknown_contact_is_not_found(wish: w.Wish) -> None:
    with pytest.raises(NotFound, match="unknown contact 'jane'"):
        Story(office(THREE)).does(wish)


@pytest.mark.parametrize("stage", ["won", "lost"])
def test_F21_only_close_can_set_won_and_lost(stage: str) -> None:
    with pytest.raises(Refused, match=f"use `followup close jane {stage}` to mark a contact as {stage}"):
        Story(office(THREE)).does(w.Add({"name": "Jane", "stage": stage}, None, True))


def test_an_unknown_stage_is_refused() -> None:
    with pytest.raises(Refused, match="unknown stage 'warm'"):
        Story(office(THREE)).does(w.Add({"name": "Jane", "stage": "warm"}, None, True))


def test_F21_an_import_adds_a_closed_contact_as_closed() -> None:
    jane = Story(office(THREE))
    jane.does(w.Bring({"name": "Jane", "owner": "tom", "stage": "won"}, w.Choice("three")))
    assert (jane.dossier.known.stage, jane.last) == ("won", ["added", "closed"])
    jane.does(w.Bring({"name": "Jane", "owner": "tom", "stage": "won"}, w.Choice("three")))
    assert jane.last == []


def test_F11_an_import_that_turns_a_prospect_into_a_lead_needs_a_first_cycle() -> None:
    def prospect() -> Story:
        return Story(office(THREE)).added(None, "tom", stage="prospect")

    lead = {"name": "Jane Smith", "stage": "lead"}
    jane = prospect()
    jane.does(w.Bring(lead, w.Choice("three")))
    assert jane.due["a"] == "2026-05-05"
    with pytest.raises(Refused, match="needs a first cycle"):
        prospect().does(w.Bring(lead, None))
    jane = prospect()
    jane.does(w.Bring(lead, None, without_cycle=True))
    assert jane.last == ["edited"]


@pytest.mark.parametrize(
    ("stage", "brought", "before", "after"),
    [
        ("prospect", "lead", None, "other"),  # like any new lead
        ("prospect", "lead", "three", "three"),
        ("prospect", "prospect", None, None),
        ("lead", "lead", None, None),
    ],
)
def test_F11_a_prospect_that_an_import_turns_into_a_lead_gets_a_first_cycle(
    stage: str, brought: str, before: str | None, after: str | None
) -> None:
    jane = Story(office(THREE, OTHER))
    jane.does(w.Add({"name": "Jane", "stage": stage}, w.Choice(before) if before else None, before is None))
    jane.does(w.Bring({"name": "Jane", "stage": brought}, w.Choice("other")))
    assert (jane.dossier.cycle and jane.dossier.cycle.process) == after
