"""Rows of text in aligned columns, as tabulate's `simple` format draws them; on a terminal no wider than it is.

`due` draws its own: loading tabulate costs more than all the rest of it. A test holds the two equal.
What does not fit is cut where it is text; an id or a date is whole, or its column is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

from followup.output.text import clean

#: the columns that may be cut -> how narrow each becomes before another column is left out for it. A phone number and
#: an address are of no use in part: cut only where one is endless
TEXTS: Mapping[str, int] = MappingProxyType(
    {"title": 12, "contact": 12, "contact name": 12, "name": 12, "why": 20, "details": 24, "value": 24}
    | {"phone": 20, "email": 30}
)
#: the columns that say who and what: they are cut to the bone before the first column is left out for them
LAST_TO_GO = frozenset((*TEXTS, "what")) - {"phone", "email"}
#: the columns that are left out where no row has anything in them
RARE = frozenset(("tried", "flag", "do not contact"))

Rows: TypeAlias = Sequence[Sequence[object]]


def table(headers: Sequence[str], rows: Rows, room: int | None = None) -> str:
    """Left-aligned text columns, two spaces apart, under a ruled header. `room`: the terminal's width; None: no end."""
    heads, cells = fitted(headers, rows, room)
    widths = _widths(heads, cells)
    lines = [heads, ["-" * width for width in widths], *cells]
    return "\n".join("  ".join(map(_padded, line, widths)).rstrip() for line in lines)


def tabulated(headers: Sequence[str], rows: Rows, room: int | None = None) -> str:
    """The same through tabulate."""
    from tabulate import tabulate

    heads, cells = fitted(headers, rows, room)
    lines = tabulate(cells, heads, tablefmt="simple", disable_numparse=True)
    return "\n".join(line.rstrip() for line in lines.splitlines())


def fitted(headers: Sequence[str], rows: Rows, room: int | None) -> tuple[list[str], list[list[str]]]:
    """The headers and cells that `room` has place for, each on one line."""
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
    """Columns that stay -> how wide. Texts are cut, then the last of the other columns go, then texts are cut more."""
    bare = {i: len(head) + 2 if head in TEXTS else widths[i] for i, head in enumerate(headers)}
    floors = {i: min(widths[i], max(bare[i], TEXTS.get(head, 0))) for i, head in enumerate(headers)}
    while _line(floors) > room and (others := [i for i in floors if i and headers[i] not in LAST_TO_GO]):
        del floors[others[-1]]
    columns = {i: min(widths[i], max(floors[i], room)) for i in floors}
    _narrow(columns, floors, room)
    _narrow(columns, bare, room)
    return columns


def _narrow(columns: dict[int, int], floors: Mapping[int, int], room: int) -> None:
    """The widest first, so that what is short stays whole."""
    while _line(columns) > room and (wide := [i for i in columns if columns[i] > floors[i]]):
        columns[max(wide, key=columns.__getitem__)] -= 1


def _line(widths: Mapping[int, int]) -> int:
    return sum(widths.values()) + 2 * (len(widths) - 1)


def line_width(headers: Sequence[str], cells: Sequence[Sequence[str]]) -> int:
    """How many columns of a terminal the table takes."""
    return _line(dict(enumerate(_widths(headers, cells))))


def _widths(headers: Sequence[str], cells: Sequence[Sequence[str]]) -> list[int]:
    return [max([len(head) + 2, *(width(row[i]) for row in cells)]) for i, head in enumerate(headers)]


def _padded(cell: str, room: int) -> str:
    return cell + " " * (room - width(cell))


def cut(text: str, room: int) -> str:
    """`text` in `room` columns of a terminal, with an ellipsis where it has no place."""
    if width(text) <= room:
        return text
    end = room - 1
    if not text.isascii():
        from bisect import bisect_right

        end = bisect_right(range(1, len(text)), end, key=lambda end: width(text[:end]))
    return text[:end].rstrip() + "…"


def width(text: str) -> int:
    """How many columns of a terminal it takes."""
    if text.isascii() or max(text.replace("…", ".")) < "\u0300":
        return len(text)  # nothing before U+0300 is wide, and wcwidth takes long to import
    from wcwidth import wcswidth

    return int(wcswidth(text))
