"""A day's agenda for one user, grouped by type with counts (L6): as text, Markdown, JSON."""

from __future__ import annotations

from collections.abc import Sequence

from followup.core.agenda import by_type
from followup.core.rows import ActionRow
from followup.output.text import clean, plural


def as_text(name: str, user: str, day: str, rows: Sequence[ActionRow]) -> str:
    lines = [f"{clean(name)}, {day}: {plural(len(rows), 'action')} due"]
    for type_, group in by_type(rows):
        lines += ["", f"{type_} ({len(group)})"]
        lines += [f"  {row.id:>6}  {_line(row, day)}" for row in group]
    return "\n".join(lines)


def as_markdown(name: str, user: str, day: str, rows: Sequence[ActionRow]) -> str:
    lines = [f"# {_escaped(name)}, {day}", "", f"{plural(len(rows), 'action')} due."]
    for type_, group in by_type(rows):
        lines += ["", f"## {type_} ({len(group)})", ""]
        lines += [f"- [ ] `{row.id}` {_escaped(_line(row, day))}" for row in group]
    return "\n".join(lines)


def as_json(name: str, user: str, day: str, rows: Sequence[ActionRow]) -> str:
    from json import dumps

    items = [row.item(day) for row in rows]
    return dumps(
        {"schema": "followup/agenda@1", "user": user, "day": day, "items": items}, ensure_ascii=False, indent=2
    )


def _line(row: ActionRow, day: str) -> str:
    time = row.due[11:] + " " if len(row.due) > 10 else ""
    who = f", {clean(row.contact_name)}" if row.contact_name else ""
    phone = f", {clean(row.phone)}" if row.phone else ""
    late = row.late(day)
    return f"{time}{clean(row.title)}{who}{phone}" + (f" ({plural(late, 'day')} late)" if late else "")


def _escaped(text: str) -> str:
    """No character of a contact's becomes markup (P6)."""
    return "".join("\\" + c if c in "\\`*_{}[]<>()#+-.!|~&" else c for c in clean(text))
