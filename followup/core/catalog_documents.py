"""The form of each document that the catalog package makes, the store keeps as JSON, and the core reads.

For the type checker only, which holds both sides to one spelling of each key: import it under TYPE_CHECKING, because
to evaluate these classes costs a command's start more than a millisecond.

Every key is there in a document that this program makes. One that an older program has stored may lack the keys that
came later, so core/office.py reads those with `get`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NotRequired, TypeAlias, TypedDict

#: A document of one kind or another, where only its differences matter, or a key that every kind has.
Document: TypeAlias = Mapping[str, object]
DocumentsByKind: TypeAlias = Mapping[str, Mapping[str, Document]]
#: [count, unit]. JSON has no tuples, so the type checker can't see which of the two is the number.
OffsetDocument: TypeAlias = list[int | str]


class StepDocument(TypedDict):
    """What the steps of cycles and plans share."""

    id: str
    name: str
    type: str
    template: str | None
    offset: OffsetDocument
    anchor: str | None
    at: str | None
    active: bool
    roll: str | None
    min_gap: int
    automatic: bool


class CycleStepDocument(StepDocument):
    loop_to: str | None


class CycleDocument(TypedDict):
    name: str
    active: bool
    anchor: str
    roll: str | None
    protect: bool
    steps: list[CycleStepDocument]


class WorkDocument(TypedDict, total=False):
    """What an automatic step of a plan does; each of its types has its own keys."""

    user: str | None
    contact_type: str | None
    url: str
    method: str
    headers: dict[str, str]
    payload: str | dict[str, str | float | bool | None]


class PlanStepDocument(StepDocument, WorkDocument):
    date: str | None
    notify: bool
    late: str


class LaunchDocument(TypedDict):
    event: list[str]
    source: list[str]


class PlanDocument(TypedDict):
    name: str
    type: str
    status: str
    launch_on: LaunchDocument
    exit_on: list[str] | None
    sales_cycle: str | None
    groups: list[str]
    date: str | None
    next: str | None
    anchor: str
    roll: str | None
    steps: list[PlanStepDocument]


class AliasDocument(TypedDict):
    name: str
    cycle: str | None
    active: bool


class TemplateDocument(TypedDict):
    name: str
    channel: str
    subject: str | None
    text: str | None
    file: str | None
    active: bool


class DaysDocument(TypedDict):
    """The days off that an office, a property or a user declares, and the days that are worked all the same."""

    holidays: dict[str, str]
    holidays_until: str | None
    days_on: list[str]


class OfficeDocument(DaysDocument):
    name: str
    zone: str
    working_days: list[str]
    hours: list[str]
    capacity: int | None
    roll: str
    show: str


class DifferenceDocument(DaysDocument):
    """How a property or a user differs from the office; None where they don't (T4)."""

    zone: str | None
    working_days: list[str] | None
    hours: list[str] | None
    capacity: int | None


class PropertyDocument(DifferenceDocument):
    name: str
    address: str | None
    phone: str | None
    roll: str | None
    active: bool


class UserDocument(DifferenceDocument):
    name: str
    role: str
    email: str | None
    phone: str | None
    signature: str | None
    login: str | None
    manager: str | None
    property: str | None
    active: bool


class RoleDocument(TypedDict):
    name: str
    permissions: list[str]


class EntryDocument(TypedDict):
    """One line of a list: a source, a group, an outcome."""

    name: str


class ActionTypeDocument(EntryDocument):
    offers_cycle: bool


#: What can happen to a step in a test.
Verb: TypeAlias = Literal["complete", "skip", "no_show", "fail", "cancel", "reschedule"]


class GivenDocument(TypedDict):
    """How a test begins: one of alias, cycle and plan."""

    on: str
    alias: NotRequired[str]
    cycle: NotRequired[str]
    plan: NotRequired[str]
    holidays: NotRequired[list[str]]
    event: NotRequired[str]
    owner: NotRequired[str]


class WhenDocument(TypedDict):
    """What happens then: one verb with the step that it happens to, or only `choose`."""

    on: str
    complete: NotRequired[str]
    skip: NotRequired[str]
    no_show: NotRequired[str]
    fail: NotRequired[str]
    cancel: NotRequired[str]
    reschedule: NotRequired[str]
    to: NotRequired[str]
    rebook: NotRequired[str]
    choose: NotRequired[str]
    restart: NotRequired[bool]


class ThenDocument(TypedDict):
    """An action that has to be there in the end."""

    step: str
    due: str
    round: NotRequired[int]
    status: NotRequired[str]


class CaseDocument(TypedDict):
    """A test of the catalog."""

    name: str
    given: GivenDocument
    when: list[WhenDocument]
    then: list[ThenDocument]


#: An entry of `moved`, as it is declared; applied are the resolved ids, old to new.
MoveDocument = TypedDict("MoveDocument", {"from": str, "to": str})


class MigrateDocument(TypedDict, total=False):
    """An entry of `migrate`, as it is written: about a step or about a cycle."""

    step: str
    cycle: str
    open: str
    to: str
    dates: str
    stagger: int
    backfill: bool
    move_to: str
    drain: bool


class IncludeDocument(TypedDict):
    path: str
    digest: str
