"""Compare a valid catalog with the live one and migrate contacts in progress: shown (diff), or done (apply)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import count
from typing import TYPE_CHECKING

from followup.app.catalog_diff import Entries, item_changes, migrate_entries, spent_entries
from followup.app.migrating import Migrated, migrations
from followup.app.removals import departures, leftovers
from followup.app.session import Visit
from followup.app.versions import Version, apply_decision, record
from followup.catalog.proposals import advice, proposed_renames
from followup.core import history as h
from followup.core import office as o
from followup.core import office_documents
from followup.core.draft import Stamp
from followup.core.migration.compare import edition
from followup.core.migration.dropping_off import NAMED, DropOffs
from followup.core.migration.edition import Edition
from followup.core.migration.effects import refusal
from followup.core.migration.summary import NAMED_LINES, CatalogDiff, Impact, ItemChange
from followup.core.office import Ref
from followup.core.permission import OFFICE
from followup.core.reach import reach, sees
from followup.errors import Conflict, Refused
from followup.store.heads import Head

if TYPE_CHECKING:
    from followup.core.catalog_documents import DocumentsByKind
    from followup.store.protocol import Store


class Effects:
    """What an apply does to everybody noted so far, for whoever applies it: an edit touches all of the office, and
    names only those whom they may see (F20). `most`: lines of effects that are kept; None: all."""

    def __init__(self, before: o.Office, by: str, most: int | None) -> None:
        user = before.users.get(by)
        self.impact, self.drop_offs = Impact(most), DropOffs(most and NAMED)
        self._reach = reach(user, before.users) if user else None  # None: whoever creates the office

    def note(self, stretch: Iterable[Migrated], edition: Edition) -> None:
        for migrated in stretch:
            named = self._reach is None or sees(self._reach, migrated.before)
            self.impact.note(migrated.effects, named)
            self.drop_offs.note(migrated.before, migrated.decision.after, edition, named)


def difference(visit: Visit, wanted: Version, by: str, most: int | None = NAMED_LINES) -> CatalogDiff:
    """What an apply would do now. Each batch of contacts is read in one snapshot, and no lock is held."""
    store, version = visit.store, visit.catalog.version
    documents = store.versions.in_force()
    changes = item_changes(documents, wanted.documents)
    before = _office(version, documents)
    effects = Effects(before, by, most)
    if changes and version:
        edition, refs = edition_of(store, before, wanted, changes)
        stamp = Stamp(0, visit.now, administrator(edition.office, by))
        stretches = migrations(store, edition, refs, stamp, count(1 << 62))
        while True:
            with store.snapshot():
                stretch = next(stretches, None)
            if stretch is None:
                break
            effects.note(stretch, edition)
    return _catalog_diff(store, before, documents, wanted, changes, effects)


def apply(
    visit: Visit, wanted: Version, by: str, expected: str | None = None, most: int | None = NAMED_LINES
) -> CatalogDiff:
    """Make `wanted` live and do what the diff says, in one transaction; does nothing if there are no changes.

    Raises Refused if a change isn't allowed, and Conflict if the digest of the diff isn't `expected`.
    """
    store, at = visit.store, visit.now
    version = store.catalog.version()  # not the visit's: another may have been applied while the user confirmed
    with store.change(Head(at, by, "apply", version), visit.dry_run, alone=True) as writing:
        documents = store.versions.in_force()
        changes, before = item_changes(documents, wanted.documents), _office(version, documents)
        effects = Effects(before, by, most)
        migrating = edition_of(store, before, wanted, changes) if changes and version else None
        if changes:
            record(writing, wanted, version + 1, changes)
            writing.save([apply_decision(store, writing.id, at, by, h.Applied(version + 1, wanted.digest, wanted.git))])
        if migrating:
            stamp = Stamp(writing.id, at, administrator(migrating[0].office, by))
            for stretch in migrations(store, *migrating, stamp, writing.ids):
                writing.save((migrated.before, migrated.decision) for migrated in stretch)
                effects.note(stretch, migrating[0])
        diff = _catalog_diff(store, before, documents, wanted, changes, effects)
        if expected is not None and expected != diff.digest:
            raise Conflict("the database or the files changed after that diff: run `followup diff` again")
        if diff.refused:
            raise Refused("\n".join(diff.refused), tuple(advice(diff.renames)))
        return diff


def administrator(office: o.Office, by: str) -> o.User:
    """The user who applies. The login that creates an office need not be a user in it."""
    return office.users.get(by) or OFFICE._replace(id=by)


def _office(version: int, documents: DocumentsByKind) -> o.Office:
    return office_documents.office(version, office_documents.Documents(documents))


def edition_of(
    store: Store, before: o.Office, wanted: Version, changes: Sequence[ItemChange]
) -> tuple[Edition, list[Ref]]:
    after = _office(before.version + 1, wanted.documents)
    refs = store.migrations.processes()
    return edition(before, after, migrate_entries(changes), refs), refs


def _catalog_diff(
    store: Store,
    before: o.Office,
    documents: DocumentsByKind,
    wanted: Version,
    changes: tuple[ItemChange, ...],
    effects: Effects,
) -> CatalogDiff:
    after = _office(before.version + 1, wanted.documents)
    entries = Entries(migrate_entries(changes), before, after)
    impact = effects.impact
    digest = sha256(f"{before.version} {wanted.digest} {impact.digest}".encode()).hexdigest()[:16]
    return CatalogDiff(
        after.version if changes else before.version,
        changes,
        impact,
        (*entries.refusals(), *refusals(impact), *departures(store, changes)),
        (
            *entries.warnings(impact),
            *spent_entries(wanted.documents, changes),
            *leftovers(store, changes, after.moved),
        ),
        digest,
        proposed_renames(documents, wanted.documents) if changes and before.version else (),
        effects.drop_offs,
    )


def refusals(impact: Impact) -> Iterator[str]:
    """One line per refused effect, ordered by process id like the tallies: contacts arrive in another order."""
    for refused, contacts in sorted(impact.refused.items(), key=lambda pair: pair[0].process.id):
        more = contacts.total - len(contacts)
        who = " and ".join([*([", ".join(contacts)] if contacts else []), *([f"{more} more"] if more else [])])
        yield refusal(*refused, who)
