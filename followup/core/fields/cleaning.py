"""The cleaner of each contact field, for files and typed values; fields not listed here accept any text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from followup.core.fields import addresses, values
from followup.core.fields.artifacts import says_nothing, unformula
from followup.core.fields.channels import clean_channels

Cleaner = Callable[[str], str | None]


def clean_plain(text: str) -> str | None:
    """Any text but a placeholder for nothing."""
    return None if says_nothing(text) else text


def _or_nothing(clean: Cleaner) -> Cleaner:
    return lambda text: None if says_nothing(text) else clean(text)


CLEANERS: Mapping[str, Cleaner] = MappingProxyType(
    {
        **dict.fromkeys(("name", "first_name", "last_name", "company", "owner", "property", "cycle"), clean_plain),
        **dict.fromkeys(("source", "type"), clean_plain),
        "id": _or_nothing(values.clean_id),
        "email": addresses.clean_email,
        "phone": addresses.clean_phone,
        "emails": addresses.clean_emails,
        "phones": addresses.clean_phones,
        "stage": _or_nothing(values.clean_stage),
        "groups": _or_nothing(values.clean_list),
        "do_not_contact": clean_channels,
    }
)
#: fields whose texts may have more than one line
LINED = frozenset(("notes", "emails", "phones"))


def clean_typed(field: str, text: str) -> str | None:
    """A value given to a command, as it will be stored; None if blank. Raises Unfit."""
    plain = values.clean_text(unformula(text), field in LINED)
    clean = CLEANERS.get(field)
    return clean(plain) if plain and clean else plain
