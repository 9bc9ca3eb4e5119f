"""Who may do what to which contact (F17, F20). Only advisory with SQLite and CSV, where users own the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from followup.core import wishes as w
from followup.core.model import Dossier
from followup.core.office import Office, User
from followup.core.reach import reach, sees
from followup.errors import NotFound, Refused

#: wish -> the permission it needs, in addition to seeing the contact
NEEDS: Mapping[type[w.Wish], str] = MappingProxyType(
    {
        w.Add: "add-contacts",
        w.Bring: "add-contacts",
        w.Transfer: "transfer-contacts",
        w.Remove: "remove-contacts",
    }
)

#: the actor when no user is: a first apply, an edit of a file by hand, a rehearsal; it may do everything
OFFICE = User("office", "the office", "administrator", frozenset(("apply-catalog", *NEEDS.values())))


def must(by: User, permission: str, what: str = "do that", able: Iterable[User] = ()) -> None:
    """Raises Refused where `by` has not that permission (F17); it names the first few of those who are `able`."""
    if permission not in by.permissions:
        names = [f"{user.name} ({user.id})" for user in able][:3]
        ask = f": ask {' or '.join(names)}" if names else ""
        raise Refused(f"{by.id} can't {what}: this needs the permission '{permission}' (role {by.role}){ask}")


def check(dossier: Dossier, wish: w.Wish, office: Office, by: User) -> None:
    """Refuses what `by` may not do, and says which permission would do. What they may not see is answered like what is
    not there (F20); of an id it is said that it's taken."""
    kind, _, id = dossier.subject.partition(":")
    seen = not dossier.hidden and sees(reach(by, office.users), dossier)
    if kind == "user" and not seen:
        raise Refused(f"you don't have access to {_name(id, office)}'s list: ask them or a manager")
    there = dossier.contact is not None or kind == "user"
    if not isinstance(wish, w.Add | w.Bring) and not (seen and there):
        raise NotFound(f"unknown contact '{id}'")
    for permission in _needed(dossier, wish):
        must(by, permission, able=_able(permission, dossier if seen else None, office))
    if not seen and (there or dossier.hidden):
        raise taken(id)


def _able(permission: str, dossier: Dossier | None, office: Office) -> Iterator[User]:
    """The users who have the permission and can see the contact; all, if the user who asks sees none (F20)."""
    able = (user for user in office.users.values() if user.active and permission in user.permissions)
    if dossier is None or dossier.contact is None:
        return able
    return (user for user in able if sees(reach(user, office.users), dossier))


def taken(id: str) -> Refused:
    """One answer for what was removed and what one may not see: neither says whose the id is (F20, E10)."""
    return Refused(f"the id '{id}' is taken, or belonged to a contact that was removed: choose another id")


def _needed(dossier: Dossier, wish: w.Wish) -> Iterator[str]:
    if type(wish) in NEEDS:
        yield NEEDS[type(wish)]
    if isinstance(wish, w.Set | w.Bring) and changes_property(dossier, wish):
        yield NEEDS[w.Transfer]


def changes_property(dossier: Dossier, wish: w.Set | w.Bring) -> bool:
    """Whether a contact who is there would come to another property, or get one, or lose it: that takes the permission
    to transfer, whichever command does it (F19). A blank cell of an import says nothing."""
    contact, place = dossier.contact, wish.fields.get("property") or None
    if contact is None or contact.gone or "property" not in wish.fields:
        return False
    return place != contact.property and not (place is None and isinstance(wish, w.Bring))


def _name(user: str, office: Office) -> str:
    return office.users[user].name if user in office.users else user
