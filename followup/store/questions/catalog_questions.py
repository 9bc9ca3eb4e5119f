"""The live catalog, as documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, cast

from followup.core.kinds import Form, Kind
from followup.store.asking import AnyRow, Asking, parsed

if TYPE_CHECKING:
    from followup.core.catalog_documents import Document

#: the kinds that nearly every command needs completely; they are small. The statement `opening` reads the same ones
EVERY_DAY = frozenset({"action_type", "moved", "office", "property", "role", "user"})


class Opening(NamedTuple):
    """What every command reads first. `version`: 0 if none is applied; `texts`: of EVERY_DAY, by kind and id."""

    version: int
    texts: Mapping[str, Mapping[str, str]]


class CatalogQuestions:
    """Questions about the live version."""

    def __init__(self, store: Asking) -> None:
        self._ask = store.ask

    def opening(self) -> Opening:
        texts: dict[str, dict[str, str]] = {kind: {} for kind in EVERY_DAY}
        version = 0
        for kind, id, text in self._ask("catalog.opening"):
            if kind == "version":
                version = int(text)
            else:
                texts[kind][id] = text
        return Opening(version, texts)

    def version(self) -> int:
        """The number of the live version; 0 if none is applied."""
        return int(next(self._ask("catalog.version"))[0])

    def text(self, kind: str, id: str) -> str | None:
        """One document, as JSON."""
        row: AnyRow | None = next(self._ask("catalog.item", kind=kind, id=id), None)
        return row[0] if row else None

    def texts(self, kind: str) -> dict[str, str]:
        """Every document of a kind, by id."""
        return dict(self._ask("catalog.items", kind=kind))


class AppliedCatalog:
    """The live documents, each read once on first use: `complete` reads one cycle instead of all."""

    def __init__(self, questions: CatalogQuestions) -> None:
        self._questions = questions
        self.version, self._texts = questions.opening()
        self._kinds: dict[str, Mapping[str, Document]] = {}
        self._items: dict[tuple[str, str], Document | None] = {}

    def document(self, kind: Kind[Form], id: str) -> Form | None:
        if kind in self._kinds:
            return self.documents(kind).get(id)
        if (kind, id) not in self._items:
            text = self._texts[kind].get(id) if kind in EVERY_DAY else self._questions.text(kind, id)
            self._items[kind, id] = parsed(text) if text else None
        return cast("Form | None", self._items[kind, id])

    def documents(self, kind: Kind[Form]) -> Mapping[str, Form]:
        if kind not in self._kinds:
            texts = self._texts[kind] if kind in EVERY_DAY else self._questions.texts(kind)
            self._kinds[kind] = {id: parsed(text) for id, text in texts.items()}
        return cast("Mapping[str, Form]", self._kinds[kind])
