"""E3: a step that was not there before. Whoever has passed its place misses it, unless `backfill` says otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from followup.core.migration.context import Migration
from followup.core.migration.edition import Effect
from followup.core.model import Action
from followup.core.office import Cycle, Step
from followup.core.process.rounds import action_before, action_of, begin, counted_from, create, up_to_loop, walk
from followup.core.timing import When


def insert(meeting: Migration, after: Cycle, lost: Sequence[Action]) -> Iterator[Effect]:
    """`lost`: those of the open actions whose step is gone, and which are still open."""
    new = [step for step in after.active_steps if not meeting.edit.was_active(step.id)]
    stands = _stands_at(meeting, after, lost)
    if stands is not None:
        yield from _passed(meeting, after, [step for step in new if step.position < stands])
        yield from _ahead(meeting, after, [step for step in new if step.position > stands], stands)
    elif meeting.edit.was_hold and new:
        yield from _woken(meeting, after, new)


def _stands_at(meeting: Migration, after: Cycle, lost: Sequence[Action]) -> int | None:
    """The place of the first open action that stays; of a lost one, the place of what follows it."""
    places = {step.id: step.position for step in after.steps}
    gone = {action.id for action in lost}
    steps = [(action.id in gone, meeting.step(action)) for action in meeting.actions]
    return min((meeting.edit.place_of(s) if lost_ else places[s] for lost_, s in steps), default=None)


def _passed(meeting: Migration, after: Cycle, new: Sequence[Step]) -> Iterator[Effect]:
    for step in new:
        said = meeting.edit.directive(step.id)
        if action_of(meeting.draft, meeting.enrolment, step):
            continue
        if said.backfill:
            _run(meeting, after, step)
            yield _made(meeting, "runs", step, said.entry)
        else:
            yield meeting.effect("misses", step=step.id)


def _run(meeting: Migration, after: Cycle, step: Step) -> None:
    """Beside what is open; counted from where it would have been."""
    draft, enrolment = meeting.draft, meeting.enrolment
    before = action_before(draft, enrolment, after, step)
    closed = When(enrolment.round_start, enrolment.round_at)
    if before and before.completed_on:
        closed = meeting.moment(before.completed_on, before.owner)
    start = counted_from(draft, enrolment, after, step, before, closed) or closed
    create(draft, enrolment, step, step.anchor, start, before)


def _ahead(meeting: Migration, after: Cycle, new: Sequence[Step], stands: int) -> Iterator[Effect]:
    """What can be dated already is created; the rest when the step before it is closed (T2)."""
    reached = up_to_loop(tuple(s for s in after.active_steps if s.position >= stands))
    for step in new:
        if step in reached and step.anchor != "completed" and not action_of(meeting.draft, meeting.enrolment, step):
            walk(meeting.draft, meeting.enrolment, after, (step,), None)
            if action_of(meeting.draft, meeting.enrolment, step):
                yield _made(meeting, "gains", step, None)


def _woken(meeting: Migration, after: Cycle, new: Sequence[Step]) -> Iterator[Effect]:
    """A hold that gains steps: nothing would ever start them for who waits there (F8)."""
    first = next((step for step in new if meeting.edit.directive(step.id).backfill), None)
    if first is None:
        yield meeting.effect("waiting", step=new[0].id)
        return
    begin(meeting.draft, meeting.enrolment.id, after, first)
    yield _made(meeting, "runs", first, meeting.edit.directive(first.id).entry)
    yield from (meeting.gained(action) for action in meeting.actions if meeting.step(action) != first.id)


def _made(meeting: Migration, what: str, step: Step, entry: str | None) -> Effect:
    action = action_of(meeting.draft, meeting.enrolment, step)
    assert action is not None
    past = meeting.became_today(action.id)
    return meeting.effect(what, step=step.id, becomes=action.due, past=past, entry=entry)
