"""Every status with every kind of event, and what an event consists of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from typing import get_args

import pytest

from followup.core import history as h
from followup.core import wishes as w
from followup.core.decide import decide
from followup.core.draft import Stamp
from followup.core.evolve import evolve
from followup.core.model import STATUSES, Action, Contact, Dossier, Enrolment
from followup.core.transitions import ALLOWED, ActionEvent, allowed
from followup.errors import Conflict
from followup.store import journal
from tests.core.building import Story, cycle, instant, office, step

KINDS_OF_ACTION = get_args(ActionEvent)
#: the status of an open action after each kind of event; no other kind is possible
AFTER = {
    h.Completed: "completed",
    h.Skipped: "skipped",
    h.NotShown: "no-show",
    h.Failed: "failed",
    h.Cancelled: "cancelled",
    h.Rescheduled: "scheduled",
    h.Attempted: "scheduled",
    h.Reassigned: "scheduled",
    h.Redated: "scheduled",
}
WISHES = {
    h.Completed: w.Complete(7),
    h.Skipped: w.Skip(7),
    h.NotShown: w.NoShow(7, "rain"),
    h.Failed: w.Fail(7, "bounced"),
    h.Cancelled: w.Cancel(7),
    h.Rescheduled: w.Reschedule(7, "2026-06-01"),
    h.Attempted: w.Attempt(7),
}
EVENTS = {
    h.Completed: h.Completed(7, "2026-05-04"),
    h.Skipped: h.Skipped(7, "2026-05-04"),
    h.NotShown: h.NotShown(7, "2026-05-04", "rain"),
    h.Failed: h.Failed(7, "2026-05-04", "bounced"),
    h.Cancelled: h.Cancelled(7, "2026-05-04"),
    h.Rescheduled: h.Rescheduled(7, "2026-06-01", instant("2026-06-01"), "2026-05-04"),
    h.Attempted: h.Attempted(7, "2026-05-04"),
    h.Reassigned: h.Reassigned(7, "kim", "2026-05-04", "2026-05-04", instant("2026-05-04"), {}),
    h.Redated: h.Redated(7, "2026-06-01", "2026-06-01", instant("2026-06-01"), "2026-05-04", {}),
}


def with_action(status: str) -> Dossier:
    closed = None if status == "scheduled" else "2026-05-01"
    action = Action(
        7, "jane", "tom", "call", "Call", status, "2026-05-04", "2026-05-04", instant("2026-05-04"), completed_on=closed
    )
    return Dossier("contact:jane", 1, Contact("jane", "Jane", owner="tom"), actions=(action,))


@pytest.mark.parametrize("kind", [kind for kind in KINDS_OF_ACTION if kind is not h.Scheduled])
@pytest.mark.parametrize("status", STATUSES)
def test_the_table_says_which_events_are_allowed_in_each_status(status: str, kind: type[ActionEvent]) -> None:
    assert allowed(status, kind) is (status == "scheduled")
    assert ALLOWED[status].get(kind) == (AFTER[kind] if status == "scheduled" else None)


@pytest.mark.parametrize("status", STATUSES)
def test_an_existing_action_cannot_be_scheduled_again(status: str) -> None:
    assert not allowed(status, h.Scheduled)


@pytest.mark.parametrize("kind", KINDS_OF_ACTION)
def test_only_scheduling_creates_an_action(kind: type[ActionEvent]) -> None:
    assert allowed(None, kind) is (kind is h.Scheduled)


def test_the_table_covers_every_status() -> None:
    assert set(ALLOWED) == {None, *STATUSES}
    assert ALLOWED[None] == {h.Scheduled: "scheduled"}
    assert set(AFTER) | {h.Scheduled} == set(KINDS_OF_ACTION)


@pytest.mark.parametrize("kind", AFTER)
def test_an_event_gives_an_open_action_the_status_in_the_table(kind: type[ActionEvent]) -> None:
    entry = h.Entry("contact:jane", 2, 1, instant("2026-05-04"), "sue", EVENTS[kind])
    after = evolve(with_action("scheduled"), entry).actions[0]
    assert after.status == ALLOWED["scheduled"][kind]
    assert (after.completed_on is None) is (after.status == "scheduled")


@pytest.mark.parametrize("kind", WISHES)
@pytest.mark.parametrize("status", STATUSES)
def test_a_wish_follows_the_table_and_a_refused_one_changes_nothing(status: str, kind: type[ActionEvent]) -> None:
    bluewater, dossier = office(), with_action(status)
    stamp = Stamp(2, instant("2026-05-04T10:00"), bluewater.users["sue"])
    ids: Iterator[int] = count(8)
    if status == "scheduled":
        decision = decide(dossier, WISHES[kind], bluewater, stamp, ids)
        assert [type(entry.event) for entry in decision.entries] == [kind]
        assert decision.after.actions[0].status == ALLOWED[status][kind]
    else:
        with pytest.raises(Conflict, match=f"action 7 is already {status}"):
            decide(dossier, WISHES[kind], bluewater, stamp, ids)
        assert next(ids) == 8
    assert dossier == with_action(status)


# Events


def test_every_event_kind_has_one_name() -> None:
    assert set(h.KINDS.values()) == set(get_args(h.Event))
    assert len(set(h.KINDS)) == len(set(h.KINDS.values())) == len(h.NAMES)
    assert all(h.NAMES[kind] == name for name, kind in h.KINDS.items())


@pytest.mark.parametrize("kind", h.KINDS.values())
def test_the_fields_of_an_event_are_plain_identifiers(kind: type[h.Event]) -> None:
    for name in kind._fields:
        assert name.isidentifier() and name.islower() and json.loads(json.dumps({name: 1})) == {name: 1}


def story_with_every_event() -> Story:
    looping = cycle("c", step("a", "1 day", min_gap=2, roll="back"), step("b", loop_to="a"), anchor="due")
    jane = Story(office(looping, cycle("d", step("x")))).added("c")
    jane.does(w.Attempt(2, "call", "engaged"))
    jane.does(w.Reschedule(2, "2026-05-09"))
    jane.does(w.NoShow(2, "rain", rebook="2026-05-10T10:00"))
    jane.does(w.Set({"owner": "kim", "phone": "1"}))
    jane.does(w.Assign(w.Choice("just-looking")))
    jane.completes("b")
    jane.does(w.Skip(jane.action("a").id))
    jane.does(w.Fail(jane.action("b").id, "bounced"))
    jane.undoes()
    jane.does(w.Log("sale", "Sold", notes="é ☎", listing=4, choice=w.Choice("d")))
    jane.does(w.Assign(w.Choice(None, "d"), restart=True))
    jane.does(w.Transfer("south", "tom", w.Choice("c")))
    jane.does(w.Close("won"))
    jane.does(w.Remove())
    return jane


def test_every_event_is_the_same_after_writing_and_reading_it() -> None:
    jane = story_with_every_event()
    events = [x.event for x in jane.history] + [
        h.AliasChosen(1, "later", None),
        h.Applied(2, "abc", None),
        h.Redated(7, "2026-06-01", "2026-06-01", 0, "2026-05-04", {"offset": "2 days"}),
    ]
    assert {type(event) for event in events} == set(h.KINDS.values())
    for event in events:
        _, _, _, kind, action, data = journal.row(h.Entry("contact:jane", 1, 1, 0, "sue", event))
        assert journal.event(kind, action, data) == event


def test_an_applied_catalog_changes_no_subject() -> None:
    before = Dossier("office", 3)
    assert evolve(before, h.Entry("office", 4, 9, 0, "sue", h.Applied(2, "abc", None))) == before._replace(seq=4)


def test_a_new_enrolment_starts_its_first_round_at_its_start() -> None:
    event = h.Enrolled(5, "cycle", "c", "later", 3, "2026-05-04T10:00", 60)
    before = Dossier("contact:jane", 1, Contact("jane", "Jane"))
    after = evolve(before, h.Entry("contact:jane", 2, 1, 0, "sue", event))
    assert after.enrolments == (
        Enrolment(5, "jane", "cycle", "c", "later", 3, "2026-05-04T10:00", 60, 1, "2026-05-04T10:00", 60),
    )
