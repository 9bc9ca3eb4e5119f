"""Dates in exports, converted to ISO text: a date, a local time, or a time with a zone in UTC (ending in Z).

Nothing is filled in or guessed: a date without a year, or with two possible meanings, is Unfit.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from functools import lru_cache

from followup.core.fields.artifacts import says_nothing
from followup.core.fields.values import Unfit, shown

ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?", re.ASCII)
TIMED = re.compile(r"[0-9]:[0-9]|[0-9] ?[ap]\.?m", re.IGNORECASE)
# An incomplete date gives different results with these two.
FILLERS = (datetime(2000, 1, 1), datetime(2003, 2, 2))


#: what databases and address books write for no date
NO_DATE = re.compile(r"(?:0+[-/.]0+[-/.]0+|1?900-01-00|0?1/0?0/(?:19)?00)(?:[T ]00:00(?::00(?:\.0+)?)?)?Z?")


@lru_cache(maxsize=4096)
def clean_date(text: str, day_first: bool | None = None) -> str | None:
    """`day_first` settles 03/04/2026; None refuses what can be two days. None of a text that says no date."""
    if says_nothing(text) or NO_DATE.fullmatch(text):
        return None
    if ISO.fullmatch(text):
        return _iso(_parsed_iso(text), timed=len(text) > 10)
    if len(text) > 50 or (text.isdigit() and len(text) not in (8, 12, 14)):
        raise _no_date(text)  # plain digits may be seconds since 1970, or days since 1900
    by_month, by_day = _parsed(text, False), _parsed(text, not text[:4].isdigit())
    if by_month != by_day and day_first is None:
        raise Unfit(f"created_at {shown(text)} is ambiguous: use --day-first or --month-first")
    return _iso(by_day if day_first else by_month, timed=TIMED.search(text) is not None)


def _parsed_iso(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise _no_date(text) from None


def _parsed(text: str, day_first: bool) -> datetime:
    from dateutil import parser

    try:
        readings = [
            parser.parse(text, default=filler, dayfirst=day_first, yearfirst=False, tzinfos=_zone) for filler in FILLERS
        ]
    # dateutil raises more than its ParserError, mostly arithmetic errors from huge numbers.
    except (ValueError, ArithmeticError, TypeError, LookupError, AttributeError):
        raise _no_date(text) from None
    if readings[0] != readings[1]:
        raise _no_date(text)
    return readings[0]


def _zone(name: str | None, offset: int | None) -> tzinfo | int | None:
    """Accept an offset, but not a name alone: EST means three zones, and the result would depend on the machine."""
    if offset is None and name is not None:
        raise ValueError(name)
    return offset


def _iso(moment: datetime, timed: bool) -> str:
    if not 1900 <= moment.year < 2200:
        raise _no_date(f"{moment:%Y-%m-%d}")
    if moment.tzinfo is None:
        return moment.isoformat(timespec="seconds") if timed else moment.date().isoformat()
    try:
        return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
    except OverflowError:
        raise _no_date(str(moment)) from None


def _no_date(text: str) -> Unfit:
    return Unfit(f"created_at {shown(text)} isn't a date: write 2026-05-03 or 2026-05-03 14:00")
