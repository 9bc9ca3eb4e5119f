"""Undoing a change: E11."""

from __future__ import annotations

import pytest

from followup.core import history as h
from followup.core import wishes as w
from followup.core.draft import Stamp
from followup.core.evolve import replay
from followup.core.model import CANCELLED, SCHEDULED, UNDONE, Action, Dossier
from followup.core.office import Process
from followup.core.undo import undo
from followup.errors import Refused
from tests.core.building import USERS, Story, calendar, cycle, instant, office, step

THREE = cycle("three", step("a", "1 day"), step("b", "2 days"), step("c", "3 days"))
OTHER = cycle("other", step("x", "10 days"))


def jane_on(*cycles_: object) -> Story:
    return Story(office(*cycles_)).added(cycles_[0].id)  # type: ignore[arg-type, attr-defined]


def test_E11_undoing_a_completion_cancels_the_step_that_it_scheduled() -> None:
    jane = jane_on(THREE)
    before = jane.dossier
    jane.closes_on("a", "2026-05-06")
    jane.undoes()
    assert jane.due == {"a": "2026-05-05"}
    assert jane.dossier.contact == before.contact
    a, b = jane.dossier.actions
    assert a == before.actions[0]
    assert (b.status, b.reason, b.completed_on, b.completed_by) == (CANCELLED, UNDONE, "2026-05-06", None)
    assert b.undone


def test_E11_undoing_a_change_of_cycle_restores_the_old_cycle() -> None:
    jane = jane_on(THREE, OTHER)
    before = jane.dossier
    jane.completes("a", choice="other")
    jane.undoes()
    old, new = jane.dossier.enrolments
    assert (old, jane.dossier.cycle) == (before.enrolments[0], old)
    assert (new.ended, new.reason) == ("2026-05-04", UNDONE)
    assert jane.due == {"a": "2026-05-05"}


def test_E11_undoing_an_add_removes_the_contact() -> None:
    jane = jane_on(THREE)
    jane.undoes()
    assert (jane.dossier.known.gone, jane.open, jane.dossier.cycle) == ("undone", (), None)


def test_E11_undoing_a_removal_restores_the_contact() -> None:
    jane = jane_on(THREE)
    before = jane.dossier
    jane.does(w.Remove())
    jane.undoes()
    assert jane.dossier._replace(seq=0) == before._replace(seq=0)


def test_E11_undoing_a_second_add_removes_the_contact_again() -> None:
    jane = jane_on(THREE)
    jane.undoes()
    undone = jane.dossier.contact
    jane.does(w.Add({"name": "Janet"}, None, True))
    jane.undoes()
    assert jane.dossier.contact == undone
    assert jane.dossier.known.gone == "undone"


def test_E11_undo_cancels_an_action_that_the_change_created_and_closed() -> None:
    jane = jane_on(THREE)
    jane.does(w.Log("call", "Rang"))
    jane.undoes()
    logged = jane.dossier.actions[-1]
    assert (logged.status, logged.reason, logged.completed_on) == (CANCELLED, UNDONE, "2026-05-04T10:00")
    assert logged.undone


def test_E11_an_enrolment_that_the_change_created_and_ended_keeps_its_end() -> None:
    jane = jane_on(THREE, OTHER)
    jane.does(w.Assign(w.Choice("other")))
    jane.change -= 1  # one command, two wishes
    jane.at("2026-05-05T10:00").does(w.Stop())
    jane.at("2026-05-08T10:00").undoes()
    assert (jane.enrolment.ended, jane.enrolment.reason) == ("2026-05-05", UNDONE)
    assert jane.due == {"a": "2026-05-05"}


def test_E11_an_undo_entry_says_which_change_it_undoes_and_who_did_it() -> None:
    jane = jane_on(THREE)
    jane.closes_on("a", "2026-05-06")
    entry = jane.undoes(by="tom")
    assert (entry.subject, entry.change, entry.by, entry.at) == ("contact:jane", 3, "tom", instant("2026-05-06T12:00"))
    assert isinstance(entry.event, h.Undone) and entry.event.change == 2
    assert [row["id"] for row in entry.event.actions] == [2, 3]
    assert entry.event.enrolments == []


def test_E11_an_undo_entry_omits_rows_that_the_change_did_not_touch() -> None:
    jane = jane_on(THREE)
    jane.does(w.Schedule("call", None, "By hand"))
    entry = jane.undoes()
    assert isinstance(entry.event, h.Undone)
    assert [row["id"] for row in entry.event.actions] == [3]


def test_E11_undo_is_refused_if_the_contact_has_changed_since() -> None:
    jane = jane_on(THREE)
    jane.closes_on("a", "2026-05-06")
    jane.does(w.Attempt(3), by="tom")
    before = jane.dossier
    with pytest.raises(Refused, match="contact jane has changed since: by tom at 2026-05-06T19:00:00Z"):
        jane.undoes(change=2)
    assert jane.dossier == before


def test_E11_changes_can_be_undone_one_after_another() -> None:
    jane = jane_on(THREE)
    stages = [jane.dossier]
    for name, day in (("a", "2026-05-05"), ("b", "2026-05-07")):
        jane.closes_on(name, day)
        stages.append(jane.dossier)
    jane.undoes(change=3)
    assert jane.due == {"b": "2026-05-07"}
    jane.undoes(change=2)
    assert jane.due == {"a": "2026-05-05"}
    jane.undoes(change=1)
    assert jane.dossier.known.gone == "undone"


def test_E11_a_later_change_blocks_undo_unless_it_was_undone_too() -> None:
    jane = jane_on(THREE)
    jane.closes_on("a", "2026-05-05")  # 2
    jane.does(w.Attempt(3), by="tom")  # 3
    jane.undoes(by="tom")  # 4
    jane.does(w.Attempt(3), by="tom")  # 5
    with pytest.raises(Refused, match="changed since: by tom"):
        jane.undoes(change=2)
    jane.undoes(change=5)
    jane.undoes(change=2)
    assert jane.due == {"a": "2026-05-05"}


def test_E11_redoing_an_undone_change_creates_a_new_trial_that_can_be_undone_again() -> None:
    jane = jane_on(THREE)
    for trial in (1, 2, 3):
        jane.closes_on("a", "2026-05-06")
        assert jane.action("b").trial == trial
        jane.undoes()
    assert [a.status for a in jane.dossier.actions] == [SCHEDULED, CANCELLED, CANCELLED, CANCELLED]


def test_E11_changes_in_batches_are_ordered_by_when_they_were_written() -> None:
    """A bulk change keeps its number over many transactions, so a higher number can come earlier in a history."""
    jane = jane_on(THREE)
    jane.change = 6
    jane.does(w.Set({"phone": "1"}), by="tom")  # 7, while 5 is still in progress
    jane.change = 4
    jane.does(w.Set({"phone": "2", "email": "jane@example.com"}))  # 5
    with pytest.raises(Refused, match="changed since: by sue"):
        undo(jane.history, 7, jane.office, Stamp(8, instant("2026-05-06T12:00"), jane.office.users["tom"]), jane.office)
    stamp = Stamp(8, instant("2026-05-06T12:00"), jane.office.users["sue"])
    _, (_, after) = undo(jane.history, 5, jane.office, stamp, jane.office)
    assert (after.known.phone, after.known.email) == ("1", None)


def test_E11_a_change_can_be_undone_whatever_happened_to_the_catalog() -> None:
    jane = jane_on(THREE)
    jane.closes_on("a", "2026-05-06")
    jane.office = office()
    jane.undoes()
    assert jane.due == {"a": "2026-05-05"}
    jane.closes_on("a", "2026-05-06")
    assert jane.enrolment.reason == "no-more-steps"


MORNING_CALL = cycle("nine", step("nine", at="09:00"), step("late", "2 hours"))


def test_T1_actions_reopened_by_undo_follow_their_owners_current_clock() -> None:
    """Dates and `at:` times read as before, elapsed time keeps its instant, and the change is a separate event."""
    jane = jane_on(MORNING_CALL)
    jane.at("2026-05-05T10:00").completes("nine")
    jane.completes("late")
    jane.gets(office(MORNING_CALL, calendars={"tom": calendar(zone="Asia/Tokyo")}))
    jane.undoes(3)
    assert jane.due == {"late": "2026-05-06T04:00"}
    assert jane.action("late").at == instant("2026-05-05T12:00")
    jane.undoes(2)
    assert jane.due == {"nine": "2026-05-05T09:00"}
    assert jane.action("nine").at == instant("2026-05-05T09:00", "Asia/Tokyo")
    assert jane.last == ["undone", "reassigned"]


def test_T1_undo_writes_nothing_about_a_clock_that_reads_the_same() -> None:
    jane = jane_on(THREE)
    jane.closes_on("a", "2026-05-05")
    jane.gets(office(THREE, calendars={"tom": calendar(zone="America/Los_Angeles")}))
    jane.undoes(2)
    assert jane.last == ["undone"]


@pytest.mark.parametrize("now", [(), (cycle("three", step("a"), active=False),)])
def test_F14_undo_does_not_return_a_contact_to_a_cycle_that_is_no_longer_active(now: tuple[Process, ...]) -> None:
    jane = jane_on(THREE, OTHER)
    jane.does(w.Assign(w.Choice("other")))
    jane.office = office(OTHER, *now)
    with pytest.raises(Refused, match="Jane Smith was on cycle 'three', which is no longer active"):
        jane.undoes()
    jane.office = office(cycle("drei", step("a")), OTHER, moved={"three": "drei"})
    jane.undoes()
    assert jane.dossier.cycle and jane.dossier.cycle.process == "three"


def draining() -> Story:
    jane = jane_on(THREE, OTHER)
    jane.applies(office(cycle("three", step("a"), active=False), OTHER), {"cycle": "three", "drain": True})
    return jane


@pytest.mark.parametrize("wish", [None, w.Stop(), w.Assign(w.Choice("other"))])
def test_E11_undo_returns_a_contact_to_a_cycle_that_was_draining_already(wish: w.Wish | None) -> None:
    """H4: everything that takes the contact off a draining cycle can be undone."""
    jane = draining()
    jane.does(wish or w.Complete(jane.action("a").id))
    assert not jane.dossier.enrolments[0].open
    jane.undoes()
    assert jane.due == {"a": "2026-05-05"}
    jane.closes_on("a", "2026-05-05")
    assert jane.dossier.enrolments[0].reason == "drained"


def test_F20_undo_returns_a_won_contact_to_an_owner_who_is_no_longer_active() -> None:
    jane = jane_on(THREE)
    jane.does(w.Close("won"))
    jane.does(w.Set({"owner": "kim"}))
    jane.office = office(THREE, users=[u for u in USERS if u.id != "tom"])
    jane.undoes()
    assert jane.dossier.known.owner == "tom"


def test_F20_undo_does_not_return_a_contact_to_an_owner_who_is_no_longer_active() -> None:
    jane = jane_on(THREE)
    jane.does(w.Set({"owner": "kim"}))
    jane.office = office(THREE, users=[u for u in USERS if u.id != "tom"])
    with pytest.raises(Refused, match="Jane Smith was tom's, who is no longer active: choose another owner"):
        jane.undoes()


def test_E11_a_users_task_can_be_undone() -> None:
    tom = Story(office(), "user:tom")
    tom.does(w.Schedule("task", None, "Ring"))
    tom.undoes()
    assert (tom.open, tom.dossier.contact) == ((), None)


def test_E11_only_an_action_that_no_user_closed_counts_as_undone() -> None:
    row = Action(1, "jane", None, "call", "Call", CANCELLED, "2026-05-05", "2026-05-05", 0, reason=UNDONE)
    assert row.undone
    assert not row._replace(completed_by="tom").undone
    assert not row._replace(reason="replaced").undone


def test_E11_replay_keeps_rows_that_an_old_undo_entry_does_not_list() -> None:
    jane = jane_on(THREE)
    event = h.Undone(1, jane.dossier.known._asdict(), [], [])
    after = replay([h.Entry("contact:jane", 4, 2, 0, "sue", event)], jane.dossier)
    assert after == jane.dossier._replace(seq=4)
    assert replay([], Dossier("contact:x")) == Dossier("contact:x")


def test_E11_replay_gives_columns_that_are_newer_than_an_undo_their_defaults() -> None:
    jane = jane_on(THREE)
    (enrolment,), (action,) = jane.dossier.enrolments, jane.dossier.actions
    rows = [
        {name: value for name, value in row._asdict().items() if name not in row._field_defaults or value}
        for row in (jane.dossier.known, enrolment, action)
    ]
    assert all(len(row) < len(full) for row, full in zip(rows, (jane.dossier.known, enrolment, action), strict=True))
    event = h.Undone(1, rows[0], [rows[1]], [rows[2]])
    after = replay([h.Entry("contact:jane", 4, 2, 0, "sue", event)], jane.dossier)
    assert after == jane.dossier._replace(seq=4)
