"""The history that a user may see (F20)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

from followup.app.session import Session
from followup.core.timing import utc_text
from followup.errors import NotFound
from followup.store.questions.history_questions import EventRow

if TYPE_CHECKING:
    from followup.core.list_rows import HistoryItem


def history(
    session: Session, subject: str | None = None, change: int | None = None, limit: int = -1
) -> Iterator[HistoryItem]:
    """`history@1` items that the user may see, oldest first; `subject`: a contact's.

    `limit`: the last so many; -1: all. Raises NotFound for a change of which they see nothing, whether it is there or
    not.
    """
    rows = iter(_rows(session, subject, change, limit))
    first = next(rows, None)
    if first is None and change is not None:
        raise NotFound(f"unknown change {change}")
    return map(_item, chain([] if first is None else [first], rows))


def _rows(session: Session, subject: str | None, change: int | None, limit: int) -> Iterable[EventRow]:
    questions, reach = session.store.history, session.reach
    if subject:
        return questions.happened_to(subject, change, reach, limit)[::-1]
    if limit >= 0:
        return questions.happened_last(change, reach, limit)[::-1]
    return questions.happened(change, reach)


def _item(row: EventRow) -> HistoryItem:
    kind, colon, id = row.subject.partition(":")
    return {
        "subject": row.subject,
        "seq": row.seq,
        "change": row.change,
        "at": utc_text(row.at),
        "by": row.by,
        "contact": id if (kind, colon) == ("contact", ":") else None,
        "kind": row.kind,
        "action": row.action,
        "data": row.data,
    }
