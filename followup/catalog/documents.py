"""One plain document for each declared item: every default filled in, every value in its one form.

The same meaning gives the same document, however the YAML writes it; the core and the store read nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from followup.catalog import builtin
from followup.catalog.calendars import declared_days, known_until
from followup.catalog.files import attachment
from followup.catalog.notation import days, hours, offset, weekdays
from followup.catalog.source_text import NotText

Document = dict[str, Any]
Raw = Mapping[str, Any]
WORKING_WEEK = "mon-fri"
OFFICE_HOURS = "09:00-17:00"


def cycle(raw: Raw) -> Document:
    return {
        "name": raw["name"],
        "active": raw.get("active", True),
        "anchor": raw.get("anchor") or "completed",
        "roll": raw.get("roll"),
        "protect": raw.get("protect", False),
        "steps": [_cycle_step(step) for step in raw["steps"]],
    }


def _cycle_step(raw: Raw) -> Document:
    return {**_step(raw), "loop_to": raw.get("loop_to")}


def _step(raw: Raw) -> Document:
    """What the steps of cycles and plans share."""
    return {
        "id": raw["id"],
        "name": raw.get("name") or raw["id"],
        "type": raw["type"],
        "template": raw.get("template"),
        "offset": offset(raw.get("offset")),
        "anchor": raw.get("anchor"),
        "at": raw.get("at"),
        "active": raw.get("active", True),
        "roll": raw.get("roll"),
        "min_gap": days(raw.get("min_gap")),
        "automatic": raw["type"] in builtin.SYSTEM_TYPES or raw.get("automatic", False),
    }


def alias(raw: Raw) -> Document:
    return {"name": raw["name"], "cycle": raw["cycle"], "active": raw.get("active", True)}


def plan(raw: Raw) -> Document:
    launch_on = raw.get("launch_on") or {}
    return {
        "name": raw["name"],
        "type": raw["type"],
        "status": raw.get("status", "draft"),
        "launch_on": {key: sorted(set(launch_on.get(key, ()))) for key in ("event", "source")},
        "exit_on": sorted(set(raw["exit_on"])) if "exit_on" in raw else None,
        "sales_cycle": raw.get("sales_cycle"),
        "groups": sorted(set(raw.get("groups", ()))),
        "date": raw.get("date"),
        "next": raw.get("next"),
        "anchor": raw.get("anchor") or "start",
        "roll": raw.get("roll"),
        "steps": [_plan_step(step) for step in raw["steps"]],
    }


def _plan_step(raw: Raw) -> Document:
    shared = {
        **_step(raw),
        "date": raw.get("date"),
        "notify": raw.get("notify", False),
        "late": raw.get("late", "skip"),
    }
    return {**shared, **OF_TYPE[raw["type"]](raw)} if raw["type"] in OF_TYPE else shared


OF_TYPE: Mapping[str, Callable[[Raw], Document]] = {
    "assign-user": lambda raw: {"user": raw["user"]},
    "change-contact-type": lambda raw: {"contact_type": raw["contact_type"]},
    "webhook": lambda raw: {
        "url": raw["url"],
        "method": raw.get("method", "POST"),
        "headers": dict(raw.get("headers", {})),
        "payload": _payload(raw.get("payload", "contact")),
    },
}


def _payload(raw: str | Raw) -> str | Document:
    return raw if isinstance(raw, str) else dict(raw)


def template(raw: Raw, id: str, folder: str) -> Document:
    return {
        "name": raw.get("name") or id,
        "channel": raw["channel"],
        "subject": raw.get("subject"),
        "text": raw.get("text") or _text_of(raw["file"], folder),
        "file": raw.get("file"),
        "active": raw.get("active", True),
    }


def _text_of(file: str, folder: str) -> str | None:
    """What the file holds, so that an applied version keeps it; a check says why it cannot be read."""
    try:
        return attachment(file, folder)
    except NotText:
        return None


def office(raw: Raw) -> Document:
    holidays = declared_days(raw)
    return {
        "name": raw["name"],
        "zone": raw["zone"],
        "working_days": weekdays(raw.get("working_days") or WORKING_WEEK),
        "hours": hours(raw.get("hours") or OFFICE_HOURS),
        "capacity": raw.get("capacity"),
        "holidays": holidays,
        "holidays_until": known_until(raw, holidays),
        "days_on": sorted(set(raw.get("days_on") or ())),
        "roll": raw.get("roll") or "none",
        "show": raw.get("show", "day"),
    }


def _differences(raw: Raw) -> Document:
    """What a property or a user has apart from the office; null where they do as the office does (T4)."""
    return {
        "zone": raw.get("zone"),
        "working_days": weekdays(raw.get("working_days")),
        "hours": hours(raw.get("hours")),
        "capacity": raw.get("capacity"),
        "holidays": declared_days(raw),
        "holidays_until": raw.get("holidays_until"),
        "days_on": sorted(set(raw.get("days_on") or ())),
    }


def site(raw: Raw) -> Document:
    """A property, a word that Python keeps for itself."""
    about = {"name": raw["name"], "address": raw.get("address"), "phone": raw.get("phone")}
    return {**about, **_differences(raw), "roll": raw.get("roll"), "active": raw.get("active", True)}


def user(raw: Raw) -> Document:
    optional = ("email", "phone", "signature", "login", "manager", "property")
    return {
        "name": raw["name"],
        "role": raw["role"],
        **{key: raw.get(key) for key in optional},
        **_differences(raw),
        "active": raw.get("active", True),
    }


def role(raw: Raw, id: str) -> Document:
    name, may = builtin.ROLES.get(id, (id, ()))
    return {"name": raw.get("name") or name, "permissions": sorted(set(raw.get("permissions", may)))}


def entry(raw: str | Raw) -> Document:
    """One line of a list: a name, or a mapping with one."""
    return {"name": raw if isinstance(raw, str) else raw["name"]}


def action_type(raw: str | Raw, id: str) -> Document:
    known = builtin.documents()["action_type"].get(id, {})
    offers = known.get("offers_cycle", False)
    return {
        **entry(raw),
        "offers_cycle": offers if isinstance(raw, str) else raw.get("offers_cycle", offers),
    }


def test(raw: Raw, id: str) -> Document:
    return {
        "name": raw.get("name") or id,
        "given": dict(raw["given"]),
        "when": [dict(item) for item in raw.get("when", ())],
        "then": [dict(item) for item in raw["then"]],
    }


def as_written(raw: Raw) -> Document:
    return dict(raw)


def document(section: str, raw: Any, id: str, folder: str) -> Document:
    """The document of one item that the schema has found right."""
    match section:
        case "templates":
            return template(raw, id, folder)
        case "roles" | "tests" | "action_types":
            return NAMED[section](raw, id)
        case _:
            return PLAIN[section](raw)


NAMED: Mapping[str, Callable[[Any, str], Document]] = {"roles": role, "tests": test, "action_types": action_type}
PLAIN: Mapping[str, Callable[[Any], Document]] = {
    "office": office,
    "properties": site,
    "users": user,
    "cycles": cycle,
    "aliases": alias,
    "plans": plan,
    **dict.fromkeys(("moved", "migrate", "include"), as_written),
    **dict.fromkeys(("contact_types", "sales_cycles", "sources", "groups", "categories"), entry),
    **dict.fromkeys(("action_names", "no_show_reasons", "outcomes"), entry),
}
#: section of a file -> kind of its items
SECTIONS: Mapping[str, str] = {
    "office": "office",
    "properties": "property",
    "users": "user",
    "roles": "role",
    "cycles": "cycle",
    "aliases": "alias",
    "plans": "plan",
    "templates": "template",
    "action_types": "action_type",
    "contact_types": "contact_type",
    "sales_cycles": "sales_cycle",
    "sources": "source",
    "groups": "group",
    "categories": "category",
    "action_names": "action_name",
    "no_show_reasons": "no_show_reason",
    "outcomes": "outcome",
    "tests": "test",
    "moved": "moved",
    "migrate": "migrate",
    "include": "include",
}
