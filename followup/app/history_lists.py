"""What happened, as far as a user may see it (F20)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from followup.app.action_lists import reach_values
from followup.app.session import Session
from followup.core.timing import utc_text
from followup.store.asking import parsed

LAST = 2**63 - 1  # change that a store can hold


def history(
    session: Session, subject: str | None = None, change: int | None = None, limit: int = -1
) -> Iterator[dict[str, Any]]:
    """`history@1` items of what the user may see, oldest first; `subject` is a contact's.

    `limit`: so many, from the end; -1: all.
    """
    question = "history_of" if subject else "history" if limit < 0 else "latest"
    bounds = {"change": change, "first": change or 0, "last": change or LAST}
    reach = reach_values(session.reach)
    rows = session.store.ask(f"lists.{question}", subject=subject, limit=limit, **bounds, **reach)
    for about, seq, number, at, by, kind, id, data in rows if question == "history" else reversed(list(rows)):
        yield {
            "subject": about,
            "seq": seq,
            "change": number,
            "at": utc_text(at),
            "by": by,
            "contact": about.removeprefix("contact:") if about.startswith("contact:") else None,
            "kind": kind,
            "action": id,
            "data": parsed(data),
        }
