"""Add a contact by hand: with a readable id, and a check for possible duplicates."""

from __future__ import annotations

from typing import NamedTuple

from followup.app import named_contacts
from followup.app.deciding import for_contacts
from followup.app.outcome import NAMED, Outcome
from followup.app.readable_ids import UnusedIds
from followup.app.session import Session
from followup.core.wishes import Add, Choice, Fields


class NewContact(NamedTuple):
    """`twins`: possible duplicates, as id, name and the fields that are the same; empty if the contact was refused."""

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
    """`fields`: includes a name. `id`: None makes one from the name; `most`: ids and rows that the outcome keeps."""
    twins = named_contacts.twins(session, fields)  # before it is added: it would be its own duplicate
    wish = Add(dict(fields), choice, without_cycle)
    unused = UnusedIds(session.store.contacts.taken)
    while True:
        new_id = id or unused.ids([fields["name"] or ""])[0]
        outcome = for_contacts(session, [(new_id, wish)], most)
        overtaken = outcome.refused and id is None and session.store.contacts.taken([new_id])
        if not overtaken:
            return NewContact(new_id, outcome, twins if outcome.done else [])
