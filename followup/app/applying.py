"""A validated catalog becomes the version in force (E1). What would touch an open action, or strand, is refused.

What to do about such edits, instead of refusing them, is for `migrate:` entries to say; none acts yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from json import dumps, loads
from typing import Any, NamedTuple

from followup.core import events as e
from followup.core.draft import Decision
from followup.core.model import Dossier
from followup.errors import Refused
from followup.store import Head, Store

Documents = Mapping[str, Mapping[str, Mapping[str, Any]]]


class Edit(NamedTuple):
    """One item that differs: `before` is None for a new one, `after` for one that was taken out."""

    kind: str
    id: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


class Applied(NamedTuple):
    version: int
    edits: tuple[Edit, ...]


def edits(store: Store, documents: Documents) -> tuple[Edit, ...]:
    """What applying `documents` would change, by kind and id."""
    found = []
    for kind in sorted(documents):
        before = {id: loads(text) for id, text in store.ask("catalog.items", kind=kind)}
        after = documents[kind]
        for id in sorted(before.keys() | after.keys()):
            if before.get(id) != after.get(id):
                found.append(Edit(kind, id, before.get(id), after.get(id)))
    return tuple(found)


def apply(
    store: Store, documents: Documents, digest: str, git: str | None, now: int, by: str, dry_run: bool
) -> Applied:
    """Record a new version, unless nothing differs. Raises Refused, naming the contacts that an edit touches."""
    with store.change(Head(now, by, "apply", next(store.ask("catalog.version"))[0]), dry_run) as writing:
        version = next(store.ask("catalog.version"))[0]
        changed = edits(store, documents)
        if not changed:
            return Applied(version, ())
        refusals = [line for edit in changed for line in touched(store, documents, edit)]
        if refusals:
            raise Refused("\n".join(refusals))
        version += 1
        writing.execute("insert_version", [(version, digest, git, writing.id)])
        writing.execute("close_item", [(version, edit.kind, edit.id) for edit in changed if edit.before is not None])
        kept = [edit for edit in changed if edit.after is not None]
        writing.execute("insert_item", [(x.kind, x.id, version, dumps(x.after, ensure_ascii=False)) for x in kept])
        writing.save([_recorded(store, writing.id, now, by, e.Applied(version, digest, git))])
    return Applied(version, changed)


def _recorded(store: Store, change: int, now: int, by: str, event: e.Applied) -> tuple[Dossier, Decision]:
    before = Dossier("office", next(store.ask("dossiers.last_seq", subject="office"))[0])
    entry = e.Entry("office", before.seq + 1, change, now, by, event)
    return before, Decision((entry,), before._replace(seq=entry.seq))


def touched(store: Store, documents: Documents, edit: Edit) -> Iterator[str]:
    """Why `edit` cannot be applied as it stands, one line each (E6); nothing for one that touches nobody."""
    if edit.kind == "cycle" and edit.before is not None:
        yield from _cycle_touched(store, documents, edit)
    elif edit.kind == "user" and edit.after is None:
        held = next(store.ask("catalog.holding", user=edit.id))[0]
        if held:
            yield f"user '{edit.id}' still has {held} contacts or open actions: hand them over, then remove the user"


def _cycle_touched(store: Store, documents: Documents, edit: Edit) -> Iterator[str]:
    moved = documents.get("moved", {}).get("moved", {})
    after = edit.after or documents["cycle"].get(moved.get(edit.id, ""))
    standing = list(store.ask("catalog.standing", cycle=edit.id))
    contacts = sorted({row[0] for row in standing})
    if not contacts:
        return
    who = _named(contacts)
    if after is None:
        yield f"cycle '{edit.id}' cannot be removed while contacts are on it: {who} (F14, E6)"
    elif not after["active"]:
        yield f"cycle '{edit.id}' cannot be made inactive while contacts are on it: {who} (F14, E6)"
    else:
        yield from _steps_touched(edit, after, standing, moved)


def _steps_touched(
    edit: Edit, after: Mapping[str, Any], standing: list[tuple[Any, ...]], moved: Mapping[str, str]
) -> Iterator[str]:
    """A step with open actions must stay, and be active; a cycle must not become a hold under those who wait on it."""
    active = {step["id"] for step in after["steps"] if step["active"]}
    gone: dict[str, list[str]] = {}
    for contact, action, step in standing:
        today = moved.get(f"{edit.id}/{step}", f"{edit.id}/{step}").rpartition("/")[2]
        if action is not None and today not in active:
            gone.setdefault(step, []).append(contact)
    for step, contacts in sorted(gone.items()):
        yield f"step '{edit.id}/{step}' cannot go while it is open for {_named(sorted(set(contacts)))} (E4)"


def _named(contacts: list[str], most: int = 5) -> str:
    more = len(contacts) - most
    return ", ".join(contacts[:most]) + (f" and {more} more" if more > 0 else "")
