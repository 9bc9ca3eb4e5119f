"""A contact's page as text (F18): details, open actions, history. No line is wider than the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from followup.core.list_rows import ActionRow
from followup.core.timing import days_between, readable
from followup.output.story import story
from followup.output.table import cut, table
from followup.output.text import clean, plural

if TYPE_CHECKING:
    from followup.core.list_rows import ContactItem, HistoryItem

#: where notes are wrapped if no terminal shows them
WIDE = 100
INDENT = " " * 16


def render_page(
    who: ContactItem,
    actions: Sequence[ActionRow],
    history: Sequence[HistoryItem],
    today: str,
    names: Mapping[str, str],
    room: int | None = None,
) -> str:
    """`names`: of types; `room`: the terminal's width, None without one."""
    open_ = [row for row in actions if row.status == "scheduled"]
    titles = {row.id: row.title for row in actions}
    return "\n\n".join([_head(who, today, room), _open(open_, today, names, room), _past(history, titles, room)])


def _head(who: ContactItem, today: str, room: int | None) -> str:
    reach = "  ".join(filter(None, (who["phone"], *who["phones"], who["email"], *who["emails"])))
    facts = {
        "company": who["company"],
        "stage": who["stage"],
        "owner": who["owner"] or "none",
        "cycle": _cycle(who, today),
        "source": who["source"],
        "property": who["property"],
        "follow-up": who["follow_up"],
        "do not contact": ", ".join(who["do_not_contact"]),
        **{name.replace("_", " "): value for name, value in who["details"].items()},
    }
    lines = [reach, *(f"{key + ':':<16}{value}" for key, value in facts.items() if value)]
    return "\n".join([_name(who, room), *(_line(line, room) for line in lines if line), *_notes(who["notes"], room)])


def _notes(text: str | None, room: int | None) -> Iterator[str]:
    """All of them, however long: they are there to be read."""
    width = max((room or WIDE) - len(INDENT), 20)
    lines = (part for line in (text or "").splitlines() for part in wrap(clean(line), width))
    for number, line in enumerate(lines):
        yield f"{'' if number else 'notes:':<16}{line}"


def _name(who: ContactItem, room: int | None) -> str:
    """The name and the id; only the name is cut."""
    id = f" ({who['id']})"
    return _line(who["name"], room and max(room - len(id), 1)) + id


def _line(text: str, room: int | None) -> str:
    return cut(clean(text), room) if room else clean(text)


def _cycle(who: ContactItem, today: str) -> str:
    if not who["cycle"]:
        return "none"
    alias = f" (as {who['alias']})" if who["alias"] and who["alias"] != who["cycle"] else ""
    return f"{who['cycle']}{alias}{_hold(who, today)}"


def _hold(who: ContactItem, today: str) -> str:
    """F8: a hold shows its age."""
    since = who["cycle_since"]
    if not (who["on_hold"] and since):
        return ""
    return f", on hold for {plural(days_between(since, today), 'day')} (since {since})"


def _open(rows: Sequence[ActionRow], today: str, names: Mapping[str, str], room: int | None) -> str:
    if not rows:
        return "Nothing is scheduled."
    cells = [_cells(row, row.late(today), names) for row in rows]
    return "Next\n" + table(("id", "due", "late", "tried", "flag", "type", "title", "owner"), cells, room)


def _cells(row: ActionRow, late: int, names: Mapping[str, str]) -> tuple[object, ...]:
    type_ = names.get(row.type, row.type)
    return row.id, row.due, f"{late}d" if late else "", row.attempts or "", row.barred, type_, row.title, row.owner


def _past(history: Sequence[HistoryItem], titles: Mapping[int, str], room: int | None) -> str:
    cells = [(readable(item["at"][:16]), item["by"], item["kind"], story(item, titles)) for item in history]
    return "History (UTC)\n" + table(("at", "by", "what", "details"), cells, room)
