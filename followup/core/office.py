"""The office as applied: what the catalog declares, as immutable values.

They are built from plain documents (office_documents). Mappings may load their items lazily, so the core only looks
them up by key; of users it also reads the full list.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

from followup.core.kinds import CYCLE

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ELAPSED_MINUTES: Mapping[str, int] = MappingProxyType({"minutes": 1, "hours": 60})


class Ref(NamedTuple):
    """Identifies a process.

    YAML uses ids without a kind, since a check forbids a cycle and a plan with the same id. A store from before that
    check can contain such a pair, so every lookup of rows uses the kind too.
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
    """What an offset counts from (T2, A6), as written in YAML: completed, start, due, event, date or step:ID."""

    __slots__ = ()

    @property
    def kind(self) -> AnchorKind:
        """Raises KeyError for an unknown anchor, so that no date counts from the wrong day."""
        return ANCHORS[self.partition(":")[0]]

    @property
    def step(self) -> str:
        """The id after `step:`."""
        return self.partition(":")[2]


class Offset(NamedTuple):
    """Distance from an anchor; the unit is minutes, hours, days, business days, weeks or months (L4)."""

    number: int
    unit: str

    def __str__(self) -> str:
        return f"{self.number} {self.unit[:-1] if abs(self.number) == 1 else self.unit}"


class Step(NamedTuple):
    """One step of a process (F3). `at`: HH:MM or None. `date`: local text, if the step has a fixed date (A6)."""

    id: str
    name: str
    type: str
    offset: Offset
    anchor: Anchor
    position: int
    active: bool = True
    loop_to: str | None = None
    at: str | None = None
    roll: str | None = None  # None: use the calendar's
    min_gap: int = 0
    template: str | None = None
    date: str | None = None


class Process(NamedTuple):
    """Ordered steps for a contact: a cycle (F3) or a plan (A1). The engine treats both the same, except where it checks
    `kind`. A draft of a plan isn't active (A2)."""

    kind: str
    id: str
    name: str
    active: bool
    steps: tuple[Step, ...]
    active_steps: tuple[Step, ...]
    protect: bool = False  # edits may not affect contacts on it

    @property
    def is_hold(self) -> bool:
        """A cycle without steps: contacts stay on it with nothing scheduled (F8). A plan without steps is over."""
        return self.kind == CYCLE and not self.active_steps

    @property
    def is_draining(self) -> bool:
        """A cycle that takes nobody any more: who is still on it finishes the round that they are in (E6)."""
        return self.kind == CYCLE and not self.active

    @property
    def hangs_on_event(self) -> bool:
        """Whether any date depends on an event, which keeps its enrolments open until the event has passed (A9)."""
        return any(step.anchor.kind == "event" for step in self.active_steps)


class Alias(NamedTuple):
    """A name that reps choose (F9); without a cycle it only categorises (L8)."""

    id: str
    name: str
    cycle: str | None
    active: bool


class Calendar(NamedTuple):
    """Someone's working time. Weekdays count from Monday = 0; days are ISO dates; hours are local HH:MM."""

    zone: str
    working_days: frozenset[int]
    opens: str
    closes: str
    days_off: frozenset[str] = frozenset()
    days_on: frozenset[str] = frozenset()
    known_until: str | None = None  # the last day with declared holidays; None: holidays aren't observed (T9)
    roll: str = "none"
    capacity: int | None = None  # actions that one user can do in a day (G3)


class User(NamedTuple):
    """A user: someone who works in the office (F17, F20)."""

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
        """All contacts of their property, or of every property if they have none (F20)."""
        return not self.permissions.isdisjoint(("apply-catalog", "see-all", "generate-fulfillment"))


class ActionType(NamedTuple):
    """A kind of action (F1). `offers_cycle`: completing one offers the alias menu (F10)."""

    id: str
    name: str
    offers_cycle: bool = False
    fulfilled: bool = False


class Office(NamedTuple):
    """Everything `decide` needs of the applied catalog. Mappings raise KeyError for undeclared keys."""

    version: int
    processes: Mapping[Ref, Process]
    aliases: Mapping[str, Alias]
    types: Mapping[str, ActionType]
    users: Mapping[str, User]
    calendars: Mapping[str | None, Calendar]  # by user; None: the office's own
    moved: Mapping[str, str] = MappingProxyType({})  # renamed ids (E5): "CYCLE", "CYCLE/STEP" -> the current one

    def current_id(self, id: str) -> str:
        """A process's current id (E5)."""
        return self.moved.get(id, id)

    def current(self, ref: Ref) -> Ref:
        """The same process under its current id (E5)."""
        moved = self.moved.get(ref.id)
        return Ref(ref.kind, moved) if moved else ref

    def process(self, ref: Ref) -> Process | None:
        """The process as applied, under its current id (E5); None if it is no longer declared."""
        try:
            return self.processes[self.current(ref)]
        except KeyError:
            return None

    def step_id(self, process: str, step: str | None) -> str | None:
        """The step's current id (E5); `process`: the process's id when the row was created."""
        moved = self.moved and self.moved.get(f"{process}/{step}")
        return moved.rpartition("/")[2] if moved else step

    def every_id(self, id: str) -> list[str]:
        """Every id that the process now called `id` has had: rows keep the id they were created with (E5)."""
        return [id, *(old for old, new in self.moved.items() if new == id)]

    def offers_cycle(self, type: str) -> bool:
        """Whether completing an action of this type offers the alias menu (F10); False if it is no longer declared."""
        try:
            return self.types[type].offers_cycle
        except KeyError:
            return False

    def is_active(self, owner: str | None) -> bool:
        """Whether what they own is seen by somebody: their own list, or that of the administrators (F20)."""
        return owner is None or (owner in self.users and self.users[owner].active)

    def calendar(self, owner: str | None) -> Calendar:
        """The owner's calendar; the office's if there is no owner or the owner is no longer declared (F20)."""
        try:
            return self.calendars[owner]
        except KeyError:
            return self.calendars[None]

    def zones_left(self, before: Office) -> dict[str | None, str]:
        """Owners whose zone has changed since `before` -> the old zone (T1). This includes users declared in only
        one of the two offices: an undeclared owner's actions use the office's zone."""
        zones = {owner: before.calendar(owner).zone for owner in (None, *before.users, *self.users)}
        return {owner: zone for owner, zone in zones.items() if self.calendar(owner).zone != zone}


#: how an inbound came in (F1)
INBOUND_CHANNELS = ("call", "correspondence", "email", "walk-in", "sms", "web")

#: the built-in types (F1); a catalog can relabel them and declare more
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
