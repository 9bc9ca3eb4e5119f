"""The value of one contact field as a person wrote it: in an option of a command, or in a file of a CSV store."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from followup.app import lookup
from followup.core.fields.cleaning import clean_typed

if TYPE_CHECKING:
    from followup.app.lookup import Working

#: fields that name declared items, and the items' kind
DECLARED: Mapping[str, str] = MappingProxyType(
    {"owner": "user", "property": "property", "source": "source", "type": "contact_type", "sales_cycle": "sales_cycle"}
)
#: fields that are in every row, empty or not
NEVER_NULL = frozenset(("emails", "phones", "groups", "do_not_contact"))


def read_value(where: Working, field: str, text: str) -> str | None:
    """The value to store, with ids for declared items; None if the text says nothing.

    Raises Unfit, NotFound, and Refused for an inactive user or property.
    """
    value = clean_typed(field, text)
    return declared_id(where, DECLARED[field], value) if value and field in DECLARED else value


def declared_id(where: Working, kind: str, word: str) -> str:
    """By the rules of an import: sources and types outside of the office's list are kept as typed."""
    if kind == "user":
        return lookup.worker(where, word).id
    if kind == "property":
        return lookup.site(where, word)
    listed = lookup.listed(where, kind, word)
    if listed.unknown:
        where.remark(f"{listed.unknown}; kept as typed")
    return listed.id
