"""Doctor: the file is intact, the schema matches the migrations, rows agree with each other and with the history.

A check is a plain function from a store to lines. Each runs in one snapshot, and its lines are printed after the
snapshot closes, so that a pager doesn't block writers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from followup.app.checking.catalog_faults import digests, documents, undeclared, versions
from followup.app.checking.histories import Histories
from followup.app.checking.row_faults import FAULTS, check_for
from followup.errors import StoreUnreachable

if TYPE_CHECKING:
    from followup.store.protocol import Store

Check: TypeAlias = "Callable[[Store], Iterable[str]]"


class Doctor:
    """One check-up of a store. Errors of unreadable data are reported once, at the end."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.unread: dict[str, None] = {}

    def damage(self, progress: Callable[[int], None] = lambda _: None) -> Iterator[str]:
        """One line for each damaged thing; `progress` gets the number of events replayed so far.

        Memory doesn't grow with the history; time grows linearly.
        """
        for check in (_file, _schema, *(check_for(*fault) for fault in FAULTS), versions, documents, digests):
            yield from self._lines(check)
        histories = Histories()
        yield from self._lines(histories.of_others)
        while not histories.finished:
            yield from self._lines(histories.of_contacts)
            progress(histories.events)
        yield from self.unread

    def warnings(self) -> Iterator[str]:
        """What is undamaged and yet leads nowhere, since the catalog does not declare it; and ids that are one."""
        yield from self._lines(undeclared)
        yield from self._lines(_ids_in_several_cases)

    def _lines(self, check: Check) -> list[str]:
        """The lines of a check. If something can't be read, run it again and return what can be read."""
        try:
            with self.store.snapshot():
                return list(check(self.store))
        except StoreUnreachable:
            self.store.tolerate()
            return self._readable_lines(check)

    def _readable_lines(self, check: Check) -> list[str]:
        lines: list[str] = []
        try:
            with self.store.snapshot():
                lines.extend(check(self.store))
        except StoreUnreachable as error:
            self.unread[f"the check is incomplete: {error}"] = None
        return lines


def _file(store: Store) -> Iterator[str]:
    for line in store.doctor.integrity():
        if line != "ok":
            yield f"the file is damaged: {line}"


def _ids_in_several_cases(store: Store) -> Iterator[str]:
    """Of a time when they were told apart by case."""
    for ids in store.doctor.ids_in_several_cases():
        yield f"warning: the contacts {ids} have ids that differ in case only: type them as they are written here"


def _schema(store: Store) -> Iterator[str]:
    return store.schema_faults()
