"""Everybody whom an edition of the catalog touches meets it, a stretch of contacts at a time; what is told of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from json import dumps
from typing import NamedTuple

from followup.app.deciding import BATCH
from followup.core.draft import Decision, Stamp
from followup.core.migration.edition import Edition, Effect
from followup.core.migration.migrate import migrate
from followup.core.model import Dossier
from followup.store import Store, loaded


class Met(NamedTuple):
    """One subject after it has met the edition."""

    before: Dossier
    decision: Decision
    effects: tuple[Effect, ...]


class Heaps(Counter[tuple[str, "str | None"]]):
    """By step and owner: how many dates that would lie in the past were put off so far (E2, stagger)."""

    def note(self, edition: Edition, met: Met) -> None:
        for x in met.effects:
            if (
                x.past
                and x.step
                and x.what in ("earlier", "later")
                and edition.cycles[x.cycle].directive(x.step).stagger
            ):
                self[x.step, x.owner] += 1


def meetings(
    store: Store,
    edition: Edition,
    processes: Sequence[str],
    stamp: Stamp,
    ids: Iterator[int],
    settled: Collection[str] = (),
) -> Iterator[list[Met]]:
    """Each subject once, but for those which are `settled`. `processes`: as for `edition`. What is asked of the store
    for a stretch is of one moment only inside a transaction or a snapshot of the caller's."""
    heaps = Heaps()
    touched = [process for process in processes if edition.office.cycle_id(process) in edition.cycles]
    for contacts in _stretches(store, edition, touched):
        why = {id: loaded(text) for id, text in store.ask("catalog.reasons", ids=dumps(contacts)) if text}
        met = []
        for dossier in store.dossiers(contacts).values():
            if dossier.subject in settled:
                continue
            met.append(Met(dossier, *migrate(dossier, edition, stamp, ids, why, heaps)))
            heaps.note(edition, met[-1])
        yield met
    tasks = (store.tasks(owner) for owner in edition.zones if owner)
    rest = (own for own in tasks if own.subject not in settled)
    yield [Met(own, *migrate(own, edition, stamp, ids, {}, heaps)) for own in rest]


def _stretches(store: Store, edition: Edition, touched: Sequence[str]) -> Iterator[list[str]]:
    """Last those whose cycle goes, and who are moved to another: there they would be met again."""
    if edition.zones:
        yield from _rezoned(store, edition, touched)
    for process in sorted(touched, key=lambda id: edition.cycles[edition.office.cycle_id(id)].move_to is not None):
        after = ""
        while found := [row[0] for row in store.ask("catalog.in_flight", process=process, after=after, many=BATCH)]:
            yield found
            after = found[-1]


def _rezoned(store: Store, edition: Edition, touched: Sequence[str]) -> Iterator[list[str]]:
    """Whoever has an open action of an owner whose zone changes, and is on none of the cycles that were met."""
    owners = dumps(sorted(owner for owner in edition.zones if owner))
    asked = store.ask("catalog.held", owners=owners, unowned=None in edition.zones, processes=dumps(touched))
    contacts = iter([row[0] for row in asked])
    while batch := list(islice(contacts, BATCH)):
        yield batch
