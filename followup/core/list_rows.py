"""The rows of lists, as printed and as documented: one field for each key of the JSON items."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

from followup.core.timing import day_of, utc_text
from followup.core.worklist import barred, next_action_date, overdue_days

if TYPE_CHECKING:  # `due` doesn't need these at runtime
    from collections.abc import Mapping
    from typing import TypedDict

    from followup.core.model import Action, Dossier

    class ContactItem(TypedDict):
        """An item of contacts@1."""

        id: str
        name: str
        email: str | None
        phone: str | None
        owner: str | None
        property: str | None
        source: str | None
        type: str | None
        sales_cycle: str | None
        stage: str
        groups: list[str]
        cycle: str | None
        alias: str | None
        cycle_since: str | None
        paused_until: str | None
        follow_up: str | None
        do_not_contact: list[str]
        next_action: str | None
        updated_at: str
        on_hold: bool
        next_action_date: str
        emails: list[str]
        phones: list[str]
        first_name: str | None
        last_name: str | None
        created_at: str
        company: str | None
        notes: str | None
        details: Mapping[str, str]

    class HistoryItem(TypedDict):
        """An item of history@1."""

        subject: str
        seq: int
        change: int
        at: str
        by: str
        contact: str | None
        kind: str
        action: int | None
        data: Mapping[str, object]


#: columns of actions that aren't keys of their items as they are
UNPROMISED = ("at", "do_not_contact")
#: details that every office knows: they have keys of their own
NAMED_DETAILS = ("company", "notes")


class ActionRow(NamedTuple):
    """`actions@1`, in the column order of lists.columns."""

    id: int
    type: str
    channel: str | None
    title: str
    status: str
    due: str
    nominal: str
    at: int
    owner: str | None
    contact: str | None
    contact_name: str | None
    phone: str | None
    enrolment: int | None
    cycle: str | None
    plan: str | None
    step: str | None
    alias: str | None
    round: int
    category: str | None
    action_name: str | None
    moved: int
    attempts: int
    outcome: str | None
    notes: str | None
    completed_on: str | None
    completed_by: str | None
    reason: str | None
    do_not_contact: str | None  # the contact's channels; the item says whether this action is on one of them

    @property
    def barred(self) -> str:
        """What the contact is not to get, where this open action is that (E12)."""
        return barred(self.type, self.do_not_contact) if self.status == "scheduled" else ""

    def late(self, today: str) -> int:
        return overdue_days(self.due, today) if self.status == "scheduled" else 0

    def item(self, today: str) -> dict[str, object]:
        """The promised keys."""
        item: dict[str, object] = self._asdict()
        for name in UNPROMISED:
            del item[name]
        return {**item, "overdue_days": self.late(today), "do_not_contact": bool(self.barred)}


def shown(action: Action, dossier: Dossier) -> ActionRow:
    """The row that lists.columns would return for an action, built from its dossier."""
    contact, enrolment = dossier.contact, dossier.enrolment(action.enrolment)
    process = (enrolment.kind, enrolment.process) if enrolment else None
    return ActionRow(
        id=action.id,
        type=action.type,
        channel=action.channel,
        title=action.title,
        status=action.status,
        due=action.due,
        nominal=action.nominal,
        at=action.at,
        owner=action.owner,
        contact=action.contact,
        contact_name=contact.name if contact else None,
        phone=contact.phone if contact else None,
        enrolment=action.enrolment,
        cycle=process[1] if process and process[0] == "cycle" else None,
        plan=process[1] if process and process[0] == "plan" else None,
        step=action.step,
        alias=action.alias if enrolment is None or not action.open else enrolment.alias,
        round=action.round,
        category=action.category,
        action_name=action.action_name,
        moved=action.moved,
        attempts=action.attempts,
        outcome=action.outcome,
        notes=action.notes,
        completed_on=action.completed_on,
        completed_by=action.completed_by,
        reason=action.reason,
        do_not_contact=contact.do_not_contact if contact else None,
    )


class ContactRow(NamedTuple):
    """`contacts@1`, in the column order of lists.contact_columns."""

    id: str
    name: str
    email: str | None
    phone: str | None
    owner: str | None
    property: str | None
    source: str | None
    type: str | None
    sales_cycle: str | None
    stage: str
    groups: str
    cycle: str | None
    alias: str | None
    cycle_since: str | None
    paused_until: str | None
    follow_up: str | None
    do_not_contact: str
    next_action: str | None
    updated_at: str
    emails: str
    phones: str
    first_name: str | None
    last_name: str | None
    created_at: str
    details: str | None

    def item(self, holds: frozenset[str], zone: str, details: Mapping[str, str]) -> ContactItem:
        """`holds`: the cycles on which nothing is scheduled; `zone`: its owner's; `details`: what the text holds."""
        fields = self._asdict()
        item = {
            **{name: fields[name] for name in self._fields[: self._fields.index("emails")]},
            "groups": self.groups.split(),
            "do_not_contact": self.do_not_contact.split(),
            "on_hold": self.cycle in holds,
            "next_action_date": next_action_date(self.next_action, day_of(self.updated_at, zone)),
            "emails": self.emails.splitlines(),
            "phones": self.phones.splitlines(),
            **{name: fields[name] for name in ("first_name", "last_name", "created_at")},
            **{name: details.get(name) for name in NAMED_DETAILS},
            "details": {name: text for name, text in details.items() if name not in NAMED_DETAILS},
        }
        return cast("ContactItem", item)  # _asdict() loses the types of the fields


class VersionRow(NamedTuple):
    """`versions@1`, in the column order of catalog.versions. `at`: UTC seconds. `took_back`: the version that this one
    undid; `items`: the number of items that differ from the previous version."""

    version: int
    commit: str | None
    at: int
    by: str
    change: int
    took_back: int | None
    items: int

    def item(self) -> dict[str, object]:
        return {**self._asdict(), "at": utc_text(self.at)}
