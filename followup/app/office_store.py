"""Open an office's store, as every command does, and take over edits made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from followup.store.opening import open_store

if TYPE_CHECKING:
    from followup.store.folder.store import CsvStore
    from followup.store.protocol import Store


def open_office(url: str, create: bool = False) -> Store:
    """See open_store. Raises BadInput for an edit by hand that isn't allowed."""
    store = open_store(url, create)
    if url.startswith("csv:"):  # only these can be edited by hand; the others start faster without this
        from followup.store.folder.store import CsvStore

        assert isinstance(store, CsvStore)
        store.decide_edits(_take_over)
    return store


def _take_over(store: CsvStore, at: int) -> None:
    from followup.app.by_hand import take_over

    take_over(store, at)
