"""Which contact a row is about: by the key of its system or the one that the import made, else by its id.

What is new gets an id that can be read. The ids of another system are kept apart, so that none is taken for ours. A
contact that the user may not see is like none (F20): where it has the key, the row's own contact has a numbered one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count
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
    """`id`: the contact's. `key`: what to know it by from now on. `evidence`: what tells that the row is about the
    contact."""

    id: str
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
        known, free = self._looked_up(rows)
        if free:
            change.hold_adding()
            added, free = self._looked_up(free)
            known |= added
        found = {key: Identity(id, None, self._evidence(rows[key])) for key, id in known.items()}
        found |= self._older({key: rows[key] for key in free}, free)
        new = {key: rows[key] for key in free if key not in found}
        ids = self.unused.ids([row.name or row.email or row.phone or "" for row in new.values()])
        made = zip(new.items(), ids, strict=True)
        return found | {key: Identity(id, free[key], self._evidence(row)) for (key, row), id in made}

    def _looked_up(self, keys: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
        """The id of the contact that each key leads to; and for each other key its first numbered form that is free."""
        known, free, left = dict[str, str](), dict[str, str](), list(keys)
        for number in count(1):
            tried = {key: _numbered(key, number) for key in left}
            ids = self.session.store.contacts.keyed(tried.values(), self.session.reach) if tried else {}
            known |= {key: id for key, each in tried.items() if (id := ids.get(each))}
            free |= {key: each for key, each in tried.items() if each not in ids}
            left = [key for key in left if key not in known and key not in free]
            if not left:
                break
        return known, free

    def _evidence(self, row: Row) -> Evidence:
        return Evidence.TRUSTED if row.made_from is None and not self.repairs else Evidence.SAME_NAME

    def _older(self, rows: dict[str, Row], free: dict[str, str]) -> dict[str, Identity]:
        """Those who were imported before keys were kept: their ids are the keys, or those of the system."""
        keys = {row.id: key for key, row in rows.items()}
        there = self.session.store.contacts.taken(keys) if keys else set()
        dossiers = self.session.store.dossiers(sorted(there), self.session.reach) if there else {}
        return {
            keys[id]: Identity(id, free[keys[id]] if self.system else None, self._evidence(rows[keys[id]]))
            for id, dossier in dossiers.items()
            if _is_it(dossier, rows[keys[id]])
        }


def _numbered(key: str, number: int) -> str:
    """Neither a system's name nor a key that was made begins so: no other row has this key."""
    return key if number == 1 else f"{number}~{key}"


def _is_it(dossier: Dossier, row: Row) -> bool:
    """Whether the contact whose id a row has is who is meant: an id that was made from the row is enough."""
    contact = dossier.contact
    if contact is None or row.made_from is not None:
        return contact is not None
    said = {name: getattr(row, name) for name in ("name", "email", "phone", "emails", "phones")}
    return contact.external is None and alike(contact, said) is True
