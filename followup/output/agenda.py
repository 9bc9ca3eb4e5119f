"""A day's agenda for one user, grouped by type with counts (L6): as text, Markdown, JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

from followup.core.list_rows import ActionRow
from followup.core.worklist import by_type
from followup.output.render import render
from followup.output.table import cut
from followup.output.text import clean, markdown, plural

AgendaFormat: TypeAlias = Literal["text", "md", "json"]


class Agenda(NamedTuple):
    """A user's day. `fulfilment`: how much of each type waits to be generated, for the user who generates it (F21).

    `names`: those that the office gave to types; people read them.
    """

    user: str
    name: str
    day: str
    rows: Sequence[ActionRow]
    fulfilment: Mapping[str, int]
    names: Mapping[str, str] = MappingProxyType({})

    def item(self) -> dict[str, object]:
        """`agenda@1`"""
        return {
            "user": self.user,
            "name": self.name,
            "day": self.day,
            "fulfilment": dict(self.fulfilment),
            "actions": [row.item(self.day) for row in self.rows],
        }

    def groups(self) -> list[tuple[str, list[ActionRow]]]:
        return [(self.named(type_), rows) for type_, rows in by_type(self.rows)]

    def named(self, type_: str) -> str:
        return self.names.get(type_, type_)


def render_agendas(agendas: Iterable[Agenda], format: AgendaFormat, room: int | None = None) -> Iterator[str]:
    """As `text`, `md` or `json`, which is one document for all of them. `room`: the width of the terminal, if any."""
    if format == "json":
        yield from render("json", "agenda@1", (agenda.item() for agenda in agendas), (), "")
        return
    for number, agenda in enumerate(agendas):
        if number:
            yield ""
        yield _markdown(agenda) if format == "md" else _text(agenda, room)


def _text(agenda: Agenda, room: int | None) -> str:
    lines = [f"{clean(agenda.name)}, {agenda.day}: {plural(len(agenda.rows), 'action')} due", *_waiting(agenda, clean)]
    for name, group in agenda.groups():
        lines += ["", f"{clean(name)} ({len(group)})"]
        lines += [f"  {row.id:>6}  {_line(row, agenda.day, room)}" for row in group]
    return "\n".join(lines)


def _markdown(agenda: Agenda) -> str:
    lines = [f"# {markdown(agenda.name)}, {agenda.day}", "", f"{plural(len(agenda.rows), 'action')} due."]
    lines += [line for waiting in _waiting(agenda, markdown) for line in ("", waiting)]
    for name, group in agenda.groups():
        lines += ["", f"## {markdown(name)} ({len(group)})", ""]
        lines += [f"- [ ] `{row.id}` {markdown(_line(row, agenda.day, None))}" for row in group]
    return "\n".join(lines)


def _waiting(agenda: Agenda, escape: Callable[[str], str]) -> list[str]:
    waiting = ", ".join(f"{count:,} {escape(agenda.named(type_))}" for type_, count in agenda.fulfilment.items())
    return [f"Waiting to be generated in the office: {waiting}."] if waiting else []


def _line(row: ActionRow, day: str, room: int | None) -> str:
    """On a terminal a text takes a third of a line: what follows it is seen too."""
    most = room and max(room // 3, 20)
    texts = (clean(text) for text in (row.title, row.contact_name, row.phone) if text)
    what = ", ".join(cut(text, most) if most else text for text in texts)
    time = row.due[11:] + " " if len(row.due) > 10 else ""
    late = row.late(day)
    marks = (row.barred, f"{plural(late, 'day')} late" if late else "")
    return f"{time}{what}" + "".join(f" ({mark})" for mark in marks if mark)
