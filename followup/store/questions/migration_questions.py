"""The contacts that an edit of the catalog affects."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from json import dumps
from typing import NamedTuple

from followup.core.history import Why
from followup.core.office import Ref
from followup.store.asking import Asking, parsed


class Holding(NamedTuple):
    """A number of contacts and of actions: of a user, or that have an item of the catalog."""

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
        """Contacts in follow-up, and open actions."""
        return Holding._make(next(self._ask("catalog.holding", user=user)))

    def contacts_with(self, kind: str, item: str) -> Holding:
        """The contacts that have an item of a kind that contacts name, and their open actions."""
        return Holding._make(next(self._ask("catalog.contacts_with", kind=kind, item=item)))

    def actions_with(self, kind: str, item: str) -> Holding:
        """The actions, open or closed, that have an item of a kind that actions name."""
        return Holding(0, int(next(self._ask("catalog.actions_with", kind=kind, item=item))[0]))
