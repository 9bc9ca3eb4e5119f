"""The engine-independent part of a store. Each group of questions is imported on first use, so that `due` loads only
what it needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from followup.store.asking import AnyRow, Argument

if TYPE_CHECKING:
    from followup.core.model import Dossier
    from followup.core.reach import Reach
    from followup.store.questions.action_questions import ActionQuestions
    from followup.store.questions.catalog_questions import CatalogQuestions
    from followup.store.questions.contact_questions import ContactQuestions
    from followup.store.questions.doctor_questions import DoctorQuestions
    from followup.store.questions.history_questions import HistoryQuestions
    from followup.store.questions.migration_questions import MigrationQuestions
    from followup.store.questions.version_questions import VersionQuestions


class Answering:
    """Base class of the stores; engines implement `ask`."""

    def ask(self, name: str, /, **values: Argument) -> Iterator[AnyRow]:
        raise NotImplementedError

    @cached_property
    def damage(self) -> dict[str, None]:
        """See Store.damage."""
        return {}

    def note_damage(self, what: str) -> None:
        self.damage[what] = None

    @property
    def actions(self) -> ActionQuestions:
        from followup.store.questions.action_questions import ActionQuestions

        return ActionQuestions(self)

    @property
    def catalog(self) -> CatalogQuestions:
        from followup.store.questions.catalog_questions import CatalogQuestions

        return CatalogQuestions(self)

    @property
    def contacts(self) -> ContactQuestions:
        from followup.store.questions.contact_questions import ContactQuestions

        return ContactQuestions(self)

    @property
    def doctor(self) -> DoctorQuestions:
        from followup.store.questions.doctor_questions import DoctorQuestions

        return DoctorQuestions(self)

    @property
    def history(self) -> HistoryQuestions:
        from followup.store.questions.history_questions import HistoryQuestions

        return HistoryQuestions(self)

    @property
    def migrations(self) -> MigrationQuestions:
        from followup.store.questions.migration_questions import MigrationQuestions

        return MigrationQuestions(self)

    @property
    def versions(self) -> VersionQuestions:
        from followup.store.questions.version_questions import VersionQuestions

        return VersionQuestions(self)

    def dossiers(self, contacts: Sequence[str], reach: Reach) -> dict[str, Dossier]:
        from followup.store import dossiers

        return dossiers.of_contacts(self, contacts, reach)

    def dossier_of(self, actions: Sequence[int], reach: Reach) -> Dossier | None:
        """See Store.dossier_of. In a change, `dossiers` and `tasks` also lock what they read."""
        from followup.store import dossiers

        rows = dossiers.actions_by_id(self, actions)
        if not rows or rows[0].id != actions[0]:
            return None
        contact, owner = rows[0].contact, rows[0].owner
        dossier = self.dossiers([contact], reach)[contact] if contact else self.tasks(owner or "", reach)
        if dossier.hidden or (contact and dossier.contact is None):
            return None
        return dossiers.joined_by(dossier, rows)

    def tasks(self, user: str, reach: Reach) -> Dossier:
        from followup.store import dossiers

        return dossiers.of_user(self, user, reach)

    def last_seq(self, subject: str) -> int:
        from followup.store import dossiers

        return dossiers.last_seq(self, subject)
