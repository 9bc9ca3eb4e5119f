"""E2: the date of an open action whose step was edited. It stays unless a `migrate:` entry says `recompute`."""

from __future__ import annotations

from followup.core import history as h
from followup.core.migration.context import Migration
from followup.core.migration.edition import StepDirective
from followup.core.migration.effects import Effect
from followup.core.model import Action
from followup.core.office import Step
from followup.core.timing import Due, When, put_off


def redate(migration: Migration, step: Step, action: Action) -> Effect:
    """Count again from the original anchor. A date moved by hand was agreed with the contact, so it stays."""
    directive = migration.edit.directive(step.id)
    if not (directive.recompute or _is_timed_differently(migration, step)):
        return migration.line("same", action)
    start = _start(migration, step, action)
    due = migration.dated(step, action.owner, start, migration.before(step))
    if due.due == action.due:
        return migration.line("same", action)
    due = migration.in_time(step, action.owner, start, due)
    past = "today" in due.moved_by
    if not directive.recompute:
        return migration.line("keeps", action)._replace(would=due.due, past=past)
    if action.moved or "rebooked" in migration.why.get(action.id, {}):
        return migration.line("by-hand", action)._replace(would=due.due, past=past, entry=directive.entry)
    return _redated(migration, step, action, start, due, directive)


def _is_timed_differently(migration: Migration, step: Step) -> bool:
    before = migration.edit.before
    return before is None or not any(old.id == step.id and _timing(old) == _timing(step) for old in before.steps)


def _timing(step: Step) -> tuple[object, ...]:
    return step.offset, step.anchor, step.at, step.roll, step.min_gap, step.date


def _start(migration: Migration, step: Step, action: Action) -> When:
    """The original anchor; if the step counts from another step's date, that date as it is now."""
    original = migration.original(action)
    return migration.counted_from(step, migration.before(step), original) or original


def _redated(
    migration: Migration, step: Step, action: Action, start: When, due: Due, directive: StepDirective
) -> Effect:
    past = "today" in due.moved_by
    if past and directive.stagger:
        days = migration.heap.get((migration.edit.ref, step.id, action.owner), 0) // directive.stagger
        due = put_off(due, days, migration.draft.calendar(action.owner))
    why = migration.reasons(step, _anchor(migration, step, action), start, due)
    migration.draft.add(h.Redated(action.id, due.due, due.nominal, due.at, action.due, why))
    what = "later" if due.due > action.due else "earlier"
    return migration.line(what, action)._replace(becomes=due.due, past=past, entry=directive.entry)


def _anchor(migration: Migration, step: Step, action: Action) -> str:
    """The anchor for `explain`: a round's entry step counts from the round's start, whatever its anchor."""
    entered = migration.why.get(action.id, {}).get("anchor") == "start"
    return "start" if entered and step.anchor.kind in ("completed", "due") else step.anchor
