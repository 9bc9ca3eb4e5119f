"""What every office has without declaring it. A catalog renames these, changes them, and adds its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from followup.core.office import BUILT_IN_TYPES

#: What only a system can do (A5); such steps are always automatic.
SYSTEM_TYPES: Mapping[str, str] = {
    "assign-user": "Assign user",
    "change-contact-type": "Change contact type",
    "webhook": "Webhook",
}
#: The types that plans bring (A5).
PLAN_TYPES: Mapping[str, str] = {
    **SYSTEM_TYPES,
    "automated-call": "Automated call",
    "contact-reminder": "Contact reminder",
}
#: F2. A catalog's own types can be steps of a cycle too.
CYCLE_TYPES = ("call", "correspondence", "email", "sms", "task")

#: The channel of the template that a step of this type sends or reads out.
CHANNELS: Mapping[str, str] = {"correspondence": "letter", "email": "email", "sms": "sms"}

ROLES: Mapping[str, tuple[str, tuple[str, ...]]] = {
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
CONTACT_TYPES: Mapping[str, str] = {
    "clients": "Clients",
    "employees": "Employees",
    "partners": "Partners",
    "vendors": "Vendors",
    "other": "Other",
}


def documents() -> dict[str, dict[str, dict[str, Any]]]:
    """The documents of a catalog that declares nothing."""
    return {
        "action_type": {
            **{id: _type(kind.name, kind.offers_cycle) for id, kind in BUILT_IN_TYPES.items()},
            **{id: _type(name, False) for id, name in PLAN_TYPES.items()},
        },
        "contact_type": {id: {"name": name} for id, name in CONTACT_TYPES.items()},
        "role": {id: {"name": name, "permissions": list(may)} for id, (name, may) in ROLES.items()},
    }


def _type(name: str, offers_cycle: bool) -> dict[str, Any]:
    return {"name": name, "offers_cycle": offers_cycle}
