"""The doctor's questions. A damaged store may return cells of other types than declared: don't rely on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from json import dumps
from typing import Literal, NamedTuple, TypeAlias

from followup.store.asking import AnyRow, Asking
from followup.store.questions.version_questions import ItemText
from followup.store.tables import CatalogVersion

#: faults that a single question finds: each is a statement in doctor.sql
Fault: TypeAlias = Literal[
    "counters",
    "changes_missing",
    "changes_empty",
    "undoes_unknown",
    "undone_twice",
    "changes_of_no_version",
    "changes_too_early",
    "changes_by_nobody",
    "changes_at_no_time",
    "enrolments_of_no_contact",
    "actions_of_no_contact",
    "actions_of_no_enrolment",
    "open_twice",
    "tried_twice",
    "two_cycles",
    "open_of_ended",
    "open_of_gone",
    "items_of_no_version",
    "items_backwards",
    "instances",
    "items_twice",
]


class DocumentRecord(NamedTuple):
    """A document that became valid with version `since`."""

    kind: str
    id: str
    since: int
    text: str


class EnrolledOn(NamedTuple):
    """The number of contacts on a cycle or a plan, and one of them."""

    kind: str
    process: str
    contacts: int
    example: str


class Owned(NamedTuple):
    """The number of contacts and open actions of a user, and one of them, such as `action 7`."""

    owner: str
    things: int
    example: str


class StoredEvent(NamedTuple):
    """An event and its change, as stored. `at` (UTC seconds): None if the change is missing; `restores`: the change
    undid an apply, so that other contacts were migrated to the version it created."""

    subject: str
    seq: int
    change: int
    at: int | None
    by: str
    undoes: int | None
    restores: bool
    kind: str
    action: int | None
    data: str


class DoctorQuestions:
    """Contacts are read in ranges of ids, from `since` up to but excluding `before`, both as bytes; None: to the end.
    Rows are ordered by subject; rows that aren't events have the subject as their first column."""

    def __init__(self, store: Asking) -> None:
        self._ask = store.ask

    def integrity(self) -> list[str]:
        """The errors that the engine itself reports; "ok" if there are none."""
        return [line for (line,) in self._ask("doctor.integrity")]

    def size(self) -> tuple[int, int]:
        """How many contacts there are, and when the last change was made (UTC seconds; 0: never)."""
        contacts, at = next(self._ask("doctor.size"))
        return int(contacts), int(at)

    def faults(self, fault: Fault) -> Iterator[AnyRow]:
        """A row for each fault."""
        return self._ask("doctor." + fault)

    def versions(self) -> Iterator[CatalogVersion]:
        return map(CatalogVersion._make, self._ask("doctor.versions"))

    def versions_in_history(self) -> Iterator[CatalogVersion]:
        """The same, from the office's history."""
        return map(CatalogVersion._make, self._ask("doctor.applied"))

    def documents(self) -> Iterator[DocumentRecord]:
        """Every document ever stored."""
        return map(DocumentRecord._make, self._ask("doctor.documents"))

    def documents_of(self, version: int) -> Iterator[ItemText]:
        return map(ItemText._make, self._ask("doctor.documents_of", version=version))

    def ids_in_several_cases(self) -> Iterator[str]:
        """Of contacts whose ids differ in case only, each such list of ids."""
        return (ids for (ids,) in self._ask("doctor.ids_in_several_cases"))

    def enrolled(self) -> Iterator[EnrolledOn]:
        """By cycle or plan."""
        return map(EnrolledOn._make, self._ask("doctor.cycles"))

    def owned(self) -> Iterator[Owned]:
        """By owner."""
        return map(Owned._make, self._ask("doctor.owners"))

    def stretch_end(self, since: bytes, many: int) -> str | None:
        """The subject before which a range of `many` events or contacts ends; None: it is the last range."""
        subject: str | None = next(self._ask("doctor.stretch", since=since, many=many))[0]
        return subject

    def events_of_contacts(self, since: bytes, before: bytes | None) -> Iterator[StoredEvent]:
        return map(StoredEvent._make, self._ask("doctor.history", since=since, before=before))

    def events_of_others(self) -> Iterator[StoredEvent]:
        """Of users' own tasks and of the office."""
        return map(StoredEvent._make, self._ask("doctor.others_history"))

    def contacts(self, since: bytes, before: bytes | None) -> Iterator[AnyRow]:
        return self._ask("doctor.contacts", since=since, before=before)

    def enrolments(self, since: bytes, before: bytes | None) -> Iterator[AnyRow]:
        return self._ask("doctor.enrolments", since=since, before=before)

    def actions(self, since: bytes, before: bytes | None) -> Iterator[AnyRow]:
        return self._ask("doctor.actions", since=since, before=before)

    def tasks(self) -> Iterator[AnyRow]:
        """Actions without a contact: their subject is their owner."""
        return self._ask("doctor.tasks")

    def actions_by_id(self, ids: Iterable[int]) -> Iterator[AnyRow]:
        """Without a subject column."""
        return self._ask("doctor.actions_by_id", ids=dumps([*ids]))
