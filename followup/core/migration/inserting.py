"""E3: a step that was not there before. Contacts who have passed its place miss it, unless `backfill` is set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from followup.core.migration.context import Migration
from followup.core.migration.effects import Effect, What
from followup.core.model import Action
from followup.core.office import Step
from followup.core.process.rounds import begin, up_to_loop, walk


def insert(migration: Migration, lost: Sequence[Action]) -> Iterator[Effect]:
    """`lost`: those of the open actions whose step is gone, and which are still open."""
    new = [step for step in migration.active_steps if not migration.edit.was_active(step.id)]
    place = _place(migration, lost)
    if place is not None:
        yield from _passed(migration, [step for step in new if step.position < place])
        yield from _ahead(migration, [step for step in new if step.position > place], place)
    elif migration.edit.was_hold and new:
        yield from _woken(migration, new)


def _place(migration: Migration, lost: Sequence[Action]) -> int | None:
    """Where the contact stands: at the first open action that stays; where one is lost, at what would follow it."""
    places = {step.id: step.position for step in migration.steps}
    gone = {action.id for action in lost}
    steps = [(action.id in gone, migration.step_at(action)) for action in migration.open_actions]
    return min((migration.edit.place_of(s) if is_lost else places[s] for is_lost, s in steps), default=None)


def _passed(migration: Migration, new: Sequence[Step]) -> Iterator[Effect]:
    for step in new:
        directive = migration.edit.directive(step.id)
        if migration.in_round(step):
            continue
        if directive.backfill:
            _run(migration, step)
            yield _made(migration, "runs", step, directive.entry)
        else:
            yield migration.line("misses")._replace(step=step.id)


def _run(migration: Migration, step: Step) -> None:
    """Beside what is open; counted from where it would have been."""
    before, closed = migration.before(step), migration.round_start
    if before and before.completed_on:
        closed = migration.moment(before.completed_on, before.owner)
    start = migration.counted_from(step, before, closed) or closed
    migration.create(step, step.anchor, start, before)


def _ahead(migration: Migration, new: Sequence[Step], place: int) -> Iterator[Effect]:
    """What can be dated already is created; the rest when the step before it is closed (T2)."""
    reached = up_to_loop(tuple(s for s in migration.active_steps if s.position >= place))
    for step in new:
        if step in reached and step.anchor.kind != "completed" and not migration.in_round(step):
            walk(migration, (step,), None)
            if migration.in_round(step):
                yield _made(migration, "gains", step, None)


def _woken(migration: Migration, new: Sequence[Step]) -> Iterator[Effect]:
    """A hold that gains steps: nothing would ever start them for contacts who wait there (F8)."""
    first = next((step for step in new if migration.edit.directive(step.id).backfill), None)
    if first is None:
        yield migration.line("waiting")._replace(step=new[0].id)
        return
    begin(migration, first)
    yield _made(migration, "runs", first, migration.edit.directive(first.id).entry)
    more = [action for action in migration.open_actions if migration.step_at(action) != first.id]
    yield from (migration.makes("gains", action) for action in more)


def _made(migration: Migration, what: What, step: Step, entry: str | None) -> Effect:
    action = migration.in_round(step)
    assert action is not None
    return migration.makes(what, action, entry)
