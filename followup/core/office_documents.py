"""Builds an Office from the documents that the catalog package writes and the store keeps, one function per kind.

Each item is built on first use, so that `complete` reads one cycle instead of the full catalog.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple, TypeVar, cast

from followup.core import office as o
from followup.core.kinds import (
    ACTION_TYPE,
    ALIAS,
    CYCLE,
    OFFICE,
    PLAN,
    PROPERTY,
    RENAMED,
    ROLE,
    USER,
    Form,
    Kind,
)

if TYPE_CHECKING:
    from typing import Protocol

    from followup.core import catalog_documents as d

    class Source(Protocol):
        """Documents by kind and id."""

        def document(self, kind: Kind[Form], id: str) -> Form | None: ...

        def documents(self, kind: Kind[Form]) -> Mapping[str, Form]: ...


Item = TypeVar("Item")
Key = TypeVar("Key")


class Documents(NamedTuple):
    """A catalog read from files: everything is already in memory."""

    by_kind: d.DocumentsByKind

    def document(self, kind: Kind[Form], id: str) -> Form | None:
        return self.documents(kind).get(id)

    def documents(self, kind: Kind[Form]) -> Mapping[str, Form]:
        return cast("Mapping[str, Form]", self.by_kind.get(kind, {}))


class Lazy(dict[Key, Item]):
    """Items by id, each loaded once; KeyError for what is not declared."""

    def __init__(self, load: Callable[[Key], Item | None]) -> None:
        super().__init__()
        self._load = load

    def __missing__(self, key: Key) -> Item:
        item = self._load(key)
        if item is None:
            raise KeyError(key)
        self[key] = item
        return item


def office(version: int, source: Source, users: Mapping[str, o.User] | None = None) -> o.Office:
    """The office that `source` declares, as `version`. `users`: the users of `source`, if already built."""
    return o.Office(
        version=version,
        processes=Lazy(lambda ref: _process(source, ref)),
        aliases=Lazy(lambda id: _item(source, alias, ALIAS, id)),
        types=Lazy(lambda id: _item(source, action_type, ACTION_TYPE, id)),
        users=users_of(source) if users is None else users,
        calendars=Lazy(lambda user: _calendar(source, user)),
        moved=source.document(RENAMED, "moved") or {},
    )


def users_of(source: Source) -> dict[str, o.User]:
    roles = source.documents(ROLE)
    return {id: user(id, text, roles[text["role"]]) for id, text in source.documents(USER).items()}


def _item(source: Source, make: Callable[[str, Form], Item], kind: Kind[Form], id: str) -> Item | None:
    document = source.document(kind, id)
    return make(id, document) if document else None


def _process(source: Source, ref: o.Ref) -> o.Process | None:
    """Raises KeyError for a kind without steps."""
    match ref.kind:
        case "cycle":
            return _item(source, cycle, CYCLE, ref.id)
        case "plan":
            return _item(source, plan, PLAN, ref.id)
        case _:
            raise KeyError(ref.kind)


def _calendar(source: Source, user: str | None) -> o.Calendar:
    """The office's calendar, with the property's and then the user's differences (T4)."""
    office = source.document(OFFICE, "office")
    if office is None:
        raise KeyError("office")
    own = source.document(USER, user) if user else None
    place = own.get("property") if own else None
    layers = (source.document(PROPERTY, place) if place else None, own)
    return calendar(office, *(layer for layer in layers if layer))


def cycle(id: str, document: d.CycleDocument) -> o.Process:
    """The cycle in a catalog document, with each step's anchor and roll resolved."""
    steps = tuple(_step(place, item, document, item.get("loop_to")) for place, item in enumerate(document["steps"]))
    protect = document.get("protect", False)
    return o.Process(CYCLE, id, document["name"], document["active"], steps, _active(steps), protect)


def plan(id: str, document: d.PlanDocument) -> o.Process:
    """The same for a plan; only a ready plan takes contacts (A2)."""
    steps = tuple(_step(place, item, document, date=item.get("date")) for place, item in enumerate(document["steps"]))
    return o.Process(PLAN, id, document["name"], document["status"] == "ready", steps, _active(steps))


def _active(steps: tuple[o.Step, ...]) -> tuple[o.Step, ...]:
    return tuple(step for step in steps if step.active)


def _step(
    position: int,
    item: d.StepDocument,
    process: d.CycleDocument | d.PlanDocument,
    loop_to: str | None = None,
    date: str | None = None,
) -> o.Step:
    return o.Step(
        id=item["id"],
        name=item["name"],
        type=item["type"],
        offset=offset(item["offset"]),
        anchor=o.Anchor("date" if date else item.get("anchor") or process["anchor"]),
        position=position,
        active=item["active"],
        loop_to=loop_to,
        at=item.get("at"),
        roll=item.get("roll") or process.get("roll"),
        min_gap=item.get("min_gap") or 0,
        template=item.get("template"),
        date=date,
    )


def offset(document: d.OffsetDocument) -> o.Offset:
    """The cast is needed because OffsetDocument can't express a pair to the type checker."""
    return o.Offset(*cast("tuple[int, str]", document))


def alias(id: str, document: d.AliasDocument) -> o.Alias:
    return o.Alias(id, document["name"], document["cycle"], document["active"])


def action_type(id: str, document: d.ActionTypeDocument) -> o.ActionType:
    built_in = o.BUILT_IN_TYPES.get(id, o.ActionType(id, id))
    offers = document.get("offers_cycle", built_in.offers_cycle)
    return built_in._replace(name=document["name"], offers_cycle=offers)


def user(id: str, document: d.UserDocument, role: d.RoleDocument) -> o.User:
    return o.User(
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


def calendar(office: d.OfficeDocument, *differences: d.DifferenceDocument) -> o.Calendar:
    """Merge one calendar from the documents of the office, the property and the user; the last one wins (T4).

    Zone, working days, hours, roll and capacity replace earlier values. Days off and extra working days accumulate; if
    two layers conflict on a day, the last one wins. Holidays are known up to the earliest `holidays_until` (T9).
    """
    layers: tuple[d.DaysDocument, ...] = (office, *differences)
    merged = cast(
        "d.OfficeDocument", {key: value for layer in layers for key, value in layer.items() if value is not None}
    )
    days_on, days_off = _days(layers)
    opens, closes = merged["hours"]
    return o.Calendar(
        zone=merged["zone"],
        working_days=frozenset(o.WEEKDAYS.index(day) for day in merged["working_days"]),
        opens=opens,
        closes=closes,
        days_off=days_off,
        days_on=days_on,
        known_until=min(filter(None, (layer.get("holidays_until") for layer in layers)), default=None),
        roll=merged.get("roll", "none"),
        capacity=merged.get("capacity"),
    )


def _days(layers: tuple[d.DaysDocument, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """Days on and days off; if two layers conflict on a day, the last one wins."""
    days_on: frozenset[str] = frozenset()
    days_off: frozenset[str] = frozenset()
    for layer in layers:
        on = frozenset(layer.get("days_on") or ())
        off = frozenset(layer.get("holidays") or ()) - on
        days_on, days_off = days_on - off | on, days_off - on | off
    return days_on, days_off
