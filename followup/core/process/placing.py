"""Onto a cycle, along it, and off it: what a choice means, and what follows from a closing. Rules F4 to F10, L8."""

from __future__ import annotations

from itertools import pairwise

from followup.core import history as h
from followup.core.draft import Draft
from followup.core.model import CANCELLED, Action, Enrolment
from followup.core.office import Alias, Cycle, Step
from followup.core.process.rounds import action_of, begin, next_round, up_to_loop, walk
from followup.core.timing import When
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


def choose(draft: Draft, choice: Choice, now: When, restart: bool = False, begins: When | None = None) -> None:
    """Carry out a choice: categorise (L8), carry on (F10), or place on the cycle (F7), which begins `now`, or later."""
    alias, cycle = chosen(draft, choice)
    if cycle is None:
        assert alias is not None
        draft.add(h.Categorised(alias.id, draft.dossier.known.follow_up))
        return
    _is_followed_up(draft)
    current = draft.dossier.cycle
    if current and not restart and _is_on(draft, current, cycle) and _something_follows(draft, current, cycle):
        if alias and alias.id != current.alias:
            draft.add(h.AliasChosen(current.id, alias.id, current.alias))
        return
    if current:
        end(draft, current, now, "restarted" if _is_on(draft, current, cycle) else "replaced")
    enrol(draft, alias, cycle, begins or now)


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
    draft.add(h.Enrolled(id, "cycle", cycle.id, alias.id if alias else None, version, start.text, start.at))
    if cycle.active_steps:
        begin(draft, id, cycle, cycle.active_steps[0])


def end(draft: Draft, enrolment: Enrolment, on: When, reason: str) -> None:
    """End the enrolment and cancel what is open of it; nothing else is touched (F7)."""
    for action in draft.dossier.of(enrolment):
        if action.open:
            draft.add(h.Cancelled(action.id, on.text, reason))
    draft.add(h.Ended(enrolment.id, on.day, reason))


def advance(draft: Draft, action: Action, closed: When) -> None:
    """What follows from an enrolment's action having been closed at `closed` (F4, F5, L3)."""
    enrolment = draft.dossier.enrolment(action.enrolment)
    if enrolment is None or not enrolment.open:
        return
    cycle = draft.cycle(enrolment.process)
    if cycle and action.round == enrolment.round:
        step = _step_of(draft, cycle, enrolment, action)
        if step and step.loop_to and cycle.active_steps:
            next_round(draft, enrolment, cycle, step, action, closed)
        else:
            walk(draft, enrolment, cycle, _after(cycle, step, action), closed)
    if not any(a.open for a in draft.dossier.of(enrolment)):
        nothing_open(draft, enrolment, cycle, closed)


def nothing_open(draft: Draft, enrolment: Enrolment, cycle: Cycle | None, closed: When) -> None:
    """A hold stays (F8). What a cancelling by hand held up is made up for, be it steps or a loop; else it is over."""
    if cycle and not cycle.active_steps:
        return
    if cycle and (held_up := _held_up(draft, enrolment, cycle)):
        walk(draft, enrolment, cycle, held_up, closed)
    elif cycle and (loop := _loop(draft, enrolment, cycle)):
        next_round(draft, enrolment, cycle, *loop, closed)
    else:
        draft.add(h.Ended(enrolment.id, closed.day, "no-more-steps"))


def _loop(draft: Draft, enrolment: Enrolment, cycle: Cycle) -> tuple[Step, Action] | None:
    """The step of this round that loops, with its action."""
    for step in cycle.active_steps:
        action = action_of(draft, enrolment, step)
        if step.loop_to and action:
            return step, action
    return None


def _held_up(draft: Draft, enrolment: Enrolment, cycle: Cycle) -> tuple[Step, ...]:
    """The rest of the round from the first step that nothing triggered, since the one before it was cancelled."""
    for place_, (before, step) in enumerate(pairwise(cycle.active_steps), 1):
        tried = action_of(draft, enrolment, before)
        if tried and tried.status == CANCELLED and not before.loop_to and not action_of(draft, enrolment, step):
            return up_to_loop(cycle.active_steps[place_:])
    return ()


def _step_of(draft: Draft, cycle: Cycle, enrolment: Enrolment, action: Action) -> Step | None:
    id = draft.step_id(enrolment.process, action.step)
    return next((step for step in cycle.steps if step.id == id), None)


def _after(cycle: Cycle, step: Step | None, action: Action) -> tuple[Step, ...]:
    """The rest of the round behind a closed step; behind where it stood, if it is no longer declared."""
    position = step.position if step else action.position - 1
    return up_to_loop(tuple(s for s in cycle.active_steps if s.position > position))
