"""A contact's page as text (F18)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from followup.core.rows import ActionRow
from followup.output.table import table
from followup.output.text import clean


def page(who: Mapping[str, Any], actions: Sequence[ActionRow], history: Sequence[Mapping[str, Any]], today: str) -> str:
    """Who they are, what is open, what has been."""
    open_ = [row for row in actions if row.status == "scheduled"]
    return "\n\n".join([_head(who), _open(open_, today), _past(history)])


def _head(who: Mapping[str, Any]) -> str:
    reach = "  ".join(clean(who[key]) for key in ("phone", "email") if who[key])
    facts = {
        "stage": who["stage"],
        "owner": who["owner"] or "nobody",
        "cycle": _cycle(who),
        "source": who["source"],
        "property": who["property"],
        "follow-up": who["follow_up"],
        "do not contact": ", ".join(who["do_not_contact"]),
    }
    lines = [f"{clean(who['name'])} ({who['id']})", reach]
    return "\n".join(
        line for line in lines + [f"{key + ':':<16}{clean(value)}" for key, value in facts.items() if value] if line
    )


def _cycle(who: Mapping[str, Any]) -> str:
    if not who["cycle"]:
        return "none"
    alias = f" (as {who['alias']})" if who["alias"] and who["alias"] != who["cycle"] else ""
    hold = ", on hold" if who["on_hold"] else ""
    return f"{who['cycle']}{alias}{hold}"


def _open(rows: Sequence[ActionRow], today: str) -> str:
    if not rows:
        return "Nothing is scheduled."
    cells = [(r.id, r.due, f"{r.late(today)}d" if r.late(today) else "", r.type, r.title, r.owner) for r in rows]
    return "Next\n" + table(("id", "due", "late", "type", "title", "owner"), cells)


def _past(history: Sequence[Mapping[str, Any]]) -> str:
    cells = [(item["at"][:16].replace("T", " "), item["by"], item["kind"], _told(item)) for item in history]
    return "History (UTC)\n" + table(("at", "by", "what", "details"), cells)


def _told(item: Mapping[str, Any]) -> str:
    """The few values of an event that a person looks for."""
    keys = ("title", "due", "process", "alias", "owner", "outcome", "reason", "notes", "stage", "source", "command")
    data = item["data"]
    fields = data.get("fields") or {}
    told = [str(data[key]) for key in keys if data.get(key)] or [f"{key} {value}" for key, value in fields.items()]
    number = f"{item['action']} " if item["action"] else ""
    return number + ", ".join(told)[:100]
