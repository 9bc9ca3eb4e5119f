"""What the doctor asks. A damaged store may answer cells of another type than is said here: nothing relies on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from json import dumps
from typing import Literal, NamedTuple, TypeAlias

from followup.store.asking import AnyRow, Asking
from followup.store.questions.version_questions import ItemText
from followup.store.tables import CatalogVersion

#: what a question alone can find: each is a statement of doctor.sql
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
    """A document that was in force from the version `since` on."""

    kind: str
    id: str
    since: int
    text: str


class EnrolledOn(NamedTuple):
    """How many contacts are on a cycle or a plan, and one of them."""

    kind: str
    process: str
    contacts: int
    example: str


class Owned(NamedTuple):
    """How many contacts and open actions a user has, and one of them, such as `action 7`."""

    owner: str
    things: int
    example: str


class StoredEvent(NamedTuple):
    """An event and its change, as they are kept. `at` (UTC seconds): None where the change is missing; `restores`: the
    change undid an apply, so that others met the version that it brought."""

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
    """Contacts are read in stretches: of ids from `since` up to `before`, exclusive, both as bytes; None: to the end.
    A stream of rows is in the order of the subjects; where rows are no events, the subject is the first column."""

    def __init__(self, store: Asking) -> None:
        self._ask = store.ask

    def integrity(self) -> list[str]:
        """What the engine itself says is broken; "ok" where nothing is."""
        return [line for (line,) in self._ask("doctor.integrity")]

    def size(self) -> tuple[int, int]:
        """How many contacts there are, and when the last change was made (UTC seconds; 0: never)."""
        contacts, at = next(self._ask("doctor.size"))
        return int(contacts), int(at)

    def faults(self, fault: Fault) -> Iterator[AnyRow]:
        """A row for each."""
        return self._ask("doctor." + fault)

    def versions(self) -> Iterator[CatalogVersion]:
        return map(CatalogVersion._make, self._ask("doctor.versions"))

    def versions_in_history(self) -> Iterator[CatalogVersion]:
        """The same, as the office's history has them."""
        return map(CatalogVersion._make, self._ask("doctor.applied"))

    def documents(self) -> Iterator[DocumentRecord]:
        """All that there ever were."""
        return map(DocumentRecord._make, self._ask("doctor.documents"))

    def documents_of(self, version: int) -> Iterator[ItemText]:
        return map(ItemText._make, self._ask("doctor.documents_of", version=version))

    def ids_in_several_cases(self) -> Iterator[str]:
        """Of contacts whose ids differ in case only, each such list of ids."""
        return (ids for (ids,) in self._ask("doctor.ids_in_several_cases"))

    def enrolled(self) -> Iterator[EnrolledOn]:
        """By cycle and plan."""
        return map(EnrolledOn._make, self._ask("doctor.cycles"))

    def owned(self) -> Iterator[Owned]:
        """By owner."""
        return map(Owned._make, self._ask("doctor.owners"))

    def stretch_end(self, since: bytes, many: int) -> str | None:
        """The subject before which a stretch of so many events or contacts ends; None: it is the last one."""
        subject: str | None = next(self._ask("doctor.stretch", since=since, many=many))[0]
        return subject

    def events_of_contacts(self, since: bytes, before: bytes | None) -> Iterator[StoredEvent]:
        return map(StoredEvent._make, self._ask("doctor.history", since=since, before=before))

    def events_of_others(self) -> Iterator[StoredEvent]:
        """Of users' own tasks, and of the office."""
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
        """Without a subject."""
        return self._ask("doctor.actions_by_id", ids=dumps([*ids]))
