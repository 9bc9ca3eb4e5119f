"""The items of a catalog file as the schema allows them: the YAML forms, before documents normalize them.

Only for the type checker, which checks that every key we read is in the schema; a test compares these classes with
the schema.
"""

from __future__ import annotations

from typing import NotRequired, TypedDict

from followup.core.catalog_documents import GivenDocument, ThenDocument, WhenDocument


class RawStep(TypedDict):
    """The keys that steps of cycles and plans share."""

    id: str
    type: str
    name: NotRequired[str]
    template: NotRequired[str | None]
    offset: NotRequired[str | int]
    anchor: NotRequired[str | None]
    at: NotRequired[str | None]
    active: NotRequired[bool]
    roll: NotRequired[str | None]
    min_gap: NotRequired[str | int]
    automatic: NotRequired[bool]


class RawCycleStep(RawStep):
    loop_to: NotRequired[str | None]


class RawCycle(TypedDict):
    name: str
    steps: list[RawCycleStep]
    active: NotRequired[bool]
    anchor: NotRequired[str | None]
    roll: NotRequired[str | None]
    protect: NotRequired[bool]


class RawPlanStep(RawStep):
    date: NotRequired[str | None]
    notify: NotRequired[bool]
    late: NotRequired[str]
    user: NotRequired[str | None]
    contact_type: NotRequired[str | None]
    url: NotRequired[str]
    method: NotRequired[str]
    headers: NotRequired[dict[str, str]]
    payload: NotRequired[str | dict[str, str | float | bool | None]]


class RawLaunch(TypedDict, total=False):
    event: list[str]
    source: list[str]


class RawPlan(TypedDict):
    name: str
    type: str
    steps: list[RawPlanStep]
    status: NotRequired[str]
    launch_on: NotRequired[RawLaunch]
    exit_on: NotRequired[list[str]]
    sales_cycle: NotRequired[str | None]
    groups: NotRequired[list[str]]
    date: NotRequired[str | None]
    next: NotRequired[str | None]
    anchor: NotRequired[str | None]
    roll: NotRequired[str | None]


class RawAlias(TypedDict):
    name: str
    cycle: str | None
    active: NotRequired[bool]


class RawTemplate(TypedDict):
    channel: str
    name: NotRequired[str]
    subject: NotRequired[str]
    text: NotRequired[str]
    file: NotRequired[str]
    active: NotRequired[bool]


class RawDays(TypedDict, total=False):
    """Working time: the keys that offices, properties and users share."""

    working_days: str | list[str] | None
    hours: str | None
    capacity: int | None
    holidays: dict[str, str] | None
    holidays_until: str | None
    days_on: list[str] | None


class RawOffice(RawDays):
    name: str
    zone: str
    roll: NotRequired[str | None]
    show: NotRequired[str]
    country: NotRequired[str]
    subdivision: NotRequired[str]
    holidays_from: NotRequired[int]


class RawProperty(RawDays):
    name: str
    zone: NotRequired[str | None]
    roll: NotRequired[str | None]
    address: NotRequired[str | None]
    phone: NotRequired[str | None]
    active: NotRequired[bool]


class RawUser(RawDays):
    name: str
    role: str
    zone: NotRequired[str | None]
    email: NotRequired[str | None]
    phone: NotRequired[str | None]
    signature: NotRequired[str | None]
    login: NotRequired[str | None]
    manager: NotRequired[str | None]
    property: NotRequired[str | None]
    active: NotRequired[bool]


class RawRole(TypedDict, total=False):
    name: str
    permissions: list[str]


class RawEntry(TypedDict):
    name: str


class RawActionType(RawEntry):
    offers_cycle: NotRequired[bool]


class RawCase(TypedDict):
    """A test; its parts are used as written."""

    given: GivenDocument
    then: list[ThenDocument]
    name: NotRequired[str]
    when: NotRequired[list[WhenDocument]]
