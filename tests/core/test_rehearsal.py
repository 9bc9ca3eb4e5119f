"""An in-memory office behaves like a real one: it runs `decide` over dossiers in memory."""

from __future__ import annotations

import pytest

from followup.core import wishes as w
from followup.core.rehearsal.in_memory import Rehearsal
from followup.errors import NotFound
from tests.core.building import Story, cycle, instant, office, step

OFFICE = office(cycle("calls", step("call"), step("again", "3 days", loop_to="again")))


def test_it_behaves_like_the_real_office() -> None:
    story, rehearsal = Story(OFFICE).added("calls"), Rehearsal(OFFICE)
    rehearsal.does("contact:jane", w.Add({"name": "Jane Smith", "owner": "tom"}, w.Choice("calls")), instant(story.now))
    story.closes_on("call", "2026-05-06")
    id = rehearsal.people["contact:jane"].open_actions[0].id
    rehearsal.does("contact:jane", w.Complete(id), instant("2026-05-06T12:00"))
    assert [a.due for a in rehearsal.people["contact:jane"].open_actions] == list(story.due.values()) == ["2026-05-09"]


def test_new_actions_of_existing_contacts_get_unused_ids() -> None:
    story = Story(OFFICE).added("calls")
    rehearsal = Rehearsal(OFFICE, [story.dossier])
    old_ids = {action.id for action in story.dossier.actions}
    rehearsal.does("contact:jane", w.Complete(story.action("call").id), instant("2026-05-06T12:00"))
    assert old_ids.isdisjoint(action.id for action in rehearsal.people["contact:jane"].open_actions)
    assert [action.step for action in story.open] == ["call"]  # the real office hasn't changed


def test_new_actions_get_ids_after_those_of_enrolments_too() -> None:
    story = Story(office(cycle("rest"))).added("rest")
    rehearsal = Rehearsal(story.office, [story.dossier])
    rehearsal.does("contact:jane", w.Schedule("call", "2026-05-20", "Ring"), instant("2026-05-06T12:00"))
    (action,) = rehearsal.people["contact:jane"].actions
    assert action.id > story.dossier.enrolments[0].id


def test_it_refuses_what_the_real_office_refuses() -> None:
    rehearsal = Rehearsal(OFFICE)
    with pytest.raises(NotFound):
        rehearsal.does("contact:jane", w.Add({"name": "Jane"}, w.Choice("nowhere")), instant("2026-05-04T10:00"))
    assert "contact:jane" not in rehearsal.people
