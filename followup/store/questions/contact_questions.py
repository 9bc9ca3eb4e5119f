"""Contacts as rows of lists, those that a word may mean, and where on their cycles they stand. Each question but
`taken` is about those within a reach, and can't be asked without one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from followup.core.list_filters import ContactFilter
from followup.core.list_rows import ContactRow
from followup.core.reach import Reach
from followup.core.words import folded, id_key
from followup.store.asking import Argument, Asking, json_list, reach_values
from followup.store.row_values import sound, trusted


class NamedContact(NamedTuple):
    """`name`: folded, as in the question."""

    id: str
    name: str


class Twin(NamedTuple):
    """A contact who may be a duplicate, and which fields match."""

    id: str
    name: str
    same_name: bool
    same_email: bool
    same_phone: bool


class StepCount(NamedTuple):
    """How many contacts are at a step, and how many of them are late. Ids as they were at the time; step None: on
    hold."""

    process: str
    step: str | None
    contacts: int
    late: int


class StrandedRow(NamedTuple):
    """A contact with no next step (F12), with its last cycle. `goes_on`: an action is open, but no active user owns it;
    `since`: the local date or time since which nothing has been scheduled."""

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
    """`cycles`: every id that the filter's cycle has had (E5), None for any; `limit`: maximum rows; -1: all."""

    def __init__(self, store: Asking) -> None:
        self._store, self._ask = store, store.ask

    def contacts(
        self, filter: ContactFilter, cycles: Sequence[str] | None, reach: Reach, limit: int = -1
    ) -> list[ContactRow]:
        """By next action date."""
        rows = self._ask("lists.contacts", limit=limit, **_filter_values(filter, cycles, reach))
        return list(sound(map(ContactRow._make, rows), self._store))

    def contacts_count(self, filter: ContactFilter, cycles: Sequence[str] | None, reach: Reach) -> int:
        return int(next(self._ask("lists.contacts_count", **_filter_values(filter, cycles, reach)))[0])

    def contacts_after(
        self, id: str, filter: ContactFilter, cycles: Sequence[str] | None, reach: Reach, limit: int
    ) -> list[ContactRow]:
        """By id, starting after this one."""
        rows = self._ask("lists.contacts_by_id", after=id, limit=limit, **_filter_values(filter, cycles, reach))
        return list(sound(map(ContactRow._make, rows), self._store))

    def contact(self, id: str, reach: Reach) -> ContactRow | None:
        row = next(self._ask("lists.contact", id=id, **reach_values(reach)), None)
        return trusted(ContactRow._make(row)) if row else None

    def taken(self, ids: Iterable[str]) -> set[str]:
        """Which of these ids are a contact's, or were one's, in any case. All that may be known of those not seen."""
        keys = {id: id_key(id) for id in ids}
        taken = {key for (key,) in self._ask("lists.taken", keys=json_list(keys.values()))}
        return {id for id, key in keys.items() if key in taken}

    def named(self, name: str, reach: Reach) -> list[str]:
        """The ids of a few contacts with a folded name: enough to see whether it's ambiguous."""
        return [id for id, _ in self._ask("lists.named", name=name, **reach_values(reach))]

    def named_any(self, names: Iterable[str], reach: Reach) -> list[NamedContact]:
        """All contacts with any of these folded names."""
        rows = self._ask("lists.named_any", names=json_list(names), **reach_values(reach))
        return [NamedContact._make(row) for row in rows]

    def like(self, beginning: str, reach: Reach) -> set[str]:
        """A few ids and names that contain this folded text, as suggestions if nothing matches."""
        rows = self._ask("lists.like", pattern=f"%{beginning}%", **reach_values(reach))
        return {word for pair in rows for word in pair}

    def sources(self, reach: Reach) -> list[str]:
        """Every source that contacts have."""
        return [source for (source,) in self._ask("lists.sources", **reach_values(reach))]

    def keyed(self, keys: Iterable[str], reach: Reach) -> dict[str, str | None]:
        """The contact's id by external key, as far as there is one; None: the user may not see that contact."""
        return dict(self._ask("lists.keyed", keys=json_list(keys), **reach_values(reach)))

    def twins(self, name: str, email: str | None, phone: str | None, reach: Reach) -> list[Twin]:
        """A few contacts with this folded name, lower-case e-mail, or digits."""
        rows = self._ask("lists.twins", name=name, email=email, phone=phone, **reach_values(reach))
        return [Twin._make(row) for row in rows]

    def standing(self, today: str, reach: Reach) -> list[StepCount]:
        """For all contacts on a cycle."""
        return [StepCount._make(row) for row in self._ask("lists.standing", today=today, **reach_values(reach))]

    def stranded(self, holds: Iterable[str], workers: Iterable[str], reach: Reach) -> list[StrandedRow]:
        """`holds`: cycles on which nothing is scheduled; `workers`: the active users."""
        lists = {"holds": json_list(holds), "workers": json_list(workers)}
        rows = self._ask("lists.stranded", **lists, **reach_values(reach))
        return list(sound(map(StrandedRow._make, rows), self._store))


def _filter_values(filter: ContactFilter, cycles: Sequence[str] | None, reach: Reach) -> dict[str, Argument]:
    text = folded(filter.text) if filter.text else None
    return {**filter._asdict(), "text": text, "cycle": json_list(cycles), **reach_values(reach)}
