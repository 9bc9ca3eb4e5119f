"""The current state of follow-up: contacts, enrolments and actions, as immutable values.

A Dossier is everything known about one subject when a decision is made. Only `evolve` creates new ones.
Lists of ids in one field (groups, do_not_contact) are text: sorted, separated by single spaces.
"""

from __future__ import annotations

from typing import NamedTuple

from followup.core.kinds import CYCLE
from followup.core.office import Ref

SCHEDULED, COMPLETED, CANCELLED = "scheduled", "completed", "cancelled"
SKIPPED, NO_SHOW, FAILED = "skipped", "no-show", "failed"
STATUSES = (SCHEDULED, COMPLETED, CANCELLED, SKIPPED, NO_SHOW, FAILED)

UNDONE = "undone"  # the reason on a row that an undone change had created (E11)

PROSPECT, LEAD, WON, LOST = "prospect", "lead", "won", "lost"
STAGES = (PROSPECT, LEAD, WON, LOST)


class Contact(NamedTuple):
    """A person, or household, that the office follows up with. `created_at`, `updated_at`: UTC ISO text.

    `emails` and `phones`: further ones, a line each. `external`: by what another system's files know the contact,
    SYSTEM:ID, or a key that an import made from e-mail, phone or name; one contact has it.
    """

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
    follow_up: str | None = None  # the last alias chosen that only categorises (L8)
    details: str | None = None  # other imported data, as JSON text; no decision uses it
    created_at: str = ""
    updated_at: str = ""
    gone: str | None = None  # why this is no longer a contact: removed, undone, merged
    emails: str = ""
    phones: str = ""
    external: str | None = None

    def closed(self) -> bool:
        return self.stage in (WON, LOST)


class Enrolment(NamedTuple):
    """One contact on one cycle or plan, from start to end. `start` and `round_start` are local text."""

    id: int
    contact: str
    kind: str  # cycle or plan
    process: str  # its id when the enrolment started; read it through Office.moved (E5)
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
        """The process, under the id it had when the enrolment started."""
        return Ref(self.kind, self.process)


class Action(NamedTuple):
    """One communication or event, past or upcoming. (enrolment, step, round, trial) identifies a step's action."""

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
    listing: int | None = None  # the action that listed the unit this sale sold (F21)
    completed_on: str | None = None  # local date or minute
    completed_by: str | None = None
    reason: str | None = None  # why it was closed, if that isn't obvious
    alias: str | None = None  # once closed: the alias that its enrolment had then (F9, F10)

    @property
    def open(self) -> bool:
        return self.status == SCHEDULED

    @property
    def undone(self) -> bool:
        """The change that created it was undone: it never happened, but its id and trial stay used (E11)."""
        return self.reason == UNDONE and self.completed_by is None


class Dossier(NamedTuple):
    """One subject: `contact:ID`, or `user:ID` for tasks without a contact.

    `enrolments`: the open ones, plus those that the events at hand have ended. `actions`: the open ones and, for those
    enrolments, each step's latest (by round, then trial) and every undone one. `seq`: the number of the subject's last
    event. `hidden`: the contact exists, but row security hides it from this user (F20).
    """

    subject: str
    seq: int = 0
    contact: Contact | None = None
    enrolments: tuple[Enrolment, ...] = ()
    actions: tuple[Action, ...] = ()
    hidden: bool = False

    @property
    def known(self) -> Contact:
        """The contact, when the caller knows that it exists."""
        assert self.contact is not None
        return self.contact

    @property
    def cycle(self) -> Enrolment | None:
        """The contact's one cycle (F6). Use it only for that rule: what follows from an action depends on the action's
        own enrolment, which can be a plan's."""
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
        """The due of the earliest open action, by instant (C2, T1)."""
        oldest = min((action for action in self.actions if action.open), key=lambda action: action.at, default=None)
        return oldest.due if oldest else None


#: the subject of events that aren't about a contact or a user: applies of the catalog
OFFICE_SUBJECT = "office"


def contact_subject(contact: str) -> str:
    return "contact:" + contact


def user_subject(user: str) -> str:
    return "user:" + user
