"""An unexpected error may come from a damaged store: documents of another shape, for example, which no reader checks.
The store is checked when the error has happened, so that no command pays for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from followup.app.checking import Doctor
from followup.app.checking.catalog_faults import digests, documents
from followup.errors import StoreUnreachable
from followup.store.row_values import damaged

if TYPE_CHECKING:
    from followup.store.protocol import Store


def damage_behind(store: Store) -> StoreUnreachable | None:
    """The first thing that is damaged, as an error; None where the store is healthy, and the error is a bug."""
    first = None
    with suppress(Exception):  # what was unexpected stays what is reported, whatever this meets
        first = next(_faults(store), None)
    return StoreUnreachable(damaged(first)) if first else None


def _faults(store: Store) -> Iterator[str]:
    """Who does not see every contact can look at the catalog only: what is kept from them is not missing."""
    if store.sees_all:
        yield from Doctor(store).damage()
    else:
        yield from documents(store)
        yield from digests(store)
