"""Questions that a rep or an administrator asks of the store. Each answers rows; nothing is changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from json import dumps
from typing import TYPE_CHECKING, Any

from followup.app.session import Session
from followup.core.kinds import ACTION_TYPE, CYCLE
from followup.core.list_rows import ActionRow, ContactRow
from followup.core.model import Contact, Enrolment, contact_subject
from followup.core.office import BUILT_IN_TYPES, User
from followup.core.office_documents import cycle
from followup.core.permission import Reach, reach
from followup.core.timing import add_days, day_of, utc_text
from followup.core.words import folded, nearest
from followup.core.worklist import Stranded, stranded
from followup.errors import FollowupError, NotFound, Refused
from followup.store import loaded

if TYPE_CHECKING:
    from followup.core.list_rows import ContactItem, HistoryItem

PAGE = 1000
SHOWN = 5  # of many ids in a message
LAST = 2**63 - 1  # change that a store can hold


def due(session: Session, owner: str | None, until: str, since: str = "", **filters: Any) -> list[ActionRow]:
    """The user's open actions due on or before the local day `until`, overdue ones included (P5, T8)."""
    values = {"type": filters.get("type"), "category": filters.get("category"), "cycle": _cycles(session, filters)}
    question = "due" if owner else "due_of_nobody"
    return _actions(session, question, owner=owner, before=add_days(until[:10], 1), since=since, **values)


def search(session: Session, limit: int = -1, **filters: Any) -> list[ActionRow]:
    """Actions that the user may see and that match every filter given (F18)."""
    return _actions(session, "search", limit=limit, **_searched(session, filters))


def count(session: Session, **filters: Any) -> int:
    """How many `search` finds without a limit."""
    return _one(session.store.ask("lists.search_count", **_searched(session, filters)))


def _searched(session: Session, filters: dict[str, Any]) -> dict[str, Any]:
    names = ("contact", "type", "status", "owner", "since", "before", "step", "category")
    text = filters.get("text")
    values = {"text": folded(text) if text else None, "cycle": _cycles(session, filters)}
    return {**{name: filters.get(name) for name in names}, **values, **_reach(session.reach)}


def _one(rows: Iterator[tuple[Any, ...]]) -> int:
    return int(next(rows)[0])


def action(session: Session, id: int) -> ActionRow:
    found = _actions(session, "action", id=id)
    if not found:
        raise NotFound(f"no action {id}")
    return found[0]


def by_hand(session: Session, contact: str) -> list[ActionRow]:
    """A contact's open actions that no enrolment made: they outlive it (F21)."""
    rows = _actions(session, "of_contact", contact=contact)
    return [row for row in rows if row.status == "scheduled" and row.enrolment is None]


def _actions(session: Session, question: str, **values: Any) -> list[ActionRow]:
    """Rows under the ids of today (E5)."""
    rows = map(ActionRow._make, session.store.ask(f"lists.{question}", **values))
    return [_today(session, row) for row in rows] if session.office.moved else list(rows)


def _today(session: Session, row: ActionRow) -> ActionRow:
    if row.cycle is None:
        return row
    return row._replace(cycle=session.office.current_id(row.cycle), step=session.office.step_id(row.cycle, row.step))


def _cycles(session: Session, filters: dict[str, Any]) -> str | None:
    """The cycle that is asked for under every id it has had, as JSON; None for any."""
    return dumps(session.office.every_id(filters["cycle"])) if filters.get("cycle") else None


def contacts(session: Session, limit: int = -1, **filters: Any) -> list[ContactRow]:
    """Contacts that the user may see, by next action date (C3)."""
    return [
        _contact(session, row) for row in session.store.ask("lists.contacts", limit=limit, **_wanted(session, filters))
    ]


def count_contacts(session: Session, **filters: Any) -> int:
    """How many `contacts` finds without a limit."""
    return _one(session.store.ask("lists.contacts_count", **_wanted(session, filters)))


def all_contacts(session: Session, **filters: Any) -> Iterator[ContactRow]:
    """The same by id, however many, a page at a time: they may be changed meanwhile."""
    wanted, after = _wanted(session, filters), ""
    while page := list(session.store.ask("lists.contacts_by_id", after=after, limit=PAGE, **wanted)):
        yield from (_contact(session, row) for row in page)
        after = page[-1][0]


def _wanted(session: Session, filters: dict[str, Any]) -> dict[str, Any]:
    values = {name: filters.get(name) for name in ("owner", "stage", "source")}
    text = filters.get("text")
    values |= {"text": folded(text) if text else None, "cycle": _cycles(session, filters)}
    return {"closed": filters.get("closed", False), **values, **_reach(session.reach)}


def fulfilment(session: Session, user: User, until: str) -> dict[str, int]:
    """F21: how much of each type waits to be generated on the day `until`, for whoever generates it; else nothing."""
    if "generate-fulfillment" not in user.permissions:
        return {}
    types = dumps([kind.id for kind in BUILT_IN_TYPES.values() if kind.fulfilled])
    seen = _reach(reach(user, session.users))
    return dict(session.store.ask("lists.fulfilment", types=types, before=add_days(until[:10], 1), **seen))


def _reach(seen: Reach) -> dict[str, Any]:
    everything, team, place = seen
    return {"everything": everything, "team": dumps(sorted(team)), "property": place}


def _contact(session: Session, row: Sequence[Any]) -> ContactRow:
    found = ContactRow._make(row)
    return found._replace(cycle=session.office.current_id(found.cycle)) if found.cycle else found


def contact_id(session: Session, word: str) -> str:
    """The contact that `word` means: an id, or a name where it is one person's; raises NotFound with the nearest."""
    known = session.store.dossiers([word])[word].contact
    if known:
        return word
    found = list(session.store.ask("lists.named", name=folded(word)))
    if len(found) == 1:
        return str(found[0][0])
    if found:
        raise _not_one(word, [id for id, _ in found])
    near = {name for pair in session.store.ask("lists.like", pattern=f"%{folded(word)[:4]}%") for name in pair}
    raise NotFound(f"no contact '{word}'{nearest(word, near)}")


def contact_ids(session: Session, words: Sequence[str]) -> tuple[list[str], list[tuple[str, FollowupError]]]:
    """The same for many words; those that mean nobody, or several, with the reason."""
    known: set[str] = set()
    for start in range(0, len(words), PAGE):
        found = session.store.dossiers(words[start : start + PAGE])
        known.update(id for id, dossier in found.items() if dossier.contact)
    names: dict[str, list[str]] = {folded(word): [] for word in words if word not in known}
    for id, name in session.store.ask("lists.named_any", names=dumps([*names])) if names else ():
        names[name].append(id)
    meant = {word: [word] if word in known else names[folded(word)] for word in dict.fromkeys(words)}
    refused = [(word, _not_one(word, ids)) for word, ids in meant.items() if len(ids) != 1]
    return [ids[0] for ids in meant.values() if len(ids) == 1], refused


def _not_one(word: str, ids: list[str]) -> FollowupError:
    if not ids:
        return NotFound(f"no contact '{word}'")
    more = ", ..." if len(ids) > SHOWN else ""
    return NotFound(f"'{word}' is the name of several: {', '.join(ids[:SHOWN])}{more}; give the id")


def twins(session: Session, fields: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Id, name, and what is the same, of those that the user may see and who may be the person of these fields."""
    same = {
        "name": folded(fields["name"]),
        "e-mail": fields.get("email", "").lower(),
        "phone": "".join(c for c in fields.get("phone", "") if c not in " -().+"),
    }
    email, phone = same["e-mail"] or None, same["phone"] or None
    found = session.store.ask("lists.twins", name=same["name"], email=email, phone=phone, **_reach(session.reach))
    return [
        (id, name, " and ".join(what for what, is_so in zip(same, told, strict=True) if is_so))
        for id, name, *told in found
    ]


def page(session: Session, contact: str) -> tuple[ContactRow, list[ActionRow], list[HistoryItem]]:
    """A contact's page (F18): who they are, their actions, their whole history."""
    row = next(session.store.ask("lists.contact", id=contact, **_reach(session.reach)), None)
    if row is None:
        raise Refused(f"contact {contact} is not yours to see, or is gone: `followup history {contact}`")
    told = list(history(session, contact_subject(contact)))
    return _contact(session, row), _actions(session, "of_contact", contact=contact), told


def history(
    session: Session, subject: str | None = None, change: int | None = None, limit: int = -1
) -> Iterator[HistoryItem]:
    """`history@1` items of what the user may see (F20), oldest first; `subject` is a contact's.

    `limit`: so many, from the end; -1: all.
    """
    question = "history_of" if subject else "history" if limit < 0 else "latest"
    bounds = {"change": change, "first": change or 0, "last": change or LAST}
    asked = session.store.ask(f"lists.{question}", subject=subject, limit=limit, **bounds, **_reach(session.reach))
    for about, seq, number, at, by, kind, id, data in asked if question == "history" else reversed(list(asked)):
        yield {
            "subject": about,
            "seq": seq,
            "change": number,
            "at": utc_text(at),
            "by": by,
            "contact": about.removeprefix("contact:") if about.startswith("contact:") else None,
            "kind": kind,
            "action": id,
            "data": loaded(data),
        }


def type_names(session: Session) -> dict[str, str]:
    """The types of action that have a name of the office's own (F1); the others are known by their ids."""
    names = {id: text["name"] for id, text in session.documents(ACTION_TYPE).items()}
    return {id: name for id, name in names.items() if id not in BUILT_IN_TYPES or BUILT_IN_TYPES[id].name != name}


def standing(session: Session) -> dict[str, dict[str | None, tuple[int, int]]]:
    """By cycle and step, under the ids of today: contacts that stand there, and how many are late; None: on hold."""
    found: dict[str, dict[str | None, tuple[int, int]]] = {}
    for process, step, count, late in session.store.ask("lists.standing", today=session.today, **_reach(session.reach)):
        at = found.setdefault(session.office.current_id(process), {})
        today = session.office.step_id(process, step)
        known = at.get(today, (0, 0))
        at[today] = (known[0] + count, known[1] + late)
    return found


def holds(session: Session) -> frozenset[str]:
    """The cycles on which nothing is scheduled (F8)."""
    return frozenset(id for id, text in session.documents(CYCLE).items() if not cycle(id, text).active_steps)


def stranded_contacts(session: Session) -> list[Stranded]:
    """F12: the contacts that fall through, why, and what mends each."""
    known = sorted(id for hold in holds(session) for id in session.office.every_id(hold))
    workers = dumps([user.id for user in session.users.values() if user.active])
    rows = session.store.ask("lists.stranded", holds=dumps(known), workers=workers, **_reach(session.reach))
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


def items(session: Session, rows: Iterable[ContactRow]) -> Iterator[ContactItem]:
    """`contacts@1` items."""
    known = holds(session)
    return (row.item(known, session.office.calendar(row.owner).zone) for row in rows)
