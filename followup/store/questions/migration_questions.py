"""Whom an edit of the catalog touches."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from json import dumps
from typing import NamedTuple

from followup.core.history import Why
from followup.core.office import Ref
from followup.store.asking import Asking, parsed


class Holding(NamedTuple):
    """How many contacts that are still followed up, and how many open actions, a user has."""

    contacts: int
    actions: int


class MigrationQuestions:
    """What an apply asks about contacts in flight."""

    def __init__(self, store: Asking) -> None:
        self._ask = store.ask

    def processes(self) -> list[Ref]:
        """The cycles and plans that any contact is on, under the ids that they had when it began."""
        return [Ref._make(row) for row in self._ask("catalog.processes")]

    def contacts_on(self, ref: Ref, after: str, many: int) -> list[str]:
        """At most so many contacts on a cycle or a plan, in the order of their ids, from behind the id `after`."""
        return [id for (id,) in self._ask("catalog.in_flight", **ref._asdict(), after=after, many=many)]

    def reasons(self, contacts: Sequence[str]) -> dict[int, Why]:
        """By action: what its date was counted from, as its event says."""
        rows = self._ask("catalog.reasons", ids=dumps(contacts))
        return {action: parsed(why) for action, why in rows if why}

    def held_by(self, owners: Collection[str | None]) -> list[str]:
        """Contacts with open actions of any of these owners; None: of nobody. In the order of their ids."""
        ids = dumps(sorted(owner for owner in owners if owner))
        return [id for (id,) in self._ask("catalog.held", owners=ids, unowned=None in owners)]

    def holding(self, user: str) -> Holding:
        return Holding._make(next(self._ask("catalog.holding", user=user)))
