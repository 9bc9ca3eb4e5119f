"""An office that is only thought of behaves as the real one does: it is `decide` over dossiers at hand."""

from __future__ import annotations

import pytest

from followup.core import wishes as w
from followup.core.rehearsal.in_memory import Rehearsal
from followup.errors import NotFound
from tests.core.building import Story, cycle, instant, office, step

OFFICE = office(cycle("calls", step("call"), step("again", "3 days", loop_to="again")))


def test_it_lives_as_the_real_one_does() -> None:
    story, thought = Story(OFFICE).added("calls"), Rehearsal(OFFICE)
    thought.does("contact:jane", w.Add({"name": "Jane Smith", "owner": "tom"}, w.Choice("calls")), instant(story.now))
    story.closes_on("call", "2026-05-06")
    id = thought.people["contact:jane"].open_actions[0].id
    thought.does("contact:jane", w.Complete(id), instant("2026-05-06T12:00"))
    assert [a.due for a in thought.people["contact:jane"].open_actions] == list(story.due.values()) == ["2026-05-09"]


def test_those_who_are_there_from_the_start_go_on_under_unused_ids() -> None:
    story = Story(OFFICE).added("calls")
    thought = Rehearsal(OFFICE, [story.dossier])
    known = {action.id for action in story.dossier.actions}
    thought.does("contact:jane", w.Complete(story.action("call").id), instant("2026-05-06T12:00"))
    assert known.isdisjoint(action.id for action in thought.people["contact:jane"].open_actions)
    assert [action.step for action in story.open] == ["call"]  # the real one has not moved


def test_it_refuses_what_the_real_one_refuses() -> None:
    thought = Rehearsal(OFFICE)
    with pytest.raises(NotFound):
        thought.does("contact:jane", w.Add({"name": "Jane"}, w.Choice("nowhere")), instant("2026-05-04T10:00"))
    assert "contact:jane" not in thought.people
