"""What users do with one action (F7, F10, C5, P7, T7), and what is refused."""

from __future__ import annotations

import pytest

from followup.core import wishes as w
from followup.core.model import CANCELLED, COMPLETED, FAILED, NO_SHOW, SKIPPED
from followup.core.office import BUILT_IN_TYPES
from followup.errors import Conflict, NotFound, Refused
from tests.core.building import Story, calendar, cycle, instant, office, step

THREE = cycle("three", step("a", "1 day"), step("b", "2 days"), step("c", "3 days"))
OTHER = cycle("other", step("x", "10 days"))
MIXED = cycle("mixed", step("letter", "0 days", "correspondence"), step("mail", "1 day", "email"), step("call"))


def jane_on(*cycles_: object) -> Story:
    return Story(office(*cycles_)).added(cycles_[0].id)  # type: ignore[arg-type, attr-defined]


def by_hand(jane: Story, type: str = "call", due: str | None = "2026-05-30", **how: object) -> int:
    jane.does(w.Schedule(type, due, "By hand", **how))  # type: ignore[arg-type]
    return max(action.id for action in jane.open)


# Completing


def test_L7_a_completed_action_has_its_outcome_and_the_user_who_completed_it() -> None:
    jane = jane_on(THREE)
    jane.does(w.Complete(2, outcome="reached", notes="call again"), by="tom")
    done = jane.dossier.actions[0]
    assert (done.status, done.outcome, done.notes) == (COMPLETED, "reached", "call again")
    assert (done.completed_on, done.completed_by, done.reason) == ("2026-05-04T10:00", "tom", None)


def test_notes_of_a_completion_are_added_to_existing_notes() -> None:
    jane = jane_on(THREE)
    id = by_hand(jane, notes="bring the plans")
    jane.does(w.Complete(id, notes="done"))
    assert jane.dossier.actions[-1].notes == "bring the plans\ndone"


def test_F10_choosing_another_cycle_never_schedules_the_old_ones_next_step() -> None:
    jane = jane_on(THREE, OTHER)
    jane.completes("a", choice="other")
    assert jane.due == {"x": "2026-05-14"}
    assert {action.step for action in jane.dossier.actions} == {"a", "x"}
    assert jane.last == ["completed", "ended", "enrolled", "scheduled"]


def test_F10_choosing_the_same_cycle_continues_it() -> None:
    jane = jane_on(THREE)
    jane.completes("a", choice="three")
    assert jane.due == {"b": "2026-05-06"}
    assert jane.last == ["completed", "scheduled"]


def test_F10_choosing_the_same_cycle_at_its_end_starts_it_again() -> None:
    jane = jane_on(OTHER)
    jane.completes("x", choice="other")
    assert jane.due == {"x": "2026-05-14"}
    assert jane.last == ["completed", "ended", "enrolled", "scheduled"]


def test_F10_restart_schedules_the_first_step_and_not_the_next() -> None:
    jane = jane_on(THREE)
    jane.completes("a", choice="three", restart=True)
    assert jane.due == {"a": "2026-05-05"}
    assert jane.last == ["completed", "ended", "enrolled", "scheduled"]


def test_F10_a_call_created_by_hand_offers_the_menu_too() -> None:
    jane = jane_on(THREE, OTHER)
    jane.does(w.Complete(by_hand(jane), choice=w.Choice("other")))
    assert jane.due == {"x": "2026-05-14"}
    assert jane.dossier.enrolments[0].reason == "replaced"


def test_F10_a_call_created_by_hand_with_the_same_cycle_leaves_it_unchanged() -> None:
    jane = jane_on(THREE)
    jane.does(w.Complete(by_hand(jane), choice=w.Choice("three")))
    assert jane.due == {"a": "2026-05-05"}


def test_F10_a_contact_on_no_cycle_is_put_on_the_chosen_one() -> None:
    jane = Story(office(OTHER)).added()
    jane.does(w.Complete(by_hand(jane), choice=w.Choice("other")))
    assert jane.due == {"x": "2026-05-14"}


def test_F10_an_inbound_logged_after_a_stop_can_start_another_cycle() -> None:
    jane = jane_on(THREE, OTHER)
    jane.does(w.Stop())
    jane.does(w.Log("inbound", "Walked in", channel="walk-in", choice=w.Choice("other")))
    assert jane.due == {"x": "2026-05-14"}


def test_L8_an_alias_without_a_cycle_on_completion_lets_the_cycle_go_on() -> None:
    jane = jane_on(THREE)
    jane.completes("a", choice="just-looking")
    assert jane.due == {"b": "2026-05-06"}
    assert jane.dossier.known.follow_up == "just-looking"
    assert jane.last == ["completed", "scheduled", "categorised"]


@pytest.mark.parametrize("type", sorted(BUILT_IN_TYPES.keys() - {"inbound", "transfer"}))
def test_F10_only_conversations_offer_the_menu(type: str) -> None:
    jane = jane_on(THREE, OTHER)
    wish = w.Complete(by_hand(jane, type), choice=w.Choice("other"))
    if type in {"call", "reservation", "tour", "sale"}:
        jane.does(wish)
        assert "x" in jane.due
    else:
        with pytest.raises(Refused, match=f"actions of type {type} can't choose a cycle.*followup assign"):
            jane.does(wish)
        assert set(jane.due) == {"a", "By hand"}


def test_F10_a_type_that_is_no_longer_declared_offers_no_menu() -> None:
    jane = jane_on(THREE)
    id = by_hand(jane)
    jane.office = office(THREE, types={})
    with pytest.raises(Refused, match="can't choose a cycle"):
        jane.does(w.Complete(id, choice=w.Choice("three")))
    jane.does(w.Complete(id))
    assert jane.due == {"a": "2026-05-05"}


def test_F10_a_refused_choice_completes_nothing() -> None:
    jane = jane_on(THREE)
    with pytest.raises(NotFound, match="unknown alias 'oops'"):
        jane.completes("a", choice="oops")
    assert jane.due == {"a": "2026-05-05"}


def test_F1_a_users_own_task_can_be_completed_but_not_with_a_cycle() -> None:
    tom = Story(office(THREE), "user:tom")
    id = by_hand(tom, "task")
    with pytest.raises(Refused, match="has no contact, so there is no cycle to choose"):
        tom.does(w.Complete(id, choice=w.Choice("three")))
    tom.does(w.Complete(id))
    assert tom.open == () and tom.dossier.actions[0].contact is None


# T7: when it happened


def test_T7_a_completion_can_be_backdated_and_the_cycle_counts_from_then() -> None:
    jane = jane_on(THREE)
    jane.at("2026-05-10T10:00").completes("a", on="2026-05-07")
    assert jane.due == {"b": "2026-05-09"}
    assert jane.dossier.actions[0].completed_on == "2026-05-07"


def test_T7_a_backdated_choice_starts_the_new_cycle_on_that_day() -> None:
    jane = jane_on(THREE, OTHER)
    jane.at("2026-05-10T10:00").completes("a", on="2026-05-07T16:00", choice="other")
    assert (jane.enrolment.start, jane.due) == ("2026-05-07T16:00", {"x": "2026-05-17"})
    assert jane.dossier.enrolments[0].ended == "2026-05-07"


@pytest.mark.parametrize("on", ["2026-05-04", "2026-05-04T10:00", "2026-05-04T09:59", "2026-05-03T23:59"])
def test_T7_today_and_this_minute_are_not_the_future(on: str) -> None:
    jane = jane_on(THREE)
    jane.completes("a", on=on)
    assert jane.dossier.actions[0].completed_on == on


@pytest.mark.parametrize("on", ["2026-05-05", "2026-05-04T10:01"])
@pytest.mark.parametrize("wish", [w.Complete(2), w.Skip(2), w.NoShow(2, "not there")])
def test_T7_an_action_cannot_be_closed_in_the_future(on: str, wish: w.Complete | w.Skip | w.NoShow) -> None:
    jane = jane_on(THREE)
    with pytest.raises(Refused, match=r"is in the future \(now it's 2026-05-04T17:00:00Z\): choose today"):
        jane.does(wish._replace(on=on))
    assert jane.due == {"a": "2026-05-05"}


def test_T7_the_local_day_is_in_the_owners_zone() -> None:
    tokyo = calendar(zone="Asia/Tokyo")
    jane = Story(office(THREE, calendars={"tom": tokyo})).added("three")
    assert jane.due == {"a": "2026-05-06"}  # Tuesday already, in Tokyo
    jane.at("2026-05-06T10:00").completes("a")
    assert jane.dossier.actions[0].completed_on == "2026-05-07T02:00"
    assert jane.due == {"b": "2026-05-09"}
    jane.completes("b", on="2026-05-07")  # today, there
    assert jane.due == {"c": "2026-05-10"}


def test_T7_an_action_fails_at_the_current_time() -> None:
    jane = jane_on(MIXED)
    jane.at("2026-05-06T10:00").does(w.Fail(2, "no address"))
    failed = jane.dossier.actions[0]
    assert (failed.status, failed.reason, failed.completed_on) == (FAILED, "no address", "2026-05-06T10:00")


# Skipping, no-shows, cancelling, moving, trying


def test_F4_a_skipped_action_keeps_its_reason() -> None:
    jane = jane_on(THREE)
    jane.does(w.Skip(2, "2026-05-03", "on holiday"))
    skipped = jane.dossier.actions[0]
    assert (skipped.status, skipped.reason, skipped.completed_on) == (SKIPPED, "on holiday", "2026-05-03")


def test_C5_a_no_show_keeps_its_reason_and_the_rebooking_refers_to_it() -> None:
    jane = Story(office()).added()
    id = by_hand(jane, "tour", category="visits", action_name="first", channel="walk-in")
    jane.does(w.NoShow(id, "rain", on="2026-05-03", rebook="2026-06-01T10:00"))
    first, second = jane.dossier.actions
    assert (first.status, first.reason, first.completed_on) == (NO_SHOW, "rain", "2026-05-03")
    assert (second.due, second.nominal, second.trial, second.enrolment) == (*["2026-06-01T10:00"] * 2, 2, None)
    assert (second.type, second.title, second.owner) == ("tour", "By hand", "sue")
    assert (second.category, second.action_name, second.channel) == ("visits", "first", "walk-in")
    assert second.at == instant("2026-06-01T10:00")
    assert jane.history[-1].event.why == {"rebooked": id}  # type: ignore[union-attr]


def test_C5_a_rebooked_step_stays_the_same_step() -> None:
    jane = jane_on(THREE)
    jane.closes_on("a", "2026-05-05")
    jane.does(w.NoShow(jane.action("b").id, "rain", rebook="2026-06-01"))
    again = jane.action("b")
    assert (again.enrolment, again.step, again.round, again.trial, again.position) == (1, "b", 1, 2, 1)
    assert again.nominal == "2026-05-07"


def test_C5_rescheduling_moves_the_action_and_counts_how_often() -> None:
    jane = jane_on(THREE)
    jane.does(w.Reschedule(2, "2026-05-20T15:00"))
    jane.does(w.Reschedule(2, "2026-05-21"))
    moved = jane.action("a")
    assert (moved.due, moved.nominal, moved.at, moved.moved) == ("2026-05-21", "2026-05-05", instant("2026-05-21"), 2)
    assert jane.history[-1].event == (2, "2026-05-21", instant("2026-05-21"), "2026-05-20T15:00")


def test_P7_an_attempt_is_counted_and_leaves_the_action_open() -> None:
    jane = jane_on(THREE)
    for _ in range(2):
        jane.does(w.Attempt(2, "call", "engaged"))
    call = jane.action("a")
    assert (call.attempts, call.due) == (2, "2026-05-05")
    assert jane.history[-1].event == (2, "2026-05-04T10:00", "call", "engaged")


def test_F7_an_action_created_by_hand_can_be_cancelled_even_if_it_is_the_only_one() -> None:
    jane = Story(office()).added()
    jane.does(w.Cancel(by_hand(jane), "not needed"))
    assert (jane.open, jane.dossier.actions[0].reason) == ((), "not needed")


def test_F7_an_action_created_by_hand_does_not_count_as_the_cycles_last() -> None:
    jane = jane_on(THREE)
    by_hand(jane)
    with pytest.raises(Refused, match="the last open one of cycle 'three'"):
        jane.does(w.Cancel(2))


@pytest.mark.parametrize(
    "wish",
    [
        w.Complete(2), w.Skip(2), w.NoShow(2, "no"), w.Fail(2, "no"), w.Cancel(2), w.Reschedule(2, "2026-06-01"), w.Attempt(2),
    ],
)  # fmt: skip
def test_a_closed_action_stays_closed_and_the_refusal_says_who_closed_it(wish: w.Wish) -> None:
    jane = jane_on(THREE)
    jane.does(w.Skip(2, reason="left word"), by="tom")
    before = jane.dossier
    with pytest.raises(Conflict, match=r"action 2 is already skipped \(left word\) by tom on 2026-05-04T10:00"):
        jane.does(wish)
    assert jane.dossier == before


def test_a_conflict_is_reported_even_without_a_reason_or_a_user() -> None:
    jane = jane_on(THREE)
    jane.completes("a")
    jane.undoes()
    undone = max(action.id for action in jane.dossier.actions)
    with pytest.raises(Conflict, match=rf"action {undone} is already cancelled \(undone\) on 2026-05-04"):
        jane.does(w.Complete(undone))
    jane.completes("a")
    with pytest.raises(Conflict, match="action 2 is already completed by sue on"):
        jane.does(w.Complete(2))


def test_an_unknown_action_is_not_found() -> None:
    with pytest.raises(NotFound, match="unknown action 99"):
        jane_on(THREE).does(w.Complete(99))


# Scheduling and logging


def test_C1_an_action_by_hand_belongs_to_its_creator_and_is_due_now_by_default() -> None:
    jane = jane_on(THREE)
    jane.does(w.Schedule("call", None, "Ring"), by="tom")
    action = jane.dossier.actions[-1]
    assert (action.owner, action.due, action.nominal, action.at) == (
        "tom",
        *["2026-05-04T10:00"] * 2,
        instant("2026-05-04T10:00"),
    )
    assert (action.enrolment, action.step, action.title, action.type, action.contact) == (
        None,
        None,
        "Ring",
        "call",
        "jane",
    )


def test_C1_an_action_by_hand_is_due_in_its_owners_zone() -> None:
    jane = Story(office(THREE, calendars={"kim": calendar(zone="Asia/Tokyo")})).added()
    by_hand(jane, due="2026-05-30T09:00", owner="kim")
    assert (jane.open[0].owner, jane.open[0].at) == ("kim", instant("2026-05-30T09:00", "Asia/Tokyo"))


def test_F1_an_action_that_already_happened_is_logged_as_completed() -> None:
    jane = jane_on(THREE)
    jane.does(w.Log("inbound", "Rang", "2026-05-02", "call", "interested", "wants plans"))
    logged = jane.dossier.actions[-1]
    assert (logged.status, logged.type, logged.title, logged.channel) == (COMPLETED, "inbound", "Rang", "call")
    assert (logged.outcome, logged.notes) == ("interested", "wants plans")
    assert (logged.due, logged.completed_on, logged.owner) == ("2026-05-02", "2026-05-02", "sue")
    assert jane.due == {"a": "2026-05-05"}


def test_F10_logging_an_inbound_call_can_restart_the_cycle() -> None:
    jane = jane_on(THREE)
    jane.closes_on("a", "2026-05-05")
    jane.does(w.Log("inbound", "Rang", choice=w.Choice("three"), restart=True))
    assert jane.due == {"a": "2026-05-06"}


def test_T7_a_future_action_cannot_be_logged() -> None:
    with pytest.raises(Refused, match="in the future"):
        jane_on(THREE).does(w.Log("inbound", "Will ring", "2026-05-05"))


def test_F21_only_a_sale_can_name_a_listing() -> None:
    jane = jane_on(THREE)
    jane.does(w.Log("sale", "Unit 4", listing=7))
    assert jane.dossier.actions[-1].listing == 7
    with pytest.raises(Refused, match=r"--listing is only for a sale, and action 2 is a call"):
        jane.does(w.Complete(2, listing=7))


def test_F10_all_named_actions_are_completed_before_the_choice_cancels_the_rest() -> None:
    jane = Story(office(cycle("c", step("a"), step("b"), step("d"), anchor="due"), THREE)).added("c")
    first, second, _ = jane.open
    jane.does(w.Complete(first.id, choice=w.Choice("three"), others=(second.id,)))
    assert [a.status for a in jane.dossier.actions[:3]] == [COMPLETED, COMPLETED, CANCELLED]
    assert jane.last.count("enrolled") == 1 and jane.due == {"a": "2026-05-05"}


def test_F10_a_choice_is_allowed_if_one_of_the_actions_offers_the_menu() -> None:
    mixed = cycle("c", step("a", type="email"), step("b"), anchor="due")
    jane = Story(office(mixed, THREE)).added("c")
    email, call = jane.open
    with pytest.raises(Refused, match="actions of type email can't choose a cycle"):
        jane.does(w.Complete(email.id, choice=w.Choice("three")))
    jane.does(w.Complete(email.id, choice=w.Choice("three"), others=(call.id,)))
    assert jane.due == {"a": "2026-05-05"}


@pytest.mark.parametrize(
    ("on", "due"), [(None, "2026-05-05"), ("2026-05-03", "2026-05-04"), ("2026-05-05T01:00", "2026-05-05")]
)
def test_T1_a_cycle_chosen_by_another_user_starts_on_the_contact_owners_day(on: str | None, due: str) -> None:
    jane = Story(office(THREE, calendars={"kim": calendar(zone="Asia/Tokyo")}), now="2026-05-04T10:00").added()
    by_hand(jane, due="2026-05-06", owner="kim")  # in whose zone it is already the fifth
    jane.does(w.Complete(jane.open[0].id, on, choice=w.Choice("three")))
    assert jane.due == {"a": due}


def test_F1_only_a_task_needs_no_contact() -> None:
    tom = Story(office(THREE), "user:tom")
    with pytest.raises(Refused, match=r"actions of type call need a contact; use `task`"):
        tom.does(w.Schedule("call", None, "Ring"), by="tom")
    tom.does(w.Schedule("task", None, "Ring"), by="tom")


def test_F1_an_inbound_comes_through_one_of_six_channels() -> None:
    jane = jane_on(THREE)
    for channel in (None, "call", "correspondence", "email", "walk-in", "sms", "web"):
        jane.does(w.Log("inbound", "Came", channel=channel))
    with pytest.raises(Refused, match="unknown channel 'pigeon'"):
        jane.does(w.Log("inbound", "Came", channel="pigeon"))


def test_F1_an_inbound_can_be_logged_but_not_scheduled() -> None:
    jane = jane_on(THREE)
    with pytest.raises(
        Refused, match="An inbound can't be scheduled. When it has happened: `followup log jane inbound`"
    ):
        jane.does(w.Schedule("inbound", "2026-05-06", "Will ring"))
    assert jane.due == {"a": "2026-05-05"}


@pytest.mark.parametrize("wish", [w.Schedule("transfer", None, "Away"), w.Log("transfer", "Away")])
def test_F19_only_the_transfer_command_moves_a_contact(wish: w.Wish) -> None:
    jane = jane_on(THREE)
    with pytest.raises(Refused, match="A transfer moves the contact .* `followup contacts transfer jane`"):
        jane.does(wish)
    assert [action.type for action in jane.dossier.actions] == ["call"]


def test_an_action_cancelled_without_a_reason_gets_the_reason_by_hand() -> None:
    jane = jane_on(THREE)
    for reason, expected in ((None, "by hand"), ("bored", "bored")):
        id = by_hand(jane)
        jane.does(w.Cancel(id, reason))
        cancelled = jane.dossier.action(id)
        assert cancelled and cancelled.reason == expected


def test_F21_a_refused_listing_names_the_action_that_is_not_a_sale() -> None:
    jane = jane_on(THREE)
    sale, call = by_hand(jane, "sale"), by_hand(jane, "call")
    with pytest.raises(Refused, match=f"action {call} is a call"):
        jane.does(w.Complete(sale, listing=1, others=(call,)))


def test_the_refusal_names_the_closed_action() -> None:
    jane = jane_on(THREE)
    jane.closes_on("a", "2026-05-05")
    with pytest.raises(Conflict, match="action 2 is already completed by sue") as refused:
        jane.does(w.Complete(3, others=(2,), choice=w.Choice("three")))
    assert refused.value.action == 2


def test_C2_the_next_action_is_the_oldest_by_instant_and_not_by_local_time() -> None:
    jane = Story(office(THREE, calendars={"kim": calendar(zone="Asia/Tokyo")})).added()
    by_hand(jane, due="2026-05-06T09:00", owner="tom")
    by_hand(jane, due="2026-05-06T20:00", owner="kim")  # five hours before tom's, on a later clock
    assert jane.dossier.next_action == "2026-05-06T20:00"


def test_an_action_closed_without_notes_has_none() -> None:
    jane = jane_on(THREE)
    jane.completes("a")
    assert (jane.dossier.actions[0].notes, jane.dossier.actions[0].outcome) == (None, None)
    jane.completes("b", notes="Rang")
    assert jane.dossier.actions[1].notes == "Rang"
