"""Whether a row of a file and a contact can be one person, by what both say of name, e-mail and phone."""

from __future__ import annotations

from followup.core.fields.addresses import same_email, same_phone
from followup.core.model import Contact
from followup.core.wishes import Fields
from followup.core.words import folded


def same_name(contact: Contact, name: str) -> bool:
    """Whether a contact is called so, or has no name that could differ."""
    unnamed = (contact.id, contact.email, contact.phone)
    return name == contact.name or folded(name) == folded(contact.name) or contact.name in unnamed


def alike(contact: Contact, fields: Fields) -> bool | None:
    """Whether name, e-mail or phone is the same; None where there is none of them that both have."""
    found = []
    if name := fields.get("name"):
        found.append(same_name(contact, name))
    for one, more, same in (("email", "emails", same_email), ("phone", "phones", same_phone)):
        theirs = _every(fields.get(one), fields.get(more))
        ours = _every(getattr(contact, one), getattr(contact, more))
        if theirs and ours:
            found.append(any(same(each, other) for each in theirs for other in ours))
    return any(found) if found else None


def _every(one: str | None, more: str | None) -> list[str]:
    return [each for each in (one, *(more or "").split("\n")) if each]


def compared(fields: Fields) -> str:
    """The fields by which people are told apart, as far as a row has them: `another name ('Bob Fox')`."""
    words = {"name": "name", "email": "e-mail", "phone": "phone"}
    said = (f"another {word} ('{fields[field]}')" for field, word in words.items() if fields.get(field))
    return " and ".join(said)
