"""Zones, dates and hours that exist (T9): a form can be right and the day still not in any calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from followup.catalog.calendars import Unknown, of_country
from followup.catalog.codes import nearest
from followup.catalog.draft import Draft, Finding, Item
from followup.catalog.tree import Map, Path, Seq

KINDS = ("office", "property", "user")


def zones(draft: Draft) -> Iterator[Finding]:
    for item, document in _calendars(draft):
        zone = document["zone"]
        if zone and not _exists(zone):
            known = {name.lower(): name for name in available_timezones()}
            hint = "zones are named as in the tz database, such as America/Vancouver"
            close = nearest(zone, known)
            for lower, name in known.items():
                close = close.replace(f"'{lower}'", f"'{name}'")
            yield Finding("FU211", item, ("zone",), f"unknown time zone '{zone}'{close}", hint)


@cache
def _exists(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (ValueError, LookupError, OSError):  # a folder of the database answers with an OSError
        return False
    return True


def dates(draft: Draft) -> Iterator[Finding]:
    for kind in (*KINDS, "plan", "test"):
        for item, _ in draft.documents(kind):
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


def hours(draft: Draft) -> Iterator[Finding]:
    for item, document in _calendars(draft):
        if document["hours"] and document["hours"][0] >= document["hours"][1]:
            opens, closes = document["hours"]
            yield Finding("FU213", item, ("hours",), f"it closes at {closes}, which is not after {opens}")


def countries(draft: Draft) -> Iterator[Finding]:
    for item, _ in draft.documents("office"):
        try:
            of_country(item.raw)
        except Unknown as unknown:
            yield Finding("FU219", item, (unknown.key,), unknown.message, unknown.hint)


def _calendars(draft: Draft) -> Iterator[tuple[Item, dict[str, Any]]]:
    for kind in KINDS:
        yield from draft.documents(kind)
