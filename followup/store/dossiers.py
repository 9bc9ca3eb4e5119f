"""Dossiers out of rows."""

from __future__ import annotations

from collections.abc import Sequence
from json import dumps

from followup.core.model import Action, Contact, Dossier, Enrolment, contact_subject, user_subject
from followup.store.asking import Asking
from followup.store.row_values import trusted

#: of a contact: what follows in its row is the store's own
WIDTH = len(Contact._fields)


def of_contacts(store: Asking, contacts: Sequence[str]) -> dict[str, Dossier]:
    """By contact id; of one that is not there, an empty one."""
    ids = dumps(contacts)
    dossiers = {id: Dossier(contact_subject(id)) for id in contacts}
    for row in store.ask("dossiers.contacts", ids=ids):
        dossiers[row[0]] = Dossier(contact_subject(row[0]), row[WIDTH], trusted(Contact._make(row[:WIDTH])))
    enrolments: dict[str, list[Enrolment]] = {}
    for row in store.ask("dossiers.enrolments", ids=ids):
        enrolments.setdefault(row[1], []).append(trusted(Enrolment._make(row)))
    actions: dict[str, list[Action]] = {}
    for row in store.ask("dossiers.actions", ids=ids):
        actions.setdefault(row[1], []).append(trusted(Action._make(row)))
    for id in actions.keys() | enrolments.keys():
        dossiers[id] = dossiers[id]._replace(
            enrolments=tuple(enrolments.get(id, ())), actions=tuple(actions.get(id, ()))
        )
    return dossiers


def last_seq(store: Asking, subject: str) -> int:
    """The number of a subject's last event; 0 for none."""
    return int(next(store.ask("dossiers.last_seq", subject=subject))[0])


def of_user(store: Asking, user: str) -> Dossier:
    """A user's open tasks without a contact."""
    subject = user_subject(user)
    seq = last_seq(store, subject)
    rows = store.ask("dossiers.tasks", user=user)
    return Dossier(subject, seq, actions=tuple(trusted(Action._make(row)) for row in rows))


def actions_by_id(store: Asking, ids: Sequence[int]) -> list[Action]:
    """Those of them that are there."""
    return [trusted(Action._make(row)) for id in ids for row in store.ask("dossiers.one_action", id=id)]


def joined_by(dossier: Dossier, actions: Sequence[Action]) -> Dossier:
    """The dossier with those of the actions that are its subject's, open or closed; the first is."""
    contact, owner = actions[0].contact, actions[0].owner
    own = [a for a in actions if (a.contact, a.contact or a.owner) == (contact, contact or owner)]
    missing = [action for action in own if dossier.action(action.id) is None]
    return dossier._replace(actions=tuple(sorted((*dossier.actions, *missing)))) if missing else dossier
