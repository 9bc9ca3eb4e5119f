"""Who may do what to whom (F17, F20). With SQLite and CSV this guides; it cannot guard, since the file is theirs."""

from __future__ import annotations

from collections.abc import Mapping

from followup.core import wishes as w
from followup.core.model import Contact, Dossier
from followup.core.office import Office, User
from followup.errors import Refused

#: wish -> the permission it needs beside seeing the contact
NEEDS: dict[type[w.Wish], str] = {
    w.Add: "add-contacts",
    w.Bring: "add-contacts",
    w.Transfer: "transfer-contacts",
    w.Remove: "remove-contacts",
}


def below(user: str, users: Mapping[str, User]) -> frozenset[str]:
    """The user and everyone below them; `users` is every user of the office."""
    team, grown = frozenset([user]), True
    while grown:
        more = frozenset(u.id for u in users.values() if u.manager in team) - team
        team, grown = team | more, bool(more)
    return team


def sees(user: User, dossier: Dossier, users: Mapping[str, User]) -> bool:
    """F20: owned or held by them or by someone below; or of their property, with a permission that is for it."""
    if user.sees_widely() and (user.property is None or _property(dossier.contact) in (None, user.property)):
        return True
    holders = {action.owner for action in dossier.actions if action.open}
    holders.add(dossier.contact.owner if dossier.contact else dossier.subject.partition(":")[2])
    return user.id in holders or not holders.isdisjoint(below(user.id, users))


def _property(contact: Contact | None) -> str | None:
    return contact.property if contact else None


def check(dossier: Dossier, wish: w.Wish, office: Office, by: User) -> None:
    """Refuses what `by` may not do; says which permission would do."""
    needed = NEEDS.get(type(wish))
    if needed and needed not in by.permissions:
        raise Refused(f"{by.id} may not do that: it needs the permission '{needed}' (role {by.role})")
    if isinstance(wish, w.Add) or (dossier.contact is None and isinstance(wish, w.Bring)):
        return
    if not sees(by, dossier, office.users):
        name = dossier.contact.name if dossier.contact else dossier.subject
        raise Refused(f"{name} is not yours to change, {by.id}: ask the owner or a manager (F20)")
