"""Convert values from the forms that YAML allows to the form in documents. The schema has checked them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from followup.core.office import WEEKDAYS

if TYPE_CHECKING:
    from followup.core.catalog_documents import OffsetDocument

UNITS = ("minutes", "hours", "days", "business days", "weeks", "months")


def offset(written: str | int | None) -> OffsetDocument:
    """`2 days`, `1 day` and 2 as [count, unit]; None is 0 days."""
    if not isinstance(written, str):
        return [written or 0, "days"]
    count, _, unit = written.strip().partition(" ")
    return [int(count), unit if unit in UNITS else unit + "s"]


def days(written: str | int | None) -> int:
    """`2 days` or 2 as a number of days."""
    return int(offset(written)[0])


def weekdays(written: str | list[str]) -> list[str]:
    """`mon-fri`, `sat` or a list, as days in weekday order; a range may span the weekend."""
    chosen = _range(written.strip()) if isinstance(written, str) else frozenset(written)
    return [day for day in WEEKDAYS if day in chosen]


def _range(written: str) -> frozenset[str]:
    first, _, last = written.partition("-")
    start = WEEKDAYS.index(first)
    length = (WEEKDAYS.index(last or first) - start) % 7 + 1
    return frozenset((WEEKDAYS * 2)[start : start + length])


def hours(written: str) -> list[str]:
    """`09:00-17:30` as [opens, closes]."""
    return written.strip().split("-")
