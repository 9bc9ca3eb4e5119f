"""A contact's page (F18): the contact, its actions, its complete history."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from followup.app.action_lists import of_contact
from followup.app.contact_lists import contact
from followup.app.history_lists import history
from followup.app.session import Session
from followup.core.list_rows import ActionRow, ContactRow
from followup.core.model import contact_subject

if TYPE_CHECKING:
    from followup.core.list_rows import HistoryItem


class ContactPage(NamedTuple):
    """`history`: `history@1` items, oldest first."""

    contact: ContactRow
    actions: list[ActionRow]
    history: list[HistoryItem]


def page(session: Session, id: str) -> ContactPage:
    """Raises NotFound for a contact that is gone, or that the user may not see (F20)."""
    row = contact(session, id)
    return ContactPage(row, of_contact(session, id), list(history(session, contact_subject(id))))
