"""A contact that is added by hand: an id that can be read, and who of those that are there it may be."""

from __future__ import annotations

from typing import NamedTuple

from followup.app import named_contacts
from followup.app.deciding import for_contacts
from followup.app.outcome import NAMED, Outcome
from followup.app.readable_ids import UnusedIds
from followup.app.session import Session
from followup.core.wishes import Add, Choice, Fields


class NewContact(NamedTuple):
    """`twins`: id, name, and what is the same, of those who may be the same person; nobody where it was refused."""

    id: str
    outcome: Outcome
    twins: list[tuple[str, str, str]]


def add_contact(
    session: Session,
    fields: Fields,
    choice: Choice | None,
    without_cycle: bool,
    id: str | None = None,
    most: int | None = NAMED,
) -> NewContact:
    """`fields`: with a name. `id`: made of the name, if None; `most`: ids and rows that the outcome keeps."""
    twins = named_contacts.twins(session, fields)  # asked before it is there: it would be its own twin
    wish = Add(dict(fields), choice, without_cycle)
    unused = UnusedIds(session.store.contacts.taken)
    while True:
        new_id = id or unused.ids([fields["name"] or ""])[0]
        outcome = for_contacts(session, [(new_id, wish)], most)
        overtaken = outcome.refused and id is None and session.store.contacts.taken([new_id])
        if not overtaken:
            return NewContact(new_id, outcome, twins if outcome.done else [])
