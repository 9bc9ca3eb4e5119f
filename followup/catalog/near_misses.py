"""What a value that isn't written right was most likely meant to be: `30 dyas` is `30 days`, `9-17` is `09:00-17:00`.

A guess counts only where the schema's own pattern lets it pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from types import MappingProxyType

from followup.catalog.notation import UNITS

LONGEST = 60  # characters: nothing longer is a slip of the pen
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
SHORT_UNITS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("min", "mins"), "minutes"),
        **dict.fromkeys(("h", "hr", "hrs"), "hours"),
        "d": "days",
        **dict.fromkeys(("bd", "bds", "b days", "working days", "working day", "workdays", "workday"), "business days"),
        **dict.fromkeys(("w", "wk", "wks"), "weeks"),
        **dict.fromkeys(("mo", "mos", "mon"), "months"),
    }
)
YEARS = ("y", "yr", "yrs", "year", "years")
ANCHORS = ("completed", "start", "due", "event")
CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))? ?([ap])?\.?(?:m\.?)?")


def nearest_value(key: str | int, written: str, pattern: str) -> str:
    """`; did you mean '30 days'?`, or nothing where nothing is near."""
    guess = GUESSES.get(str(key))
    meant = guess(" ".join(written.lower().split())) if guess and len(written) <= LONGEST else None
    return f"; did you mean '{meant}'?" if meant and re.search(pattern, meant) else ""


def _offset(text: str) -> str | None:
    parts = re.fullmatch(r"([-+]?\d{1,4}|[a-z]+) ?([a-z ]+)", text)
    count = _count(parts[1]) if parts else None
    if parts is None or count is None:
        return None
    if parts[2] in YEARS:
        return f"{12 * count} months"
    unit = SHORT_UNITS.get(parts[2]) or next(iter(get_close_matches(parts[2], UNITS, n=1)), None)
    return f"{count} {unit.removesuffix('s') if abs(count) == 1 else unit}" if unit else None


def _count(word: str) -> int | None:
    if word in NUMBERS:
        return NUMBERS.index(word)
    if word in ("a", "an"):
        return 1
    return None if word.isalpha() else int(word)


def _clock(text: str) -> str | None:
    parts = CLOCK.fullmatch(text)
    if not parts:
        return None
    hour, half = int(parts[1]), parts[3]
    hour = hour % 12 + (12 if half == "p" else 0) if half else hour
    return f"{hour:02}:{parts[2] or '00'}"


def _hours(text: str) -> str | None:
    ends = [_clock(part.strip()) for part in re.split(r"-|\u2013|\u2014|to", text)]
    if len(ends) != 2 or not ends[0] or not ends[1]:
        return None
    afternoon = ends[1] <= ends[0] and ends[1] < "12:00"  # 9-5
    return f"{ends[0]}-{int(ends[1][:2]) + 12}{ends[1][2:]}" if afternoon else f"{ends[0]}-{ends[1]}"


def _weekdays(text: str) -> str | None:
    if text in ("weekdays", "workdays"):
        return "mon-fri"
    return "-".join(part.strip()[:3] for part in re.split(r"-|\u2013|\u2014|to", text))


def _date(text: str) -> str | None:
    parts = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[t ](.+))?", text)
    if not parts:
        return None
    time = _clock(parts[4]) if parts[4] else None
    return f"{parts[1]}-{int(parts[2]):02}-{int(parts[3]):02}{f'T{time}' if time else ''}"


def _anchor(text: str) -> str | None:
    if text.startswith("step"):
        return "step:" + text.removeprefix("step").lstrip(": ")
    return next(iter(get_close_matches(text, ANCHORS, n=1)), None)


GUESSES: Mapping[str, Callable[[str], str | None]] = MappingProxyType(
    {
        **dict.fromkeys(("offset", "min_gap"), _offset),
        "at": _clock,
        "hours": _hours,
        "working_days": _weekdays,
        "anchor": _anchor,
        **dict.fromkeys(("holidays_until", "date", "on", "event", "due", "to", "rebook"), _date),
    }
)
