"""Contacts with no next step, as a table (F12). The fix is a command to copy, so it is never cut."""

from __future__ import annotations

from collections.abc import Sequence

from followup.core.worklist import Stranded
from followup.output.table import fitted, line_width, tabulated
from followup.output.text import clean

HEADERS = ("id", "name", "owner", "why", "since", "fix")


def render_stranded(rows: Sequence[Stranded], room: int | None = None) -> str:
    """The table, with the command in its own column; on a narrow terminal, on a line below each row."""
    heads, cells = fitted(HEADERS, rows, room)
    if room is None or (len(heads) == len(HEADERS) and line_width(heads, cells) <= room):
        return tabulated(HEADERS, rows, room)
    head, rule, *lines = tabulated(HEADERS[:-1], [row[:-1] for row in rows], room).splitlines()
    return "\n".join([head, rule, *(f"{line}\n  {clean(row.fix)}" for line, row in zip(lines, rows, strict=True))])
