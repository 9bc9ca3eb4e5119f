"""Which contacts a user can see (F20). The SQL of the lists implements the same rule (`sees_contact`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from followup.core.office import User

if TYPE_CHECKING:
    from followup.core.model import Dossier


def below(user: str, users: Mapping[str, User]) -> frozenset[str]:
    """The user and everyone below them in the hierarchy; `users`: every user of the office."""
    team, grown = frozenset([user]), True
    while grown:
        more = frozenset(u.id for u in users.values() if u.manager in team) - team
        team, grown = team | more, bool(more)
    return team


class Reach(NamedTuple):
    """What a user can see (F20): everything; or what `team` owns or has to do, and what is in `property` or none."""

    everything: bool
    team: frozenset[str]
    property: str | None


#: the reach of an apply, which migrates everyone in the office. No user has it
EVERYTHING = Reach(True, frozenset(), None)


def reach(user: User, users: Mapping[str, User]) -> Reach:
    wide = user.sees_widely()
    return Reach(wide and user.property is None, below(user.id, users), user.property if wide else None)


def sees(reach: Reach, dossier: Dossier) -> bool:
    """F20: the team owns it or has an open action on it, or it is in the property. tests/store/test_who_sees_what.py
    checks that the SQL of the lists and the server's row security agree."""
    contact = dossier.contact
    if reach.everything or (reach.property and (contact is None or contact.property in (None, reach.property))):
        return True
    holders = {action.owner for action in dossier.actions if action.open}
    holders.add(contact.owner if contact else dossier.subject.partition(":")[2])
    return not holders.isdisjoint(reach.team)
