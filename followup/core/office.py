"""The office as applied: what the catalog declares, as values that never change.

Built from the plain documents that the catalog package makes and the store keeps, one function for one kind.
A mapping handed to the core may load its items when they are asked for; the core only ever looks them up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

Document = Mapping[str, Any]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ELAPSED_MINUTES = {"minutes": 1, "hours": 60}


class Offset(NamedTuple):
    """How far from its anchor: unit is minutes, hours, days, business days, weeks or months (L4)."""

    number: int
    unit: str

    def __str__(self) -> str:
        return f"{self.number} {self.unit[:-1] if abs(self.number) == 1 else self.unit}"


class Step(NamedTuple):
    """One step of a cycle (F3). `anchor`: completed, start, due, event or step:ID (T2). `at`: HH:MM or None."""

    id: str
    name: str
    type: str
    offset: Offset
    anchor: str
    position: int
    active: bool = True
    loop_to: str | None = None
    at: str | None = None
    roll: str | None = None  # None: as the calendar says
    min_gap: int = 0
    template: str | None = None


class Cycle(NamedTuple):
    """Ordered steps; a contact is on at most one cycle (F3, F6)."""

    id: str
    name: str
    active: bool
    steps: tuple[Step, ...]
    active_steps: tuple[Step, ...]
    protect: bool = False  # no edit may touch who is on it


class Alias(NamedTuple):
    """A name that reps choose (F9); without a cycle it only categorises (L8)."""

    id: str
    name: str
    cycle: str | None
    active: bool


class Calendar(NamedTuple):
    """When somebody works. Weekdays count from Monday = 0; days are ISO dates; hours are local HH:MM."""

    zone: str
    working_days: frozenset[int]
    opens: str
    closes: str
    days_off: frozenset[str] = frozenset()
    days_on: frozenset[str] = frozenset()
    known_until: str | None = None  # the last day whose holidays are declared; None: none are observed (T9)
    roll: str = "none"
    capacity: int | None = None  # actions that one can do in a day (G3)


class User(NamedTuple):
    """Somebody who works here (F17, F20)."""

    id: str
    name: str
    role: str
    permissions: frozenset[str] = frozenset()
    email: str | None = None
    login: str | None = None
    manager: str | None = None
    active: bool = True
    property: str | None = None

    def administers(self) -> bool:
        return "apply-catalog" in self.permissions

    def sees_widely(self) -> bool:
        """All of their property's contacts, or everyone's where they have no property (F20)."""
        return not self.permissions.isdisjoint(("apply-catalog", "see-all", "generate-fulfillment"))


class ActionType(NamedTuple):
    """A kind of action (F1). `offers_cycle`: completing one offers the alias menu (F10)."""

    id: str
    name: str
    offers_cycle: bool = False
    fulfilled: bool = False


class Office(NamedTuple):
    """All that `decide` needs to know of the applied catalog. Mappings answer KeyError for what is not declared."""

    version: int
    cycles: Mapping[str, Cycle]
    aliases: Mapping[str, Alias]
    types: Mapping[str, ActionType]
    users: Mapping[str, User]
    calendars: Mapping[str | None, Calendar]  # by user; None: the office's own
    moved: Mapping[str, str] = {}  # renamed ids (E5): "CYCLE", "CYCLE/STEP" -> the same today

    def cycle_id(self, id: str) -> str:
        """The cycle's id of today (E5)."""
        return self.moved.get(id, id)

    def cycle(self, id: str) -> Cycle | None:
        """The cycle as it is applied, under its name of today (E5); None if it is no longer declared."""
        try:
            return self.cycles[self.cycle_id(id)]
        except KeyError:
            return None

    def step_id(self, cycle: str, step: str | None) -> str | None:
        """The step's id of today (E5); `cycle` is the one that it was made under."""
        moved = self.moved and self.moved.get(f"{cycle}/{step}")
        return moved.rpartition("/")[2] if moved else step

    def cycle_ids(self, id: str) -> list[str]:
        """Every id that the cycle of today's `id` has had: rows keep the one they were made under (E5)."""
        return [id, *(old for old, new in self.moved.items() if new == id)]

    def offers_cycle(self, type: str) -> bool:
        """Whether completing an action of this type offers the alias menu (F10); not for one no longer declared."""
        try:
            return self.types[type].offers_cycle
        except KeyError:
            return False

    def calendar(self, owner: str | None) -> Calendar:
        """The owner's; the office's for nobody, and for somebody who is no longer declared (F20)."""
        try:
            return self.calendars[owner]
        except KeyError:
            return self.calendars[None]


#: how an inbound came in (F1)
INBOUND_CHANNELS = ("call", "correspondence", "email", "walk-in")

#: F1's own types; a catalog relabels them and declares more.
BUILT_IN_TYPES: Mapping[str, ActionType] = {
    kind.id: kind
    for kind in (
        ActionType("call", "Call", offers_cycle=True),
        ActionType("correspondence", "Correspondence", fulfilled=True),
        ActionType("inbound", "Inbound", offers_cycle=True),
        ActionType("email", "E-mail", fulfilled=True),
        ActionType("sms", "SMS"),
        ActionType("task", "Task"),
        ActionType("tour", "Tour", offers_cycle=True),
        ActionType("sale", "Sale", offers_cycle=True),
        ActionType("reservation", "Reservation", offers_cycle=True),
        ActionType("listing", "Listing"),
        ActionType("transfer", "Transfer"),
    )
}


def cycle(id: str, document: Document) -> Cycle:
    """The cycle of one catalog document, with each step's anchor and roll resolved."""
    anchor, roll = document["anchor"], document.get("roll")
    steps = tuple(_step(place, item, anchor, roll) for place, item in enumerate(document["steps"]))
    active = tuple(step for step in steps if step.active)
    return Cycle(id, document["name"], document["active"], steps, active, document.get("protect", False))


def _step(position: int, item: Document, anchor: str, roll: str | None) -> Step:
    return Step(
        id=item["id"],
        name=item["name"],
        type=item["type"],
        offset=Offset(*item["offset"]),
        anchor=item.get("anchor") or anchor,
        position=position,
        active=item["active"],
        loop_to=item.get("loop_to"),
        at=item.get("at"),
        roll=item.get("roll") or roll,
        min_gap=item.get("min_gap") or 0,
        template=item.get("template"),
    )


def alias(id: str, document: Document) -> Alias:
    return Alias(id, document["name"], document["cycle"], document["active"])


def action_type(id: str, document: Document) -> ActionType:
    known = BUILT_IN_TYPES.get(id, ActionType(id, id))
    offers = document.get("offers_cycle", known.offers_cycle)
    return known._replace(name=document["name"], offers_cycle=offers)


def user(id: str, document: Document, role: Document) -> User:
    return User(
        id=id,
        name=document["name"],
        role=document["role"],
        permissions=frozenset(role["permissions"]),
        email=document.get("email"),
        login=document.get("login"),
        manager=document.get("manager"),
        property=document.get("property"),
        active=document["active"],
    )


def calendar(*documents: Document) -> Calendar:
    """One calendar from the office's document, then the property's, then the user's: the later says more (T4).

    Zone, working days, hours, roll and capacity are replaced; days off and working days on a day off add up, and where
    they meet, the later wins. Holidays are known as far as all who declare some know them (T9).
    """
    merged: dict[str, Any] = {}
    days_on: frozenset[str] = frozenset()
    days_off: frozenset[str] = frozenset()
    for document in documents:
        merged.update({key: value for key, value in document.items() if value is not None})
        on = frozenset(document.get("days_on") or ())
        off = frozenset(document.get("holidays") or ()) - on
        days_on, days_off = days_on - off | on, days_off - on | off
    opens, closes = merged["hours"]
    return Calendar(
        zone=merged["zone"],
        working_days=frozenset(WEEKDAYS.index(day) for day in merged["working_days"]),
        opens=opens,
        closes=closes,
        days_off=days_off,
        days_on=days_on,
        known_until=min(filter(None, (document.get("holidays_until") for document in documents)), default=None),
        roll=merged.get("roll", "none"),
        capacity=merged.get("capacity"),
    )
