"""A store whose changes are killed, halfway or after everything is written but not committed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from followup.store.protocol import Change, Store


class Killed(Exception):
    """The process would have been killed here."""


class Dying:
    """Like the store behind it, but every change dies: at the `after`th thing it writes, or at the latest before COMMIT."""

    def __init__(self, store: Store, after: int) -> None:
        self._store, self._after = store, after

    @contextmanager
    def change(self, *head: Any, **more: Any) -> Iterator[DyingChange]:
        with self._store.change(*head, **more) as change:
            yield DyingChange(change, self._after)
            raise Killed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


class DyingChange:
    def __init__(self, change: Change, left: int) -> None:
        self._change, self._left = change, left

    def save(self, decisions: Iterable[Any]) -> None:
        self._change.save(self._some(decisions))

    def put_in_force(self, version: Any, ended: Iterable[Any], items: Iterable[Any]) -> None:
        self._change.put_in_force(version, self._some(ended), self._some(items))

    def _some(self, things: Iterable[Any]) -> Iterator[Any]:
        for thing in things:
            if self._left == 0:
                raise Killed
            self._left -= 1
            yield thing

    def __getattr__(self, name: str) -> Any:
        return getattr(self._change, name)
