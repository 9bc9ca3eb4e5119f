"""What doctor replays: no history that the engine decided looks damaged to it, however few rows it keeps in memory."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from followup.app.checking.replay import Replay
from followup.core import history as h
from followup.core import office as o
from followup.core import wishes as w
from followup.store import journal
from followup.store.questions.doctor_questions import StoredEvent
from tests.core.building import Story
from tests.core.test_any_office import DOINGS, offices, started, takes
from tests.properties import examples


def stored_events(story: Story) -> list[StoredEvent]:
    """The history as doctor reads it."""
    events = []
    for entry in story.history:
        subject, seq, change, kind, action, data = journal.row(entry)
        undoes = entry.event.change if isinstance(entry.event, h.Undone) else None
        events.append(StoredEvent(subject, seq, change, entry.at, entry.by, undoes, False, kind, action, data))
    return events


@settings(max_examples=examples(150))
@given(offices(), DOINGS, st.sampled_from([0, 2, 64]), st.integers(0, 5))
def test_any_history_replays_to_its_rows_without_a_fault(
    first: o.Office, doings: list[w.Wish | o.Office | str | int], carried: int, missing: int
) -> None:
    """One of the rows may be missing: then the replay reports what it should be."""
    story, undoable = started(first), set[int]()
    for doing in doings:
        takes(story, doing, undoable)
    dossier = story.dossier
    rows = {action.id: action for action in dossier.actions}
    rows.pop(missing, None)
    replay = Replay("contact:jane", lambda ids: [rows[id] for id in ids if id in rows], carried)
    replay.run(stored_events(story))
    assert (replay.lines, replay.whole, replay.events) == ([], True, len(story.history))
    expected = replay.expected_rows()
    assert expected["contacts"] == {"jane": (*dossier.known, dossier.seq, dossier.next_action)}
    assert expected["enrolments"] == {enrolment.id: enrolment for enrolment in dossier.enrolments}
    matches = {id: action for id, action in rows.items() if replay.agreed("actions", id)}
    assert {**matches, **expected["actions"]} == {action.id: action for action in dossier.actions}
    assert not matches.keys() & expected["actions"].keys()
