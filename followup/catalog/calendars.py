"""Days off: dates declared in YAML, and a country's public holidays, looked up when the catalog is loaded.

The applied catalog has only dates, so nothing changes when the holiday library is updated.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from followup.catalog.raw_items import RawDays, RawOffice


class Unknown(Exception):
    """A country's holidays can't be looked up; the message says why and what to do, `key` is the YAML key concerned."""

    def __init__(self, key: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.key, self.message, self.hint = key, message, hint


def days_off(raw: RawDays) -> dict[str, str]:
    """Declared days off with their names, sorted."""
    return dict(sorted((raw.get("holidays") or {}).items()))


def office_days_off(raw: RawOffice) -> dict[str, str]:
    """The same with the country's holidays; declared ones win."""
    try:
        public = of_country(raw)
    except Unknown:  # a check reports it
        public = {}
    return dict(sorted({**public, **days_off(raw)}.items()))


def known_until(raw: RawOffice, holidays: Mapping[str, str]) -> str | None:
    """The last day with known holidays: `holidays_until`, else the end of the last holiday's year (T9)."""
    if raw.get("holidays_until"):
        return str(raw["holidays_until"])
    return f"{max(holidays)[:4]}-12-31" if holidays else None


def of_country(raw: RawOffice) -> dict[str, str]:
    """Public holidays from `holidays_from` to `holidays_until`. Raises Unknown."""
    if "country" not in raw:
        return {}
    until = raw["holidays_until"] or ""
    first, last = raw["holidays_from"], int(until[:4] or 0)
    if not first <= last <= first + 50:
        raise Unknown("holidays_until", "'holidays_until' must be within fifty years of 'holidays_from'", "")
    public = _looked_up(raw["country"], raw.get("subdivision"), first, last)
    return {day: name for day, name in public.items() if day <= until}


@cache
def _looked_up(country: str, subdivision: str | None, first: int, last: int) -> dict[str, str]:
    try:
        library = importlib.import_module("holidays")
    except ImportError:
        hint = "pip install followup[holidays], or list the dates under 'holidays'"
        raise Unknown("country", "holidays of a country need an extra that isn't installed", hint) from None
    try:
        days = library.country_holidays(country, subdiv=subdivision, years=range(first, last + 1))
    except NotImplementedError:
        place = " ".join(filter(None, (country, subdivision)))
        raise Unknown("country", f"no holidays are known for {place}", "list the dates under 'holidays'") from None
    return {day.isoformat(): str(name) for day, name in days.items()}
