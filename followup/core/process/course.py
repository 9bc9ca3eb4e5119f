"""One enrolment in progress: its process as applied, its actions by step, and what each step's date counts from.

Everything that follows from an action depends on the course of that action's own enrolment, cycle or plan. A Course
always answers for the state after the draft's last event: it refreshes when the dossier has changed.
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
    """Loads the process only when a step is needed, so that ending an enrolment reads no catalog document."""

    def __init__(self, draft: Draft, enrolment: Enrolment) -> None:
        self.draft = draft
        self._process: tuple[Process | None, ...] = ()  # empty until loaded
        self._enrolment, self._actions = enrolment, draft.dossier.of(enrolment)
        self._seen = draft.dossier

    @property
    def process(self) -> Process | None:
        """None if the catalog no longer declares it; then nothing follows."""
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
        """Once per state of the dossier: diff and apply ask several times for every contact."""
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
        """All of the enrolment's actions in the dossier, oldest first."""
        if self._seen is not self.draft.dossier:
            self._look()
        return self._actions

    @property
    def open_actions(self) -> list[Action]:
        """In step order."""
        return sorted((a for a in self.actions if a.open), key=lambda action: (action.position, action.id))

    def is_of(self, process: Process) -> bool:
        """Whether the enrolment is on `process`, even if it was renamed since (E5)."""
        return self.draft.office.current(self._enrolment.ref) == Ref(process.kind, process.id)

    @property
    def round_start(self) -> When:
        return When(self.enrolment.round_start, self.enrolment.round_at)

    def step_id(self, step: str | None) -> str | None:
        """The step's current id (E5): an action always keeps the id it was created with."""
        return self.draft.office.step_id(self._enrolment.process, step)

    def step_of(self, action: Action) -> Step | None:
        """The step as declared now, active or not."""
        id = self.step_id(action.step)
        return next((step for step in self.steps if step.id == id), None)

    def active_step(self, id: str) -> Step | None:
        return next((step for step in self.active_steps if step.id == id), None)

    def active_before(self, step: Step) -> list[Step]:
        return [s for s in self.active_steps if s.position < step.position]

    def tries(self, step: str | None) -> list[Action]:
        """Every action of a step, in every round, under any of its ids."""
        if not self.draft.office.moved:  # hot path: runs for each step of each contact in an import or apply
            return [action for action in self.actions if action.step == step]
        id = self.step_id(step)
        return [action for action in self.actions if self.step_id(action.step) == id]

    def latest(self, step: Step) -> Action | None:
        """The step's latest action, open or closed; undone actions never happened (E11)."""
        tries = (action for action in self.tries(step.id) if not action.undone)
        return max(tries, key=lambda action: (action.round, action.trial), default=None)

    def in_round(self, step: Step) -> Action | None:
        """This round's latest action of `step`."""
        latest = self.latest(step)
        return latest if latest and latest.round == self.enrolment.round else None

    def before(self, step: Step) -> Action | None:
        """The latest action of the active step before `step`, in listed order.

        It can be from an earlier round, if this round started after that step.
        """
        earlier = self.active_before(step)
        return self.latest(earlier[-1]) if earlier else None

    def next_trial(self, step: str | None, round: int) -> int:
        """The first unused number: an undone action keeps its own, so that its id never changes meaning (E11)."""
        return 1 + max((action.trial for action in self.tries(step) if action.round == round), default=0)

    def nominal(self, action: Action) -> When:
        return nominal_in(self.draft.calendar(action.owner).zone, action)

    def counted_from(self, step: Step, before: Action | None, closed: When | None) -> When | None:
        """What the step's offset counts from (T2); None if not known yet.

        `before`: the previous step's action; `closed`: when that was closed, None while it is open.
        """
        match step.anchor.kind:
            case "completed":
                return closed
            case "start":
                return self.round_start
            case "due":  # if this round started after the previous step, it has no due to count from
                return self.nominal(before) if before and before.round == self.enrolment.round else closed
            case "step":
                return self._of_named(step.anchor.step, closed)
            case "date":
                zone = self.draft.calendar(self.draft.dossier.known.owner).zone
                return moment(step.date, zone) if step.date else None
            case "event":  # enrolments don't know their event yet: no date is better than a wrong one
                return None
            case _:
                assert_never(step.anchor.kind)

    def _of_named(self, id: str, closed: When | None) -> When | None:
        """The nominal of the named step's action in this round, or its latest if the round started after that step."""
        step = self.active_step(id)
        latest = self.latest(step) if step else None
        if step and not self.in_round(step) and self._is_to_come(step):
            return None
        return self.nominal(latest) if latest else closed

    def _is_to_come(self, step: Step) -> bool:
        """Whether this round has yet to create `step`.

        The nearest earlier step that this round has reached decides. If it is open, or was cancelled by hand, it hasn't
        triggered anything yet. If it was closed otherwise, it would have created `step`, so the round started after it.
        """
        for before in reversed(self.active_before(step)):
            if tried := self.in_round(before):
                return tried.status in (SCHEDULED, CANCELLED)
        return False

    def create(self, step: Step, anchor: str, start: When, before: Action | None) -> None:
        """Schedule one step for the contact's owner, with the reasons for its date."""
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
        """`due`, or a due from today on if it is before the owner's today: an edit schedules nothing in the past (E2).

        Placed again with today as the first allowed day, and never rolled back, since yesterday would be late.
        """
        calendar, today = self.draft.calendar(owner), self.draft.now(owner).day
        if due.due[:10] >= today:
            return due
        roll = "forward" if (step.roll or calendar.roll) == "back" else step.roll
        late = place(start, step.offset, calendar, step.at, roll, today)
        return late._replace(moved_by=tuple("today" if cause == "min_gap" else cause for cause in late.moved_by))

    def reasons(self, step: Step, anchor: str, start: When, due: Due) -> h.Why:
        """The reasons for a date that `explain` will read (G4). `anchor` can differ from the step's own: the first
        step of a round always counts from the round's start."""
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
        """End the enrolment and cancel its open actions; the contact's other actions stay (F7)."""
        for action in self.actions:
            if action.open:
                self.draft.add(h.Cancelled(action.id, on.text, reason))
        self.draft.add(h.Ended(self._enrolment.id, on.day, reason))


def last_day(action: Action) -> str:
    """The local date of its due; that of its closing, where it was closed later. A `min_gap` counts from it (T5)."""
    return max(action.due[:10], (action.completed_on or "")[:10])


def nominal_in(zone: str, action: Action) -> When:
    """The nominal due with its instant: the stored instant if nothing moved the due.

    In the hour that occurs twice when clocks go back, text alone wouldn't say which one was meant (T6).
    """
    return When(action.due, action.at) if action.nominal == action.due else moment(action.nominal, zone)
