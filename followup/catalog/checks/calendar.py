"""Zones, dates and hours that exist (T9): a form can be right and the day still not in any calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from followup.catalog.calendars import Unknown, of_country
from followup.catalog.checks.steps import every_step
from followup.catalog.codes import nearest
from followup.catalog.declarations import Declarations, Finding, Item
from followup.catalog.tree import Map, Path, Seq

KINDS = ("office", "property", "user")
#: What a system's folder of zones holds beside zones: this machine's own, and clocks that count leap seconds.
NO_ZONES = ("localtime", "posixrules", "Factory", "posix/", "right/")


def zones(declarations: Declarations) -> Iterator[Finding]:
    for item, document in _calendars(declarations):
        zone = document["zone"]
        if zone and not exists(zone):
            known = {name.lower(): name for name in available_timezones() if not name.startswith(NO_ZONES)}
            hint = "zones are named as in the tz database, such as America/Vancouver"
            close = nearest(zone, known)
            for lower, name in known.items():
                close = close.replace(f"'{lower}'", f"'{name}'")
            yield Finding("FU211", item, ("zone",), f"unknown time zone '{zone}'{close}", hint)


@cache
def exists(zone: str) -> bool:
    if zone.startswith(NO_ZONES):
        return False
    try:
        ZoneInfo(zone)
    except (ValueError, LookupError, OSError):  # a folder of the database answers with an OSError
        return False
    return True


def dates(declarations: Declarations) -> Iterator[Finding]:
    for kind in (*KINDS, "plan", "test"):
        for item, _ in declarations.documents(kind):
            for path, text, key in _dates(item.raw):
                if not _on_a_calendar(text):
                    yield Finding("FU212", item, path, f"no calendar has a {text[:10]}", key=key)


#: The keys whose values, items or own keys are dates.
DATED = ("holidays", "holidays_until", "days_on", "date", "on", "event", "due")


def _dates(raw: Any) -> Iterator[tuple[Path, str, bool]]:
    """Every date in what is written: path, text, and whether it is a key."""
    for path, value in _nodes(raw):
        if path[-1] == "holidays" and isinstance(value, Map):
            yield from ((path + (day,), day, True) for day in value)
        elif path[-1] == "days_on" and isinstance(value, Seq):
            yield from ((path + (number,), day, False) for number, day in enumerate(value))
        elif path[-1] in DATED and isinstance(value, str):
            yield path, value, False


def _nodes(raw: Any) -> Iterator[tuple[Path, Any]]:
    """Everything below an item, in a loop; a catalog is never deep, but nobody has to rely on that here."""
    waiting: list[tuple[Path, Any]] = [((), raw)]
    while waiting:
        path, value = waiting.pop()
        inside = value.items() if isinstance(value, Map) else enumerate(value) if isinstance(value, Seq) else ()
        for key, part in inside:
            yield path + (key,), part
            waiting.append((path + (key,), part))


def _on_a_calendar(text: str) -> bool:
    try:
        date.fromisoformat(text.strip()[:10])
    except ValueError:
        return False
    return True


def hours(declarations: Declarations) -> Iterator[Finding]:
    for item, document in _calendars(declarations):
        if document["hours"] and document["hours"][0] >= document["hours"][1]:
            opens, closes = document["hours"]
            yield Finding("FU213", item, ("hours",), f"it closes at {closes}, which is not after {opens}")


def nobody_works(declarations: Declarations) -> Iterator[Finding]:
    """A time of day outside of everybody's hours is most often one that was meant for the afternoon."""
    spans = {
        tuple(document["hours"]) for _, document in _calendars(declarations) if document["hours"] and _active(document)
    }
    if declarations.one("office", "office"):
        for item, document, place, step in every_step(declarations):
            at = step["at"]
            if at and _active(step) and _active(document) and not any(opens <= at <= shuts for opens, shuts in spans):
                said = ", ".join("-".join(span) for span in sorted(spans))
                message, hint = f"nobody works at {at}: hours are {said}", "a day has 24 hours: 14:00 is two o'clock"
                yield Finding("FU327", item, ("steps", place, "at"), message, hint)


def _active(document: dict[str, Any]) -> bool:
    return bool(document.get("active", True))


def days_off(declarations: Declarations) -> Iterator[Finding]:
    """What one item says of days off against itself. A country's holidays are looked up, and end where it says."""
    for item, _ in _calendars(declarations):
        written, until = item.raw.get("holidays") or {}, item.raw.get("holidays_until") or "9999"
        for day in written:
            if day > until:
                message = f"{day} is later than 'holidays_until', which is {until}"
                hint = "move 'holidays_until' on: it is the last day whose holidays are declared"
                yield Finding("FU328", item, ("holidays", day), message, hint, key=True)
        for number, day in enumerate(item.raw.get("days_on") or ()):
            if day in written:
                message = f"{day} is a holiday here too, and is worked all the same"
                yield Finding("FU329", item, ("days_on", number), message, "take out one of the two")


def countries(declarations: Declarations) -> Iterator[Finding]:
    for item, _ in declarations.documents("office"):
        try:
            of_country(item.raw)
        except Unknown as unknown:
            yield Finding("FU219", item, (unknown.key,), unknown.message, unknown.hint)


def _calendars(declarations: Declarations) -> Iterator[tuple[Item, dict[str, Any]]]:
    for kind in KINDS:
        yield from declarations.documents(kind)
