"""Which contact a row is about: by the key of its system or the one that the import made, else by its id.

What is new gets an id that can be read. The ids of another system are kept apart, so that none is taken for ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from followup.app.readable_ids import UnusedIds
from followup.app.session import Session
from followup.core.model import Dossier
from followup.core.same_person import alike
from followup.core.wishes import Evidence
from followup.intake.rows import Row

if TYPE_CHECKING:
    from followup.store.protocol import Change


class Identity(NamedTuple):
    """`id`: the contact's; None: one that the user may not see. `key`: what to know it by from now on.
    `evidence`: what tells that the row is about the contact."""

    id: str | None
    key: str | None
    evidence: Evidence


class Identities:
    """`system`: whose ids a file has; None: ours, or not said. `repairs`: it is a file of refused rows, whose ids may
    be those of the contacts that they were refused for."""

    def __init__(self, session: Session, system: str | None, repairs: bool) -> None:
        self.session, self.system, self.repairs = session, system, repairs
        self.unused = UnusedIds(session.store.contacts.taken)

    def of(self, change: Change, rows: Sequence[Row]) -> list[Identity]:
        """One for each row. What is free stays so until the change ends."""
        keys = {key: row for row in rows if (key := self._key(row)) is not None}
        keyed = self._keyed(change, keys) if keys else {}
        ours = Evidence.SAME_NAME if self.repairs else Evidence.ALIKE
        return [keyed.get(self._key(row) or "") or Identity(row.id, None, ours) for row in rows]

    def _key(self, row: Row) -> str | None:
        if row.made_from is not None:
            return row.id
        return f"{self.system}:{row.id}" if self.system else None

    def _keyed(self, change: Change, rows: dict[str, Row]) -> dict[str, Identity]:
        known = self.session.store.contacts.keyed(rows, self.session.reach)
        if len(known) < len(rows):
            change.hold_adding()
            known |= self.session.store.contacts.keyed((key for key in rows if key not in known), self.session.reach)
        found = {key: Identity(id, None, self._evidence(rows[key])) for key, id in known.items()}
        found |= self._older({key: row for key, row in rows.items() if key not in found})
        new = {key: row for key, row in rows.items() if key not in found}
        ids = self.unused.ids([row.name or row.email or row.phone or "" for row in new.values()])
        made = zip(new.items(), ids, strict=True)
        return found | {key: Identity(id, key, self._evidence(row)) for (key, row), id in made}

    def _evidence(self, row: Row) -> Evidence:
        return Evidence.TRUSTED if row.made_from is None and not self.repairs else Evidence.SAME_NAME

    def _older(self, rows: dict[str, Row]) -> dict[str, Identity]:
        """Those who were imported before keys were kept: their ids are the keys, or those of the system."""
        keys = {row.id: key for key, row in rows.items()}
        there = self.session.store.contacts.taken(keys) if keys else set()
        dossiers = self.session.store.dossiers(sorted(there), self.session.reach) if there else {}
        return {
            keys[id]: Identity(id, keys[id] if self.system else None, self._evidence(rows[keys[id]]))
            for id, dossier in dossiers.items()
            if _is_it(dossier, rows[keys[id]])
        }


def _is_it(dossier: Dossier, row: Row) -> bool:
    """Whether the contact whose id a row has is who is meant: an id that was made from the row is enough."""
    if row.made_from is not None:
        return True
    contact = dossier.contact
    said = {name: getattr(row, name) for name in ("name", "email", "phone", "emails", "phones")}
    return contact is not None and contact.external is None and alike(contact, said) is True
