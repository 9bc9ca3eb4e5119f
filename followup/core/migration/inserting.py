"""E3: a step that was not there before. Contacts who have passed its place, or its time where it counts from the start,
miss it, unless `backfill` is set: by the edit that brings the step, or by a later one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from followup.core.migration.context import Migration
from followup.core.migration.effects import Effect, What
from followup.core.model import Action
from followup.core.office import Step
from followup.core.process.rounds import begin, up_to_loop, walk

#: anchors that are known from the start: such a step has its time, wherever it is listed (E3)
TIMED = frozenset(("start", "event", "date"))


def insert(migration: Migration, lost: Sequence[Action]) -> Iterator[Effect]:
    """`lost`: the open actions, not yet cancelled, whose step is removed."""
    edit = migration.edit
    new = [step for step in migration.active_steps if not edit.was_active(step.id)]
    place = _place(migration, lost)
    if place is not None:
        candidates = [step for step in migration.active_steps if step in new or edit.directive(step.id).backfill]
        behind = [step for step in candidates if _is_behind(migration, step, place)]
        yield from _passed(migration, behind)
        yield from _ahead(migration, [step for step in new if step not in behind and step.position != place], place)
    elif edit.was_hold and new:
        yield from _woken(migration, new)


def _is_behind(migration: Migration, step: Step, place: int) -> bool:
    """Whether the contact has passed the step: its place, or its time."""
    if step.anchor.kind not in TIMED or step.position < _entry(migration):
        return step.position < place
    start = migration.counted_from(step, None, None)
    if start is None:
        return False
    owner = migration.draft.dossier.known.owner
    due = migration.dated(step, owner, start, migration.before(step)).due
    return due < migration.draft.now(owner).text[: len(due)]


def _entry(migration: Migration) -> int:
    """Where the round that the contact is in began: the first at the first step, later ones where the loop led."""
    if migration.enrolment.round == 1:
        return 0
    steps = (migration.step_of(action) for action in migration.actions if action.round == migration.enrolment.round)
    return min((step.position for step in steps if step), default=0)


def _place(migration: Migration, lost: Sequence[Action]) -> int | None:
    """The contact's position: the first open action that stays; for a lost one, the position of what follows it."""
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
    """In addition to the open actions; counted from where it would have been."""
    before, closed = migration.before(step), migration.round_start
    if before and before.completed_on:
        closed = migration.moment(before.completed_on, before.owner)
    start = migration.counted_from(step, before, closed) or closed
    migration.create(step, step.anchor, start, before)


def _ahead(migration: Migration, new: Sequence[Step], place: int) -> Iterator[Effect]:
    """Create what can be dated now; the rest is created when the step before it is closed (T2)."""
    for step in new:
        first = min(place, step.position)
        reached = up_to_loop(tuple(s for s in migration.active_steps if s.position >= first))
        if step in reached and not migration.in_round(step):
            walk(migration, (step,), None)
            if migration.in_round(step):
                yield _made(migration, "gains", step, None)


def _woken(migration: Migration, new: Sequence[Step]) -> Iterator[Effect]:
    """A hold gets steps: nothing would ever start them for the contacts on it (F8)."""
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
