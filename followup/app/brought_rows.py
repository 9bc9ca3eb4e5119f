"""Rows of a file as wishes, with the office's own words for owners, sources and cycles; and what to say of them."""

from __future__ import annotations

import re
from functools import partial
from typing import NamedTuple

from followup.app import lookup
from followup.app.deciding import Asked
from followup.app.details import details_text, with_details
from followup.app.import_ids import Identity
from followup.app.outcome import NAMED
from followup.app.session import Session
from followup.core.few import Few
from followup.core.model import UNDONE, Dossier
from followup.core.timing import moment, utc_text
from followup.core.wishes import Bring, Choice, Fields
from followup.errors import FollowupError
from followup.intake.gathering import OTHER_STAGE
from followup.intake.rows import Row

#: fields whose cells are stored as they were read
FIELDS = (
    *("name", "first_name", "last_name", "email", "phone", "source", "type", "stage", "groups", "do_not_contact"),
    *("emails", "phones"),
)
#: words that are remembered
REMEMBERED = 10_000
#: `Tom Brown (tom@bluewater.example)`
WITH_EMAIL = re.compile(r".*?[(<]\s*([^\s()<>]+@[^\s()<>]+)\s*[)>]")


class Defaults(NamedTuple):
    """For rows whose file does not say: the alias, the owner, the property; or that there is no cycle (F11).

    `new_owner`: of new contacts alone; who owns the others already is not asked for.
    """

    alias: str | None
    owner: str | None
    property: str | None
    without_cycle: bool
    new_owner: str | None = None


class CellRefused(Exception):
    """A row is refused for a word in one of its fields."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


class Notices:
    """What an import says once, about all of its rows. `undeclared`: words that the catalog doesn't have, by kind;
    `stages`: words of another system's stages; `ownerless`: rows that leave a new contact without an owner."""

    def __init__(self) -> None:
        self.lines: set[str] = set()
        self.ownerless = 0
        self.undeclared: dict[str, Few[str]] = {}
        self.stages: Few[str] = Few(NAMED)
        self.changed: Few[str] = Few(NAMED)


class Brought(NamedTuple):
    """A row that can become a wish, once it is known which contact it is about."""

    row: Row
    fields: Fields
    details: dict[str, str]
    choice: Choice | None
    without_cycle: bool
    at_first: Fields

    def wish(self, identity: Identity) -> Asked:
        return partial(self._wish, identity) if self.details else self._bring(identity, {})

    def _wish(self, identity: Identity, dossier: Dossier) -> Bring:
        """The details in the file are merged into those that the contact has."""
        contact = dossier.contact
        known = contact.details if contact and contact.gone != UNDONE else None
        details = with_details(known, self.details) if known else details_text(self.details)
        return self._bring(identity, {"details": details})

    def _bring(self, identity: Identity, more: Fields) -> Bring:
        fields = {**self.fields, **more, "external": identity.key}
        return Bring(fields, self.choice, self.without_cycle, self.at_first, identity.evidence)


class RowReader:
    """What rows mean in this office."""

    def __init__(self, session: Session, defaults: Defaults, notices: Notices) -> None:
        self.session, self.defaults, self.notices = session, defaults, notices
        self._ids: dict[tuple[str, str], str] = {}

    def brought(self, row: Row) -> Brought:
        """Raises CellRefused."""
        fields: dict[str, str | None] = {name: getattr(row, name) for name in FIELDS}
        fields["owner"] = self._id("owner", row.owner) or self.defaults.owner
        fields["property"] = self._id("property", row.property) or self.defaults.property
        fields["source"], fields["type"] = self._id("source", row.source), self._id("type", row.type)
        fields["created_at"] = self._created(row.created_at)
        alias = self._id("cycle", row.cycle) or self.defaults.alias
        self.notices.ownerless += fields["owner"] is None and self.defaults.new_owner is None
        at_first = {"owner": self.defaults.new_owner, "name": row.email or row.phone}
        choice = Choice(alias) if alias else None
        return Brought(row, fields, self._details(row), choice, self.defaults.without_cycle, at_first)

    def _id(self, field: str, word: str | None) -> str | None:
        """The declared id that a cell means; asked once for each word."""
        if word is None:
            return None
        if len(self._ids) > REMEMBERED:
            self._ids.clear()
        if (field, word) not in self._ids:
            self._ids[field, word] = self._meant(field, word)
        return self._ids[field, word]

    def _meant(self, field: str, word: str) -> str:
        try:
            return self._declared(field, word)
        except FollowupError as refusal:
            raise CellRefused(field, str(refusal)) from None

    def _declared(self, field: str, word: str) -> str:
        match field:
            case "owner":
                return self._owner(word)
            case "cycle":
                return lookup.first_alias(self.session, word)
            case "property":
                return lookup.site(self.session, word)
            case "type":
                return self._listed("contact_type", word)
            case _:
                return self._listed(field, word)

    def _owner(self, word: str) -> str:
        email = match[1] if (match := WITH_EMAIL.fullmatch(word)) else word
        by_email = (user.id for user in self.session.users.values() if user.email == email.lower())
        named = word.partition("(")[0].partition("<")[0].strip() if match else word
        return lookup.worker(self.session, next(by_email, named or word)).id

    def _listed(self, kind: str, word: str) -> str:
        """A word of the office's list, or as it is: other systems have sources of their own."""
        listed = lookup.listed(self.session, kind, word)
        words = self.notices.undeclared.setdefault(kind, Few(NAMED))
        if listed.unknown and word not in words:
            words.add(word)
        return listed.id

    def _details(self, row: Row) -> dict[str, str]:
        if not (row.extra or row.notes or row.company):
            return {}
        details = {**(row.extra or {}), "company": row.company, "notes": row.notes}
        stage = details.get(OTHER_STAGE)
        if stage and stage not in self.notices.stages:
            self.notices.stages.add(stage)
        return {name: text for name, text in details.items() if text}

    def _created(self, text: str | None) -> str | None:
        if text is None or text.endswith("Z"):
            return text
        return utc_text(moment(text[:16], self.session.office.calendars[None].zone).at)
