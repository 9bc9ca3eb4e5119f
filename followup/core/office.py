"""The office as applied: what the catalog declares, as values that never change.

Built from the plain documents that the catalog package makes and the store keeps, one function for one kind.
A mapping handed to the core may load its items when they are asked for; the core only ever looks them up.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, cast

from followup.core.kinds import CYCLE, PLAN

if TYPE_CHECKING:
    from followup.core import catalog_documents as d

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ELAPSED_MINUTES: Mapping[str, int] = MappingProxyType({"minutes": 1, "hours": 60})


class Ref(NamedTuple):
    """What a process is told apart by.

    YAML names ids alone, since a check allows no cycle and plan to share one. A store that is older than that check can
    hold such a pair, so the kind is never left out where rows are looked up.
    """

    kind: str
    id: str


AnchorKind: TypeAlias = Literal["completed", "start", "due", "event", "date", "step"]
ANCHORS: Mapping[str, AnchorKind] = MappingProxyType(
    {
        "completed": "completed",
        "start": "start",
        "due": "due",
        "event": "event",
        "date": "date",
        "step": "step",
    }
)


class Anchor(str):
    """What an offset counts from (T2, A6), as YAML writes it: completed, start, due, event, date or step:ID."""

    __slots__ = ()

    @property
    def kind(self) -> AnchorKind:
        """Raises KeyError for a word that is not an anchor, rather than counting from the wrong day."""
        return ANCHORS[self.partition(":")[0]]

    @property
    def step(self) -> str:
        """The id behind `step:`."""
        return self.partition(":")[2]


class Offset(NamedTuple):
    """How far from its anchor: unit is minutes, hours, days, business days, weeks or months (L4)."""

    number: int
    unit: str

    def __str__(self) -> str:
        return f"{self.number} {self.unit[:-1] if abs(self.number) == 1 else self.unit}"


class Step(NamedTuple):
    """One step of a process (F3). `at`: HH:MM or None. `date`: local text, of a step on a set date (A6)."""

    id: str
    name: str
    type: str
    offset: Offset
    anchor: Anchor
    position: int
    active: bool = True
    loop_to: str | None = None
    at: str | None = None
    roll: str | None = None  # None: as the calendar says
    min_gap: int = 0
    template: str | None = None
    date: str | None = None


class Process(NamedTuple):
    """Ordered steps that a contact is taken through: a cycle (F3) or a plan (A1). The engine knows no other difference
    between the two than what its `kind` says at the few places that ask. A draft of a plan is not active (A2)."""

    kind: str
    id: str
    name: str
    active: bool
    steps: tuple[Step, ...]
    active_steps: tuple[Step, ...]
    protect: bool = False  # no edit may touch who is on it

    @property
    def is_hold(self) -> bool:
        """A cycle without steps: contacts stay on it, with nothing scheduled (F8). A plan without steps is over."""
        return self.kind == CYCLE and not self.active_steps

    @property
    def hangs_on_event(self) -> bool:
        """Whether some date of it comes from an event, which keeps its enrolments open until that has passed (A9)."""
        return any(step.anchor.kind == "event" for step in self.active_steps)


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
    processes: Mapping[Ref, Process]
    aliases: Mapping[str, Alias]
    types: Mapping[str, ActionType]
    users: Mapping[str, User]
    calendars: Mapping[str | None, Calendar]  # by user; None: the office's own
    moved: Mapping[str, str] = MappingProxyType({})  # renamed ids (E5): "CYCLE", "CYCLE/STEP" -> the same today

    def current_id(self, id: str) -> str:
        """A process's id of today (E5)."""
        return self.moved.get(id, id)

    def current(self, ref: Ref) -> Ref:
        """The same under its id of today (E5)."""
        return ref._replace(id=self.current_id(ref.id))

    def process(self, ref: Ref) -> Process | None:
        """As it is applied, under its id of today (E5); None if it is no longer declared."""
        try:
            return self.processes[self.current(ref)]
        except KeyError:
            return None

    def step_id(self, process: str, step: str | None) -> str | None:
        """The step's id of today (E5); `process`: the id that it was made under."""
        moved = self.moved and self.moved.get(f"{process}/{step}")
        return moved.rpartition("/")[2] if moved else step

    def every_id(self, id: str) -> list[str]:
        """Every id that the process of today's `id` has had: rows keep the one they were made under (E5)."""
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
BUILT_IN_TYPES: Mapping[str, ActionType] = MappingProxyType(
    {
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
)


def cycle(id: str, document: d.CycleDocument) -> Process:
    """The cycle of one catalog document, with each step's anchor and roll resolved."""
    steps = tuple(_step(place, item, document, item.get("loop_to")) for place, item in enumerate(document["steps"]))
    protect = document.get("protect", False)
    return Process(CYCLE, id, document["name"], document["active"], steps, _active(steps), protect)


def plan(id: str, document: d.PlanDocument) -> Process:
    """The same of a plan; only a ready one takes contacts (A2)."""
    steps = tuple(_step(place, item, document, date=item.get("date")) for place, item in enumerate(document["steps"]))
    return Process(PLAN, id, document["name"], document["status"] == "ready", steps, _active(steps))


def _active(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    return tuple(step for step in steps if step.active)


def _step(
    position: int,
    item: d.StepDocument,
    process: d.CycleDocument | d.PlanDocument,
    loop_to: str | None = None,
    date: str | None = None,
) -> Step:
    return Step(
        id=item["id"],
        name=item["name"],
        type=item["type"],
        offset=offset(item["offset"]),
        anchor=Anchor("date" if date else item.get("anchor") or process["anchor"]),
        position=position,
        active=item["active"],
        loop_to=loop_to,
        at=item.get("at"),
        roll=item.get("roll") or process.get("roll"),
        min_gap=item.get("min_gap") or 0,
        template=item.get("template"),
        date=date,
    )


def offset(document: d.OffsetDocument) -> Offset:
    return Offset(*cast("tuple[int, str]", document))


def alias(id: str, document: d.AliasDocument) -> Alias:
    return Alias(id, document["name"], document["cycle"], document["active"])


def action_type(id: str, document: d.ActionTypeDocument) -> ActionType:
    known = BUILT_IN_TYPES.get(id, ActionType(id, id))
    offers = document.get("offers_cycle", known.offers_cycle)
    return known._replace(name=document["name"], offers_cycle=offers)


def user(id: str, document: d.UserDocument, role: d.RoleDocument) -> User:
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


def calendar(office: d.OfficeDocument, *differences: d.DifferenceDocument) -> Calendar:
    """One calendar from the office's document, then the property's, then the user's: the later says more (T4).

    Zone, working days, hours, roll and capacity are replaced; days off and working days on a day off add up, and where
    they meet, the later wins. Holidays are known as far as all who declare some know them (T9).
    """
    layers: tuple[d.DaysDocument, ...] = (office, *differences)
    merged = cast(
        "d.OfficeDocument", {key: value for layer in layers for key, value in layer.items() if value is not None}
    )
    days_on, days_off = _days(layers)
    opens, closes = merged["hours"]
    return Calendar(
        zone=merged["zone"],
        working_days=frozenset(WEEKDAYS.index(day) for day in merged["working_days"]),
        opens=opens,
        closes=closes,
        days_off=days_off,
        days_on=days_on,
        known_until=min(filter(None, (layer.get("holidays_until") for layer in layers)), default=None),
        roll=merged.get("roll", "none"),
        capacity=merged.get("capacity"),
    )


def _days(layers: tuple[d.DaysDocument, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """Days on and days off: where two layers say different things of one day, the later wins."""
    days_on: frozenset[str] = frozenset()
    days_off: frozenset[str] = frozenset()
    for layer in layers:
        on = frozenset(layer.get("days_on") or ())
        off = frozenset(layer.get("holidays") or ()) - on
        days_on, days_off = days_on - off | on, days_off - on | off
    return days_on, days_off
