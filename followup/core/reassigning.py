"""Open actions on another clock: with a new owner, or where their owner's zone has changed (T1, F20)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from followup.core import history as h
from followup.core.draft import Draft
from followup.core.model import Action
from followup.core.office import ELAPSED_MINUTES
from followup.core.process.course import Course, nominal_in
from followup.core.timing import When, local, moment


def take_over(draft: Draft, before: str | None, actions: Iterable[Action]) -> None:
    """F20: those of `actions` that an enrolment made for the owner `before` go to the contact's current owner."""
    owner = draft.dossier.known.owner
    for action in actions:
        if action.enrolment and action.owner == before:
            draft.add(_reassigned(draft, action, owner, draft.calendar(action.owner).zone))


def rezone(draft: Draft, before: Mapping[str | None, str], actions: Iterable[Action]) -> None:
    """T1: these open actions follow their owner's clock; only what is rewritten is an event.

    `before`: owners whose zone has changed -> the zone that these actions read in until now.
    """
    for action in actions:
        if action.owner in before:
            event = _reassigned(draft, action, action.owner, before[action.owner])
            if (event.due, event.nominal, event.at) != (action.due, action.nominal, action.at):
                draft.add(event)


def _reassigned(draft: Draft, action: Action, owner: str | None, read_in: str) -> h.Reassigned:
    """T1: dates and `at:` times stay as they read; another timed due keeps its instant and shows another time."""
    zone, declared = draft.calendar(owner).zone, _has_declared_time(draft, action)
    by_hand = action.due[10:] != action.nominal[10:]
    due = _read_in(zone, When(action.due, action.at), declared and not by_hand)
    nominal = _read_in(zone, nominal_in(read_in, action), declared)
    before = {"owner": action.owner, "due": action.due}
    return h.Reassigned(action.id, owner, due.text, nominal.text, due.at, before)


def _read_in(zone: str, when: When, as_it_reads: bool) -> When:
    return moment(when.text, zone) if as_it_reads or len(when.text) == 10 else local(when.at, zone)


def _has_declared_time(draft: Draft, action: Action) -> bool:
    """Whether the nominal's time of day comes from the step's `at:`, which hours and minutes pass over."""
    enrolment = draft.dossier.enrolment(action.enrolment)
    step = Course(draft, enrolment).step_of(action) if enrolment else None
    return bool(step and step.at and step.offset.unit not in ELAPSED_MINUTES)
