"""Actions that a user may see, as rows with current ids (E5): due, searched, or one by one."""

from __future__ import annotations

from followup.app.session import Session
from followup.core.list_filters import ActionFilter, DueFilter
from followup.core.list_rows import ActionRow
from followup.core.office import BUILT_IN_TYPES, User
from followup.core.reach import reach
from followup.core.timing import add_days
from followup.errors import NotFound
from followup.store.questions.action_questions import EveryId


def due(session: Session, owner: str | None, until: str, filter: DueFilter = DueFilter()) -> list[ActionRow]:
    """The user's open actions due on or before the local day `until`, overdue ones included (P5, T8)."""
    before, cycles = add_days(until[:10], 1), session.cycle_ids(filter.cycle)
    return _today(session, session.store.actions.due(owner, before, filter, cycles, session.reach))


def search(session: Session, filter: ActionFilter = ActionFilter(), limit: int = -1) -> list[ActionRow]:
    """Actions that the user may see and that match every filter given (F18)."""
    return _today(session, session.store.actions.search(filter, _ids(session, filter), session.reach, limit))


def count(session: Session, filter: ActionFilter) -> int:
    """The number of rows that `search` returns without a limit."""
    return session.store.actions.search_count(filter, _ids(session, filter), session.reach)


def _ids(session: Session, filter: ActionFilter) -> EveryId:
    """Rows keep the ids that they were made under (E5)."""
    moved = session.office.moved.items() if filter.step else ()
    steps = [(old, new.rpartition("/")[2]) for old, new in moved if "/" in old]
    come = [old for old, today in steps if today == filter.step]
    left = [old for old, today in steps if old.rpartition("/")[2] == filter.step != today]
    return EveryId(session.cycle_ids(filter.cycle), come, left)


def action(session: Session, id: int) -> ActionRow:
    """Raises NotFound for one that isn't there, or isn't theirs to see (F20)."""
    row = known(session, id)
    if row is None:
        raise NotFound(f"unknown action {id}")
    return row


def known(session: Session, id: int) -> ActionRow | None:
    """None for one that isn't there, or isn't theirs to see (F20)."""
    row = session.store.actions.action(id, session.reach)
    return _today(session, [row])[0] if row else None


def of_contact(session: Session, contact: str) -> list[ActionRow]:
    """All actions of a contact, open ones first."""
    return _today(session, session.store.actions.of_contact(contact, session.reach))


def by_hand(session: Session, contact: str) -> list[ActionRow]:
    """A contact's open actions that don't belong to an enrolment: they stay open when it ends (F21)."""
    return [row for row in of_contact(session, contact) if row.status == "scheduled" and row.enrolment is None]


def _today(session: Session, rows: list[ActionRow]) -> list[ActionRow]:
    office = session.office
    if not office.moved:
        return rows
    return [
        row._replace(cycle=office.current_id(row.cycle), step=office.step_id(row.cycle, row.step)) if row.cycle else row
        for row in rows
    ]


def fulfilment(session: Session, user: User, until: str) -> dict[str, int]:
    """F21: how much of each type waits to be generated on the day `until`, for whoever generates it; else nothing. Who
    looks at another's agenda is told of what they see themselves."""
    if "generate-fulfillment" not in user.permissions:
        return {}
    types = (kind.id for kind in BUILT_IN_TYPES.values() if kind.fulfilled)
    theirs = session.reach.everything or user.id == session.user.id
    within = reach(user, session.users) if theirs else session.reach
    return session.store.actions.fulfilment(types, add_days(until[:10], 1), within)
