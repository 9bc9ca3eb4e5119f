"""One round of a process: which of its steps become actions, and when. Rules F5, L3, T2.

A round runs from the step that it enters at to the first active step with a loop. Each step whose date is known becomes
an action at once; one anchored on `completed` waits until the step before it is closed. Inactive steps are as if they
were not there.
"""

from __future__ import annotations

from followup.core import history as h
from followup.core.model import Action
from followup.core.office import Process, Step
from followup.core.process.course import Course
from followup.core.timing import When


def up_to_loop(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Up to the first step that loops, which is the round's last: what is listed behind it is never reached."""
    end = next((place for place, step in enumerate(steps, 1) if step.loop_to), len(steps))
    return steps[:end]


def loop_target(process: Process, step: Step) -> Step:
    """The step that `step` loops to; if that is inactive, the next active one behind it, wrapping (F5)."""
    position = next((s.position for s in process.steps if s.id == step.loop_to), 0)
    active = process.active_steps
    return next((s for s in active if s.position >= position), active[0])


def next_round(course: Course, step: Step, action: Action, closed: When) -> None:
    """`step` loops, and its `action` was closed: the next round begins, then or on the day it was planned for.

    A round that is entered through `due` or `step:ID` is counted from plans, so that a call made early brings none of
    them forward (L3); the others count from what was really done.
    """
    assert course.process is not None
    entry = loop_target(course.process, step)
    start = closed
    if entry.anchor.kind in ("due", "step"):
        start = max(closed, course.nominal(action), key=lambda when: when.at)
    course.draft.add(h.RoundBegan(course.enrolment.id, course.enrolment.round + 1, start.text, start.at))
    begin(course, entry, before=course.latest(step))


def begin(course: Course, entry: Step, before: Action | None = None) -> None:
    """A round's first step counts from the round's start whatever its anchor (T2); then what else can be dated.

    `before`: the action that looped here, which is what a `min_gap` of the first step keeps its distance from.
    """
    first, *rest = up_to_loop(tuple(s for s in course.active_steps if s.position >= entry.position))
    course.create(first, "start", course.round_start, before)
    walk(course, tuple(rest), None)


def walk(course: Course, steps: tuple[Step, ...], closed: When | None) -> None:
    """Create, in listed order, each of `steps` that can be dated and does not exist in this round.

    `closed`: when the step before the first of `steps` was closed, if that is why we are here. It is the anchor of the
    first of them, and of no later one, unless the step before that one is closed as well without having created it:
    that step was cancelled by hand, which triggers nothing. So what waits behind it counts from this closing, or it
    would be lost with the cancelled step.
    """
    for place, step in enumerate(steps):
        if course.in_round(step):
            continue
        before = course.before(step)
        waits = place > 0 and (before is None or before.open or before.round != course.enrolment.round)
        anchor = course.counted_from(step, before, None if waits else closed)
        if anchor:
            course.create(step, step.anchor, anchor, before)
