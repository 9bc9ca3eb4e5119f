"""The contacts that an edit of the catalog affects."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from json import dumps
from typing import NamedTuple

from followup.core.history import Why
from followup.core.office import Ref
from followup.store.asking import Asking, parsed


class Holding(NamedTuple):
    """How many contacts in follow-up, and how many open actions, a user has."""

    contacts: int
    actions: int


class MigrationQuestions:
    """Questions that an apply asks about contacts in progress."""

    def __init__(self, store: Asking) -> None:
        self._ask = store.ask

    def processes(self) -> list[Ref]:
        """The cycles and plans that contacts are on, under the ids they had when the enrolment started."""
        return [Ref._make(row) for row in self._ask("catalog.processes")]

    def contacts_on(self, ref: Ref, after: str, many: int) -> list[str]:
        """Up to `many` contacts on a cycle or a plan, ordered by id, starting after the id `after`."""
        return [id for (id,) in self._ask("catalog.in_flight", **ref._asdict(), after=after, many=many)]

    def reasons(self, contacts: Sequence[str]) -> dict[int, Why]:
        """By action: what its date counts from, as recorded in its event."""
        rows = self._ask("catalog.reasons", ids=dumps(contacts))
        return {action: parsed(why) for action, why in rows if why}

    def held_by(self, owners: Collection[str | None]) -> list[str]:
        """Contacts with open actions of any of these owners (None: without an owner), ordered by id."""
        ids = dumps(sorted(owner for owner in owners if owner))
        return [id for (id,) in self._ask("catalog.held", owners=ids, unowned=None in owners)]

    def holding(self, user: str) -> Holding:
        return Holding._make(next(self._ask("catalog.holding", user=user)))
