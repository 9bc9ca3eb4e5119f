"""The types of the documents that the catalog package writes, the store keeps as JSON, and the core reads.

For the type checker only, so that both sides use the same keys: import it under TYPE_CHECKING, because evaluating these
classes adds more than a millisecond to a command's start.

A document from this version has every key. One stored by an older version may not have keys that were added later,
so core/office_documents.py reads those with `get`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NotRequired, TypeAlias, TypedDict

#: A document of any kind, where only its differences or a key of every kind matter.
Document: TypeAlias = Mapping[str, object]
DocumentsByKind: TypeAlias = Mapping[str, Mapping[str, Document]]
#: [count, unit]. JSON has no tuples, so the type checker can't see which of the two is the number.
OffsetDocument: TypeAlias = list[int | str]


class StepDocument(TypedDict):
    """The common keys of cycle steps and plan steps."""

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
    """What an automatic step of a plan does; each type of it has its own keys."""

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
    """Days off of an office, a property or a user, and days off that are worked anyway."""

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
    """What a property or a user changes in the office's calendar; None: no change (T4)."""

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
    """An entry of a list: a source, a group, an outcome."""

    name: str


class ActionTypeDocument(EntryDocument):
    offers_cycle: bool


#: what can happen to a step in a test
Verb: TypeAlias = Literal["complete", "skip", "no_show", "fail", "cancel", "reschedule"]


class GivenDocument(TypedDict):
    """How a test starts: with an alias, a cycle or a plan."""

    on: str
    alias: NotRequired[str]
    cycle: NotRequired[str]
    plan: NotRequired[str]
    holidays: NotRequired[list[str]]
    event: NotRequired[str]
    owner: NotRequired[str]


class WhenDocument(TypedDict):
    """An event of a test: one verb with its step, or only `choose`."""

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
    """An action that is expected at the end."""

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


#: An entry of `moved` as declared; when applied, they become resolved ids, old -> new.
MoveDocument = TypedDict("MoveDocument", {"from": str, "to": str})


class MigrateDocument(TypedDict, total=False):
    """An entry of `migrate` as written: about a step or about a cycle."""

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
