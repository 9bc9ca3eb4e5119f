"""Who may do what to whom (F17, F20). With SQLite and CSV this guides; it cannot guard, since the file is theirs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from followup.core import wishes as w
from followup.core.model import UNDONE, Dossier
from followup.core.office import Office, User
from followup.core.reach import reach, sees
from followup.errors import Refused

#: wish -> the permission it needs beside seeing the contact
NEEDS: Mapping[type[w.Wish], str] = MappingProxyType(
    {
        w.Add: "add-contacts",
        w.Bring: "add-contacts",
        w.Transfer: "transfer-contacts",
        w.Remove: "remove-contacts",
    }
)

#: acts where no user does: a first apply, an edit of a file by hand, a rehearsal; it may do everything
OFFICE = User("office", "the office", "administrator", frozenset(("apply-catalog", *NEEDS.values())))


def must(by: User, permission: str, what: str = "do that") -> None:
    """Raises Refused where `by` has not that permission (F17)."""
    if permission not in by.permissions:
        raise Refused(f"{by.id} may not {what}: it needs the permission '{permission}' (role {by.role})")


def check(dossier: Dossier, wish: w.Wish, office: Office, by: User) -> None:
    """Refuses what `by` may not do; says which permission would do."""
    needed = NEEDS.get(type(wish))
    if needed:
        must(by, needed)
    if dossier.hidden:
        raise Refused(_not_theirs(dossier.subject.partition(":")[2], by))
    unknown = dossier.contact is None or dossier.contact.gone == UNDONE
    if isinstance(wish, w.Add) or (unknown and isinstance(wish, w.Bring)):
        return
    if not sees(reach(by, office.users), dossier):
        name = dossier.contact.name if dossier.contact else dossier.subject
        raise Refused(_not_theirs(name, by))


def _not_theirs(name: str, by: User) -> str:
    return f"{name} is not yours to change, {by.id}: ask the owner or a manager (F20)"
