"""Zones, dates and hours that exist (T9): a valid format isn't enough, the day must exist too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, TypeAlias, cast
from zoneinfo import available_timezones

from followup.catalog.calendars import Unknown, of_country
from followup.catalog.checks.steps import every_step, is_active
from followup.catalog.codes import nearest
from followup.catalog.declarations import TEST, Declarations, Finding, Item
from followup.catalog.tree import Map, Node, Path, Seq
from followup.core.kinds import OFFICE, PLAN, PROPERTY, USER, Kind
from followup.core.timing import TYPED_YEARS, zone_info
from followup.errors import NoTimeZone

if TYPE_CHECKING:
    from followup.catalog.raw_items import RawDays, RawOffice
    from followup.core import catalog_documents as d

    Layer: TypeAlias = d.OfficeDocument | d.PropertyDocument | d.UserDocument

#: Kinds whose documents have working times.
LAYERS: tuple[Kind[Layer], ...] = (OFFICE, PROPERTY, USER)
#: Names in a system's zone folder that aren't zones: the local zone, and clocks that count leap seconds.
NO_ZONES = ("localtime", "posixrules", "Factory", "posix/", "right/")

ZONES = "use a name of the tz database, such as America/Vancouver"
NO_DATABASE = "this machine has no time zone database: `pip install tzdata`"


def zones(declarations: Declarations) -> Iterator[Finding]:
    for item, document in _calendars(declarations):
        zone = document["zone"]
        if zone and not exists(zone):
            names = {name.lower(): name for name in available_timezones() if not name.startswith(NO_ZONES)}
            hint = ZONES if names else NO_DATABASE
            close = nearest(zone, names)
            for lower, name in names.items():
                close = close.replace(f"'{lower}'", f"'{name}'")
            yield Finding("FU211", item, ("zone",), f"unknown time zone '{zone}'{close}", hint)


def exists(zone: str) -> bool:
    try:
        return not zone.startswith(NO_ZONES) and zone_info(zone) is not None
    except NoTimeZone:
        return False


def dates(declarations: Declarations) -> Iterator[Finding]:
    dated: tuple[Kind[d.Document], ...] = (*LAYERS, PLAN, TEST)
    for kind in dated:
        for item, _ in declarations.documents(kind):
            for path, text, key in _dates(item.raw, (*DATED, *MOVED) if kind == TEST else DATED):
                day = _day(text)
                if not day:
                    yield Finding("FU212", item, path, f"{text.strip()[:10]} doesn't exist", key=key)
                elif day.year not in TYPED_YEARS and path[-1] != "holidays_until":
                    yield Finding("FU212", item, path, f"{day} is {OUTSIDE}", "correct the year", key=key)


#: The keys whose values, items or own keys are dates.
DATED = ("holidays", "holidays_until", "days_on", "date", "on", "event", "due")
#: Only in a test: `to` of a moved id is no date.
MOVED = ("to", "rebook")
OUTSIDE = f"outside of the years {TYPED_YEARS[0]} to {TYPED_YEARS[-1]}"


def _dates(raw: Node, keys: tuple[str, ...]) -> Iterator[tuple[Path, str, bool]]:
    """Every date in an item: path, text, and whether it is a key."""
    for path, value in _nodes(raw):
        if path[-1] == "holidays" and isinstance(value, Map):
            yield from ((path + (day,), day, True) for day in value)
        elif path[-1] == "days_on" and isinstance(value, Seq):
            yield from ((path + (number,), str(day), False) for number, day in enumerate(value))
        elif path[-1] in keys and isinstance(value, str):
            yield path, value, False


def _nodes(raw: Node) -> Iterator[tuple[Path, Node]]:
    """All nodes below an item, in a loop, so that deep nesting is no problem."""
    waiting: list[tuple[Path, Node]] = [((), raw)]
    while waiting:
        path, value = waiting.pop()
        inside = value.items() if isinstance(value, Map) else enumerate(value) if isinstance(value, Seq) else ()
        for key, part in inside:
            yield path + (key,), part
            waiting.append((path + (key,), part))


def _day(text: str) -> date | None:
    """None for a day that no calendar has."""
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def hours(declarations: Declarations) -> Iterator[Finding]:
    for item, document in _calendars(declarations):
        if document["hours"] and document["hours"][0] >= document["hours"][1]:
            opens, closes = document["hours"]
            yield Finding("FU213", item, ("hours",), f"the closing time {closes} isn't after the opening time {opens}")


def times_of_day(declarations: Declarations) -> Iterator[Finding]:
    """A time outside all users' hours is usually a mistake for an afternoon time."""
    if not declarations.one(OFFICE, "office"):
        return
    spans = sorted(_hours(declarations))
    for item, document, place, step in every_step(declarations):
        at = step["at"]
        if at and step["active"] and is_active(document) and not any(opens <= at <= closes for opens, closes in spans):
            hours = ", ".join("-".join(span) for span in spans)
            message, hint = f"{at} is outside working hours ({hours})", "use the 24-hour clock: 14:00 is 2 pm"
            yield Finding("FU327", item, ("steps", place, "at"), message, hint)


def _hours(declarations: Declarations) -> set[tuple[str, ...]]:
    """The hours of all active items, each once."""
    active = (document for _, document in _calendars(declarations) if is_active(document))
    return {tuple(document["hours"]) for document in active if document["hours"]}


def days_off(declarations: Declarations) -> Iterator[Finding]:
    """Contradictions within an item's declared days off. Looked-up holidays never go past `holidays_until`."""
    for item, _ in _calendars(declarations):
        raw = cast("RawDays", item.raw)
        holidays, until = raw.get("holidays") or {}, raw.get("holidays_until") or "9999"
        for day in holidays:
            if day > until:
                message = f"{day} is after 'holidays_until' ({until})"
                hint = "set 'holidays_until' to the last day for which holidays are listed"
                yield Finding("FU328", item, ("holidays", day), message, hint, key=True)
        for number, day in enumerate(raw.get("days_on") or ()):
            if day in holidays:
                message = f"{day} is both a holiday and a working day"
                yield Finding("FU329", item, ("days_on", number), message, "remove one of the two")


def countries(declarations: Declarations) -> Iterator[Finding]:
    for item, _ in declarations.documents(OFFICE):
        try:
            of_country(cast("RawOffice", item.raw))
        except Unknown as unknown:
            yield Finding("FU219", item, (unknown.key,), unknown.message, unknown.hint)


def _calendars(declarations: Declarations) -> Iterator[tuple[Item, Layer]]:
    for kind in LAYERS:
        yield from declarations.documents(kind)
