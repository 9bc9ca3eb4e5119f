"""The store of an office, as every command opens it: what was edited by hand in it is decided upon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from followup.store.opening import open_store

if TYPE_CHECKING:
    from followup.store.folder.store import CsvStore
    from followup.store.protocol import Store


def open_office(url: str, create: bool = False) -> Store:
    """See open_store. Raises BadInput for an edit by hand that may not be made."""
    store = open_store(url, create)
    if url.startswith("csv:"):  # hands edit no other kind, which start without any of this
        from followup.store.folder.store import CsvStore

        assert isinstance(store, CsvStore)
        store.decide_edits(_take_over)
    return store


def _take_over(store: CsvStore, at: int) -> None:
    from followup.app.by_hand import take_over

    take_over(store, at)
