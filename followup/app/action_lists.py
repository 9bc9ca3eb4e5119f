"""Actions that a user may see, as rows under the ids of today (E5): due, searched, or one by one."""

from __future__ import annotations

from json import dumps
from typing import Any

from followup.app.session import Session
from followup.core.list_filters import ActionFilter, DueFilter
from followup.core.list_rows import ActionRow
from followup.core.office import BUILT_IN_TYPES, User
from followup.core.permission import Reach, reach
from followup.core.timing import add_days
from followup.core.words import folded
from followup.errors import NotFound


def due(session: Session, owner: str | None, until: str, filter: DueFilter = DueFilter()) -> list[ActionRow]:
    """The user's open actions due on or before the local day `until`, overdue ones included (P5, T8)."""
    question = "due" if owner else "due_of_nobody"
    values = filter._replace(cycle=cycle_ids(session, filter.cycle))._asdict()
    return _actions(session, question, owner=owner, before=add_days(until[:10], 1), **values)


def search(session: Session, filter: ActionFilter = ActionFilter(), limit: int = -1) -> list[ActionRow]:
    """Actions that the user may see and that match every filter given (F18)."""
    return _actions(session, "search", limit=limit, **_searched(session, filter))


def count(session: Session, filter: ActionFilter) -> int:
    """How many `search` finds without a limit."""
    return int(next(session.store.ask("lists.search_count", **_searched(session, filter)))[0])


def _searched(session: Session, filter: ActionFilter) -> dict[str, Any]:
    text = folded(filter.text) if filter.text else None
    wanted = filter._replace(text=text, cycle=cycle_ids(session, filter.cycle))
    return {**wanted._asdict(), **reach_values(session.reach)}


def action(session: Session, id: int) -> ActionRow:
    rows = _actions(session, "action", id=id)
    if not rows:
        raise NotFound(f"no action {id}")
    return rows[0]


def of_contact(session: Session, contact: str) -> list[ActionRow]:
    """All of a contact's, open ones first."""
    return _actions(session, "of_contact", contact=contact)


def by_hand(session: Session, contact: str) -> list[ActionRow]:
    """A contact's open actions that no enrolment made: they outlive it (F21)."""
    return [row for row in of_contact(session, contact) if row.status == "scheduled" and row.enrolment is None]


def _actions(session: Session, question: str, **values: Any) -> list[ActionRow]:
    rows = map(ActionRow._make, session.store.ask(f"lists.{question}", **values))
    return [_today(session, row) for row in rows] if session.office.moved else list(rows)


def _today(session: Session, row: ActionRow) -> ActionRow:
    if row.cycle is None:
        return row
    return row._replace(cycle=session.office.current_id(row.cycle), step=session.office.step_id(row.cycle, row.step))


def cycle_ids(session: Session, cycle: str | None) -> str | None:
    """The cycle that is asked for under every id it has had, as JSON; None for any."""
    return dumps(session.office.every_id(cycle)) if cycle else None


def fulfilment(session: Session, user: User, until: str) -> dict[str, int]:
    """F21: how much of each type waits to be generated on the day `until`, for whoever generates it; else nothing."""
    if "generate-fulfillment" not in user.permissions:
        return {}
    types = dumps([kind.id for kind in BUILT_IN_TYPES.values() if kind.fulfilled])
    seen = reach_values(reach(user, session.users))
    return dict(session.store.ask("lists.fulfilment", types=types, before=add_days(until[:10], 1), **seen))


def reach_values(seen: Reach) -> dict[str, Any]:
    everything, team, place = seen
    return {"everything": everything, "team": dumps(sorted(team)), "property": place}
