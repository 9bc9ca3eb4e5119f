"""The state of follow-up: contacts, enrolments and actions as they stand, as values that never change.

A Dossier is all that is known of one subject when something is decided about it. Only `evolve` makes new ones.
Lists of ids inside one field (groups, do_not_contact) are text, sorted, separated by single spaces.
"""

from __future__ import annotations

from typing import NamedTuple

from followup.core.kinds import CYCLE
from followup.core.office import Ref

SCHEDULED, COMPLETED, CANCELLED = "scheduled", "completed", "cancelled"
SKIPPED, NO_SHOW, FAILED = "skipped", "no-show", "failed"
STATUSES = (SCHEDULED, COMPLETED, CANCELLED, SKIPPED, NO_SHOW, FAILED)

UNDONE = "undone"  # the reason of what a change had made that was taken back (E11)

PROSPECT, LEAD, WON, LOST = "prospect", "lead", "won", "lost"
STAGES = (PROSPECT, LEAD, WON, LOST)


class Contact(NamedTuple):
    """A person, or household, that the office follows up with. `created_at`, `updated_at`: UTC ISO text."""

    id: str
    name: str
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None
    owner: str | None = None
    property: str | None = None
    source: str | None = None
    type: str | None = None
    sales_cycle: str | None = None
    stage: str = LEAD
    groups: str = ""
    do_not_contact: str = ""
    follow_up: str | None = None  # the alias that only categorised (L8)
    details: str | None = None  # what else an import brought, as JSON text; nothing here is decided upon
    created_at: str = ""
    updated_at: str = ""
    gone: str | None = None  # why it is no longer a contact: removed, undone, merged

    def closed(self) -> bool:
        return self.stage in (WON, LOST)


class Enrolment(NamedTuple):
    """One contact on one cycle or plan, from its start to its end. `start` and `round_start` are local text."""

    id: int
    contact: str
    kind: str  # cycle or plan
    process: str  # its id when this started; read through Office.moved (E5)
    alias: str | None
    version: int
    start: str
    start_at: int
    round: int
    round_start: str
    round_at: int
    paused_until: str | None = None
    ended: str | None = None  # local date
    reason: str | None = None  # why it ended

    @property
    def open(self) -> bool:
        return self.ended is None

    @property
    def ref(self) -> Ref:
        """The process, under the id that it had when this started."""
        return Ref(self.kind, self.process)


class Action(NamedTuple):
    """One communication or event, upcoming or past. A step's are told apart by (enrolment, step, round, trial)."""

    id: int
    contact: str | None
    owner: str | None
    type: str
    title: str
    status: str
    due: str
    nominal: str
    at: int
    enrolment: int | None = None
    step: str | None = None
    round: int = 1
    trial: int = 1
    position: int = 0
    channel: str | None = None
    category: str | None = None
    action_name: str | None = None
    moved: int = 0
    attempts: int = 0
    outcome: str | None = None
    notes: str | None = None
    listing: int | None = None  # the action that listed the unit which this sale sold (F21)
    completed_on: str | None = None  # local date or minute
    completed_by: str | None = None
    reason: str | None = None  # why it is closed, where that is not obvious
    alias: str | None = None  # once closed: the alias that its enrolment had then (F9, F10)

    @property
    def open(self) -> bool:
        return self.status == SCHEDULED

    @property
    def undone(self) -> bool:
        """Its making was taken back: it never happened, but its id and its trial stay taken (E11)."""
        return self.reason == UNDONE and self.completed_by is None


class Dossier(NamedTuple):
    """One subject: `contact:ID`, or `user:ID` for tasks without a contact.

    `enrolments`: the open ones, and those that the events at hand have ended. `actions`: the open ones and, of those
    enrolments, the latest of each step (by round, then trial) and all that were undone. `seq`: the number of the
    subject's last event. `hidden`: there is a contact, whom the server keeps from the user who asks
    (F20).
    """

    subject: str
    seq: int = 0
    contact: Contact | None = None
    enrolments: tuple[Enrolment, ...] = ()
    actions: tuple[Action, ...] = ()
    hidden: bool = False

    @property
    def known(self) -> Contact:
        """The contact, where the caller knows that there is one."""
        assert self.contact is not None
        return self.contact

    @property
    def cycle(self) -> Enrolment | None:
        """The one cycle that the contact is on (F6): for what is about that rule. What follows from an action goes by
        the action's own enrolment, which can be a plan's."""
        return next((e for e in self.enrolments if e.open and e.kind == CYCLE), None)

    @property
    def open_actions(self) -> tuple[Action, ...]:
        return tuple(action for action in self.actions if action.open)

    def action(self, id: int) -> Action | None:
        return next((action for action in self.actions if action.id == id), None)

    def enrolment(self, id: int | None) -> Enrolment | None:
        return next((enrolment for enrolment in self.enrolments if enrolment.id == id), None)

    def of(self, enrolment: Enrolment) -> tuple[Action, ...]:
        """The enrolment's actions, oldest first."""
        return tuple(action for action in self.actions if action.enrolment == enrolment.id)

    @property
    def next_action(self) -> str | None:
        """The due of the oldest open action, by its instant (C2, T1)."""
        oldest = min((action for action in self.actions if action.open), key=lambda action: action.at, default=None)
        return oldest.due if oldest else None


#: the subject of what happens to nobody in particular: applies of the catalog
OFFICE_SUBJECT = "office"


def contact_subject(contact: str) -> str:
    return "contact:" + contact


def user_subject(user: str) -> str:
    return "user:" + user
