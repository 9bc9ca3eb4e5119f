"""What each field of a contact may hold, whether it comes out of a file or was typed; the others take any text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from followup.core.fields import values
from followup.core.fields.channels import clean_channels

CLEANERS: Mapping[str, Callable[[str], str | None]] = MappingProxyType(
    {
        "id": values.clean_id,
        "email": values.clean_email,
        "phone": values.clean_phone,
        "stage": values.clean_stage,
        "groups": values.clean_list,
        "do_not_contact": clean_channels,
    }
)


def clean_typed(field: str, text: str) -> str | None:
    """A value as a command was given it, as it is stored; None if it says nothing. Raises Unfit."""
    plain = values.clean_text(text)
    clean = CLEANERS.get(field)
    return clean(plain) if plain and clean else plain
