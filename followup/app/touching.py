"""Whom an edit of the catalog touches, and why it cannot be applied as it stands (F14, E4, E6, F12).

Everybody in flight is looked at under the ids of today, whichever edit moved them: of a cycle, a step or `moved`.
What to do about such edits, instead of refusing them, is for `migrate:` entries to say; none acts yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from followup.store import Store, loaded

Documents = Mapping[str, Mapping[str, Mapping[str, Any]]]
Moves = Mapping[str, str]


class Edit(NamedTuple):
    """One item that differs: `before` is None for a new one, `after` for one that was taken out."""

    kind: str
    id: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


class Stand(NamedTuple):
    """A contact on a cycle, with the step of one of its open actions, or None."""

    contact: str
    step: str | None


def refusals(store: Store, documents: Documents, edits: Iterable[Edit]) -> list[str]:
    """One line for each reason, naming the contacts; none for edits that touch nobody."""
    edits = list(edits)
    return [*_of_processes(store, documents, edits), *_of_users(store, edits)]


def _of_processes(store: Store, documents: Documents, edits: list[Edit]) -> Iterator[str]:
    edited = {edit.id for edit in edits if edit.kind in ("cycle", "moved")}
    was, will = _moves(store), documents["moved"]["moved"]
    for (process,) in store.ask("catalog.processes"):
        today = will.get(process, process)
        if "moved" in edited or today in edited or was.get(process, process) in edited:
            before = _document(store, was.get(process, process))
            yield from _of_cycle(store, process, before, documents["cycle"].get(today), will)


def _moves(store: Store) -> Moves:
    return {
        old: new for (text,) in store.ask("catalog.item", kind="moved", id="moved") for old, new in loaded(text).items()
    }


def _document(store: Store, cycle: str) -> Mapping[str, Any] | None:
    row = next(store.ask("catalog.item", kind="cycle", id=cycle), None)
    return loaded(row[0]) if row else None


def _of_cycle(
    store: Store, process: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, moved: Moves
) -> Iterator[str]:
    standing = [Stand._make(row) for row in store.ask("catalog.standing", process=process)]
    who = _named(stand.contact for stand in standing)
    if after is None:
        yield f"cycle '{process}' cannot be removed while contacts are on it: {who} (F14, E6)"
    elif not after["active"]:
        today = moved.get(process, process)
        yield f"cycle '{today}' cannot be made inactive while contacts are on it: {who} (F14, E6)"
    else:
        yield from _of_steps(process, _active(before), _active(after), standing, moved)


def _active(cycle: Mapping[str, Any] | None) -> frozenset[str]:
    return frozenset(step["id"] for step in cycle["steps"] if step["active"]) if cycle else frozenset()


def _of_steps(
    process: str, before: frozenset[str], after: frozenset[str], standing: list[Stand], moved: Moves
) -> Iterator[str]:
    """A step with open actions must stay, and be active; who waits on a hold would wait for steps that never start."""
    gone: dict[str, list[str]] = {}
    for contact, step in standing:
        if step and moved.get(f"{process}/{step}", step).rpartition("/")[2] not in after:
            gone.setdefault(step, []).append(contact)
    for step, contacts in sorted(gone.items()):
        yield f"step '{process}/{step}' cannot go while it is open for {_named(contacts)} (E4)"
    waiting = [stand.contact for stand in standing if stand.step is None]
    if after and not before and waiting:
        yield (
            f"cycle '{process}' is a hold: new steps would never start for {_named(waiting)}, "
            "who would be stranded; place them on another cycle first (F8, F12)"
        )


def _of_users(store: Store, edits: list[Edit]) -> Iterator[str]:
    """Who leaves has nothing left to do: nobody would see it."""
    for edit in edits:
        if edit.kind == "user" and edit.before is not None and not (edit.after and edit.after["active"]):
            contacts, actions = next(store.ask("catalog.holding", user=edit.id))
            if contacts or actions:
                mend = f"`followup contacts set --where owner={edit.id} --owner USER`, complete or cancel what is left"
                yield f"user '{edit.id}' still has {contacts} contacts and {actions} open actions: {mend} (F20)"


def _named(contacts: Iterable[str], most: int = 5) -> str:
    each = sorted(set(contacts))
    more = len(each) - most
    return ", ".join(each[:most]) + (f" and {more} more" if more > 0 else "")
