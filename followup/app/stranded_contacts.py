"""F12: contacts with no next step, why, and how to fix each."""

from __future__ import annotations

from followup.app.contact_lists import holds
from followup.app.session import Session
from followup.core.model import Contact, Enrolment
from followup.core.timing import day_of
from followup.core.worklist import Stranded, stranded
from followup.store.questions.contact_questions import StrandedRow


def stranded_contacts(session: Session) -> list[Stranded]:
    """The stranded contacts that the user may see."""
    on_hold = sorted(id for hold in holds(session) for id in session.office.every_id(hold))
    workers = [user.id for user in session.users.values() if user.active]
    return [_stranded(session, row) for row in session.store.contacts.stranded(on_hold, workers, session.reach)]


def _stranded(session: Session, row: StrandedRow) -> Stranded:
    zone = session.office.calendar(row.owner).zone
    since = (row.since or day_of(row.created_at, zone))[:10]
    return stranded(Contact(row.id, row.name, owner=row.owner), _last_cycle(session, row), since, bool(row.goes_on))


def _last_cycle(session: Session, row: StrandedRow) -> Enrolment | None:
    if row.process is None:
        return None
    alias = session.office.current_id(row.alias) if row.alias else None
    alias = alias if alias and _is_chosen(session, alias) else None
    return Enrolment(0, row.id, "cycle", row.process, alias, 0, "", 0, 1, "", 0, None, row.ended, row.reason)


def _is_chosen(session: Session, alias: str) -> bool:
    """Whether reps can still choose it."""
    try:
        return session.office.aliases[alias].active
    except KeyError:
        return False
