"""Actions as rows of lists, in the order of those lists. Each question is about what lies within a reach, and can't be
asked without one; what the team has closed is listed without its contact, once that isn't seen any more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from followup.core.list_filters import ActionFilter, DueFilter
from followup.core.list_rows import ActionRow
from followup.core.reach import Reach
from followup.core.words import folded
from followup.store.asking import AnyRow, Argument, Asking, json_list, reach_values
from followup.store.row_values import sound, trusted


class EveryId(NamedTuple):
    """The ids that what a filter asks for has had (E5). `cycles`: of its cycle, None for any; `come`, `left`: as
    PROCESS/STEP, those that its step had, and those that another step had before it had this one's id."""

    cycles: Sequence[str] | None = None
    come: Sequence[str] = ()
    left: Sequence[str] = ()


class ActionQuestions:
    """`before`: a local day, exclusive; `cycles`: every id that the filter's cycle has had (E5), None for any."""

    def __init__(self, store: Asking) -> None:
        self._store, self._ask = store, store.ask

    def due(
        self, owner: str | None, before: str, filter: DueFilter, cycles: Sequence[str] | None, reach: Reach
    ) -> list[ActionRow]:
        """An owner's open actions; None: actions without an owner."""
        values: dict[str, Argument] = {**filter._asdict(), "cycle": json_list(cycles), "before": before}
        if owner is None:
            rows = self._ask("lists.due_of_nobody", **values, **reach_values(reach))
        elif reach.everything or owner in reach.team:  # whoever holds an open action is seen
            rows = self._ask("lists.due", owner=owner, **values)
        else:
            rows = self._ask("lists.due_of_another", owner=owner, **values, **reach_values(reach))
        return self._sound(rows)

    def search(self, filter: ActionFilter, ids: EveryId, reach: Reach, limit: int = -1) -> list[ActionRow]:
        """`limit`: maximum rows; -1: all."""
        rows = self._ask("lists.search", limit=limit, **_search_values(filter, ids, reach))
        return self._sound(rows)

    def search_count(self, filter: ActionFilter, ids: EveryId, reach: Reach) -> int:
        return int(next(self._ask("lists.search_count", **_search_values(filter, ids, reach)))[0])

    def action(self, id: int, reach: Reach) -> ActionRow | None:
        """Of a contact, or a task, that is seen."""
        row = next(self._ask("lists.action", id=id, **reach_values(reach)), None)
        return trusted(ActionRow._make(row)) if row else None

    def of_contact(self, contact: str, reach: Reach) -> list[ActionRow]:
        """Open ones first."""
        return self._sound(self._ask("lists.of_contact", contact=contact, **reach_values(reach)))

    def fulfilment(self, types: Iterable[str], before: str, reach: Reach) -> dict[str, int]:
        """The number of open actions due, for each of these types."""
        rows = self._ask("lists.fulfilment", types=json_list(types), before=before, **reach_values(reach))
        return dict(rows)

    def _sound(self, rows: Iterable[AnyRow]) -> list[ActionRow]:
        return list(sound(map(ActionRow._make, rows), self._store))


def _search_values(filter: ActionFilter, ids: EveryId, reach: Reach) -> dict[str, Argument]:
    text = folded(filter.text) if filter.text else None
    every = {"cycle": json_list(ids.cycles), "come": json_list(ids.come), "left": json_list(ids.left)}
    return {**filter._asdict(), "text": text, **every, **reach_values(reach)}
