"""Explains a due date, as text (G4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap

from followup.core.explanation import Cause
from followup.core.list_rows import ActionRow
from followup.core.timing import readable
from followup.output.text import clean

#: the column where the text starts, and the line width without a terminal
INDENT, WIDE = 16, 100


def render_reasons(
    action: ActionRow, causes: Sequence[Cause], types: Mapping[str, str], room: int | None = None
) -> Iterator[str]:
    """`types`: the office's own names for types."""
    contact = f" with {action.contact_name}" if action.contact_name else ""
    head = f"{action.id} {action.title} ({types.get(action.type, action.type)}){contact}: due {readable(action.due)}"
    yield clean(f"{head}, {action.status}, owner {action.owner or 'none'}")
    for cause in causes:
        lines = wrap(clean(cause.text), max((room or WIDE) - INDENT, 20)) or [""]
        yield f"  {cause.what:<{INDENT - 2}}{lines[0]}"
        yield from (" " * INDENT + line for line in lines[1:])
