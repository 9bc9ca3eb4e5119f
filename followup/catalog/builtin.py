"""Built-in items of every office. A catalog can rename or change them, and add its own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from followup.core.office import BUILT_IN_TYPES

if TYPE_CHECKING:
    from followup.core import catalog_documents as d

#: Types that only the system can do (A5); such steps are always automatic.
SYSTEM_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "assign-user": "Assign user",
        "change-contact-type": "Change contact type",
        "webhook": "Webhook",
    }
)
#: Types for plans (A5).
PLAN_TYPES: Mapping[str, str] = MappingProxyType(
    {
        **SYSTEM_TYPES,
        "automated-call": "Automated call",
        "contact-reminder": "Contact reminder",
    }
)
#: F2. A catalog's own types can be steps of a cycle, too.
CYCLE_TYPES = ("call", "correspondence", "email", "sms", "task")

#: The channel of the template that a step of this type uses.
CHANNELS: Mapping[str, str] = MappingProxyType({"correspondence": "letter", "email": "email", "sms": "sms"})

ROLES: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "administrator": (
            "Administrator",
            (
                "add-contacts",
                "apply-catalog",
                "generate-fulfillment",
                "manage-prospects",
                "remove-contacts",
                "see-all",
                "transfer-contacts",
            ),
        ),
        "manager": ("Manager", ("add-contacts", "manage-prospects", "transfer-contacts")),
        "sales-assistant": ("Sales assistant", ("add-contacts",)),
        "sales-exec": ("Sales exec", ("add-contacts", "transfer-contacts")),
    }
)
CONTACT_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "clients": "Clients",
        "employees": "Employees",
        "partners": "Partners",
        "vendors": "Vendors",
        "other": "Other",
    }
)


def documents() -> Mapping[str, Mapping[str, d.Document]]:
    """The documents of an empty catalog."""
    return {"action_type": action_types(), "contact_type": contact_types(), "role": roles()}


def action_types() -> dict[str, d.ActionTypeDocument]:
    types: dict[str, d.ActionTypeDocument] = {
        id: {"name": kind.name, "offers_cycle": kind.offers_cycle} for id, kind in BUILT_IN_TYPES.items()
    }
    return {**types, **{id: {"name": name, "offers_cycle": False} for id, name in PLAN_TYPES.items()}}


def offers_cycle(type: str) -> bool:
    """Whether completing an action of a built-in type shows the alias menu (F10); other types don't by default."""
    return type in BUILT_IN_TYPES and BUILT_IN_TYPES[type].offers_cycle


def contact_types() -> dict[str, d.EntryDocument]:
    return {id: {"name": name} for id, name in CONTACT_TYPES.items()}


def roles() -> dict[str, d.RoleDocument]:
    return {id: {"name": name, "permissions": list(permissions)} for id, (name, permissions) in ROLES.items()}
