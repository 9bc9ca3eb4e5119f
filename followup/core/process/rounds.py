"""One round of a cycle: which of its steps become actions, and from what their dates count. Rules F5, L3, T2.

A round runs from the step it enters at to the first active step with a loop. Whatever of it can be dated is created at
once; a step anchored on `completed` waits until the step before it is closed. Inactive steps are as if not there.
"""

from __future__ import annotations

from followup.core import history as h
from followup.core.draft import Draft
from followup.core.model import CANCELLED, SCHEDULED, Action, Enrolment
from followup.core.office import Cycle, Step
from followup.core.timing import Due, When, add_days, moment, place


def up_to_loop(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Up to the first step that loops: what stands behind it is never reached."""
    end = next((place for place, step in enumerate(steps, 1) if step.loop_to), len(steps))
    return steps[:end]


def next_round(draft: Draft, enrolment: Enrolment, cycle: Cycle, step: Step, action: Action, closed: When) -> None:
    entry = loop_target(cycle, step)
    start = closed
    if entry.anchor == "due" or entry.anchor.startswith("step:"):  # L3: never before the day it was planned for
        start = max(closed, nominal_of(draft, action), key=lambda when: when.at)
    draft.add(h.RoundBegan(enrolment.id, enrolment.round + 1, start.text, start.at))
    begin(draft, enrolment.id, cycle, entry, before=action)


def loop_target(cycle: Cycle, step: Step) -> Step:
    """The step that `step` loops to; if that is inactive, the next active one behind it, wrapping (F5)."""
    position = next((s.position for s in cycle.steps if s.id == step.loop_to), 0)
    active = cycle.active_steps
    return next((s for s in active if s.position >= position), active[0])


def begin(draft: Draft, enrolment_id: int, cycle: Cycle, entry: Step, before: Action | None = None) -> None:
    """A round's first step counts from the round's start whatever its anchor (T2); then what else can be dated."""
    enrolment = draft.dossier.enrolment(enrolment_id)
    assert enrolment is not None
    start = When(enrolment.round_start, enrolment.round_at)
    steps = up_to_loop(tuple(s for s in cycle.active_steps if s.position >= entry.position))
    create(draft, enrolment, steps[0], "start", start, before)
    walk(draft, enrolment, cycle, steps[1:], None)


def walk(draft: Draft, enrolment: Enrolment, cycle: Cycle, steps: tuple[Step, ...], closed: When | None) -> None:
    """Create, in listed order, each of `steps` that can be dated and does not exist in this round.

    `closed`: when the step before the first of them was closed, if that is what happened. Steps behind one that was
    cancelled by hand before count from then too, so that nothing is lost with it.
    """
    for place_, step in enumerate(steps):
        if action_of(draft, enrolment, step):
            continue
        before = action_before(draft, enrolment, cycle, step)
        waits = place_ > 0 and (before is None or before.open or before.round != enrolment.round)
        anchor = counted_from(draft, enrolment, cycle, step, before, None if waits else closed)
        if anchor:
            create(draft, enrolment, step, step.anchor, anchor, before)


def action_of(draft: Draft, enrolment: Enrolment, step: Step) -> Action | None:
    """This round's latest action of `step`."""
    latest = draft.latest(enrolment, step)
    return latest if latest and latest.round == enrolment.round else None


def action_before(draft: Draft, enrolment: Enrolment, cycle: Cycle, step: Step) -> Action | None:
    """The action of the active step before `step`, in listed order."""
    earlier = [s for s in cycle.active_steps if s.position < step.position]
    return draft.latest(enrolment, earlier[-1]) if earlier else None


def counted_from(
    draft: Draft, enrolment: Enrolment, cycle: Cycle, step: Step, before: Action | None, closed: When | None
) -> When | None:
    """What the step counts from (T2); None while that is not known."""
    match step.anchor:
        case "completed":
            return closed
        case "start":
            return When(enrolment.round_start, enrolment.round_at)
        case "due":
            return nominal_of(draft, before) if before and before.round == enrolment.round else closed
        case named:
            return _named(draft, enrolment, cycle, named.removeprefix("step:"), closed)


def _named(draft: Draft, enrolment: Enrolment, cycle: Cycle, id: str, closed: When | None) -> When | None:
    """The nominal of this round's action of the named step; of an earlier round's where this one enters behind it."""
    step = next((s for s in cycle.active_steps if s.id == id), None)
    latest = draft.latest(enrolment, step) if step else None
    if step and not action_of(draft, enrolment, step) and _is_to_come(draft, enrolment, cycle, step):
        return None
    return nominal_of(draft, latest) if latest else closed


def _is_to_come(draft: Draft, enrolment: Enrolment, cycle: Cycle, step: Step) -> bool:
    """Whether this round has yet to create `step`: the nearest one before it that exists has triggered nothing."""
    for before in reversed([s for s in cycle.active_steps if s.position < step.position]):
        if tried := action_of(draft, enrolment, before):
            return tried.status in (SCHEDULED, CANCELLED)
    return False


def nominal_of(draft: Draft, action: Action) -> When:
    return nominal_in(draft.calendar(action.owner).zone, action)


def nominal_in(zone: str, action: Action) -> When:
    """The nominal due with its instant: the stored one where nothing moved it, since text is ambiguous once a year."""
    return When(action.due, action.at) if action.nominal == action.due else moment(action.nominal, zone)


def create(draft: Draft, enrolment: Enrolment, step: Step, anchor: str, start: When, before: Action | None) -> None:
    """Schedule one step, for the contact's owner, with the reasons for its date."""
    owner = draft.dossier.known.owner
    due = dated(draft, step, owner, start, before)
    if draft.not_before_today:
        due = in_time(draft, step, owner, start, due)
    draft.add(
        h.Scheduled(
            action=next(draft.ids),
            type=step.type,
            title=step.name,
            owner=owner,
            due=due.due,
            nominal=due.nominal,
            at=due.at,
            enrolment=enrolment.id,
            step=step.id,
            round=enrolment.round,
            trial=draft.next_trial(enrolment, step.id, enrolment.round),
            position=step.position,
            why=reasons(draft, step, anchor, start, due),
        )
    )


def dated(draft: Draft, step: Step, owner: str | None, start: When, before: Action | None) -> Due:
    """When `step` is due if it counts from `start`."""
    gap = add_days(before.due[:10], step.min_gap) if before and step.min_gap else None
    return place(start, step.offset, draft.calendar(owner), step.at, step.roll, gap)


def in_time(draft: Draft, step: Step, owner: str | None, start: When, due: Due) -> Due:
    """`due`; what it becomes where that lies before the owner's today, since an edit schedules nothing there (E2)."""
    calendar, today = draft.calendar(owner), draft.now(owner).day
    if due.due[:10] >= today:
        return due
    roll = "forward" if (step.roll or calendar.roll) == "back" else step.roll
    late = place(start, step.offset, calendar, step.at, roll, today)
    return late._replace(moved_by=tuple("today" if cause == "min_gap" else cause for cause in late.moved_by))


def reasons(draft: Draft, step: Step, anchor: str, start: When, due: Due) -> h.Fields:
    """What `explain` will read of a date (G4)."""
    why: h.Fields = {
        "anchor": anchor,
        "from": start.text,
        "offset": str(step.offset),
        "version": draft.office.version,
    }
    if due.moved_by:
        why["moved_by"] = list(due.moved_by)
    if due.unknown_holidays:
        why["unknown_holidays"] = True
    return why
