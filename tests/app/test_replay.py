"""What doctor replays: nothing that was ever decided looks damaged to it, however little it carries on."""

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


def kept_events(story: Story) -> list[StoredEvent]:
    """The history as doctor reads it."""
    made = []
    for entry in story.history:
        subject, seq, change, kind, action, data = journal.row(entry)
        undoes = entry.event.change if isinstance(entry.event, h.Undone) else None
        made.append(StoredEvent(subject, seq, change, entry.at, entry.by, undoes, False, kind, action, data))
    return made


@settings(max_examples=examples(150))
@given(offices(), DOINGS, st.sampled_from([0, 2, 64]), st.integers(0, 5))
def test_whatever_was_decided_replays_to_its_rows_without_a_fault(
    first: o.Office, doings: list[w.Wish | o.Office | str | int], carried: int, lost: int
) -> None:
    """One of the rows may be lost: told with what differs is what there should be."""
    story, undoable = started(first), set[int]()
    for doing in doings:
        takes(story, doing, undoable)
    dossier = story.dossier
    stored = {action.id: action for action in dossier.actions}
    stored.pop(lost, None)
    replay = Replay("contact:jane", lambda ids: [stored[id] for id in ids if id in stored], carried)
    replay.run(kept_events(story))
    assert (replay.lines, replay.whole, replay.events) == ([], True, len(story.history))
    told = replay.expected_rows()
    assert told["contacts"] == {"jane": (*dossier.known, dossier.seq, dossier.next_action)}
    assert told["enrolments"] == {enrolment.id: enrolment for enrolment in dossier.enrolments}
    found = {id: action for id, action in stored.items() if replay.agreed("actions", id)}
    assert {**found, **told["actions"]} == {action.id: action for action in dossier.actions}
    assert not found.keys() & told["actions"].keys()
