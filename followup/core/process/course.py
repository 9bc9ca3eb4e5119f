"""One enrolment at work: its process as applied, its actions by step, and what each step's date counts from.

All that follows from an action goes by the course of that action's own enrolment, a cycle's or a plan's alike. What a
Course answers is what stands after the draft's last event: it looks again whenever the dossier has changed.
Rules T2, L3, E5.
"""

from __future__ import annotations

from typing import assert_never

from followup.core import history as h
from followup.core.draft import Draft
from followup.core.model import CANCELLED, SCHEDULED, Action, Enrolment
from followup.core.office import Process, Ref, Step
from followup.core.timing import Due, When, add_days, moment, place


class Course:
    """The process is looked up when a step is asked for, so that what only ends reads no document of the catalog."""

    def __init__(self, draft: Draft, enrolment: Enrolment) -> None:
        self.draft = draft
        self._process: tuple[Process | None, ...] = ()  # empty until it is looked up
        self._enrolment, self._actions = enrolment, draft.dossier.of(enrolment)
        self._seen = draft.dossier

    @property
    def process(self) -> Process | None:
        """None where the catalog no longer declares it; then nothing follows."""
        if not self._process:
            self._process = (self.draft.office.process(self._enrolment.ref),)
        return self._process[0]

    @property
    def steps(self) -> tuple[Step, ...]:
        process = self.process
        return process.steps if process else ()

    @property
    def active_steps(self) -> tuple[Step, ...]:
        process = self.process
        return process.active_steps if process else ()

    def _look(self) -> None:
        """Once for each state of the dossier: diff and apply ask for everybody, several times."""
        self._seen = self.draft.dossier
        enrolment = self._seen.enrolment(self._enrolment.id)
        assert enrolment is not None
        self._enrolment, self._actions = enrolment, self._seen.of(enrolment)

    @property
    def enrolment(self) -> Enrolment:
        if self._seen is not self.draft.dossier:
            self._look()
        return self._enrolment

    @property
    def actions(self) -> tuple[Action, ...]:
        """All that the dossier has of it, oldest first."""
        if self._seen is not self.draft.dossier:
            self._look()
        return self._actions

    @property
    def open_actions(self) -> list[Action]:
        """In the order of the steps."""
        return sorted((a for a in self.actions if a.open), key=lambda action: (action.position, action.id))

    def is_of(self, process: Process) -> bool:
        """Whether this is that process, whatever it was called when the enrolment began (E5)."""
        return self.draft.office.current(self._enrolment.ref) == Ref(process.kind, process.id)

    @property
    def round_start(self) -> When:
        return When(self.enrolment.round_start, self.enrolment.round_at)

    def step_id(self, step: str | None) -> str | None:
        """The id of today (E5): an action keeps the one that it was made under, for good."""
        return self.draft.office.step_id(self._enrolment.process, step)

    def step_of(self, action: Action) -> Step | None:
        """The step as it is declared today, active or not."""
        id = self.step_id(action.step)
        return next((step for step in self.steps if step.id == id), None)

    def active_step(self, id: str) -> Step | None:
        return next((step for step in self.active_steps if step.id == id), None)

    def active_before(self, step: Step) -> list[Step]:
        return [s for s in self.active_steps if s.position < step.position]

    def tries(self, step: str | None) -> list[Action]:
        """Every action that there was of a step, in every round, under whatever id."""
        if not self.draft.office.moved:  # asked for each step of everybody that an import or an apply touches
            return [action for action in self.actions if action.step == step]
        id = self.step_id(step)
        return [action for action in self.actions if self.step_id(action.step) == id]

    def latest(self, step: Step) -> Action | None:
        """The latest of them, open or closed; what was undone never happened (E11)."""
        tries = (action for action in self.tries(step.id) if not action.undone)
        return max(tries, key=lambda action: (action.round, action.trial), default=None)

    def in_round(self, step: Step) -> Action | None:
        """This round's latest action of `step`."""
        latest = self.latest(step)
        return latest if latest and latest.round == self.enrolment.round else None

    def before(self, step: Step) -> Action | None:
        """The latest action of the active step before `step`, in listed order.

        It can be of an earlier round, where this round entered behind it.
        """
        earlier = self.active_before(step)
        return self.latest(earlier[-1]) if earlier else None

    def next_trial(self, step: str | None, round: int) -> int:
        """An unused one: an undone action keeps its number, so that its id never means something else (E11)."""
        return 1 + max((action.trial for action in self.tries(step) if action.round == round), default=0)

    def nominal(self, action: Action) -> When:
        return nominal_in(self.draft.calendar(action.owner).zone, action)

    def counted_from(self, step: Step, before: Action | None, closed: When | None) -> When | None:
        """What the step's offset counts from (T2); None while that is not known.

        `before`: the action of the step before it; `closed`: when that was closed, None while it is not.
        """
        match step.anchor.kind:
            case "completed":
                return closed
            case "start":
                return self.round_start
            case "due":  # where this round entered behind the step before, there is no due of it to count from
                return self.nominal(before) if before and before.round == self.enrolment.round else closed
            case "step":
                return self._of_named(step.anchor.step, closed)
            case "date":
                zone = self.draft.calendar(self.draft.dossier.known.owner).zone
                return moment(step.date, zone) if step.date else None
            case "event":  # no enrolment knows its event yet: better never dated than dated wrongly
                return None
            case _:
                assert_never(step.anchor.kind)

    def _of_named(self, id: str, closed: When | None) -> When | None:
        """The nominal of this round's action of the named step; if the round entered behind it, of its latest."""
        step = self.active_step(id)
        latest = self.latest(step) if step else None
        if step and not self.in_round(step) and self._is_to_come(step):
            return None
        return self.nominal(latest) if latest else closed

    def _is_to_come(self, step: Step) -> bool:
        """Whether this round has yet to create `step`.

        The nearest step before it that this round has reached decides: open, or cancelled by hand, it has triggered
        nothing so far. Closed otherwise it would have created `step` by now, so this round has entered behind it.
        """
        for before in reversed(self.active_before(step)):
            if tried := self.in_round(before):
                return tried.status in (SCHEDULED, CANCELLED)
        return False

    def create(self, step: Step, anchor: str, start: When, before: Action | None) -> None:
        """Schedule one step, for the contact's owner, with the reasons for its date."""
        enrolment, owner = self.enrolment, self.draft.dossier.known.owner
        due = self.dated(step, owner, start, before)
        if self.draft.not_before_today:
            due = self.in_time(step, owner, start, due)
        self.draft.add(
            h.Scheduled(
                action=next(self.draft.ids),
                type=step.type,
                title=step.name,
                owner=owner,
                due=due.due,
                nominal=due.nominal,
                at=due.at,
                enrolment=enrolment.id,
                step=step.id,
                round=enrolment.round,
                trial=self.next_trial(step.id, enrolment.round),
                position=step.position,
                why=self.reasons(step, anchor, start, due),
            )
        )

    def dated(self, step: Step, owner: str | None, start: When, before: Action | None) -> Due:
        """When `step` is due if it counts from `start`."""
        gap = add_days(last_day(before), step.min_gap) if before and step.min_gap else None
        return place(start, step.offset, self.draft.calendar(owner), step.at, step.roll, gap)

    def in_time(self, step: Step, owner: str | None, start: When, due: Due) -> Due:
        """`due`; today's, where it lies before the owner's today, since an edit schedules nothing in the past (E2).

        Placed once more with today as the first day allowed, and never rolled back from there: yesterday would be late.
        """
        calendar, today = self.draft.calendar(owner), self.draft.now(owner).day
        if due.due[:10] >= today:
            return due
        roll = "forward" if (step.roll or calendar.roll) == "back" else step.roll
        late = place(start, step.offset, calendar, step.at, roll, today)
        return late._replace(moved_by=tuple("today" if cause == "min_gap" else cause for cause in late.moved_by))

    def reasons(self, step: Step, anchor: str, start: When, due: Due) -> h.Why:
        """What `explain` will read of a date (G4). `anchor` is not always the step's own: a round's first step counts
        from the round's start, whatever it says."""
        why: h.Why = {
            "anchor": str(anchor),
            "from": start.text,
            "offset": str(step.offset),
            "version": self.draft.office.version,
        }
        if due.moved_by:
            why["moved_by"] = list(due.moved_by)
        if due.unknown_holidays:
            why["unknown_holidays"] = True
        return why

    def end(self, on: When, reason: str) -> None:
        """End the enrolment and cancel what is open of it; nothing else of the contact is touched (F7)."""
        for action in self.actions:
            if action.open:
                self.draft.add(h.Cancelled(action.id, on.text, reason))
        self.draft.add(h.Ended(self._enrolment.id, on.day, reason))


def last_day(action: Action) -> str:
    """The local date of its due; that of its closing, where it was closed later. A `min_gap` counts from it (T5)."""
    return max(action.due[:10], (action.completed_on or "")[:10])


def nominal_in(zone: str, action: Action) -> When:
    """The nominal due with its instant: the stored one where nothing moved it.

    In the hour that a clock shows twice, text alone would not say which of the two was meant (T6).
    """
    return When(action.due, action.at) if action.nominal == action.due else moment(action.nominal, zone)
