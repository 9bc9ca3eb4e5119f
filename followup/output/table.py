"""Text tables with aligned columns, like tabulate's `simple` format; fitted to the terminal's width.

`due` uses its own code, because loading tabulate takes longer than all the rest. A test compares the two.
Text that doesn't fit is cut; ids and dates are never cut: their column is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

from followup.output.text import clean

#: columns that may be cut -> the minimum width before another column is left out instead. Part of a phone number or
#: an address is useless, so they are cut only if very long
TEXTS: Mapping[str, int] = MappingProxyType(
    {"title": 12, "contact": 12, "contact name": 12, "name": 12, "why": 20, "details": 24, "value": 24}
    | {"phone": 20, "email": 30}
)
#: columns for who and what: they are cut to the minimum before the first of them is left out
LAST_TO_GO = frozenset((*TEXTS, "what")) - {"phone", "email"}
#: columns that are left out if no row has a value in them
RARE = frozenset(("tried", "flag", "do not contact"))

Rows: TypeAlias = Sequence[Sequence[object]]


def table(headers: Sequence[str], rows: Rows, room: int | None = None) -> str:
    """Left-aligned columns, two spaces apart, with a ruled header. `room`: the terminal's width; None: no limit."""
    heads, cells = fitted(headers, rows, room)
    widths = _widths(heads, cells)
    lines = [heads, ["-" * width for width in widths], *cells]
    return "\n".join("  ".join(map(_padded, line, widths)).rstrip() for line in lines)


def tabulated(headers: Sequence[str], rows: Rows, room: int | None = None) -> str:
    """The same table, made by tabulate."""
    from tabulate import tabulate

    heads, cells = fitted(headers, rows, room)
    lines = tabulate(cells, heads, tablefmt="simple", disable_numparse=True)
    return "\n".join(line.rstrip() for line in lines.splitlines())


def fitted(headers: Sequence[str], rows: Rows, room: int | None) -> tuple[list[str], list[list[str]]]:
    """The headers and cells that fit in `room`, each on one line."""
    cells = [[_text(cell) for cell in row] for row in rows]
    used = [i for i, head in enumerate(headers) if head not in RARE or any(row[i] for row in cells)]
    heads, cells = [headers[i] for i in used], [[row[i] for i in used] for row in cells]
    if room is None:
        return heads, cells
    columns = _columns(heads, _widths(heads, cells), room)
    return [heads[i] for i in columns], [[cut(row[i], width) for i, width in columns.items()] for row in cells]


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return "" if cell is None else clean(str(cell)).strip()


def _columns(headers: Sequence[str], widths: Sequence[int], room: int) -> dict[int, int]:
    """Columns to keep -> their widths. Cut text first, then drop other columns from the right, then cut text more."""
    bare = {i: len(head) + 2 if head in TEXTS else widths[i] for i, head in enumerate(headers)}
    floors = {i: min(widths[i], max(bare[i], TEXTS.get(head, 0))) for i, head in enumerate(headers)}
    while _line(floors) > room and (others := [i for i in floors if i and headers[i] not in LAST_TO_GO]):
        del floors[others[-1]]
    columns = {i: min(widths[i], max(floors[i], room)) for i in floors}
    _narrow(columns, floors, room)
    _narrow(columns, bare, room)
    return columns


def _narrow(columns: dict[int, int], floors: Mapping[int, int], room: int) -> None:
    """Narrow the widest column first, so that short ones stay uncut."""
    while _line(columns) > room and (wide := [i for i in columns if columns[i] > floors[i]]):
        columns[max(wide, key=columns.__getitem__)] -= 1


def _line(widths: Mapping[int, int]) -> int:
    return sum(widths.values()) + 2 * (len(widths) - 1)


def line_width(headers: Sequence[str], cells: Sequence[Sequence[str]]) -> int:
    """The table's width in terminal columns."""
    return _line(dict(enumerate(_widths(headers, cells))))


def _widths(headers: Sequence[str], cells: Sequence[Sequence[str]]) -> list[int]:
    return [max([len(head) + 2, *(width(row[i]) for row in cells)]) for i, head in enumerate(headers)]


def _padded(cell: str, room: int) -> str:
    return cell + " " * (room - width(cell))


def cut(text: str, room: int) -> str:
    """`text` cut to `room` terminal columns, with an ellipsis if it was cut."""
    if width(text) <= room:
        return text
    end = room - 1
    if not text.isascii():
        from bisect import bisect_right

        end = bisect_right(range(1, len(text)), end, key=lambda end: width(text[:end]))
    return text[:end].rstrip() + "…"


def width(text: str) -> int:
    """The text's width in terminal columns."""
    if text.isascii() or max(text.replace("…", ".")) < "\u0300":
        return len(text)  # no character below U+0300 is wide, and importing wcwidth is slow
    from wcwidth import wcswidth

    return int(wcswidth(text))
