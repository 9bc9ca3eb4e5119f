"""F12: the contacts that fall through, why, and what mends each."""

from __future__ import annotations

from json import dumps

from followup.app.action_lists import reach_values
from followup.app.contact_lists import holds
from followup.app.session import Session
from followup.core.model import Contact, Enrolment
from followup.core.timing import day_of
from followup.core.worklist import Stranded, stranded


def stranded_contacts(session: Session) -> list[Stranded]:
    """Of those that the user may see."""
    ids = sorted(id for hold in holds(session) for id in session.office.every_id(hold))
    workers = dumps([user.id for user in session.users.values() if user.active])
    rows = session.store.ask("lists.stranded", holds=dumps(ids), workers=workers, **reach_values(session.reach))
    return [_stranded(session, *row) for row in rows]


def _stranded(
    session: Session,
    id: str,
    name: str,
    owner: str | None,
    created: str,
    goes_on: bool,
    process: str | None,
    alias: str | None,
    ended: str | None,
    reason: str | None,
    since: str | None,
) -> Stranded:
    chosen = alias if alias and _is_chosen(session, alias) else None
    last = Enrolment(0, id, "cycle", process, chosen, 0, "", 0, 1, "", 0, None, ended, reason) if process else None
    zone = session.office.calendar(owner).zone
    return stranded(Contact(id, name, owner=owner), last, (since or day_of(created, zone))[:10], bool(goes_on))


def _is_chosen(session: Session, alias: str) -> bool:
    """Whether reps can choose it still."""
    try:
        return session.office.aliases[alias].active
    except KeyError:
        return False
