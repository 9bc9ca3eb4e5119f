"""A catalog's problem with the line that it is about and a caret below its column.

The line is hostile: what a terminal would act on becomes a mark of its own width, so that the caret stays right.
"""

from __future__ import annotations

from collections.abc import Iterator

from followup.errors import Problem
from followup.output.table import width
from followup.output.text import clean, problem_line

ROOM = 88  # columns of a line that are shown
TAB = "    "
MARK = "\ufffd"
CUT = "\u2026"


def with_excerpt(problem: Problem) -> Iterator[str]:
    """The problem on a line, the source line, the caret, the hint; without a source line, all on one."""
    if not problem.source.strip():
        yield problem_line(problem)
        return
    column = min(max(problem.column, 1) - 1, len(problem.source))
    before, after = _around(problem.source, column)
    gutter = f"{problem.line:>5} | "
    indent = " " * (len(gutter) - 2)
    yield problem_line(problem._replace(hint=""))
    yield gutter + before + after
    yield f"{indent}| {' ' * width(before)}^"
    if problem.hint:
        yield f"{indent}= {clean(problem.hint)}"


def _around(line: str, column: int) -> tuple[str, str]:
    """The line before and from the column on, each cut to its share of the room."""
    before, after = (_visible(part) for part in (line[max(0, column - ROOM) : column], line[column : column + ROOM]))
    cut = column > ROOM
    while width(before) > ROOM * 2 // 3:
        before, cut = before[1:], True
    room = ROOM - width(before)
    complete = len(line) <= column + ROOM and width(after) <= room
    while width(after) > room:
        after = after[:-1]
    return (CUT if cut else "") + before, after.rstrip() + ("" if complete else CUT)


def _visible(text: str) -> str:
    return "".join(TAB if c == "\t" else c if c.isprintable() else MARK for c in text)
