"""Versions of the catalog in the store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from json import dumps
from typing import TYPE_CHECKING, NamedTuple

from followup.app.catalog_diff import item_changes
from followup.core import history as h
from followup.core import office_documents
from followup.core.draft import Decision
from followup.core.list_rows import VersionRow
from followup.core.migration.summary import ItemChange
from followup.core.model import OFFICE_SUBJECT, Dossier
from followup.core.reach import reach
from followup.errors import NotFound
from followup.store.heads import ItemId, Person
from followup.store.tables import CatalogItem, CatalogVersion

if TYPE_CHECKING:
    from followup.core.catalog_documents import DocumentsByKind
    from followup.store.protocol import Change, Store


class Version(NamedTuple):
    """A version to make live: the documents, their digest, and their git commit, if there is one."""

    documents: DocumentsByKind
    digest: str
    git: str | None


def changed_by(store: Store, number: int) -> tuple[VersionRow, tuple[ItemChange, ...]]:
    """A version, and the items that differ from the one before. Raises NotFound for an unknown version."""
    row = next((row for row in store.versions.all() if row.version == number), None)
    if row is None:
        raise NotFound(f"unknown version {number}: see `followup catalog versions`")
    return row, item_changes(store.versions.documents(number - 1), store.versions.documents(number))


def record(writing: Change, wanted: Version, version: int, changed: Sequence[ItemChange]) -> None:
    """Make `wanted` live as `version`; `changed`: the items that differ from the version before."""
    ended = [ItemId(item.kind, item.id) for item in changed if item.before is not None]
    items = [
        CatalogItem(item.kind, item.id, version, None, dumps(item.after, ensure_ascii=False))
        for item in changed
        if item.after is not None
    ]
    writing.put_in_force(CatalogVersion(version, wanted.digest, wanted.git, writing.id), ended, items)
    writing.admit(people(wanted.documents))


def people(documents: DocumentsByKind) -> Iterator[Person]:
    """Active users with a login."""
    users = office_documents.users_of(office_documents.Documents(documents))
    for user in users.values():
        if user.active and user.login:
            everything, team, place = reach(user, users)
            yield Person(user.login, user.id, everything, sorted(team), place)


def apply_decision(store: Store, change: int, at: int, by: str, event: h.Applied) -> tuple[Dossier, Decision]:
    """The event of an apply, in the form that Change.save takes."""
    before = Dossier(OFFICE_SUBJECT, store.last_seq(OFFICE_SUBJECT))
    entry = h.Entry(OFFICE_SUBJECT, before.seq + 1, change, at, by, event)
    return before, Decision((entry,), before._replace(seq=entry.seq))
