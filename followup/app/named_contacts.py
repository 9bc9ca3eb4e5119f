"""Which contacts the words of a command mean, by id or by name; and who may be the same person as somebody.

Words are looked up among the contacts that the user may see, and nowhere else (F20).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from followup.app.session import Session
from followup.core.words import folded, nearest
from followup.errors import FollowupError, NotFound

PAGE = 1000
SHOWN = 5  # ids listed in a message


def contact_id(session: Session, word: str) -> str:
    """The contact that `word` means: an id, or a name that only one has. Raises NotFound with the nearest ones."""
    contact = session.store.dossiers([word], session.reach)[word].contact
    if contact:
        return contact.id
    ids = session.store.contacts.named(folded(word), session.reach)
    if len(ids) == 1:
        return ids[0]
    if ids:
        raise _not_one(word, ids)
    near = session.store.contacts.like(folded(word)[:4], session.reach)
    raise NotFound(f"unknown contact '{word}'{nearest(word, near)}")


def contact_ids(session: Session, words: Sequence[str]) -> tuple[list[str], list[tuple[str, FollowupError]]]:
    """The same for many words; and, with the reason, the words that match no contact or several."""
    ids: dict[str, str] = {}
    for start in range(0, len(words), PAGE):
        dossiers = session.store.dossiers(words[start : start + PAGE], session.reach)
        ids |= {word: dossier.contact.id for word, dossier in dossiers.items() if dossier.contact}
    names: dict[str, list[str]] = {folded(word): [] for word in words if word not in ids}
    for id, name in session.store.contacts.named_any(names, session.reach) if names else ():
        names[name].append(id)
    meant = {word: [ids[word]] if word in ids else names[folded(word)] for word in dict.fromkeys(words)}
    refused = [(word, _not_one(word, several)) for word, several in meant.items() if len(several) != 1]
    return [ids_[0] for ids_ in meant.values() if len(ids_) == 1], refused


def _not_one(word: str, ids: list[str]) -> FollowupError:
    if not ids:
        return NotFound(f"unknown contact '{word}'")
    more = ", ..." if len(ids) > SHOWN else ""
    return NotFound(f"several contacts are called '{word}': {', '.join(ids[:SHOWN])}{more}; use the id")


def twins(session: Session, fields: Mapping[str, str | None]) -> list[tuple[str, str, str]]:
    """Possible duplicates that the user may see: id, name, and which fields are the same."""
    same = {
        "name": folded(fields["name"] or ""),
        "e-mail": (fields.get("email") or "").lower(),
        "phone": "".join(c for c in fields.get("phone") or "" if c not in " -().+"),
    }
    email, phone = same["e-mail"] or None, same["phone"] or None
    return [
        (id, name, " and ".join(what for what, is_so in zip(same, alike, strict=True) if is_so))
        for id, name, *alike in session.store.contacts.twins(same["name"], email, phone, session.reach)
    ]
