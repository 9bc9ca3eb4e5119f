"""F5, F12: an edit names exactly the contacts that drop off their cycle, whatever happens to their actions."""

from __future__ import annotations

from copy import copy
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from followup.core import office as o
from followup.core.migration.compare import edition
from followup.core.migration.dropping_off import DropOff, DropOffs
from tests.core.building import Story, alias, cycle, office, step
from tests.properties import examples

LETTER, CALL, VISIT = step("letter", "1 day", "email"), step("call", "3 days"), step("visit", "1 week")
LOOP = step("again", "30 days", loop_to="again")


def one(*steps: Any, **how: Any) -> o.Office:
    """An office with the cycle `prospect` and two to move to: `other` ends, `ever` doesn't."""
    ever = cycle("ever", step("ring", "2 days", loop_to="ring"))
    names = [alias(id, id) for id in ("prospect", "other", "ever")]
    return office(
        cycle("prospect", *steps, **how), cycle("other", step("hello", "2 days")), ever, aliases=names, version=2
    )


def drops(story: Story, after: o.Office, *migrate_entries: Any) -> list[DropOff]:
    entries = {f"step:{x['step']}" if "step" in x else f"cycle:{x['cycle']}": x for x in migrate_entries}
    before, edit = (
        story.dossier,
        edition(story.office, after, entries, {x.ref for x in story.dossier.enrolments if x.open}),
    )
    story.applies(after, *migrate_entries)
    drop_offs = DropOffs(None)
    drop_offs.note(before, story.dossier, edit)
    assert all(list(contacts) == [("jane", "Jane Smith")] and contacts.total == 1 for contacts in drop_offs.values())
    return list(drop_offs)


def jane(*steps: Any) -> Story:
    return Story(one(*steps)).added("prospect")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([LETTER, LOOP], [LETTER], [DropOff("prospect", "Letter")]),
        ([LETTER, LOOP], [LETTER, CALL], [DropOff("prospect", "Call")]),
        ([LETTER, LOOP], [LETTER, {**LOOP, "active": False}], [DropOff("prospect", "Letter")]),
        ([LETTER, LOOP], [LETTER, {**LOOP, "loop_to": None}], [DropOff("prospect", "Again")]),
        ([LETTER, LOOP], [LETTER, CALL, LOOP], []),
        ([LETTER, LOOP], [LETTER, LOOP, CALL], []),
        ([LETTER, CALL, VISIT], [LETTER, CALL], [DropOff("prospect", "Call")]),
        ([LETTER, CALL], [LETTER, CALL, VISIT], []),
        ([LETTER, CALL, VISIT], [LETTER, VISIT], []),
        ([LETTER, LOOP], [], []),
    ],
    ids=[
        "loop removed",
        "loop replaced",
        "loop inactive",
        "loop unset",
        "steps added",
        "step after the loop",
        "ends sooner",
        "ends later",
        "step removed in between",
        "a hold",
    ],
)
def test_F12_a_contact_whose_cycle_ends_because_of_an_edit_drops_off(
    before: list[Any], after: list[Any], expected: list[DropOff]
) -> None:
    assert drops(jane(*before), one(*after)) == expected


def test_E4_a_contact_whose_open_step_is_removed_with_no_next_drops_off_at_once() -> None:
    story = jane(LETTER)
    assert drops(story, one(CALL), {"step": "prospect/letter", "open": "advance"}) == []
    story = jane(CALL, LETTER)
    story.completes("call")
    assert drops(story, one(CALL), {"step": "prospect/letter", "open": "advance"}) == [DropOff("prospect", None)]


def test_E4_a_contact_whose_action_is_kept_drops_off_after_it() -> None:
    off = {**LOOP, "active": False, "loop_to": None}
    for steps, expected in (([CALL], [DropOff("prospect", "Again")]), ([], [])):
        story = jane(*steps, LOOP)
        for each in steps:
            story.completes(each["id"])
        assert drops(story, one(*steps, off), {"step": "prospect/again", "open": "keep"}) == expected


@pytest.mark.parametrize(("to", "expected"), [("other", [DropOff("other", "Hello")]), ("ever", [])])
def test_E6_a_contact_moved_to_a_cycle_that_ends_drops_off_at_its_end(to: str, expected: list[DropOff]) -> None:
    story, after = jane(LETTER, LOOP), one(LETTER, LOOP, active=False)
    assert drops(story, after, {"cycle": "prospect", "move_to": to}) == expected


def test_E6_a_contact_who_finishes_a_draining_cycle_drops_off() -> None:
    story, after = jane(LETTER, LOOP), one(LETTER, LOOP, active=False)
    assert drops(story, after, {"cycle": "prospect", "drain": True}) == [DropOff("prospect", "Again")]
    assert drops(jane(LETTER, LOOP), one(LETTER, LOOP, active=False)) == [DropOff("prospect", None)], "it is refused"


@st.composite
def step_lists(draw: st.DrawFn) -> list[dict[str, Any]]:
    ids = draw(st.lists(st.sampled_from("abcd"), unique=True, min_size=1, max_size=4))
    steps = [step(id, "3 days", anchor=draw(st.sampled_from(("completed", "due", "start")))) for id in ids]
    for each in steps:
        each["active"] = bool(draw(st.integers(0, 4)))
    if draw(st.booleans()):
        steps[-1]["loop_to"] = draw(st.sampled_from(ids))
    return steps


def twin_of(story: Story) -> Story:
    twin = copy(story)
    twin.history = [*story.history]
    return twin


def goes_on(story: Story) -> bool:
    """Whether there is still a next step after many completions."""
    for _ in range(14):
        if not story.open:
            break
        first = min(story.open, key=lambda action: (action.at, action.id))
        story.at(max(f"{first.due[:10]}T12:00", story.now)).completes(first.step or "")
    return story.dossier.cycle is not None


@given(step_lists(), step_lists(), st.integers(0, 3))
@settings(max_examples=examples(300))
def test_F12_running_the_edited_cycle_shows_the_same_drop_offs(before: list[Any], after: list[Any], done: int) -> None:
    story = jane(*before)
    for _ in range(done):
        if story.open:
            story.completes(story.open[0].step or "")
    if story.dossier.cycle is None:
        return
    continued_before = goes_on(twin_of(story))
    drop_offs = drops(story, one(*after))
    continues = goes_on(story)
    event(f"{continued_before} {continues}")
    if continued_before:
        assert bool(drop_offs) is not continues
    else:
        assert not (drop_offs and continues)
