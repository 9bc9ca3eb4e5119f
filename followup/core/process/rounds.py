"""One round of a process: which of its steps become actions, and when. Rules F5, L3, T2.

A round runs from its entry step to the first active step with a loop. Each step whose date is known becomes an action
at once; a step anchored on `completed` waits until the step before it is closed. Inactive steps are ignored.
"""

from __future__ import annotations

from followup.core import history as h
from followup.core.model import Action
from followup.core.office import Process, Step
from followup.core.process.course import Course
from followup.core.timing import When


def up_to_loop(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Up to the first step that loops, which is the round's last: steps listed after it are never reached."""
    end = next((place for place, step in enumerate(steps, 1) if step.loop_to), len(steps))
    return steps[:end]


def loop_target(process: Process, step: Step) -> Step:
    """The step that `step` loops to; if that is inactive, the next active one after it, wrapping around (F5)."""
    position = next((s.position for s in process.steps if s.id == step.loop_to), 0)
    active = process.active_steps
    return next((s for s in active if s.position >= position), active[0])


def next_round(course: Course, step: Step, action: Action, closed: When) -> None:
    """`step` loops and its `action` was closed: start the next round, at that time or at its planned time if later.

    If the entry step is anchored on `due` or `step:ID`, the round counts from planned dates, so an early call doesn't
    bring them forward (L3). Otherwise it counts from when the work was done.
    """
    assert course.process is not None
    entry = loop_target(course.process, step)
    start = closed
    if entry.anchor.kind in ("due", "step"):
        start = max(closed, course.nominal(action), key=lambda when: when.at)
    course.draft.add(h.RoundBegan(course.enrolment.id, course.enrolment.round + 1, start.text, start.at))
    begin(course, entry, before=course.latest(step))


def begin(course: Course, entry: Step, before: Action | None = None) -> None:
    """A round's first step counts from the round's start, whatever its anchor (T2); then create what else can be dated.

    `before`: the action that looped here; a `min_gap` of the first step counts from it.
    """
    first, *rest = up_to_loop(tuple(s for s in course.active_steps if s.position >= entry.position))
    course.create(first, "start", course.round_start, before)
    walk(course, tuple(rest), None)


def walk(course: Course, steps: tuple[Step, ...], closed: When | None) -> None:
    """Create, in listed order, each of `steps` that can be dated and has no action in this round yet.

    `closed`: when the step before the first of `steps` was closed, if that is what triggered this. It anchors the first
    of `steps` only, with one exception: if the step before a later one is closed without having created it, it was
    cancelled by hand, which triggers nothing. Steps waiting for it then count from `closed`; otherwise they would never
    be created.
    """
    for place, step in enumerate(steps):
        if course.in_round(step):
            continue
        before = course.before(step)
        waits = place > 0 and (before is None or before.open or before.round != course.enrolment.round)
        anchor = course.counted_from(step, before, None if waits else closed)
        if anchor:
            course.create(step, step.anchor, anchor, before)
