"""Undo an apply (E11): the version before it goes live again, as a new version."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, NamedTuple

from followup.app.applying import administrator, edition_of, refusals
from followup.app.catalog_diff import item_changes
from followup.app.migrating import migrations
from followup.app.removals import departures
from followup.app.session import Session
from followup.app.versions import Version, apply_decision, record
from followup.core import history as h
from followup.core.draft import Stamp
from followup.core.migration.edition import Edition
from followup.core.migration.summary import Impact, ItemChange
from followup.core.model import Dossier
from followup.core.office import Ref
from followup.core.reach import sees
from followup.errors import Refused

if TYPE_CHECKING:
    from followup.store.protocol import Change


class Restored(NamedTuple):
    """The edition that is applied again, the processes with contacts on them, and the changed items."""

    edition: Edition
    refs: list[Ref]
    changes: tuple[ItemChange, ...]


def restore(session: Session, writing: Change, change: int) -> Restored:
    """Make the catalog from before the apply `change` live again.

    Raises Refused if there was none, or if the live catalog is no longer the one that `change` applied.
    """
    store, version = session.store, session.office.version
    number = store.versions.applied_by(change)
    if number == 1:
        raise Refused("the first version can't be undone: there is none before it")
    if store.versions.source(number).digest != store.versions.source(version).digest:
        raise Refused(f"version {number} isn't the live one any more (that is {version}): apply the old files instead")
    digest, git = store.versions.source(number - 1)
    wanted = Version(store.versions.documents(number - 1), digest, git)
    changes = item_changes(store.versions.in_force(), wanted.documents)
    edition, refs = edition_of(store, session.office, wanted, ())
    record(writing, wanted, version + 1, changes)
    writing.save([apply_decision(store, writing.id, session.now, session.user.id, h.Applied(version + 1, digest, git))])
    return Restored(edition, refs, changes)


def migrate_the_rest(
    session: Session, writing: Change, restored: Restored, settled: Collection[str]
) -> Iterator[Dossier]:
    """Contacts changed since the apply are migrated as in a normal apply of the earlier version.

    `settled`: subjects that the undo has put back to what they were. Yields the subjects that this changed, as far as
    the user may see them. Raises Refused at the end where such an apply would be refused.
    """
    impact = Impact()
    stamp = Stamp(writing.id, session.now, administrator(restored.edition.office, session.user.id))
    for stretch in migrations(session.store, restored.edition, restored.refs, stamp, writing.ids, settled):
        writing.save((migrated.before, migrated.decision) for migrated in stretch)
        for migrated in stretch:
            seen = sees(session.reach, migrated.before)
            impact.note(migrated.effects, seen)
            if migrated.decision.entries and seen:
                yield migrated.before
    if refused := [*refusals(impact), *departures(session.store, restored.changes)]:
        raise Refused("\n".join(refused))
