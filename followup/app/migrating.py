"""Migrate all contacts that an edition of the catalog affects, in batches.

Batches go by contact id across all edited processes at once: a contact on two of them is migrated once, with both,
and one that moves to another edited process is already past, and isn't migrated twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from heapq import merge
from itertools import groupby, islice
from typing import TYPE_CHECKING, NamedTuple

from followup.app.deciding import BATCH
from followup.core.draft import Decision, Stamp
from followup.core.migration.edition import Edition
from followup.core.migration.effects import Effect
from followup.core.migration.migrate import migrate
from followup.core.model import Dossier
from followup.core.office import Ref
from followup.core.reach import EVERYTHING

if TYPE_CHECKING:
    from followup.store.protocol import Store


class Migrated(NamedTuple):
    """One subject: its state before, what the edition does to it, and the effects to report."""

    before: Dossier
    decision: Decision
    effects: tuple[Effect, ...]


class Heaps(Counter[tuple[Ref, str, str | None]]):
    """By process, step and owner: the number of past dates postponed so far (E2, stagger)."""

    def note(self, edition: Edition, effects: Sequence[Effect]) -> None:
        moved = (x for x in effects if x.past and x.what in ("earlier", "later"))
        for process, step, owner in ((x.process, x.step, x.owner) for x in moved):
            if process and step and edition.processes[process].directive(step).stagger:
                self[process, step, owner] += 1


def migrations(
    store: Store,
    edition: Edition,
    refs: Sequence[Ref],
    stamp: Stamp,
    ids: Iterator[int],
    settled: Collection[str] = (),
) -> Iterator[list[Migrated]]:
    """Migrate each subject once, except the `settled` ones. `refs`: as for `edition`. A batch is read from one state of
    the store only if the caller has a transaction or a snapshot open."""
    heaps = Heaps()
    touched = [ref for ref in refs if edition.office.current(ref) in edition.processes]
    contacts = _contacts(store, edition, touched)
    while stretch := list(islice(contacts, BATCH)):
        why = store.migrations.reasons(stretch)
        migrated = []
        for dossier in store.dossiers(stretch, EVERYTHING).values():
            if dossier.subject in settled:
                continue
            migrated.append(Migrated(dossier, *migrate(dossier, edition, stamp, ids, why, heaps)))
            heaps.note(edition, migrated[-1].effects)
        yield migrated
    tasks = (store.tasks(owner, EVERYTHING) for owner in edition.zones if owner)
    rest = (own for own in tasks if own.subject not in settled)
    yield [Migrated(own, *migrate(own, edition, stamp, ids, {}, heaps)) for own in rest]


def _contacts(store: Store, edition: Edition, touched: Sequence[Ref]) -> Iterator[str]:
    """The ids of all affected contacts, each once, sorted.

    Each process is read in pages, always after its last id: so pages can be read while earlier contacts are already
    saved.
    """
    streams = [_on(store, ref) for ref in touched]
    if edition.zones:
        streams.append(_held(store, edition))
    return (id for id, _ in groupby(merge(*streams)))


def _on(store: Store, ref: Ref) -> Iterator[str]:
    after = ""
    while page := store.migrations.contacts_on(ref, after, BATCH):
        yield from page
        after = page[-1]


def _held(store: Store, edition: Edition) -> Iterator[str]:
    """Contacts with an open action whose owner's zone changes."""
    return iter(store.migrations.held_by(edition.zones))
