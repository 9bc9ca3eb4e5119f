"""A day's agenda for one user, grouped by type with counts (L6): as text, Markdown, JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from followup.core.agenda import by_type
from followup.core.rows import ActionRow
from followup.output.text import clean, json_text, plural


class Agenda(NamedTuple):
    """A user's day. `fulfilment`: how much of each type waits to be generated, for whoever generates it (F21)."""

    user: str
    name: str
    day: str
    rows: Sequence[ActionRow]
    fulfilment: Mapping[str, int]


def as_text(agenda: Agenda) -> str:
    lines = [f"{clean(agenda.name)}, {agenda.day}: {plural(len(agenda.rows), 'action')} due", *_waiting(agenda)]
    for type_, group in by_type(agenda.rows):
        lines += ["", f"{type_} ({len(group)})"]
        lines += [f"  {row.id:>6}  {_line(row, agenda.day)}" for row in group]
    return "\n".join(lines)


def as_markdown(agenda: Agenda) -> str:
    lines = [f"# {_escaped(agenda.name)}, {agenda.day}", "", f"{plural(len(agenda.rows), 'action')} due."]
    lines += [line for waiting in _waiting(agenda) for line in ("", waiting)]
    for type_, group in by_type(agenda.rows):
        lines += ["", f"## {type_} ({len(group)})", ""]
        lines += [f"- [ ] `{row.id}` {_escaped(_line(row, agenda.day))}" for row in group]
    return "\n".join(lines)


def as_json(agenda: Agenda) -> str:
    body = {
        "schema": "followup/agenda@1",
        "user": agenda.user,
        "day": agenda.day,
        "fulfilment": agenda.fulfilment,
        "items": [row.item(agenda.day) for row in agenda.rows],
    }
    return json_text(body)


def _waiting(agenda: Agenda) -> list[str]:
    waiting = ", ".join(f"{count:,} {type_}" for type_, count in agenda.fulfilment.items())
    return [f"Waiting to be generated in the office: {waiting}."] if waiting else []


def _line(row: ActionRow, day: str) -> str:
    time = row.due[11:] + " " if len(row.due) > 10 else ""
    who = f", {clean(row.contact_name)}" if row.contact_name else ""
    phone = f", {clean(row.phone)}" if row.phone else ""
    late = row.late(day)
    return f"{time}{clean(row.title)}{who}{phone}" + (f" ({plural(late, 'day')} late)" if late else "")


def _escaped(text: str) -> str:
    """No character of a contact's becomes markup (P6)."""
    return "".join("\\" + c if c in "\\`*_{}[]<>()#+-.!|~&" else c for c in clean(text))
