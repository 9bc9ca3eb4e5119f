"""An error that nobody expects may be a damaged store's: documents of another shape, say, which no reader looks at
twice. It is looked into when it has happened, so that no command pays for it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from followup.app.checking import Doctor
from followup.errors import FollowupError, StoreUnreachable
from followup.store.row_values import damaged

if TYPE_CHECKING:
    from followup.store.protocol import Store


def damage_behind(store: Store) -> FollowupError | None:
    """The first thing that is damaged, as an error; None where the store is healthy, and the error is a bug."""
    first = None
    with suppress(FollowupError):  # somebody who does not see all is no doctor
        first = next(Doctor(store).damage(), None)
    return StoreUnreachable(damaged(first)) if first else None
