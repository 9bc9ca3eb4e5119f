"""Putting contacts on a cycle, along it and off it: what a choice means, what follows a closing. F4 to F10, L8."""

from __future__ import annotations

from itertools import pairwise

from followup.core import history as h
from followup.core.draft import Draft
from followup.core.kinds import CYCLE
from followup.core.model import CANCELLED, Action
from followup.core.office import Alias, Office, Process, Ref, Step
from followup.core.process.course import Course
from followup.core.process.rounds import begin, next_round, up_to_loop, walk
from followup.core.timing import When
from followup.core.wishes import Choice
from followup.errors import NotFound, Refused


def chosen(draft: Draft, choice: Choice) -> tuple[Alias | None, Process | None]:
    """The alias and the cycle that a choice means; refuses a choice that isn't allowed (F9)."""
    if choice.alias is None:
        return None, _cycle_by_id(draft, choice.cycle or "")
    try:
        alias = draft.office.aliases[choice.alias]
    except KeyError:
        raise NotFound(f"unknown alias '{choice.alias}'{_called_now(draft.office, choice.alias)}") from None
    if not alias.active:
        raise Refused(f"alias '{alias.id}' isn't active: choose another")
    if alias.cycle is None:
        return alias, None
    return alias, _active_cycle(draft, alias.cycle)


def _called_now(office: Office, old: str) -> str:
    """What an old id of an alias has become (E5); the commands look it up, a test of the catalog names it itself."""
    try:
        return f": it's called '{office.aliases[office.moved.get(old, '')].id}' now"
    except KeyError:
        return ""


def _cycle_by_id(draft: Draft, id: str) -> Process:
    if not draft.stamp.by.administers():
        raise Refused(f"only administrators can choose a cycle by its id ('{id}'): choose an alias")
    return _active_cycle(draft, id)


def _active_cycle(draft: Draft, id: str) -> Process:
    cycle = draft.office.process(Ref(CYCLE, id))
    if cycle is None:
        raise NotFound(f"unknown cycle '{id}'")
    if not cycle.active:
        raise Refused(f"cycle '{id}' isn't active: choose another")
    return cycle


def choose(draft: Draft, choice: Choice, now: When, restart: bool = False, begins: When | None = None) -> None:
    """Carry out a choice: categorise (L8), continue (F10), or start the cycle (F7), at `begins` or else `now`."""
    alias, cycle = chosen(draft, choice)
    if cycle is None:
        assert alias is not None
        draft.add(h.Categorised(alias.id, draft.dossier.known.follow_up))
        return
    _is_followed_up(draft)
    course = _current(draft)
    if course and not restart and course.is_of(cycle) and _something_follows(course):
        _carries_on(course, alias)
        return
    if course:
        course.end(now, "restarted" if course.is_of(cycle) else "replaced")
    enrol(draft, alias, cycle, begins or now)


def _current(draft: Draft) -> Course | None:
    """The course of the one cycle that the contact is on (F6)."""
    return Course(draft, draft.dossier.cycle) if draft.dossier.cycle else None


def _carries_on(course: Course, alias: Alias | None) -> None:
    """From now on, closed actions are reported under the alias that was chosen last (F10)."""
    enrolment = course.enrolment
    if alias and alias.id != enrolment.alias:
        course.draft.add(h.AliasChosen(enrolment.id, alias.id, enrolment.alias))


def _is_followed_up(draft: Draft) -> None:
    contact = draft.dossier.known
    if contact.closed():
        fix = f"followup contacts set {contact.id} --stage lead"
        raise Refused(f"{contact.name} is {contact.stage}: run `{fix}` first")


def stays(draft: Draft, choice: Choice, restart: bool) -> bool:
    """Whether the contact's cycle continues: the choice is that cycle, or only categorises (L8, F10)."""
    cycle, course = chosen(draft, choice)[1], _current(draft)
    return cycle is None or bool(course and not restart and course.is_of(cycle))


def _something_follows(course: Course) -> bool:
    """It has an open action, is a hold, or is paused and will resume."""
    return bool(course.enrolment.paused_until or not course.active_steps or course.open_actions)


def enrol(draft: Draft, alias: Alias | None, cycle: Process, start: When) -> None:
    """Put the contact on a cycle that they aren't on, and create every step that can be dated (F4, F8)."""
    id, version = next(draft.ids), draft.office.version
    draft.add(h.Enrolled(id, CYCLE, cycle.id, alias.id if alias else None, version, start.text, start.at))
    enrolment = draft.dossier.enrolment(id)
    if enrolment and cycle.active_steps:
        begin(Course(draft, enrolment), cycle.active_steps[0])


def advance(draft: Draft, action: Action, closed: When) -> None:
    """What follows when an enrolment's action was closed at `closed` (F4, F5, L3).

    An action from an earlier round triggers nothing: that round is over.
    """
    enrolment = draft.dossier.enrolment(action.enrolment)
    if enrolment is None or not enrolment.open:
        return
    course = Course(draft, enrolment)
    if course.process and action.round == enrolment.round:
        step = course.step_of(action)
        if not (step and step.loop_to and course.active_steps):
            walk(course, _after(course, step, action), closed)
        elif not course.process.is_draining:
            next_round(course, step, action, closed)
    if not course.open_actions:
        nothing_open(course, closed)


def nothing_open(course: Course, closed: When) -> None:
    """The enrolment has no open actions. Create the steps or the round that a manual cancel blocked; if none, end it.

    A hold stays (F8). So does what hangs on an event, which only time ends: the event may move, and bring steps back
    that were too late (A7 to A9). A cycle that drains begins no new round, and ends, hold or not (E6).
    """
    process = course.process
    drains = process is not None and process.is_draining
    if process and process.is_hold and not drains:
        return
    if held_up := _held_up(course):
        walk(course, held_up, closed)
    elif not drains and (loop := _loop(course)):
        next_round(course, *loop, closed)
    elif not (process and process.hangs_on_event):
        course.draft.add(h.Ended(course.enrolment.id, closed.day, "drained" if drains else "no-more-steps"))


def _loop(course: Course) -> tuple[Step, Action] | None:
    """This round's step that loops, with its action."""
    for step in course.active_steps:
        action = course.in_round(step)
        if step.loop_to and action:
            return step, action
    return None


def _held_up(course: Course) -> tuple[Step, ...]:
    """The rest of the round, from the first step that was never created because the one before it was cancelled."""
    for before, step in pairwise(course.active_steps):
        tried = course.in_round(before)
        if tried and tried.status == CANCELLED and not before.loop_to and not course.in_round(step):
            return _from(course, step.position)
    return ()


def _after(course: Course, step: Step | None, action: Action) -> tuple[Step, ...]:
    """The rest of the round after a closed step, or after its old position if it is no longer declared."""
    position = step.position if step else action.position - 1
    return _from(course, position + 1)


def _from(course: Course, position: int) -> tuple[Step, ...]:
    """The steps that are still to come in a round, from a position on."""
    return up_to_loop(tuple(step for step in course.active_steps if step.position >= position))
