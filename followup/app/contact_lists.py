"""Contacts that a user may see, as rows; and where on their cycles they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from followup.app.action_lists import cycle_ids, reach_values
from followup.app.session import Session
from followup.core.list_filters import ContactFilter
from followup.core.list_rows import ContactRow
from followup.core.office import cycle
from followup.core.words import folded
from followup.errors import Refused

PAGE = 1000


def contacts(session: Session, filter: ContactFilter = ContactFilter(), limit: int = -1) -> list[ContactRow]:
    """By next action date (C3)."""
    rows = session.store.ask("lists.contacts", limit=limit, **_wanted(session, filter))
    return [_contact(session, row) for row in rows]


def count(session: Session, filter: ContactFilter) -> int:
    """How many `contacts` finds without a limit."""
    return int(next(session.store.ask("lists.contacts_count", **_wanted(session, filter)))[0])


def all_contacts(session: Session, filter: ContactFilter) -> Iterator[ContactRow]:
    """The same by id, however many, a page at a time: they may be changed meanwhile."""
    wanted, after = _wanted(session, filter), ""
    while page := list(session.store.ask("lists.contacts_by_id", after=after, limit=PAGE, **wanted)):
        yield from (_contact(session, row) for row in page)
        after = page[-1][0]


def _wanted(session: Session, filter: ContactFilter) -> dict[str, Any]:
    text = folded(filter.text) if filter.text else None
    wanted = filter._replace(text=text, cycle=cycle_ids(session, filter.cycle))
    return {**wanted._asdict(), **reach_values(session.reach)}


def contact(session: Session, id: str) -> ContactRow:
    """One of them. Raises Refused for one that is gone, or that the user may not see (F20)."""
    row = next(session.store.ask("lists.contact", id=id, **reach_values(session.reach)), None)
    if row is None:
        raise Refused(f"contact {id} is not yours to see, or is gone: `followup history {id}`")
    return _contact(session, row)


def _contact(session: Session, columns: Sequence[Any]) -> ContactRow:
    """The row under the ids of today (E5)."""
    row = ContactRow._make(columns)
    return row._replace(cycle=session.office.current_id(row.cycle)) if row.cycle else row


def items(session: Session, rows: Iterable[ContactRow]) -> Iterator[dict[str, Any]]:
    """`contacts@1` items."""
    on_hold = holds(session)
    return (row.item(on_hold, session.office.calendar(row.owner).zone) for row in rows)


def holds(session: Session) -> frozenset[str]:
    """The cycles on which nothing is scheduled (F8)."""
    return frozenset(id for id, text in session.documents("cycle").items() if not cycle(id, text).active_steps)


def standing(session: Session) -> dict[str, dict[str | None, tuple[int, int]]]:
    """By cycle and step, under the ids of today: contacts that stand there, and how many are late; None: on hold."""
    cycles: dict[str, dict[str | None, tuple[int, int]]] = {}
    rows = session.store.ask("lists.standing", today=session.today, **reach_values(session.reach))
    for process, step, contacts, late in rows:
        steps = cycles.setdefault(session.office.current_id(process), {})
        today = session.office.step_id(process, step)
        before = steps.get(today, (0, 0))
        steps[today] = (before[0] + contacts, before[1] + late)
    return cycles
