"""The load that a bulk command would add, for its dry run: per owner, before and after (G3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from followup.core.rehearsal.workload import LoadChange, Person
from followup.output.table import table

HEADERS = ("name", "capacity", "today", "four weeks", "busiest day", "days over")


def load_items(changes: Sequence[LoadChange]) -> list[dict[str, object]]:
    """As JSON items."""
    return [
        {
            "owner": change.before.owner,
            "capacity": change.before.capacity,
            "before": _counts(change.before),
            "after": _counts(change.after),
        }
        for change in changes
    ]


def _counts(person: Person) -> dict[str, object]:
    days = {day: count for day, count in person.days.items() if count}
    return {"total": person.total, "most": person.most, "worst": person.worst, "over": person.over, "days": days}


def render_added_load(changes: Sequence[LoadChange], today: str, staggered: bool) -> Iterator[str]:
    """As text. `staggered`: --stagger was used, so don't suggest it."""
    yield from ("", "Load of the next four weeks if everything is done on time:", "")
    yield table(HEADERS, [_row(change, today) for change in changes])
    capacities = [change.after.capacity for change in changes if change.after.over > change.before.over]
    if capacities and not staggered:
        pace = min(filter(None, capacities))
        yield f"use --stagger {pace}/day to spread the starts over working days"


def _row(change: LoadChange, today: str) -> tuple[object, ...]:
    name, before, after = change
    return (
        name,
        before.capacity,
        _becomes(before.days[today], after.days[today]),
        _becomes(before.total, after.total),
        _becomes(before.most, after.most) + (f" on {after.worst}" if after.worst else ""),
        _becomes(before.over, after.over) if before.capacity else None,
    )


def _becomes(before: int, after: int) -> str:
    return f"{before} -> {after}" if before != after else str(before)
