"""What every engine offers, for the type checker: imported for types only, since it takes a command a millisecond.

A store answers named questions, gives dossiers, and saves decisions inside a change. It decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from followup.store.asking import Asking

if TYPE_CHECKING:
    from followup.core.draft import Decision
    from followup.core.model import Dossier
    from followup.store.heads import Head, ItemId, Person
    from followup.store.questions.action_questions import ActionQuestions
    from followup.store.questions.catalog_questions import CatalogQuestions
    from followup.store.questions.contact_questions import ContactQuestions
    from followup.store.questions.doctor_questions import DoctorQuestions
    from followup.store.questions.history_questions import HistoryQuestions
    from followup.store.questions.migration_questions import MigrationQuestions
    from followup.store.questions.version_questions import VersionQuestions
    from followup.store.tables import CatalogItem, CatalogVersion, Row, Table


class Change(Protocol):
    """A change being made. `ids` gives unused ids of actions and enrolments."""

    id: int
    ids: Iterator[int]
    saved: bool

    def hold(self, actions: Iterable[int]) -> None:
        """Nobody else changes the subjects of these actions until this ends: what is read now is what stands."""
        ...

    def hold_adding(self) -> None:
        """No other command adds contacts until this ends: an id or a key that is free stays so."""
        ...

    def save(self, decisions: Iterable[tuple[Dossier, Decision]]) -> None:
        """History and current rows together: each dossier as it was, and what was decided about it."""
        ...

    def leave_unfinished(self, typed: str | None) -> None:
        """Keep what was typed while batches of this change may be to come; None: it is whole."""
        ...

    def put_in_force(self, version: CatalogVersion, ended: Iterable[ItemId], items: Iterable[CatalogItem]) -> None:
        """A version of the catalog: the items whose documents end with it, and the documents that begin with it."""
        ...

    def admit(self, people: Iterable[Person]) -> None:
        """From now on these are let in, and nobody else: an apply says who works here."""
        ...


class Store(Asking, Protocol):
    """An office's data. Inside a change, whoever is read is held until it ends."""

    url: str

    @property
    def actions(self) -> ActionQuestions: ...
    @property
    def catalog(self) -> CatalogQuestions: ...
    @property
    def contacts(self) -> ContactQuestions: ...
    @property
    def doctor(self) -> DoctorQuestions: ...
    @property
    def history(self) -> HistoryQuestions: ...
    @property
    def migrations(self) -> MigrationQuestions: ...
    @property
    def versions(self) -> VersionQuestions: ...

    @property
    def account(self) -> str | None:
        """By what name whoever asks is known there: a `login` of the catalog's users. None: by none."""
        ...

    def believes(self, login: str | None) -> bool:
        """Whether whoever asks may say that they are the user with this login."""
        ...

    def dossiers(self, contacts: Sequence[str]) -> dict[str, Dossier]:
        """By contact id; one that the store does not know has an empty dossier."""
        ...

    def dossier_of(self, actions: Sequence[int]) -> Dossier | None:
        """The dossier that holds the first of `actions`, with those of them that are its subject's, open or closed.

        None if there is no such action.
        """
        ...

    def tasks(self, user: str) -> Dossier:
        """The dossier of a user's tasks without a contact."""
        ...

    def last_seq(self, subject: str) -> int:
        """The number of a subject's last event; 0 for none."""
        ...

    def change(
        self, head: Head, dry_run: bool = False, resume: int | None = None, alone: bool = False
    ) -> AbstractContextManager[Change]:
        """One transaction: all of it is saved when the block ends, or nothing. `resume`: more of an earlier change.
        `alone`: no other change goes on beside it.

        Raises Overtaken where the catalog's version is not that of `head` any more.
        """
        ...

    def rows_of(self, table: Table) -> Iterator[Row]:
        """Every row of a table, in the order of its key."""
        ...

    def fill(self, tables: Iterable[tuple[Table, Iterable[Row]]], people: Iterable[Person]) -> None:
        """An empty store takes a whole office, or nothing of it: all of TABLES, and whom a server lets in.

        Raises CannotWrite where an office is kept already.
        """
        ...

    def snapshot(self) -> AbstractContextManager[None]:
        """Everything asked in the block sees one state; a writer's commit waits until it ends."""
        ...

    @property
    def sees_all(self) -> bool:
        """Whether nothing is kept from whoever asks, so that they can be the doctor."""
        ...

    def back_up(self, path: str) -> None:
        """A copy that is whole, into a file that is empty, taken while others read and write."""
        ...

    def schema_faults(self) -> Iterator[str]:
        """A line for each table, index, trigger or view that is not what the migrations make."""
        ...

    def tolerate(self) -> None:
        """From now on text that is not UTF-8 is answered too, stray bytes as surrogates, so that it can be named."""
        ...

    def close(self) -> None: ...
