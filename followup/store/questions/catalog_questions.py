"""The catalog in force, as documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, cast

from followup.core.kinds import Form, Kind
from followup.store.asking import AnyRow, Asking, parsed

if TYPE_CHECKING:
    from followup.core.catalog_documents import Document

#: the kinds of which nearly every command needs all; they are few. `opening` reads the same
EVERY_DAY = frozenset({"action_type", "moved", "office", "property", "role", "user"})


class Opening(NamedTuple):
    """What every command begins with. `version`: 0 where nothing is applied; `texts`: by kind and id, of EVERY_DAY."""

    version: int
    texts: Mapping[str, Mapping[str, str]]


class CatalogQuestions:
    """What is asked of the version in force."""

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
        """The number of the one in force; 0 where nothing was applied yet."""
        return int(next(self._ask("catalog.version"))[0])

    def text(self, kind: str, id: str) -> str | None:
        """One document, as JSON."""
        row: AnyRow | None = next(self._ask("catalog.item", kind=kind, id=id), None)
        return row[0] if row else None

    def texts(self, kind: str) -> dict[str, str]:
        """All of a kind, by id."""
        return dict(self._ask("catalog.items", kind=kind))


class AppliedCatalog:
    """The documents in force, each read once, when it is first asked for: `complete` reads one cycle, and not all."""

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
