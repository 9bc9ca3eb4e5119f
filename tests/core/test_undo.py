"""Taking a change back: E11."""

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


def test_E11_a_completion_is_taken_back_with_the_step_that_it_scheduled() -> None:
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


def test_E11_another_cycle_is_taken_back_and_the_old_one_stands_as_it_did() -> None:
    jane = jane_on(THREE, OTHER)
    before = jane.dossier
    jane.completes("a", choice="other")
    jane.undoes()
    old, new = jane.dossier.enrolments
    assert (old, jane.dossier.cycle) == (before.enrolments[0], old)
    assert (new.ended, new.reason) == ("2026-05-04", UNDONE)
    assert jane.due == {"a": "2026-05-05"}


def test_E11_an_adding_that_is_taken_back_leaves_nobody() -> None:
    jane = jane_on(THREE)
    jane.undoes()
    assert (jane.dossier.known.gone, jane.open, jane.dossier.cycle) == ("undone", (), None)


def test_E11_a_removal_is_taken_back() -> None:
    jane = jane_on(THREE)
    before = jane.dossier
    jane.does(w.Remove())
    jane.undoes()
    assert jane.dossier._replace(seq=0) == before._replace(seq=0)


def test_E11_a_second_adding_is_taken_back_to_nobody_again() -> None:
    jane = jane_on(THREE)
    jane.undoes()
    nobody = jane.dossier.contact
    jane.does(w.Add({"name": "Janet"}, None, True))
    jane.undoes()
    assert jane.dossier.contact == nobody
    assert jane.dossier.known.gone == "undone"


def test_E11_what_the_change_made_and_closed_never_happened() -> None:
    jane = jane_on(THREE)
    jane.does(w.Log("call", "Rang"))
    jane.undoes()
    logged = jane.dossier.actions[-1]
    assert (logged.status, logged.reason, logged.completed_on) == (CANCELLED, UNDONE, "2026-05-04T10:00")
    assert logged.undone


def test_E11_an_enrolment_that_the_change_made_and_ended_keeps_its_end() -> None:
    jane = jane_on(THREE, OTHER)
    jane.does(w.Assign(w.Choice("other")))
    jane.change -= 1  # one command, two wishes
    jane.at("2026-05-05T10:00").does(w.Stop())
    jane.at("2026-05-08T10:00").undoes()
    assert (jane.enrolment.ended, jane.enrolment.reason) == ("2026-05-05", UNDONE)
    assert jane.due == {"a": "2026-05-05"}


def test_E11_an_entry_says_what_it_takes_back_and_by_whom() -> None:
    jane = jane_on(THREE)
    jane.closes_on("a", "2026-05-06")
    entry = jane.undoes(by="tom")
    assert (entry.subject, entry.change, entry.by, entry.at) == ("contact:jane", 3, "tom", instant("2026-05-06T12:00"))
    assert isinstance(entry.event, h.Undone) and entry.event.change == 2
    assert [row["id"] for row in entry.event.actions] == [2, 3]
    assert entry.event.enrolments == []


def test_E11_rows_that_the_change_did_not_touch_are_not_told_of() -> None:
    jane = jane_on(THREE)
    jane.does(w.Schedule("call", None, "By hand"))
    entry = jane.undoes()
    assert isinstance(entry.event, h.Undone)
    assert [row["id"] for row in entry.event.actions] == [3]


def test_E11_it_is_refused_where_the_contact_has_changed_since() -> None:
    jane = jane_on(THREE)
    jane.closes_on("a", "2026-05-06")
    jane.does(w.Attempt(3), by="tom")
    before = jane.dossier
    with pytest.raises(Refused, match="contact jane has changed since: by tom at 2026-05-06T19:00:00Z"):
        jane.undoes(change=2)
    assert jane.dossier == before


def test_E11_one_change_after_the_other_is_taken_back() -> None:
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


def test_E11_what_was_taken_back_in_between_does_not_stand_in_the_way_but_what_was_not_does() -> None:
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


def test_E11_doing_it_again_makes_a_new_trial_and_it_can_be_undone_again() -> None:
    jane = jane_on(THREE)
    for trial in (1, 2, 3):
        jane.closes_on("a", "2026-05-06")
        assert jane.action("b").trial == trial
        jane.undoes()
    assert [a.status for a in jane.dossier.actions] == [SCHEDULED, CANCELLED, CANCELLED, CANCELLED]


def test_E11_a_change_in_batches_that_others_came_between_is_told_apart_by_what_came_when() -> None:
    """A bulk change keeps its number over many transactions, so a later number can stand earlier in a history."""
    jane = jane_on(THREE)
    jane.change = 6
    jane.does(w.Set({"phone": "1"}), by="tom")  # 7, while 5 is still under way
    jane.change = 4
    jane.does(w.Set({"phone": "2", "email": "jane@example.com"}))  # 5
    with pytest.raises(Refused, match="changed since: by sue"):
        undo(jane.history, 7, jane.office, Stamp(8, instant("2026-05-06T12:00"), jane.office.users["tom"]), jane.office)
    stamp = Stamp(8, instant("2026-05-06T12:00"), jane.office.users["sue"])
    _, (_, after) = undo(jane.history, 5, jane.office, stamp, jane.office)
    assert (after.known.phone, after.known.email) == ("1", None)


def test_E11_a_change_is_taken_back_whatever_became_of_the_catalog() -> None:
    jane = jane_on(THREE)
    jane.closes_on("a", "2026-05-06")
    jane.office = office()
    jane.undoes()
    assert jane.due == {"a": "2026-05-05"}
    jane.closes_on("a", "2026-05-06")
    assert jane.enrolment.reason == "no-more-steps"


MORNING_CALL = cycle("nine", step("nine", at="09:00"), step("late", "2 hours"))


def test_T1_what_an_undo_reopens_follows_the_clock_that_its_owner_has_by_now() -> None:
    """The dates and `at:` times read as before, elapsed time keeps its instant; what changed is an event of its own."""
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


def test_T1_an_undo_writes_nothing_of_a_clock_that_reads_the_same() -> None:
    jane = jane_on(THREE)
    jane.closes_on("a", "2026-05-05")
    jane.gets(office(THREE, calendars={"tom": calendar(zone="America/Los_Angeles")}))
    jane.undoes(2)
    assert jane.last == ["undone"]


@pytest.mark.parametrize("now", [(), (cycle("three", step("a"), active=False),)])
def test_F14_nobody_goes_back_onto_a_cycle_that_is_not_in_force_any_more(now: tuple[Process, ...]) -> None:
    jane = jane_on(THREE, OTHER)
    jane.does(w.Assign(w.Choice("other")))
    jane.office = office(OTHER, *now)
    with pytest.raises(Refused, match="Jane Smith was on cycle 'three', which is no longer active"):
        jane.undoes()
    jane.office = office(cycle("drei", step("a")), OTHER, moved={"three": "drei"})
    jane.undoes()
    assert jane.dossier.cycle and jane.dossier.cycle.process == "three"


def test_F20_nobody_goes_back_to_an_owner_who_works_here_no_more() -> None:
    jane = jane_on(THREE)
    jane.does(w.Set({"owner": "kim"}))
    jane.office = office(THREE, users=[u for u in USERS if u.id != "tom"])
    with pytest.raises(Refused, match="Jane Smith was tom's, who is no longer active: choose another owner"):
        jane.undoes()


def test_E11_a_users_task_is_taken_back() -> None:
    tom = Story(office(), "user:tom")
    tom.does(w.Schedule("task", None, "Ring"))
    tom.undoes()
    assert (tom.open, tom.dossier.contact) == ((), None)


def test_E11_only_what_nobody_closed_counts_as_undone() -> None:
    row = Action(1, "jane", None, "call", "Call", CANCELLED, "2026-05-05", "2026-05-05", 0, reason=UNDONE)
    assert row.undone
    assert not row._replace(completed_by="tom").undone
    assert not row._replace(reason="replaced").undone


def test_E11_rows_that_an_old_undoing_does_not_name_stay() -> None:
    jane = jane_on(THREE)
    event = h.Undone(1, jane.dossier.known._asdict(), [], [])
    after = replay([h.Entry("contact:jane", 4, 2, 0, "sue", event)], jane.dossier)
    assert after == jane.dossier._replace(seq=4)
    assert replay([], Dossier("contact:x")) == Dossier("contact:x")
