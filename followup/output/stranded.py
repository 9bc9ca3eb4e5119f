"""Contacts that fall through, as a table (F12). What mends each is there to be copied: it is never cut."""

from __future__ import annotations

from collections.abc import Sequence

from followup.core.worklist import Stranded
from followup.output.table import fitted, line_width, tabulated
from followup.output.text import clean

HEADERS = ("id", "name", "owner", "why", "since", "mend")


def render_stranded(rows: Sequence[Stranded], room: int | None = None) -> str:
    """The command in a column of its own; where the terminal is too narrow for that, on a line under each row."""
    heads, cells = fitted(HEADERS, rows, room)
    if room is None or (len(heads) == len(HEADERS) and line_width(heads, cells) <= room):
        return tabulated(HEADERS, rows, room)
    head, rule, *lines = tabulated(HEADERS[:-1], [row[:-1] for row in rows], room).splitlines()
    return "\n".join([head, rule, *(f"{line}\n  {clean(row.mend)}" for line, row in zip(lines, rows, strict=True))])
