"""The load that a bulk assign would add, shown by its dry run (G3)."""

from __future__ import annotations

from typing import Any, NamedTuple

from followup.app.forecasting import Added, Ahead, forecast
from followup.app.session import Session
from followup.core.rehearsal.habits import Habits
from followup.core.rehearsal.workload import Person, person
from followup.core.timing import add_days
from followup.output.table import table

#: days that are looked at, today among them
AHEAD = 28


class Owner(NamedTuple):
    """One person's days, as they are and as they would be."""

    name: str
    before: Person
    after: Person


def watched(here: Session) -> Added:
    """What a dry run is to be shown to."""
    return Added(Ahead(here, _last(here), Habits(), lambda: 0.0))


def owners(here: Session, added: Added) -> list[Owner]:
    """Of everybody whose work would change."""
    known = forecast(here, added.ahead, added.owners)
    whole, days = added.on_top_of(known), (here.clock(None).day, _last(here))
    found = []
    for id in sorted(added.owners, key=str):
        name = here.users[id].name if id and id in here.users else id or "nobody"
        found.append(Owner(name, person(here.office, known, id, *days), person(here.office, whole, id, *days)))
    return found


def _last(here: Session) -> str:
    return add_days(here.clock(None).day, AHEAD - 1)


def items(found: list[Owner]) -> list[dict[str, Any]]:
    """For scripts."""
    keys = ("total", "most", "worst", "over")
    return [
        {
            "owner": owner.before.owner,
            "capacity": owner.before.capacity,
            "before": {key: getattr(owner.before, key) for key in keys} | {"days": _days(owner.before)},
            "after": {key: getattr(owner.after, key) for key in keys} | {"days": _days(owner.after)},
        }
        for owner in found
    ]


def _days(person: Person) -> dict[str, int]:
    return {day: count for day, count in person.days.items() if count}


def lines(here: Session, found: list[Owner], staggered: bool) -> list[str]:
    """For people."""
    today = here.clock(None).day
    rows = [
        (
            owner.name,
            owner.before.capacity,
            _becomes(owner.before.days[today], owner.after.days[today]),
            _becomes(owner.before.total, owner.after.total),
            _becomes(owner.before.most, owner.after.most) + (f" on {owner.after.worst}" if owner.after.worst else ""),
            _becomes(owner.before.over, owner.after.over) if owner.before.capacity else None,
        )
        for owner in found
    ]
    heads = ("name", "capacity", "today", "four weeks", "busiest day", "days over")
    told = ["", "The load of the next four weeks, if everything is done on its day:", "", table(heads, rows)]
    over = [owner.after.capacity for owner in found if owner.after.over > owner.before.over]
    if over and not staggered:
        told.append(f"--stagger {min(filter(None, over))}/day spreads the beginnings over working days")
    return told


def _becomes(before: int, after: int) -> str:
    return f"{before} -> {after}" if before != after else str(before)
