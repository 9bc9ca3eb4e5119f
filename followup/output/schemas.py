"""The keys of JSON items and CSV rows by schema, in order. docs/commands.md lists the same."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from followup.core.list_rows import NAMED_DETAILS, UNPROMISED, ActionRow, ContactRow
from followup.core.worklist import Stranded
from followup.errors import Problem

ACTION = (*(name for name in ActionRow._fields if name not in UNPROMISED), "overdue_days", "do_not_contact")
CALENDAR = ("zone", "working_days", "hours", "capacity", "holidays", "holidays_until", "days_on")

KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "due@1": ACTION,
        "actions@1": ACTION,
        "contacts@1": (
            *ContactRow._fields[: ContactRow._fields.index("emails")],
            *("on_hold", "next_action_date", "emails", "phones", "first_name", "last_name", "created_at"),
            *(*NAMED_DETAILS, "details"),
        ),
        "history@1": ("subject", "seq", "change", "at", "by", "contact", "kind", "action", "data"),
        "stranded@1": (*Stranded._fields, "mend"),
        "agenda@1": ("user", "name", "day", "fulfilment", "actions"),
        "cycles@1": ("id", "name", "active", "anchor", "roll", "protect", "steps", "step_count"),
        "steps@1": (
            *(
                "id",
                "name",
                "type",
                "template",
                "offset",
                "anchor",
                "at",
                "active",
                "roll",
                "min_gap",
                "automatic",
                "loop_to",
            ),
        ),
        "aliases@1": ("id", "name", "cycle", "active"),
        "users@1": (
            *("id", "name", "role", "email", "phone", "signature", "login", "manager", "property"),
            *(*CALENDAR, "active"),
        ),
        "versions@1": ("version", "commit", "at", "by", "change", "took_back", "items"),
        "problems@1": tuple(name for name in Problem._fields if name != "source"),
    }
)
