"""Migrates a contact whose process is edited (E2 to E6). Diff and apply both use this one function.

Each enrolment is placed or advanced at most once, and nothing is scheduled before today. The order within an enrolment
matters: first date the open actions that stay, since new steps may count from them; then add new steps, so that what
follows a lost step isn't scheduled twice; and cancel every lost action before creating what follows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from followup.core import history as h
from followup.core.draft import Decision, Draft, Stamp
from followup.core.migration.context import Migration
from followup.core.migration.edition import ADVANCE, KEEP, REDIRECT, Edition, Heap, Reasons
from followup.core.migration.effects import KINDS, Effect, What
from followup.core.migration.inserting import insert
from followup.core.migration.redating import redate
from followup.core.model import Action, Dossier
from followup.core.office import Step
from followup.core.process.placing import choose, nothing_open
from followup.core.process.rounds import begin, up_to_loop, walk
from followup.core.reassigning import rezone
from followup.core.timing import When
from followup.core.wishes import Choice
from followup.errors import Refused


def migrate(
    dossier: Dossier, edition: Edition, stamp: Stamp, ids: Iterator[int], why: Reasons, heap: Heap
) -> tuple[Decision, tuple[Effect, ...]]:
    """What `edition` does to this subject, with a line for each thing it changes or keeps.

    Covers every open enrolment whose process is edited; an enrolment created by a move isn't migrated again.
    Raises Refused if a choice can't be carried out.
    """
    draft = Draft(dossier, edition.office, stamp, ids, not_before_today=True)
    effects: tuple[Effect, ...] = ()
    if edition.zones:
        rezone(draft, edition.zones, dossier.open_actions)
        effects = tuple(_rezoned(dossier, draft))
    for enrolment in dossier.enrolments:
        edit = edition.processes.get(edition.office.current(enrolment.ref))
        if edit and enrolment.open:
            effects += _effects(Migration(draft, enrolment, edit, why, heap))
    return draft.decision, effects


def _rezoned(before: Dossier, draft: Draft) -> Iterator[Effect]:
    contact = before.contact
    for entry in draft.entries:
        if isinstance(entry.event, h.Reassigned):
            was, event = before.action(entry.event.action), entry.event
            assert was is not None
            if was.due == event.due:  # a date keeps its text: only its instant changes
                continue
            who = (contact.id, contact.name) if contact else ("", was.title)
            yield Effect(*who, event.owner, None, "rezoned", action=was.id, was=was.due, becomes=event.due)


def _effects(migration: Migration) -> tuple[Effect, ...]:
    effects = tuple(_of_process(migration))
    if migration.edit.protected and any(KINDS[effect.what].touches for effect in effects):
        return (*effects, migration.line("protected"))
    return effects


def _of_process(migration: Migration) -> Iterator[Effect]:
    """E6 where the process goes, or has gone; else, and for those who may finish it, E2 to E4."""
    edit = migration.edit
    if edit.moves_on:
        yield _moved_over(migration, edit.move_to or "")
        return
    if edit.goes:
        drains = edit.drain and edit.after is not None
        yield migration.line("drains" if drains else "homeless")._replace(entry=edit.entry)
    if edit.after is not None:
        yield from _of_steps(migration)
        yield from _drained(migration)


def _drained(migration: Migration) -> Iterator[Effect]:
    """On a hold that drains there is nothing to finish (E6)."""
    edit, draft = migration.edit, migration.draft
    if edit.drain and edit.after and edit.after.is_draining and migration.enrolment.open and not migration.open_actions:
        nothing_open(migration, draft.now(draft.dossier.known.owner))
        yield migration.line("drained")._replace(entry=edit.entry)


def _moved_over(migration: Migration, alias: str) -> Effect:
    draft, was = migration.draft, min((action.due for action in migration.open_actions), default=None)
    now = draft.now(draft.dossier.known.owner)
    migration.end(now, "moved")
    choose(draft, Choice(alias), now)
    if draft.dossier.cycle is None:
        raise Refused(f"migrate {migration.edit.ref.id}: alias '{alias}' has no cycle to move contacts to")
    becomes = min((a.due for a in draft.dossier.of(draft.dossier.cycle) if a.open), default=None)
    return migration.line("moves")._replace(to=alias, was=was, becomes=becomes, entry=migration.edit.entry)


def _of_steps(migration: Migration) -> Iterator[Effect]:
    steps = {step.id: step for step in migration.steps}
    lost = [action for action in migration.open_actions if _is_lost(migration, action, steps)]
    for action in migration.open_actions:
        if action not in lost:
            yield redate(migration, steps[migration.step_at(action)], action)
    yield from insert(migration, lost)
    yield from _lost(migration, lost, steps)


def _is_lost(migration: Migration, action: Action, steps: Mapping[str, Step]) -> bool:
    """E4: its step is taken out, or turned off by this edit. Of a step that was off already, the action was kept on
    purpose, by an earlier edit's `open: keep`, until an entry says that it goes."""
    step, edit = steps.get(migration.step_at(action)), migration.edit
    if step is None or step.active:
        return step is None
    return edit.was_active(step.id) or edit.directive(step.id).open in (ADVANCE, REDIRECT)


def _lost(migration: Migration, lost: Sequence[Action], steps: Mapping[str, Step]) -> Iterator[Effect]:
    going = []
    for action in lost:
        step = migration.step_at(action)
        directive = migration.edit.directive(step)
        if directive.open == KEEP:  # for a removed step, nothing would define what follows
            yield migration.line("kept" if step in steps else "unkept", action)._replace(entry=directive.entry)
        else:
            going.append(action)
    if going:
        yield from _advanced(migration, going)


def _advanced(migration: Migration, going: Sequence[Action]) -> Iterator[Effect]:
    """Cancel every lost action first; then create what follows the first of them, once."""
    draft, first = migration.draft, going[0]
    ids_before, start = {a.id for a in draft.dossier.actions}, migration.original(first)
    directive = migration.edit.directive(migration.step_at(first))
    now = draft.now(draft.dossier.known.owner)
    for action in going:
        draft.add(h.Cancelled(action.id, now.text, "step-removed"))
    if directive.open == REDIRECT:
        _redirected(migration, directive.to or "", start)
    elif migration.active_steps:
        _followed(migration, first, start)
    followers = [action for action in draft.dossier.actions if action.id not in ids_before]
    new = sorted(followers, key=lambda action: (action.at, action.id))
    for action in going:
        yield _gone(migration, action, new[0] if new and action is first else None)
    yield from (migration.makes("gains", action) for action in new[1:])


def _gone(migration: Migration, action: Action, next: Action | None) -> Effect:
    directive = migration.edit.directive(migration.step_at(action))
    if next is None:
        return migration.line(_left(migration, directive.entry), action)._replace(entry=directive.entry)
    line = migration.line("redirects" if directive.open == REDIRECT else "advances", action)
    to, past = migration.step_at(next), migration.became_today(next.id)
    return line._replace(to=to, becomes=next.due, past=past, entry=directive.entry)


def _left(migration: Migration, entry: str | None) -> What:
    """The outcome for a contact whose step is removed and not followed by anything."""
    if migration.open_actions:
        return "cancels"
    if migration.enrolment.open:
        return "rests"
    return "ends" if entry else "stranded"


def _redirected(migration: Migration, to: str, start: When) -> None:
    """Continue at `to` in this round, or in a new one if the step was already closed in this round."""
    target = migration.active_step(to)
    if target is None:
        raise Refused(f"migrate: cycle '{migration.edit.ref.id}' has no active step '{to}' to redirect to")
    action = migration.in_round(target)
    if action is None:
        migration.create(target, target.anchor, start, migration.before(target))
    elif not action.open:
        enrolment = migration.enrolment
        migration.draft.add(h.RoundBegan(enrolment.id, enrolment.round + 1, start.text, start.at))
        begin(migration, target)


def _followed(migration: Migration, gone: Action, start: When) -> None:
    """Create the next active step, counted from the removed one's anchor; maybe in a new round (E4)."""
    place = migration.edit.place_of(migration.step_at(gone))
    before = next((s for s in reversed(migration.active_steps) if s.position < place), None)
    if before is None or not before.loop_to:
        rest = up_to_loop(tuple(s for s in migration.active_steps if s.position >= place))
        walk(migration, rest, start)
    if not migration.open_actions:
        nothing_open(migration, start)
