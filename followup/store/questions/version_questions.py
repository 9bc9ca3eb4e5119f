"""The versions of the catalog, and the documents of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from followup.core.list_rows import VersionRow
from followup.store.asking import Asking, parsed
from followup.store.row_values import sound

if TYPE_CHECKING:
    from followup.core.catalog_documents import Document


class ItemText(NamedTuple):
    """A document, as stored."""

    kind: str
    id: str
    text: str


class VersionSource(NamedTuple):
    """What a version was applied from. `git`: the commit, if any."""

    digest: str
    git: str | None


class VersionQuestions:
    """Questions about the applied versions."""

    def __init__(self, store: Asking) -> None:
        self._store, self._ask = store, store.ask

    def all(self) -> list[VersionRow]:
        """All versions, oldest first."""
        return list(sound(map(VersionRow._make, self._ask("catalog.versions")), self._store))

    def applied_by(self, change: int) -> int:
        """The version that a change applied; the change must be an apply."""
        return int(next(self._ask("catalog.made_by", change=change))[0])

    def source(self, number: int) -> VersionSource:
        """For a version that exists."""
        return VersionSource._make(next(self._ask("catalog.the_version", number=number)))

    def documents(self, number: int) -> dict[str, dict[str, Document]]:
        """The documents of a version; includes every kind, even if the version has no item of it."""
        documents: dict[str, dict[str, Document]] = {}
        for kind, id, text in self._ask("catalog.items_of", number=number):
            of_kind = documents.setdefault(kind, {})
            if text is not None:
                of_kind[id] = parsed(text)
        return documents

    def texts_in_force(self) -> Iterator[ItemText]:
        """Every live document."""
        return map(ItemText._make, self._ask("catalog.in_force"))

    def in_force(self) -> dict[str, dict[str, Document]]:
        """The same, parsed; kinds without items are omitted."""
        documents: dict[str, dict[str, Document]] = {}
        for kind, id, text in self.texts_in_force():
            documents.setdefault(kind, {})[id] = parsed(text)
        return documents
