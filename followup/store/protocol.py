"""The interface of every engine, for the type checker. Import it only for types, since loading it takes a millisecond.

A store answers named questions, returns dossiers, and saves decisions inside a change. It makes no decisions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from followup.store.asking import Asking

if TYPE_CHECKING:
    from followup.core.draft import Decision
    from followup.core.model import Dossier
    from followup.core.reach import Reach
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
    """A change in progress. `ids` yields unused ids for actions and enrolments."""

    id: int
    ids: Iterator[int]
    saved: bool

    def hold(self, actions: Iterable[int]) -> None:
        """Lock the subjects of these actions until the change ends, so that what is read from now on stays current."""
        ...

    def hold_adding(self) -> None:
        """No other command adds contacts until this ends: an id or a key that is free stays so."""
        ...

    def save(self, decisions: Iterable[tuple[Dossier, Decision]]) -> None:
        """Save history and current rows together: each dossier as it was, with the decision about it."""
        ...

    def leave_unfinished(self, typed: str | None) -> None:
        """Mark the change as unfinished, with its command as typed, so that it can resume; None marks it complete."""
        ...

    def put_in_force(self, version: CatalogVersion, ended: Iterable[ItemId], items: Iterable[CatalogItem]) -> None:
        """Save a version of the catalog: the items whose documents end with it, and its new documents."""
        ...

    def admit(self, people: Iterable[Person]) -> None:
        """Replace the users who have access: each apply defines them."""
        ...


class Store(Asking, Protocol):
    """An office's data. Inside a change, every subject that is read is locked until the change ends."""

    url: str

    @property
    def damage(self) -> Mapping[str, None]:
        """What rows were left out of the answers so far, and why: a line for each."""
        ...

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
        """The current user's login at the database, for matching a catalog user's `login`; None if there is none."""
        ...

    def believes(self, login: str | None) -> bool:
        """Whether this account may act as the user with this login."""
        ...

    def dossiers(self, contacts: Sequence[str], reach: Reach) -> dict[str, Dossier]:
        """By the ids as they are given, whose case does not matter.

        A contact that isn't there has an empty dossier. One outside of `reach` has an empty one too, that is `hidden`:
        all that there is to know is that the id is taken.
        """
        ...

    def dossier_of(self, actions: Sequence[int], reach: Reach) -> Dossier | None:
        """The dossier that holds the first of `actions`, with those of them that are its subject's, open or closed.

        None if there is no such action, or if its subject is outside of `reach`.
        """
        ...

    def tasks(self, user: str, reach: Reach) -> Dossier:
        """The dossier of a user's tasks without a contact; an empty one that is `hidden` outside of `reach`."""
        ...

    def last_seq(self, subject: str) -> int:
        """The number of a subject's last event; 0 for none."""
        ...

    def change(
        self, head: Head, dry_run: bool = False, resume: int | None = None, alone: bool = False
    ) -> AbstractContextManager[Change]:
        """One transaction: everything is saved when the block ends, or nothing. `resume`: continue an earlier change.
        `alone`: lock out every other change meanwhile.

        Raises Overtaken if the catalog's version is no longer that of `head`.
        """
        ...

    def rows_of(self, table: Table) -> Iterator[Row]:
        """Every row of a table, ordered by its key."""
        ...

    def fill(self, tables: Iterable[tuple[Table, Iterable[Row]]], people: Iterable[Person]) -> None:
        """Copy a complete office into an empty store, all or nothing: all of TABLES, and the users who have access.

        Raises CannotWrite if the store already has an office.
        """
        ...

    def snapshot(self) -> AbstractContextManager[None]:
        """Every question in the block sees the same state; a writer's commit waits until it ends."""
        ...

    @property
    def sees_all(self) -> bool:
        """Whether the current user can see every row, which the doctor needs."""
        ...

    def back_up(self, path: str) -> None:
        """Write a consistent copy to an empty file, while others read and write."""
        ...

    def renew(self) -> None:
        """This store is told apart from the one that it is a copy of."""
        ...

    def schema_faults(self) -> Iterator[str]:
        """A line for each table, index, trigger or view that differs from what the migrations create."""
        ...

    def tolerate(self) -> None:
        """From now on return text that isn't UTF-8 too, stray bytes as surrogates, so that it can be reported."""
        ...

    def close(self) -> None: ...
