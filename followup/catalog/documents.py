"""A plain document for each declared item: with all defaults, and each value in its normal form.

The same meaning gives the same document, however it is written in YAML; core and store read nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from followup.catalog import builtin
from followup.catalog.calendars import days_off, known_until, office_days_off
from followup.catalog.files import attachment
from followup.catalog.notation import days, hours, offset, weekdays
from followup.catalog.source_text import NotText

if TYPE_CHECKING:
    from followup.catalog import raw_items as r
    from followup.catalog.tree import Node
    from followup.core import catalog_documents as d

WORKING_WEEK = "mon-fri"
OFFICE_HOURS = "09:00-17:00"


def cycle(raw: r.RawCycle) -> d.CycleDocument:
    return {
        "name": raw["name"],
        "active": raw.get("active", True),
        "anchor": raw.get("anchor") or "completed",
        "roll": raw.get("roll"),
        "protect": raw.get("protect", False),
        "steps": [_cycle_step(step) for step in raw["steps"]],
    }


def _cycle_step(raw: r.RawCycleStep) -> d.CycleStepDocument:
    return {**_step(raw), "loop_to": raw.get("loop_to")}


def _step(raw: r.RawStep) -> d.StepDocument:
    """The fields that steps of cycles and plans share."""
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


def alias(raw: r.RawAlias) -> d.AliasDocument:
    return {"name": raw["name"], "cycle": raw["cycle"], "active": raw.get("active", True)}


def plan(raw: r.RawPlan) -> d.PlanDocument:
    launch_on = raw.get("launch_on") or {}
    return {
        "name": raw["name"],
        "type": raw["type"],
        "status": raw.get("status", "draft"),
        "launch_on": {"event": _ids(launch_on.get("event")), "source": _ids(launch_on.get("source"))},
        "exit_on": _ids(raw["exit_on"]) if "exit_on" in raw else None,
        "sales_cycle": raw.get("sales_cycle"),
        "groups": _ids(raw.get("groups")),
        "date": raw.get("date"),
        "next": raw.get("next"),
        "anchor": raw.get("anchor") or "start",
        "roll": raw.get("roll"),
        "steps": [_plan_step(step) for step in raw["steps"]],
    }


def _plan_step(raw: r.RawPlanStep) -> d.PlanStepDocument:
    return {
        **_step(raw),
        "date": raw.get("date"),
        "notify": raw.get("notify", False),
        "late": raw.get("late", "skip"),
        **_work(raw),
    }


def _work(raw: r.RawPlanStep) -> d.WorkDocument:
    match raw["type"]:
        case "assign-user":
            return {"user": raw["user"]}
        case "change-contact-type":
            return {"contact_type": raw["contact_type"]}
        case "webhook":
            return _webhook(raw)
        case _:
            return {}


def _webhook(raw: r.RawPlanStep) -> d.WorkDocument:
    payload = raw.get("payload", "contact")
    return {
        "url": raw["url"],
        "method": raw.get("method", "POST"),
        "headers": dict(raw.get("headers", {})),
        "payload": payload if isinstance(payload, str) else dict(payload),
    }


def _ids(written: list[str] | None) -> list[str]:
    """Sorted unique ids: their order doesn't matter."""
    return sorted(set(written or ()))


def template(raw: r.RawTemplate, id: str, folder: str) -> d.TemplateDocument:
    return {
        "name": raw.get("name") or id,
        "channel": raw["channel"],
        "subject": raw.get("subject"),
        "text": raw.get("text") or _text_of(raw["file"], folder),
        "file": raw.get("file"),
        "active": raw.get("active", True),
    }


def _text_of(file: str, folder: str) -> str | None:
    """The file's text, kept in the applied version; None if it can't be read: a check reports why."""
    try:
        return attachment(file, folder)
    except NotText:
        return None


def office(raw: r.RawOffice) -> d.OfficeDocument:
    holidays = office_days_off(raw)
    return {
        "name": raw["name"],
        "zone": raw["zone"],
        "working_days": weekdays(raw.get("working_days") or WORKING_WEEK),
        "hours": hours(raw.get("hours") or OFFICE_HOURS),
        "capacity": raw.get("capacity"),
        "holidays": holidays,
        "holidays_until": known_until(raw, holidays),
        "days_on": _ids(raw.get("days_on")),
        "roll": raw.get("roll") or "none",
        "show": raw.get("show", "day"),
    }


def _differences(raw: r.RawProperty | r.RawUser) -> d.DifferenceDocument:
    """How a property or user differs from the office; None where it doesn't (T4)."""
    working_days, open_hours = raw.get("working_days"), raw.get("hours")
    return {
        "zone": raw.get("zone"),
        "working_days": weekdays(working_days) if working_days is not None else None,
        "hours": hours(open_hours) if open_hours else None,
        "capacity": raw.get("capacity"),
        "holidays": days_off(raw),
        "holidays_until": raw.get("holidays_until"),
        "days_on": _ids(raw.get("days_on")),
    }


def site(raw: r.RawProperty) -> d.PropertyDocument:
    """A property; named `site` because `property` is a Python built-in."""
    return {
        "name": raw["name"],
        "address": raw.get("address"),
        "phone": raw.get("phone"),
        **_differences(raw),
        "roll": raw.get("roll"),
        "active": raw.get("active", True),
    }


def user(raw: r.RawUser) -> d.UserDocument:
    return {
        "name": raw["name"],
        "role": raw["role"],
        "email": raw.get("email"),
        "phone": raw.get("phone"),
        "signature": raw.get("signature"),
        "login": raw.get("login"),
        "manager": raw.get("manager"),
        "property": raw.get("property"),
        **_differences(raw),
        "active": raw.get("active", True),
    }


def role(raw: r.RawRole, id: str) -> d.RoleDocument:
    name, permissions = builtin.ROLES.get(id, (id, ()))
    return {"name": raw.get("name") or name, "permissions": sorted(set(raw.get("permissions", permissions)))}


def entry(raw: str | r.RawEntry) -> d.EntryDocument:
    """An entry of a list: a name, or a mapping with one."""
    return {"name": raw if isinstance(raw, str) else raw["name"]}


def action_type(raw: str | r.RawActionType, id: str) -> d.ActionTypeDocument:
    """An action type; a catalog that only renames a built-in type keeps its `offers_cycle`."""
    offers = builtin.offers_cycle(id)
    if isinstance(raw, str):
        return {"name": raw, "offers_cycle": offers}
    return {"name": raw["name"], "offers_cycle": raw.get("offers_cycle", offers)}


def test(raw: r.RawCase, id: str) -> d.CaseDocument:
    return {
        "name": raw.get("name") or id,
        "given": {**raw["given"]},
        "when": [{**event} for event in raw.get("when", ())],
        "then": [{**action} for action in raw["then"]],
    }


def as_written(raw: Mapping[str, Node]) -> d.Document:
    return dict(raw)


def document(section: str, raw: Node, id: str, folder: str) -> d.Document:
    """The document of one item that passed the schema."""
    match section:
        case "templates":
            return TEMPLATE(raw, id, folder)
        case "roles" | "tests" | "action_types":
            return NAMED[section](raw, id)
        case _:
            return PLAIN[section](raw)


# Each takes the raw form of its own section: the schema has checked that, but types can't express it.
TEMPLATE: Callable[..., d.Document] = template
NAMED: Mapping[str, Callable[..., d.Document]] = MappingProxyType(
    {"roles": role, "tests": test, "action_types": action_type}
)
PLAIN: Mapping[str, Callable[..., d.Document]] = MappingProxyType(
    {
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
)
#: section of a file -> kind of its items
SECTIONS: Mapping[str, str] = MappingProxyType(
    {
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
)
