"""What a contact has besides its fields: company, notes, and fields of the office's own, as one JSON text."""

from __future__ import annotations

from collections.abc import Mapping
from json import dumps, loads

from followup.core.list_rows import NAMED_DETAILS
from followup.core.model import Dossier
from followup.core.wishes import Fields, Set


def read_details(text: str | None) -> dict[str, str]:
    """By name. Of a text that is damaged nothing is lost: it is read as one note."""
    if not text:
        return {}
    try:
        fields = loads(text)
    except (ValueError, RecursionError):
        fields = text
    if not isinstance(fields, dict):
        return {"notes": text}
    return {name: value if isinstance(value, str) else dumps(value) for name, value in fields.items()}


def details_text(fields: Mapping[str, str]) -> str | None:
    return dumps(dict(fields), ensure_ascii=False, sort_keys=True) if fields else None


def with_details(text: str | None, fields: Mapping[str, str | None]) -> str | None:
    """The text with these as they are now; None takes one out."""
    joined = {**read_details(text), **fields}
    return details_text({name: value for name, value in joined.items() if value})


def stored(fields: Fields, own: Fields, details: str | None = None) -> Fields:
    """Fields as a contact has them, which has some of them in its `details`. `own`: fields of the office's own."""
    named = {name: fields[name] for name in NAMED_DETAILS if name in fields}
    if not (named or own):
        return fields
    others = {name: value for name, value in fields.items() if name not in named}
    return {**others, "details": with_details(details, {**own, **named})}


class SetFields:
    """The wish that these fields be so, whatever else a contact has."""

    def __init__(self, fields: Fields, own: Fields) -> None:
        self.fields, self.own = fields, own

    def __call__(self, dossier: Dossier) -> Set:
        return Set(stored(self.fields, self.own, dossier.contact.details if dossier.contact else None))
