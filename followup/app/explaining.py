"""Explain why an action has its due date (G4)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from followup.app import action_lists
from followup.app.session import Session
from followup.core import office_documents
from followup.core.explanation import AppliedVersion, CatalogFacts, Cause, explain
from followup.core.kinds import OFFICE, PROPERTY, USER, Kind
from followup.core.list_rows import ActionRow
from followup.core.model import contact_subject, user_subject
from followup.core.office import Calendar

if TYPE_CHECKING:
    from followup.core.catalog_documents import DaysDocument

#: kinds whose documents have holidays; the office is last, so its names win
DAYS: tuple[Kind[DaysDocument], ...] = (USER, PROPERTY, OFFICE)


def explanation(session: Session, id: int) -> tuple[ActionRow, list[Cause]]:
    """The action as it stands, and what made its date. Raises NotFound, also for what is not theirs to see (F20)."""
    row = action_lists.action(session, id)
    subject = contact_subject(row.contact) if row.contact else user_subject(row.owner or "")
    return row, explain(id, session.store.history.entries(subject), _catalog_facts(session))


def _catalog_facts(session: Session) -> CatalogFacts:
    applied = {
        row.version: AppliedVersion(row.version, row.change, row.at, row.by, row.commit)
        for row in session.store.versions.all()
    }

    @cache
    def documents(version: int) -> office_documents.Documents:
        return office_documents.Documents(session.store.versions.documents(version))

    def calendar(version: int, owner: str | None) -> Calendar:
        return office_documents.office(version, documents(version)).calendar(owner)

    def holidays(version: int) -> dict[str, str]:
        """The holidays of users, properties and the office: a day has one name."""
        names: dict[str, str] = {}
        for kind in DAYS:
            for document in documents(version).documents(kind).values():
                names |= _holidays(document)
        return names

    return CatalogFacts(applied, calendar, holidays)


def _holidays(document: DaysDocument) -> dict[str, str]:
    days = document.get("holidays") or {}
    return dict(days) if isinstance(days, dict) else {}
