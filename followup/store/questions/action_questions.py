"""Actions as rows of lists, in the order of those lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from followup.core.list_filters import ActionFilter, DueFilter
from followup.core.list_rows import ActionRow
from followup.core.reach import Reach
from followup.core.words import folded
from followup.store.asking import AnyRow, Argument, Asking, json_list, reach_values
from followup.store.row_values import sound, trusted


class ActionQuestions:
    """`before`: a local day, exclusive; `cycles`: every id that the filter's cycle has had (E5), None for any."""

    def __init__(self, store: Asking) -> None:
        self._store, self._ask = store, store.ask

    def due(self, owner: str | None, before: str, filter: DueFilter, cycles: Sequence[str] | None) -> list[ActionRow]:
        """Open actions of an owner's; None: of those that nobody owns."""
        values: dict[str, Argument] = {**filter._asdict(), "cycle": json_list(cycles), "before": before}
        if owner is None:
            rows = self._ask("lists.due_of_nobody", **values)
        else:
            rows = self._ask("lists.due", owner=owner, **values)
        return self._sound(rows)

    def search(
        self, filter: ActionFilter, cycles: Sequence[str] | None, reach: Reach, limit: int = -1
    ) -> list[ActionRow]:
        """`limit`: at most so many; -1: all."""
        rows = self._ask("lists.search", limit=limit, **_search_values(filter, cycles, reach))
        return self._sound(rows)

    def search_count(self, filter: ActionFilter, cycles: Sequence[str] | None, reach: Reach) -> int:
        return int(next(self._ask("lists.search_count", **_search_values(filter, cycles, reach)))[0])

    def action(self, id: int) -> ActionRow | None:
        row = next(self._ask("lists.action", id=id), None)
        return trusted(ActionRow._make(row)) if row else None

    def of_contact(self, contact: str) -> list[ActionRow]:
        """Open ones first."""
        return self._sound(self._ask("lists.of_contact", contact=contact))

    def fulfilment(self, types: Iterable[str], before: str, reach: Reach) -> dict[str, int]:
        """How many open actions of each of these types are due."""
        rows = self._ask("lists.fulfilment", types=json_list(types), before=before, **reach_values(reach))
        return dict(rows)

    def _sound(self, rows: Iterable[AnyRow]) -> list[ActionRow]:
        return list(sound(map(ActionRow._make, rows), self._store))


def _search_values(filter: ActionFilter, cycles: Sequence[str] | None, reach: Reach) -> dict[str, Argument]:
    text = folded(filter.text) if filter.text else None
    return {**filter._asdict(), "text": text, "cycle": json_list(cycles), **reach_values(reach)}
