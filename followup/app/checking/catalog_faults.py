"""The catalog in the store: each version matches the apply in the office's history, and its own digest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from json import loads
from typing import TYPE_CHECKING, Any

from followup.app.checking.differences import RowId, differences
from followup.catalog.documents import SECTIONS
from followup.catalog.load import digest
from followup.store.tables import CATALOG_VERSION, CatalogVersion

if TYPE_CHECKING:
    from followup.store.protocol import Store


def versions(store: Store) -> Iterator[str]:
    stored: dict[RowId, CatalogVersion] = {version.number: version for version in store.doctor.versions()}
    expected: dict[RowId, CatalogVersion] = {version.number: version for version in store.doctor.versions_in_history()}
    yield from differences("office", "catalog version", CATALOG_VERSION.columns, expected, stored)


def documents(store: Store) -> Iterator[str]:
    for kind, id, since, text in store.doctor.documents():
        if _read(text) is None:
            yield f"catalog item {kind} {id}: its document of version {since} isn't JSON"


def digests(store: Store) -> Iterator[str]:
    """The documents of each version have its recorded digest."""
    for number, recorded, *_ in store.doctor.versions():
        documents = _documents(store, number)
        if documents is not None and _digest(documents) != recorded:
            yield f"catalog version {number}: its documents differ from the applied ones (different digest)"


def _documents(store: Store, version: int) -> dict[str, dict[str, dict[str, Any]]] | None:
    """The documents as applied, with empty kinds too; None if one of them can't be read."""
    documents: dict[str, dict[str, dict[str, Any]]] = {kind: {} for kind in SECTIONS.values()}
    for kind, id, text in store.doctor.documents_of(version):
        document = _read(text)
        if document is None:
            return None
        documents.setdefault(kind, {})[id] = document
    return documents


def _digest(documents: dict[str, dict[str, dict[str, Any]]]) -> str | None:
    """None if an id isn't text."""
    try:
        return digest(documents)
    except (TypeError, ValueError):
        return None


def _read(text: str) -> dict[str, Any] | None:
    """None if it isn't a JSON object, or isn't text."""
    try:
        document = loads(text.encode())
    except (AttributeError, ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


CYCLE = (
    "warning: {kind} '{process}' isn't declared, and contact {contact} is on it ({count} in total): declare it, or add "
    "its new id under `moved`, and apply; or run `followup assign {contact} ALIAS`"
)
OWNER = (
    "warning: user '{owner}' isn't declared, and has {held} ({count} in total): declare them and apply, "
    "or choose a new owner: `followup contacts set CONTACT --owner USER`"
)


def undeclared(store: Store) -> Iterator[str]:
    """Processes and owners of open enrolments, contacts and open actions that the live catalog doesn't declare."""
    declared, moved = _declared(store)
    for kind, process, count, contact in store.doctor.enrolled():
        if moved.get(process, process) not in declared[kind]:
            yield CYCLE.format(kind=kind, process=process, count=count, contact=contact)
    for owner, count, held in store.doctor.owned():
        if owner not in declared["user"]:
            yield OWNER.format(owner=owner, count=count, held=held)


def _declared(store: Store) -> tuple[dict[str, set[str]], dict[str, str]]:
    """The ids of each kind, and the current ids of renamed items (E5)."""
    ids: dict[str, set[str]] = defaultdict(set)
    moved: dict[str, str] = {}
    for kind, id, text in store.versions.texts_in_force():
        ids[kind].add(id)
        if kind == "moved":
            moved = {old: str(new) for old, new in (_read(text) or {}).items()}
    return ids, moved
