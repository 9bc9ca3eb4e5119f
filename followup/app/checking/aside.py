"""Closed actions that a replay lays aside: of those that stand in the store as they were told, the id is enough."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from followup.app.checking.rows import Row
from followup.core.model import Action

Stored = Callable[[list[int]], Iterable[Row]]


class Aside:
    """`stored` answers the rows of actions by their ids; `differing`: the others, as they were told."""

    def __init__(self, stored: Stored) -> None:
        self._stored = stored
        self._alike: set[int] = set()
        self.differing: dict[int, Action] = {}

    def lay(self, actions: Iterable[Action]) -> None:
        told = {action.id: action for action in actions}
        rows = {row[0]: row for row in self._stored(list(told))} if told else {}
        self._alike |= {id for id in told if told[id] == rows.get(id)}
        self.differing |= {id: action for id, action in told.items() if id not in self._alike}

    def get(self, id: int) -> Action | None:
        if id in self._alike:
            return Action._make(next(iter(self._stored([id]))))
        return self.differing.get(id)

    def agrees(self, id: int) -> bool:
        """Whether it was laid aside, and stands as it was told."""
        return id in self._alike

    def take_up(self, id: int) -> None:
        """It is told of again."""
        self._alike.discard(id)
        self.differing.pop(id, None)
