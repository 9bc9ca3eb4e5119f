"""The catalog in the store: each version is what the office's history says was applied, and what its digest says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from json import loads
from typing import Any

from followup.app.checking.differences import RowId, differences
from followup.catalog.documents import SECTIONS
from followup.catalog.load import digest
from followup.store.protocol import Store
from followup.store.tables import CATALOG_VERSION, CatalogVersion


def versions(store: Store) -> Iterator[str]:
    stored: dict[RowId, CatalogVersion] = {version.number: version for version in store.doctor.versions()}
    expected: dict[RowId, CatalogVersion] = {version.number: version for version in store.doctor.versions_in_history()}
    yield from differences("office", "catalog version", CATALOG_VERSION.columns, expected, stored)


def documents(store: Store) -> Iterator[str]:
    for kind, id, since, text in store.doctor.documents():
        if _read(text) is None:
            yield f"catalog item {kind} {id}: its document of version {since} is not JSON"


def digests(store: Store) -> Iterator[str]:
    """The documents of each version have the digest that it was recorded with."""
    for number, recorded, *_ in store.doctor.versions():
        documents = _documents(store, number)
        if documents is not None and _digest(documents) != recorded:
            yield f"catalog version {number}: its documents are not those that were applied (their digest differs)"


def _documents(store: Store, version: int) -> dict[str, dict[str, dict[str, Any]]] | None:
    """As they were applied: kinds without items too; None where one of them cannot be read."""
    documents: dict[str, dict[str, dict[str, Any]]] = {kind: {} for kind in SECTIONS.values()}
    for kind, id, text in store.doctor.documents_of(version):
        document = _read(text)
        if document is None:
            return None
        documents.setdefault(kind, {})[id] = document
    return documents


def _digest(documents: dict[str, dict[str, dict[str, Any]]]) -> str | None:
    """None where an id is no text at all."""
    try:
        return digest(documents)
    except (TypeError, ValueError):
        return None


def _read(text: str) -> dict[str, Any] | None:
    """None where it is no JSON object, or no text at all."""
    try:
        document = loads(text.encode())
    except (AttributeError, ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


CYCLE = (
    "warning: {kind} '{process}' is not declared, and contact {contact} is on it ({count} in all): declare it, or say "
    "under `moved` what it is called now, and apply; or `followup assign {contact} ALIAS`"
)
OWNER = (
    "warning: user '{owner}' is not declared, and has {held} ({count} in all): declare them and apply, "
    "or hand over: `followup contacts set CONTACT --owner USER`"
)


def undeclared(store: Store) -> Iterator[str]:
    """What open enrolments, contacts and open actions hang on, and the catalog in force does not declare."""
    declared, moved = _declared(store)
    for kind, process, count, contact in store.doctor.enrolled():
        if moved.get(process, process) not in declared[kind]:
            yield CYCLE.format(kind=kind, process=process, count=count, contact=contact)
    for owner, count, held in store.doctor.owned():
        if owner not in declared["user"]:
            yield OWNER.format(owner=owner, count=count, held=held)


def _declared(store: Store) -> tuple[dict[str, set[str]], dict[str, str]]:
    """The ids of each kind, and the renamed ones with what they are called now (E5)."""
    ids: dict[str, set[str]] = defaultdict(set)
    moved: dict[str, str] = {}
    for kind, id, text in store.versions.texts_in_force():
        ids[kind].add(id)
        if kind == "moved":
            moved = {old: str(new) for old, new in (_read(text) or {}).items()}
    return ids, moved
