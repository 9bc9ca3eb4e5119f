"""Whom an edit of the catalog touches, and why it cannot be applied as it stands (F14, E4, E6, F12).

What to do about such edits, instead of refusing them, is for `migrate:` entries to say; none acts yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from json import dumps
from typing import Any, NamedTuple

from followup.store import Store

Documents = Mapping[str, Mapping[str, Mapping[str, Any]]]


class Edit(NamedTuple):
    """One item that differs: `before` is None for a new one, `after` for one that was taken out."""

    kind: str
    id: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


def refusals(store: Store, documents: Documents, edits: Iterable[Edit]) -> list[str]:
    """One line for each reason, naming the contacts; none for edits that touch nobody."""
    moved: Mapping[str, str] = documents["moved"]["moved"]
    found: list[str] = []
    for edit in edits:
        if edit.kind == "cycle" and edit.before is not None:
            after = documents["cycle"].get(moved.get(edit.id, edit.id))
            found += _of_cycle(edit, after, _standing(store, edit.id, moved), moved)
        elif edit.kind == "user" and edit.after is None:
            found += _of_user(store, edit.id)
    return found


class Stand(NamedTuple):
    """A contact on a cycle, under the id that the cycle had then, with one of its open actions, or none."""

    contact: str
    process: str
    step: str | None


def _standing(store: Store, cycle: str, moved: Mapping[str, str]) -> list[Stand]:
    """Those too who came when it had another id: their rows keep that (E5)."""
    ids = [cycle, *(old for old, new in moved.items() if new == cycle)]
    return [Stand._make(row) for row in store.ask("catalog.standing", cycles=dumps(ids))]


def _of_cycle(
    edit: Edit, after: Mapping[str, Any] | None, standing: list[Stand], moved: Mapping[str, str]
) -> Iterator[str]:
    if not standing:
        return
    who = _named(stand.contact for stand in standing)
    if after is None:
        yield f"cycle '{edit.id}' cannot be removed while contacts are on it: {who} (F14, E6)"
    elif not after["active"]:
        yield f"cycle '{edit.id}' cannot be made inactive while contacts are on it: {who} (F14, E6)"
    else:
        yield from _of_steps(edit, after, standing, moved)


def _of_steps(edit: Edit, after: Mapping[str, Any], standing: list[Stand], moved: Mapping[str, str]) -> Iterator[str]:
    """A step with open actions must stay, and be active; who waits on a hold would wait for steps that never start."""
    active = {step["id"] for step in after["steps"] if step["active"]}
    gone: dict[str, list[str]] = {}
    for contact, process, step in standing:
        if step and moved.get(f"{process}/{step}", step).rpartition("/")[2] not in active:
            gone.setdefault(step, []).append(contact)
    for step, contacts in sorted(gone.items()):
        yield f"step '{edit.id}/{step}' cannot go while it is open for {_named(contacts)} (E4)"
    waiting = [stand.contact for stand in standing if stand.step is None]
    if active and waiting:
        yield (
            f"cycle '{edit.id}' is a hold: its new steps would never start for {_named(waiting)}, "
            "who would be stranded; place them on another cycle first (F8, F12)"
        )


def _of_user(store: Store, user: str) -> Iterator[str]:
    held = next(store.ask("catalog.holding", user=user))[0]
    if held:
        yield f"user '{user}' still has {held} contacts or open actions: hand them over, then remove the user"


def _named(contacts: Iterable[str], most: int = 5) -> str:
    each = sorted(set(contacts))
    more = len(each) - most
    return ", ".join(each[:most]) + (f" and {more} more" if more > 0 else "")
