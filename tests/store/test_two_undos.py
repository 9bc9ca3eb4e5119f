"""Two users undo the same change at the same time: one succeeds, the other gets a conflict."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from followup.app.office_store import open_office
from followup.app.undoing import undo_change
from followup.errors import Conflict
from tests.sessions import session_in
from tests.store.conftest import StoredOffice

NOON = 1777910400


class StoreWithDelay:
    """A store in which `meanwhile` happens after the change to undo is known."""

    def __init__(self, store: Any, meanwhile: Callable[[], object]) -> None:
        self._store, self._meanwhile = store, meanwhile

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @property
    def history(self) -> Any:
        return self

    def last_change_of(self, user: str) -> int | None:
        number: int | None = self._store.history.last_change_of(user)
        self._meanwhile()
        return number

    def change(self, *words: Any, **options: Any) -> Any:
        is_lookup = len(words) == 1 and isinstance(words[0], int)
        return (self._store.history if is_lookup else self._store).change(*words, **options)

    def touched(self, change: int) -> list[str]:
        subjects: list[str] = self._store.history.touched(change)
        return subjects


def test_T1_the_second_of_two_undos_is_a_conflict_and_changes_nothing(any_office: StoredOffice) -> None:
    assert any_office.run("attempt", "2", "--note", "one").returncode == 0
    assert any_office.run("attempt", "2", "--note", "two").returncode == 0
    with closing(open_office(any_office.url)) as store:
        session = session_in(store, NOON, "tom", "undo")
        delayed = StoreWithDelay(store, lambda: any_office.run("undo"))
        with pytest.raises(Conflict):
            undo_change(session._replace(store=delayed))
    assert '"attempts": 1' in any_office.run("next", "jane-smith", "--format", "json").stdout
    assert any_office.run("doctor", "-q", user="sue").returncode == 0
