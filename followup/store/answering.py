"""The part of a store that is the same for every engine: its questions, and dossiers out of rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from json import dumps
from typing import TYPE_CHECKING

from followup.core.model import Action, Contact, Dossier, Enrolment, contact_subject, user_subject
from followup.store.asking import AnyRow, Value

if TYPE_CHECKING:
    from followup.store.questions.action_questions import ActionQuestions
    from followup.store.questions.catalog_questions import CatalogQuestions
    from followup.store.questions.contact_questions import ContactQuestions
    from followup.store.questions.doctor_questions import DoctorQuestions
    from followup.store.questions.history_questions import HistoryQuestions
    from followup.store.questions.migration_questions import MigrationQuestions
    from followup.store.questions.version_questions import VersionQuestions


class Answering:
    """An engine adds how a statement is run. A kind of questions is imported when one of its kind is asked."""

    def ask(self, name: str, /, **values: Value) -> Iterator[AnyRow]:
        raise NotImplementedError

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

    def dossiers(self, contacts: Sequence[str]) -> dict[str, Dossier]:
        ids = dumps(contacts)
        found = {id: Dossier(contact_subject(id)) for id in contacts}
        for row in self.ask("dossiers.contacts", ids=ids):
            found[row[0]] = Dossier(contact_subject(row[0]), row[-1], Contact._make(row[:-1]))
        enrolments: dict[str, list[Enrolment]] = {}
        for row in self.ask("dossiers.enrolments", ids=ids):
            enrolments.setdefault(row[1], []).append(Enrolment._make(row))
        actions: dict[str, list[Action]] = {}
        for row in self.ask("dossiers.actions", ids=ids):
            actions.setdefault(row[1], []).append(Action._make(row))
        for id in actions.keys() | enrolments.keys():
            found[id] = found[id]._replace(enrolments=tuple(enrolments.get(id, ())), actions=tuple(actions.get(id, ())))
        return found

    def dossier_of(self, actions: Sequence[int]) -> Dossier | None:
        found = [Action._make(row) for id in actions for row in self.ask("dossiers.one_action", id=id)]
        if not found or found[0].id != actions[0]:
            return None
        contact, owner = found[0].contact, found[0].owner
        dossier = self.dossiers([contact])[contact] if contact else self.tasks(owner or "")
        more = [a for a in found if (a.contact, a.contact or a.owner) == (contact, contact or owner)]
        missing = [action for action in more if dossier.action(action.id) is None]
        return dossier._replace(actions=tuple(sorted((*dossier.actions, *missing)))) if missing else dossier

    def tasks(self, user: str) -> Dossier:
        subject = user_subject(user)
        seq = self.last_seq(subject)  # first: actions that are read later cannot lack what it counts
        actions = tuple(Action._make(row) for row in self.ask("dossiers.tasks", user=user))
        return Dossier(subject, seq, actions=actions)

    def last_seq(self, subject: str) -> int:
        return int(next(self.ask("dossiers.last_seq", subject=subject))[0])
