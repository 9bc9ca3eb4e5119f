"""Builds dossiers from rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from json import dumps

from followup.core.model import Action, Contact, Dossier, Enrolment, contact_subject, user_subject
from followup.core.reach import Reach, sees
from followup.core.words import id_key
from followup.store.asking import Asking
from followup.store.row_values import trusted

#: columns of a contact; the columns after them are the store's
WIDTH = len(Contact._fields)


def of_contacts(store: Asking, words: Sequence[str], reach: Reach) -> dict[str, Dossier]:
    """By the ids as they are written, in any case; see Store.dossiers."""
    stored: dict[str, list[Dossier]] = {}
    for dossier in _stored(store, dict.fromkeys(map(id_key, words))):
        stored.setdefault(id_key(dossier.known.id), []).append(dossier)
    first = {id_key(word): word for word in reversed(words)}  # what is not there yet, in two spellings, is one
    return {word: _seen(word, first[id_key(word)], stored.get(id_key(word), ()), reach) for word in words}


def _seen(word: str, new: str, stored: Sequence[Dossier], reach: Reach) -> Dossier:
    """The one that the word means. An old store may have several that differ in case: then the one spelled like it."""
    if not stored:
        return Dossier(contact_subject(new))
    seen = [dossier for dossier in stored if sees(reach, dossier)]
    spelled_so = (dossier for dossier in seen if dossier.known.id == word)
    return next(spelled_so, seen[0] if seen else Dossier(contact_subject(word), hidden=True))


def _stored(store: Asking, keys: Iterable[str]) -> Iterable[Dossier]:
    """All contacts of these keys, whoever sees them."""
    dossiers: dict[str, Dossier] = {}
    for row in store.ask("dossiers.contacts", keys=dumps(list(keys))):
        dossiers[row[0]] = Dossier(contact_subject(row[0]), row[WIDTH], trusted(Contact._make(row[:WIDTH])))
    ids = dumps(list(dossiers))
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
    return dossiers.values()


def last_seq(store: Asking, subject: str) -> int:
    """The number of a subject's last event; 0 for none."""
    return int(next(store.ask("dossiers.last_seq", subject=subject))[0])


def of_user(store: Asking, user: str, reach: Reach) -> Dossier:
    """A user's open tasks without a contact; see Store.tasks."""
    subject = user_subject(user)
    if not sees(reach, Dossier(subject)):
        return Dossier(subject, hidden=True)
    seq = last_seq(store, subject)
    rows = store.ask("dossiers.tasks", user=user)
    return Dossier(subject, seq, actions=tuple(trusted(Action._make(row)) for row in rows))


def actions_by_id(store: Asking, ids: Sequence[int]) -> list[Action]:
    """Those of the actions that exist."""
    return [trusted(Action._make(row)) for id in ids for row in store.ask("dossiers.one_action", id=id)]


def joined_by(dossier: Dossier, actions: Sequence[Action]) -> Dossier:
    """The dossier plus the actions of the same subject as the first of `actions`, open or closed."""
    contact, owner = actions[0].contact, actions[0].owner
    own = [a for a in actions if (a.contact, a.contact or a.owner) == (contact, contact or owner)]
    missing = [action for action in own if dossier.action(action.id) is None]
    return dossier._replace(actions=tuple(sorted((*dossier.actions, *missing)))) if missing else dossier
