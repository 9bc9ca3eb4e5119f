"""Questions that a rep or an administrator asks of the store. Each answers rows; nothing is changed."""

from __future__ import annotations

from json import dumps, loads
from typing import Any

from followup.app.world import World
from followup.core.agenda import Stranded, stranded
from followup.core.model import Contact, Enrolment, contact_subject
from followup.core.office import cycle
from followup.core.rows import ActionRow, ContactRow
from followup.core.timing import add_days, utc_text
from followup.core.words import folded, nearest
from followup.errors import NotFound, Refused


def due(world: World, owner: str, until: str, since: str = "", **filters: Any) -> list[ActionRow]:
    """The user's open actions due on or before the local day `until`, overdue ones included (P5, T8)."""
    values = {"type": None, "category": None, "cycle": None, **filters}
    rows = world.store.ask("lists.due", owner=owner, before=add_days(until[:10], 1), since=since, **values)
    return [ActionRow._make(row) for row in rows]


def search(world: World, limit: int = -1, **filters: Any) -> list[ActionRow]:
    """Actions that the user may see and that match every filter given (F18)."""
    owners, unowned = world.reach()
    names = ("contact", "type", "status", "owner", "since", "before", "cycle", "step", "category", "text")
    values = {name: filters.get(name) for name in names}
    values["text"] = folded(values["text"]) if values["text"] else None
    rows = world.store.ask("lists.search", owners=_json(owners), unowned=unowned, limit=limit, **values)
    return [ActionRow._make(row) for row in rows]


def action(world: World, id: int) -> ActionRow:
    row = next(world.store.ask("lists.action", id=id), None)
    if row is None:
        raise NotFound(f"no action {id}")
    return ActionRow._make(row)


def actions(world: World, ids: list[int]) -> list[ActionRow]:
    """Those of `ids` that are kept: a dry run has scheduled some that are not."""
    rows = (next(world.store.ask("lists.action", id=id), None) for id in ids)
    return [ActionRow._make(row) for row in rows if row]


def contacts(world: World, limit: int = -1, closed: bool = False, **filters: Any) -> list[ContactRow]:
    owners, unowned = world.reach()
    values = {name: filters.get(name) for name in ("id", "owner", "stage", "cycle", "source", "text")}
    values["text"] = folded(values["text"]) if values["text"] else None
    asked = world.store.ask(
        "lists.contacts", owners=_json(owners), unowned=unowned, limit=limit, closed=closed, **values
    )
    return [ContactRow._make(row) for row in asked]


def contact_id(world: World, word: str) -> str:
    """The contact that `word` means: an id, or a name where it is one person's; raises NotFound with the nearest."""
    known = world.store.dossiers([word])[word].contact
    if known:
        return word
    found = list(world.store.ask("lists.named", name=folded(word)))
    if len(found) == 1:
        return str(found[0][0])
    if found:
        raise NotFound(f"'{word}' is the name of several: {', '.join(row[0] for row in found)}; give the id")
    near = {name for pair in world.store.ask("lists.like", pattern=f"%{folded(word)[:4]}%") for name in pair}
    raise NotFound(f"no contact '{word}'{nearest(word, near)}")


def page(world: World, contact: str) -> tuple[ContactRow, list[ActionRow], list[dict[str, Any]]]:
    """A contact's page (F18): who they are, their actions, their whole history."""
    rows = [ContactRow._make(row) for row in _one_contact(world, contact)]
    if not rows:
        raise Refused(f"contact {contact} is not yours to see, or is gone: `followup history {contact}`")
    acts = [ActionRow._make(row) for row in world.store.ask("lists.of_contact", contact=contact)]
    return rows[0], acts, history(world, contact_subject(contact))


def _one_contact(world: World, contact: str) -> Any:
    owners, unowned = world.reach()
    held = any(row[7] in (owners or ()) for row in world.store.ask("lists.of_contact", contact=contact))
    values = dict.fromkeys(("owner", "stage", "cycle", "source", "text"))
    wanted = _json(None if held else owners)
    return world.store.ask("lists.contacts", id=contact, owners=wanted, unowned=unowned, limit=1, closed=1, **values)


def history(
    world: World, subject: str | None = None, change: int | None = None, limit: int = -1
) -> list[dict[str, Any]]:
    """`history@1` items, oldest first."""
    items = []
    for subject_, seq, number, at, by, kind, action_, data, _ in world.store.ask(
        "lists.history", subject=subject, change=change, limit=limit
    ):
        contact = subject_.removeprefix("contact:") if subject_.startswith("contact:") else None
        items.append(
            {
                "subject": subject_,
                "seq": seq,
                "change": number,
                "at": utc_text(at),
                "by": by,
                "contact": contact,
                "kind": kind,
                "action": action_,
                "data": loads(data),
            }
        )
    return items


def holds(world: World) -> frozenset[str]:
    """The cycles on which nothing is scheduled (F8)."""
    return frozenset(id for id, text in world.documents("cycle").items() if not cycle(id, text).active_steps)


def stranded_contacts(world: World) -> list[Stranded]:
    """F12: the contacts that fall through, why, and what mends each."""
    owners, unowned = world.reach()
    rows = world.store.ask("lists.stranded", owners=_json(owners), unowned=unowned, holds=dumps(sorted(holds(world))))
    return [_stranded(*row) for row in rows]


def _stranded(
    id: str, name: str, owner: str | None, created: str, updated: str, process: str | None, last: str | None
) -> Stranded:
    contact = Contact(id, name, owner=owner, created_at=created, updated_at=updated)
    return stranded(contact, _enrolment(id, process), _enrolment(id, *last.split("\n")) if last else None)


def _enrolment(
    contact: str, process: str | None, reason: str | None = None, ended: str | None = None
) -> Enrolment | None:
    if process is None:
        return None
    return Enrolment(0, contact, "cycle", process, None, 0, "", 0, 1, "", 0, ended=ended, reason=reason)


def _json(owners: list[str] | None) -> str | None:
    return None if owners is None else dumps(owners)
