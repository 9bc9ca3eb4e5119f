"""Contacts as rows of lists, those that a word may mean, and where on their cycles they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from followup.core.list_filters import ContactFilter
from followup.core.list_rows import ContactRow
from followup.core.reach import Reach
from followup.core.words import folded
from followup.store.asking import Argument, Asking, json_list, reach_values


class NamedContact(NamedTuple):
    """`name`: folded, as it was asked for."""

    id: str
    name: str


class Twin(NamedTuple):
    """A contact who may be the same person as somebody, and what is the same of the two."""

    id: str
    name: str
    same_name: bool
    same_email: bool
    same_phone: bool


class StepCount(NamedTuple):
    """How many contacts stand at a step, under the ids that these had, and how many of them are late; step None: on
    hold."""

    process: str
    step: str | None
    contacts: int
    late: int


class StrandedRow(NamedTuple):
    """A contact that falls through (F12), with its last cycle. `goes_on`: something is open that nobody will do;
    `since`: the local date or time from which on nothing was scheduled."""

    id: str
    name: str
    owner: str | None
    created_at: str
    goes_on: bool
    process: str | None
    alias: str | None
    ended: str | None
    reason: str | None
    since: str | None


class ContactQuestions:
    """`cycles`: every id that the filter's cycle has had (E5), None for any; `limit`: at most so many; -1: all."""

    def __init__(self, store: Asking) -> None:
        self._ask = store.ask

    def contacts(
        self, filter: ContactFilter, cycles: Sequence[str] | None, reach: Reach, limit: int = -1
    ) -> list[ContactRow]:
        """By next action date."""
        rows = self._ask("lists.contacts", limit=limit, **_filter_values(filter, cycles, reach))
        return [ContactRow._make(row) for row in rows]

    def contacts_count(self, filter: ContactFilter, cycles: Sequence[str] | None, reach: Reach) -> int:
        return int(next(self._ask("lists.contacts_count", **_filter_values(filter, cycles, reach)))[0])

    def contacts_after(
        self, id: str, filter: ContactFilter, cycles: Sequence[str] | None, reach: Reach, limit: int
    ) -> list[ContactRow]:
        """By id, from behind this one."""
        rows = self._ask("lists.contacts_by_id", after=id, limit=limit, **_filter_values(filter, cycles, reach))
        return [ContactRow._make(row) for row in rows]

    def contact(self, id: str, reach: Reach) -> ContactRow | None:
        row = next(self._ask("lists.contact", id=id, **reach_values(reach)), None)
        return ContactRow._make(row) if row else None

    def named(self, name: str) -> list[str]:
        """The ids of some contacts of a folded name: more than one is enough to know."""
        return [id for id, _ in self._ask("lists.named", name=name)]

    def named_any(self, names: Iterable[str]) -> list[NamedContact]:
        """All contacts of any of these folded names."""
        return [NamedContact._make(row) for row in self._ask("lists.named_any", names=json_list(names))]

    def like(self, beginning: str) -> set[str]:
        """Some ids and names that hold this folded text, to offer where nothing is meant."""
        return {word for pair in self._ask("lists.like", pattern=f"%{beginning}%") for word in pair}

    def keyed(self, keys: Iterable[str]) -> dict[str, str | None]:
        """The id of the contact that has each external key; None: the user may not see it."""
        return dict(self._ask("lists.keyed", keys=json_list(keys)))

    def taken(self, ids: Iterable[str]) -> set[str]:
        """Which of these ids a contact has, or had."""
        return {id for (id,) in self._ask("lists.taken", ids=json_list(ids))}

    def twins(self, name: str, email: str | None, phone: str | None, reach: Reach) -> list[Twin]:
        """A few contacts with this folded name, e-mail in lower case, or digits."""
        rows = self._ask("lists.twins", name=name, email=email, phone=phone, **reach_values(reach))
        return [Twin._make(row) for row in rows]

    def standing(self, today: str, reach: Reach) -> list[StepCount]:
        """Of everybody who is on a cycle."""
        return [StepCount._make(row) for row in self._ask("lists.standing", today=today, **reach_values(reach))]

    def stranded(self, holds: Iterable[str], workers: Iterable[str], reach: Reach) -> list[StrandedRow]:
        """`holds`: the cycles on which nothing is scheduled; `workers`: the active users."""
        lists = {"holds": json_list(holds), "workers": json_list(workers)}
        return [StrandedRow._make(row) for row in self._ask("lists.stranded", **lists, **reach_values(reach))]


def _filter_values(filter: ContactFilter, cycles: Sequence[str] | None, reach: Reach) -> dict[str, Argument]:
    text = folded(filter.text) if filter.text else None
    return {**filter._asdict(), "text": text, "cycle": json_list(cycles), **reach_values(reach)}
