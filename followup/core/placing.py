"""On a cycle, round by round: which steps become actions when. Rules F4 to F8, L3, T2.

A round runs from the step it enters at to the first active step with a loop. Whatever of it can be dated is created at
once; a step anchored on `completed` waits until the step before it is closed. Inactive steps are as if not there.
"""

from __future__ import annotations

from itertools import pairwise

from followup.core import events as e
from followup.core.draft import Draft
from followup.core.model import CANCELLED, SCHEDULED, Action, Enrolment
from followup.core.office import Alias, Cycle, Step
from followup.core.timing import Due, When, add_days, moment, place
from followup.core.wishes import Choice
from followup.errors import NotFound, Refused


def chosen(draft: Draft, choice: Choice) -> tuple[Alias | None, Cycle | None]:
    """The alias and the cycle that a choice means; refuses what may not be chosen (F9)."""
    if choice.alias is None:
        return None, _cycle_by_id(draft, choice.cycle or "")
    try:
        alias = draft.office.aliases[choice.alias]
    except KeyError:
        raise NotFound(f"no alias '{choice.alias}'") from None
    if not alias.active:
        raise Refused(f"alias '{alias.id}' is not active: choose another")
    if alias.cycle is None:
        return alias, None
    return alias, _active_cycle(draft, alias.cycle)


def _cycle_by_id(draft: Draft, id: str) -> Cycle:
    if not draft.stamp.by.administers():
        raise Refused(f"only an administrator names a cycle by its id ('{id}'): choose an alias")
    return _active_cycle(draft, id)


def _active_cycle(draft: Draft, id: str) -> Cycle:
    cycle = draft.cycle(id)
    if cycle is None:
        raise NotFound(f"no cycle '{id}'")
    if not cycle.active:
        raise Refused(f"cycle '{id}' is not active: choose another")
    return cycle


def choose(draft: Draft, choice: Choice, start: When, restart: bool = False) -> None:
    """Carry out a choice: categorise (L8), carry on (F10), or place on the cycle (F7)."""
    alias, cycle = chosen(draft, choice)
    if cycle is None:
        assert alias is not None
        draft.add(e.Categorised(alias.id, draft.dossier.known.follow_up))
        return
    _is_followed_up(draft)
    current = draft.dossier.cycle
    if current and not restart and _is_on(draft, current, cycle) and _something_follows(draft, current, cycle):
        if alias and alias.id != current.alias:
            draft.add(e.AliasChosen(current.id, alias.id, current.alias))
        return
    if current:
        end(draft, current, start, "restarted" if _is_on(draft, current, cycle) else "replaced")
    enrol(draft, alias, cycle, start)


def _is_followed_up(draft: Draft) -> None:
    contact = draft.dossier.known
    if contact.closed():
        mend = f"followup contacts set {contact.id} --stage lead"
        raise Refused(f"{contact.name} is {contact.stage}: `{mend}` first (F21)")


def stays(draft: Draft, choice: Choice, restart: bool) -> bool:
    """Whether the contact's cycle goes on: the choice is that cycle, or only categorises (L8, F10)."""
    cycle, current = chosen(draft, choice)[1], draft.dossier.cycle
    return cycle is None or bool(current and not restart and _is_on(draft, current, cycle))


def _is_on(draft: Draft, enrolment: Enrolment, cycle: Cycle) -> bool:
    return draft.office.cycle_id(enrolment.process) == cycle.id


def _something_follows(draft: Draft, enrolment: Enrolment, cycle: Cycle) -> bool:
    """Something of it is open, or it is a hold, or its pause will end."""
    return bool(enrolment.paused_until or not cycle.active_steps or any(a.open for a in draft.dossier.of(enrolment)))


def enrol(draft: Draft, alias: Alias | None, cycle: Cycle, start: When) -> None:
    """Place the contact on `cycle`, which it is not on, and create what can be dated (F4, F8)."""
    id, version = next(draft.ids), draft.office.version
    draft.add(e.Enrolled(id, "cycle", cycle.id, alias.id if alias else None, version, start.text, start.at))
    if cycle.active_steps:
        _begin(draft, id, cycle, cycle.active_steps[0])


def end(draft: Draft, enrolment: Enrolment, on: When, reason: str) -> None:
    """End the enrolment and cancel what is open of it; nothing else is touched (F7)."""
    for action in draft.dossier.of(enrolment):
        if action.open:
            draft.add(e.Cancelled(action.id, on.text, reason))
    draft.add(e.Ended(enrolment.id, on.day, reason))


def advance(draft: Draft, action: Action, closed: When) -> None:
    """What follows from an enrolment's action having been closed at `closed` (F4, F5, L3)."""
    enrolment = draft.dossier.enrolment(action.enrolment)
    if enrolment is None or not enrolment.open:
        return
    cycle = draft.cycle(enrolment.process)
    if cycle and action.round == enrolment.round:
        step = _step_of(draft, cycle, enrolment, action)
        if step and step.loop_to and cycle.active_steps:
            _next_round(draft, enrolment, cycle, step, action, closed)
        else:
            _walk(draft, enrolment, cycle, _after(cycle, step, action), closed)
    if not any(a.open for a in draft.dossier.of(enrolment)):
        _nothing_open(draft, enrolment, cycle, closed)


def _nothing_open(draft: Draft, enrolment: Enrolment, cycle: Cycle | None, closed: When) -> None:
    """A hold stays (F8). What a cancelling by hand held up is made up for, be it steps or a loop; else it is over."""
    if cycle and not cycle.active_steps:
        return
    if cycle and (held_up := _held_up(draft, enrolment, cycle)):
        _walk(draft, enrolment, cycle, held_up, closed)
    elif cycle and (loop := _loop(draft, enrolment, cycle)):
        _next_round(draft, enrolment, cycle, *loop, closed)
    else:
        draft.add(e.Ended(enrolment.id, closed.day, "no-more-steps"))


def _loop(draft: Draft, enrolment: Enrolment, cycle: Cycle) -> tuple[Step, Action] | None:
    """The step of this round that loops, with its action."""
    for step in cycle.active_steps:
        action = _tried(draft, enrolment, step)
        if step.loop_to and action:
            return step, action
    return None


def _held_up(draft: Draft, enrolment: Enrolment, cycle: Cycle) -> tuple[Step, ...]:
    """The rest of the round from the first step that nothing triggered, since the one before it was cancelled."""
    for place_, (before, step) in enumerate(pairwise(cycle.active_steps), 1):
        tried = _tried(draft, enrolment, before)
        if tried and tried.status == CANCELLED and not before.loop_to and not _tried(draft, enrolment, step):
            return _round(cycle.active_steps[place_:])
    return ()


def _step_of(draft: Draft, cycle: Cycle, enrolment: Enrolment, action: Action) -> Step | None:
    id = draft.step_id(enrolment.process, action.step)
    return next((step for step in cycle.steps if step.id == id), None)


def _after(cycle: Cycle, step: Step | None, action: Action) -> tuple[Step, ...]:
    """The rest of the round behind a closed step; behind where it stood, if it is no longer declared."""
    position = step.position if step else action.position - 1
    return _round(tuple(s for s in cycle.active_steps if s.position > position))


def _round(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Up to the first step that loops: what stands behind it is never reached."""
    end = next((place for place, step in enumerate(steps, 1) if step.loop_to), len(steps))
    return steps[:end]


def _next_round(draft: Draft, enrolment: Enrolment, cycle: Cycle, step: Step, action: Action, closed: When) -> None:
    entry = loop_target(cycle, step)
    start = closed
    if entry.anchor == "due" or entry.anchor.startswith("step:"):  # L3: never before the day it was planned for
        start = max(closed, nominal_of(draft, action), key=lambda when: when.at)
    draft.add(e.RoundBegan(enrolment.id, enrolment.round + 1, start.text, start.at))
    _begin(draft, enrolment.id, cycle, entry, before=action)


def loop_target(cycle: Cycle, step: Step) -> Step:
    """The step that `step` loops to; if that is inactive, the next active one behind it, wrapping (F5)."""
    position = next((s.position for s in cycle.steps if s.id == step.loop_to), 0)
    active = cycle.active_steps
    return next((s for s in active if s.position >= position), active[0])


def _begin(draft: Draft, enrolment_id: int, cycle: Cycle, entry: Step, before: Action | None = None) -> None:
    """A round's first step counts from the round's start whatever its anchor (T2); then what else can be dated."""
    enrolment = draft.dossier.enrolment(enrolment_id)
    assert enrolment is not None
    start = When(enrolment.round_start, enrolment.round_at)
    steps = _round(tuple(s for s in cycle.active_steps if s.position >= entry.position))
    _create(draft, enrolment, steps[0], "start", start, before)
    _walk(draft, enrolment, cycle, steps[1:], None)


def _walk(draft: Draft, enrolment: Enrolment, cycle: Cycle, steps: tuple[Step, ...], closed: When | None) -> None:
    """Create, in listed order, each of `steps` that can be dated and does not exist in this round.

    `closed`: when the step before the first of them was closed, if that is what happened. Steps behind one that was
    cancelled by hand before count from then too, so that nothing is lost with it.
    """
    for place_, step in enumerate(steps):
        if _tried(draft, enrolment, step):
            continue
        before = _before(draft, enrolment, cycle, step)
        waits = place_ > 0 and (before is None or before.open or before.round != enrolment.round)
        anchor = _anchor(draft, enrolment, cycle, step, before, None if waits else closed)
        if anchor:
            _create(draft, enrolment, step, step.anchor, anchor, before)


def _tried(draft: Draft, enrolment: Enrolment, step: Step) -> Action | None:
    """This round's latest action of `step`."""
    latest = draft.latest(enrolment, step)
    return latest if latest and latest.round == enrolment.round else None


def _before(draft: Draft, enrolment: Enrolment, cycle: Cycle, step: Step) -> Action | None:
    """The action of the active step before `step`, in listed order."""
    earlier = [s for s in cycle.active_steps if s.position < step.position]
    return draft.latest(enrolment, earlier[-1]) if earlier else None


def _anchor(
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
    if step and not _tried(draft, enrolment, step) and _is_to_come(draft, enrolment, cycle, step):
        return None
    return nominal_of(draft, latest) if latest else closed


def _is_to_come(draft: Draft, enrolment: Enrolment, cycle: Cycle, step: Step) -> bool:
    """Whether this round has yet to create `step`: the nearest one before it that exists has triggered nothing."""
    for before in reversed([s for s in cycle.active_steps if s.position < step.position]):
        if tried := _tried(draft, enrolment, before):
            return tried.status in (SCHEDULED, CANCELLED)
    return False


def nominal_of(draft: Draft, action: Action) -> When:
    return nominal_in(draft.calendar(action.owner).zone, action)


def nominal_in(zone: str, action: Action) -> When:
    """The nominal due with its instant: the stored one where nothing moved it, since text is ambiguous once a year."""
    return When(action.due, action.at) if action.nominal == action.due else moment(action.nominal, zone)


def _create(
    draft: Draft, enrolment: Enrolment, step: Step, anchor: str, counted_from: When, before: Action | None
) -> None:
    """Schedule one step, for the contact's owner, with the reasons that `explain` will read (G4)."""
    owner = draft.dossier.known.owner
    not_before = add_days(before.due[:10], step.min_gap) if before and step.min_gap else None
    due = place(counted_from, step.offset, draft.calendar(owner), step.at, step.roll, not_before)
    draft.add(
        e.Scheduled(
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
            why=_why(draft, step, anchor, counted_from, due),
        )
    )


def _why(draft: Draft, step: Step, anchor: str, counted_from: When, due: Due) -> e.Fields:
    why: e.Fields = {
        "anchor": anchor,
        "from": counted_from.text,
        "offset": str(step.offset),
        "version": draft.office.version,
    }
    if due.moved_by:
        why["moved_by"] = list(due.moved_by)
    if due.unknown_holidays:
        why["unknown_holidays"] = True
    return why
