"""Typed dates become local text here only; a wrong guess would put a customer on the wrong day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType

from followup.core.office import Calendar
from followup.core.timing import TYPED_YEARS, When, add_business_days, add_months, local
from followup.errors import BadInput

FORMS = "2026-05-03, today, tomorrow, monday, +3d, +2bd, +2w or +1m, with or without a time (`monday 14:00`)"
NEAR: Mapping[str, int] = MappingProxyType({"": 0, "today": 0, "tomorrow": 1, "yesterday": -1})
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

#: a day, a time of day, or both, in ISO format or with a space between
_PARTS = re.compile(r"(\S*?)(?:(?:^|(?<=\d)t|\s+)([01]?\d|2[0-3]):([0-5]\d))?", re.ASCII)
_COUNTED = re.compile(r"([+-]\d{1,5})(bd|d|w|m)", re.ASCII)


def when(text: str, now: When, calendar: Calendar) -> str:
    """`text` as a local date, or date and minute, relative to `now` in `calendar`'s zone.

    Raises BadInput if it isn't a date, or is outside the years 1970 to 2199.
    """
    word = text.strip().lower()
    local_text = now.text if word == "now" else _zoned(word, calendar.zone) or _local(word, now, calendar)
    if local_text is None or int(local_text[:4]) not in TYPED_YEARS:
        raise BadInput(f"'{text}' isn't a date: use {FORMS}")
    return local_text


def _zoned(word: str, zone: str) -> str | None:
    """An ISO time with a zone, converted to `zone`; None if it isn't one."""
    try:
        moment = datetime.fromisoformat(word.upper())
        return local(int(moment.timestamp()), zone).text if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _local(word: str, now: When, calendar: Calendar) -> str | None:
    parts = _PARTS.fullmatch(word)
    if parts is None or not word:
        return None
    day, hour, minute = parts.groups()
    try:
        local_day = _day(day, date.fromisoformat(now.day), calendar)
    except (ValueError, OverflowError):  # no such day, or out of range
        return None
    return f"{local_day}T{hour:0>2}:{minute}" if hour else str(local_day)


def _day(word: str, today: date, calendar: Calendar) -> date:
    if word in NEAR:
        return today + timedelta(days=NEAR[word])
    for number, name in enumerate(DAYS):
        if len(word) > 2 and name.startswith(word):
            return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    relative = _COUNTED.fullmatch(word)
    return _counted(int(relative[1]), relative[2], today, calendar) if relative else _iso(word)


def _counted(number: int, unit: str, today: date, calendar: Calendar) -> date:
    if unit == "m":
        return add_months(today, number)
    if unit == "bd":
        return add_business_days(today, number, calendar)
    return today + timedelta(days=number * (7 if unit == "w" else 1))


def _iso(word: str) -> date:
    if len(word) != 10:
        raise ValueError(word)
    return date.fromisoformat(word)
