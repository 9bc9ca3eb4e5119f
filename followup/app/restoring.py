"""An apply taken back (E11): the version before it is in force again, as a version of its own."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from followup.app.applying import administrator, edition_of, refusals
from followup.app.catalog_diff import between, of_users
from followup.app.migrating import migrations
from followup.app.session import Session
from followup.app.versions import Version, apply_decision, record
from followup.core import history as h
from followup.core import office as o
from followup.core.draft import Stamp
from followup.core.migration.edition import Edition
from followup.core.migration.summary import Impact, ItemChange
from followup.core.office import Ref
from followup.errors import Refused
from followup.store.protocol import Change


class Restored(NamedTuple):
    """What is in force again, and what differs from what was in force until now."""

    edition: Edition
    refs: list[Ref]
    changed: tuple[ItemChange, ...]


def restore(session: Session, writing: Change, change: int) -> Restored:
    """The catalog as it was before the apply `change`.

    Raises Refused where there was none, or where another one than that of `change` is in force by now.
    """
    store, version = session.store, session.office.version
    number = store.versions.applied_by(change)
    if number == 1:
        raise Refused("the first version cannot be taken back: there was none before it")
    if store.versions.source(number).digest != store.versions.source(version).digest:
        raise Refused(
            f"version {number} was followed by others: version {version} is in force; apply the files as they were"
        )
    digest, git = store.versions.source(number - 1)
    wanted = Version(store.versions.documents(number - 1), digest, git)
    changed = between(store.versions.in_force(), wanted.documents)
    made, refs = edition_of(store, session.office, wanted, ())
    record(writing, wanted, version + 1, changed)
    writing.save([apply_decision(store, writing.id, session.now, session.user.id, h.Applied(version + 1, digest, git))])
    return Restored(made, refs, changed)


def meet_the_others(session: Session, writing: Change, restored: Restored, settled: Collection[str]) -> list[str]:
    """Whoever is not `settled` (subjects that are as they were before the apply) came here since, or has been worked on
    since: they meet the version as they would meet any apply of it. Answers those for whom that changed something.

    Raises Refused where such an apply would be.
    """
    account, stamp, met_by = Impact(), Stamp(writing.id, session.now, _by(session, restored.edition.office)), []
    for stretch in migrations(session.store, restored.edition, restored.refs, stamp, writing.ids, settled):
        writing.save((migrated.before, migrated.decision) for migrated in stretch)
        for migrated in stretch:
            account.note(migrated.effects)
        met_by += [migrated.before.subject for migrated in stretch if migrated.decision.entries]
    if refused := [*refusals(account), *of_users(session.store, restored.changed)]:
        raise Refused("\n".join(refused))
    return met_by


def _by(session: Session, office: o.Office) -> o.User:
    return administrator(office, session.user.id)
