"""A contact that is added by hand: an id that can be read, and who of those that are there it may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from followup.app import named_contacts
from followup.app.deciding import for_contacts
from followup.app.outcome import NAMED, Outcome
from followup.app.session import Session
from followup.core.wishes import Add, Choice
from followup.core.words import folded

#: characters of a name that an id is made of
LONGEST_ID = 48


class NewContact(NamedTuple):
    """`twins`: id, name, and what is the same, of those who may be the same person; nobody where it was refused."""

    id: str
    outcome: Outcome
    twins: list[tuple[str, str, str]]


def add_contact(
    session: Session,
    fields: Mapping[str, str],
    choice: Choice | None,
    without_cycle: bool,
    id: str | None = None,
    most: int | None = NAMED,
) -> NewContact:
    """`fields`: with a name. `id`: made of the name, if None; `most`: ids and rows that the outcome keeps."""
    twins = named_contacts.twins(session, fields)  # asked before it is there: it would be its own twin
    wish = Add(dict(fields), choice, without_cycle)
    while True:
        new_id = id or unused_id(session, fields["name"])
        outcome = for_contacts(session, [(new_id, wish)], most)
        overtaken = outcome.refused and id is None and session.store.contacts.taken([new_id])
        if not overtaken:
            return NewContact(new_id, outcome, twins if outcome.done else [])


def unused_id(session: Session, name: str) -> str:
    """The name in plain letters; with a number where that is taken."""
    letters = "".join(c if c.isascii() and c.isalnum() else " " for c in folded(name))
    plain = "-".join(letters.split())[:LONGEST_ID] or "contact"
    candidate, number = plain, 1
    while session.store.contacts.taken([candidate]):
        number += 1
        candidate = f"{plain}-{number}"
    return candidate
