"""E2: the date of an open action whose step was edited. It stays, unless a `migrate:` entry says `recompute`."""

from __future__ import annotations

from followup.core import history as h
from followup.core.migration.context import Migration
from followup.core.migration.edition import Effect, StepDirective
from followup.core.model import Action
from followup.core.office import Cycle, Step
from followup.core.process.rounds import action_before, counted_from, dated, in_time, reasons
from followup.core.timing import Due, When, put_off


def redate(meeting: Migration, after: Cycle, step: Step, action: Action) -> Effect:
    """Counted from the original anchor. What somebody moved by hand was promised to the contact: it stays."""
    said = meeting.edit.directive(step.id)
    if not (said.recompute or _is_timed_anew(meeting, step)):
        return meeting.effect("same", action)
    start = _start(meeting, after, step, action)
    before = action_before(meeting.draft, meeting.enrolment, after, step)
    due = dated(meeting.draft, step, action.owner, start, before)
    if due.due == action.due:
        return meeting.effect("same", action)
    due = in_time(meeting.draft, step, action.owner, start, due)
    past = "today" in due.moved_by
    if not said.recompute:
        return meeting.effect("keeps", action, would=due.due, past=past)
    if action.moved or "rebooked" in meeting.why.get(action.id, {}):
        return meeting.effect("by-hand", action, would=due.due, past=past, entry=said.entry)
    return _redated(meeting, step, action, start, due, said)


def _is_timed_anew(meeting: Migration, step: Step) -> bool:
    before = meeting.edit.before
    return before is None or not any(old.id == step.id and _timing(old) == _timing(step) for old in before.steps)


def _timing(step: Step) -> tuple[object, ...]:
    return step.offset, step.anchor, step.at, step.roll, step.min_gap


def _start(meeting: Migration, cycle: Cycle, step: Step, action: Action) -> When:
    """The original anchor; where the step counts from another one's date, that date as it is by now."""
    original = meeting.original(action)
    before = action_before(meeting.draft, meeting.enrolment, cycle, step)
    return counted_from(meeting.draft, meeting.enrolment, cycle, step, before, original) or original


def _redated(meeting: Migration, step: Step, action: Action, start: When, due: Due, said: StepDirective) -> Effect:
    past = "today" in due.moved_by
    if past and said.stagger:
        days = meeting.heap.get((step.id, action.owner), 0) // said.stagger
        due = put_off(due, days, meeting.draft.calendar(action.owner))
    why = reasons(meeting.draft, step, _anchor(meeting, step, action), start, due)
    meeting.draft.add(h.Redated(action.id, due.due, due.nominal, due.at, action.due, why))
    what = "later" if due.due > action.due else "earlier"
    return meeting.effect(what, action, becomes=due.due, past=past, entry=said.entry)


def _anchor(meeting: Migration, step: Step, action: Action) -> str:
    """What `explain` will call it: the step that a round enters at counts from the round's start, whatever it says."""
    entered = meeting.why.get(action.id, {}).get("anchor") == "start"
    return "start" if entered and step.anchor in ("completed", "due") else step.anchor
