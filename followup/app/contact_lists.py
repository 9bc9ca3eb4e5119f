"""Contacts that a user may see, as rows; and the step of each cycle they are on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from followup.app.details import read_details
from followup.app.session import Session
from followup.core.kinds import CYCLE
from followup.core.list_filters import ContactFilter
from followup.core.list_rows import ContactRow
from followup.core.office_documents import cycle
from followup.errors import NotFound

if TYPE_CHECKING:
    from followup.core.list_rows import ContactItem

PAGE = 1000


def contacts(session: Session, filter: ContactFilter = ContactFilter(), limit: int = -1) -> list[ContactRow]:
    """Contacts sorted by next action date (C3)."""
    cycles = session.cycle_ids(filter.cycle)
    return _today(session, session.store.contacts.contacts(filter, cycles, session.reach, limit))


def count(session: Session, filter: ContactFilter) -> int:
    """The number of rows that `contacts` returns without a limit."""
    return session.store.contacts.contacts_count(filter, session.cycle_ids(filter.cycle), session.reach)


def all_contacts(session: Session, filter: ContactFilter) -> Iterator[ContactRow]:
    """The same sorted by id, without a limit, in pages: contacts may change between pages."""
    cycles, after = session.cycle_ids(filter.cycle), ""
    while page := session.store.contacts.contacts_after(after, filter, cycles, session.reach, PAGE):
        yield from _today(session, page)
        after = page[-1].id


def contact(session: Session, id: str) -> ContactRow:
    """One of them. Raises NotFound for one that is gone; and, like one that isn't there, that is not theirs (F20)."""
    row = session.store.contacts.contact(id, session.reach)
    if row is None:
        gone = session.store.dossiers([id], session.reach)[id].contact
        why = f"{gone.name} is no longer a contact ({gone.gone}): `followup history {id}`" if gone else ""
        raise NotFound(why or f"unknown contact '{id}'")
    return _today(session, [row])[0]


def _today(session: Session, rows: list[ContactRow]) -> list[ContactRow]:
    """The rows with current ids (E5)."""
    return [row._replace(cycle=session.office.current_id(row.cycle)) if row.cycle else row for row in rows]


def items(session: Session, rows: Iterable[ContactRow]) -> Iterator[ContactItem]:
    """`contacts@1` items."""
    on_hold = holds(session)
    zone = session.office.calendar
    return (row.item(on_hold, zone(row.owner).zone, read_details(row.details)) for row in rows)


def holds(session: Session) -> frozenset[str]:
    """The cycles without active steps: contacts on them are on hold (F8)."""
    return frozenset(id for id, text in session.catalog.documents(CYCLE).items() if not cycle(id, text).active_steps)


def standing(session: Session) -> dict[str, dict[str | None, tuple[int, int]]]:
    """By current cycle and step id: the number of contacts, and how many of them are late; step None: on hold."""
    cycles: dict[str, dict[str | None, tuple[int, int]]] = {}
    for process, step, contacts, late in session.store.contacts.standing(session.today, session.reach):
        steps = cycles.setdefault(session.office.current_id(process), {})
        today = session.office.step_id(process, step)
        before = steps.get(today, (0, 0))
        steps[today] = (before[0] + contacts, before[1] + late)
    return cycles
