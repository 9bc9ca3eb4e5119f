"""A validated catalog becomes the version in force (E1), in one transaction with what it rewrites (T1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from json import dumps
from typing import NamedTuple

from followup.app.changes import BATCH
from followup.app.touching import Documents, Edit, refusals
from followup.app.world import World
from followup.core import events as e
from followup.core.decide import decide
from followup.core.draft import Decision, Stamp
from followup.core.model import Dossier
from followup.core.wishes import Rezone
from followup.errors import Refused
from followup.store import Change, Head, Store, loaded

#: kinds of items that say in which zone somebody works
KEEPERS = frozenset(("office", "property", "user"))


class Applied(NamedTuple):
    """`moved`: how many open actions read another time, since their owner's zone has changed."""

    version: int
    edits: tuple[Edit, ...]
    moved: int = 0


class Version(NamedTuple):
    """What is to be put in force: the documents, their digest, and the git commit they are of, if there is one."""

    documents: Documents
    digest: str
    git: str | None


def edits(store: Store, documents: Documents) -> tuple[Edit, ...]:
    """What applying `documents` would change, by kind and id."""
    found = []
    for kind in sorted(documents):
        before = {id: loaded(text) for id, text in store.ask("catalog.items", kind=kind)}
        after = documents[kind]
        for id in sorted(before.keys() | after.keys()):
            if before.get(id) != after.get(id):
                found.append(Edit(kind, id, before.get(id), after.get(id)))
    return tuple(found)


def apply(world: World, wanted: Version, by: str) -> Applied:
    """Record a new version, unless nothing differs. Raises Refused, naming the contacts that an edit touches."""
    store, at = world.store, world.now
    with store.change(Head(at, by, "apply", _version(store)), world.dry_run) as writing:
        changed, version = edits(store, wanted.documents), _version(store)
        if not changed:
            return Applied(version, ())
        if lines := refusals(store, wanted.documents, changed):
            raise Refused("\n".join(lines))
        before = _zones(world) if version and not KEEPERS.isdisjoint(edit.kind for edit in changed) else {}
        _record(writing, wanted, version + 1, changed)
        writing.save([_noted(store, writing.id, at, by, e.Applied(version + 1, wanted.digest, wanted.git))])
        moved = _rezone(World(store, at, by), writing, Stamp(writing.id, at, world.users[by]), before) if before else 0
        return Applied(version + 1, changed, moved)


def _version(store: Store) -> int:
    return int(next(store.ask("catalog.version"))[0])


def _record(writing: Change, wanted: Version, version: int, changed: Sequence[Edit]) -> None:
    writing.execute("insert_version", [(version, wanted.digest, wanted.git, writing.id)])
    writing.execute("close_item", [(version, edit.kind, edit.id) for edit in changed if edit.before is not None])
    kept = [edit for edit in changed if edit.after is not None]
    writing.execute("insert_item", [(x.kind, x.id, version, dumps(x.after, ensure_ascii=False)) for x in kept])


def _noted(store: Store, change: int, at: int, by: str, event: e.Applied) -> tuple[Dossier, Decision]:
    before = Dossier("office", next(store.ask("dossiers.last_seq", subject="office"))[0])
    entry = e.Entry("office", before.seq + 1, change, at, by, event)
    return before, Decision((entry,), before._replace(seq=entry.seq))


def _zones(world: World) -> dict[str | None, str]:
    """Each owner's zone, and that of what nobody owns."""
    return {owner: world.office.calendar(owner).zone for owner in (None, *world.users)}


def _rezone(world: World, writing: Change, stamp: Stamp, before: dict[str | None, str]) -> int:
    """T1: open actions of owners whose zone is another in `world` than it was; how many were rewritten."""
    zones = {owner: zone for owner, zone in before.items() if world.office.calendar(owner).zone != zone}
    count = 0
    for batch in _holding(world.store, zones) if zones else ():
        made = [(x, decide(x, Rezone(zones), world.office, stamp, writing.ids)) for x in batch]
        writing.save(made)
        count += sum(len(decision.entries) for _, decision in made)
    return count


def _holding(store: Store, owners: dict[str | None, str]) -> Iterator[list[Dossier]]:
    """The subjects that hold open actions of `owners`, in batches."""
    names = dumps(sorted(owner for owner in owners if owner))
    contacts = (row[0] for row in list(store.ask("catalog.held", owners=names, unowned=None in owners)))
    while batch := list(islice(contacts, BATCH)):
        yield list(store.dossiers(batch).values())
    yield [store.tasks(owner) for owner in owners if owner]
