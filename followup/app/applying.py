"""A validated catalog against the one in force, and the people in between: shown (diff), or put in force (apply)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import count
from typing import TYPE_CHECKING

from followup.app.catalog_diff import as_written, departures, item_changes, migrate_entries, spent_entries
from followup.app.migrating import migrations
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
from followup.errors import Conflict, Refused
from followup.store.heads import Head

if TYPE_CHECKING:
    from followup.core.catalog_documents import DocumentsByKind
    from followup.store.protocol import Store


def difference(visit: Visit, wanted: Version, by: str, most: int | None = NAMED_LINES) -> CatalogDiff:
    """What an apply would do now. Each stretch of contacts is read at one moment, and nobody waits for it."""
    store, version = visit.store, visit.catalog.version
    documents = store.versions.in_force()
    changes = item_changes(documents, wanted.documents)
    impact, drop_offs = Impact(most), DropOffs(most and NAMED)
    if changes and version:
        edition, refs = edition_of(store, _office(version, documents), wanted, changes)
        stamp = Stamp(0, visit.now, administrator(edition.office, by))
        stretches = migrations(store, edition, refs, stamp, count(1 << 62))
        while True:
            with store.snapshot():
                stretch = next(stretches, None)
            if stretch is None:
                break
            for migrated in stretch:
                impact.note(migrated.effects)
                drop_offs.note(migrated.before, migrated.decision.after, edition)
    return _catalog_diff(store, documents, wanted, changes, version, impact, drop_offs)


def apply(
    visit: Visit, wanted: Version, by: str, expected: str | None = None, most: int | None = NAMED_LINES
) -> CatalogDiff:
    """Put `wanted` in force and do what the difference says, in one transaction; nothing where nothing differs.

    Raises Refused where it may not be, and Conflict where what it does is not what was `expected` (a digest).
    """
    store, at, impact, drop_offs = visit.store, visit.now, Impact(most), DropOffs(most and NAMED)
    version = store.catalog.version()  # not the visit's: while the user was asked, another may have been applied
    with store.change(Head(at, by, "apply", version), visit.dry_run, alone=True) as writing:
        documents = store.versions.in_force()
        changes = item_changes(documents, wanted.documents)
        migrating = edition_of(store, _office(version, documents), wanted, changes) if changes and version else None
        if changes:
            record(writing, wanted, version + 1, changes)
            writing.save([apply_decision(store, writing.id, at, by, h.Applied(version + 1, wanted.digest, wanted.git))])
        if migrating:
            stamp = Stamp(writing.id, at, administrator(migrating[0].office, by))
            for stretch in migrations(store, *migrating, stamp, writing.ids):
                writing.save((migrated.before, migrated.decision) for migrated in stretch)
                for migrated in stretch:
                    impact.note(migrated.effects)
                    drop_offs.note(migrated.before, migrated.decision.after, migrating[0])
        diff = _catalog_diff(store, documents, wanted, changes, version, impact, drop_offs)
        if expected is not None and expected != diff.digest:
            raise Conflict("the store or the files have changed since that was shown: look at `followup diff` again")
        if diff.refused:
            raise Refused("\n".join(diff.refused), tuple(advice(diff.renames)))
        return diff


def administrator(office: o.Office, by: str) -> o.User:
    """Who applies: the login that sets an office up need not be a user of it."""
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
    before: DocumentsByKind,
    wanted: Version,
    changes: tuple[ItemChange, ...],
    version: int,
    impact: Impact,
    drop_offs: DropOffs,
) -> CatalogDiff:
    unused = migrate_entries(changes).keys() - impact.used
    warnings = [f"migrate {as_written(id)} has nothing to do: nobody stands there" for id in sorted(unused)]
    digest = sha256(f"{version} {wanted.digest} {impact.digest}".encode()).hexdigest()[:16]
    return CatalogDiff(
        version + 1 if changes else version,
        changes,
        impact,
        (*refusals(impact), *departures(store, changes)),
        (*warnings, *spent_entries(wanted.documents, changes)),
        digest,
        proposed_renames(before, wanted.documents) if changes and version else (),
        drop_offs,
    )


def refusals(impact: Impact) -> Iterator[str]:
    """In the order of the processes' ids, as the tallies are: contacts come across all of them at once."""
    for refused, contacts in sorted(impact.refused.items(), key=lambda pair: pair[0].process.id):
        more = contacts.total - len(contacts)
        who = ", ".join(contacts) + (f" and {more} more" if more else "")
        yield refusal(*refused, who)
