"""Rows of text in aligned columns, as tabulate's `simple` format draws them.

`due` draws its own: loading tabulate costs more than all the rest of it. A test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Sequence

from followup.output.text import clean


def table(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Left-aligned text columns, two spaces apart, under a ruled header."""
    cells = _cleaned(rows)
    widths = [
        max(len(h) + 2, *(width(row[i]) for row in cells)) if cells else len(h) + 2 for i, h in enumerate(headers)
    ]
    lines = [list(headers), ["-" * room for room in widths], *cells]
    return "\n".join("  ".join(map(_padded, line, widths)).rstrip() for line in lines)


def _padded(cell: str, room: int) -> str:
    return cell + " " * (room - width(cell))


def width(text: str) -> int:
    """How many columns of a terminal it takes."""
    if text.isascii() or max(text) < "\u0300":  # before it no character is wide, and wcwidth takes long to import
        return len(text)
    from wcwidth import wcswidth

    return int(wcswidth(text))


def tabulated(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """The same through tabulate."""
    from tabulate import tabulate

    drawn = tabulate(_cleaned(rows), list(headers), tablefmt="simple", disable_numparse=True)
    return "\n".join(line.rstrip() for line in drawn.splitlines())


def _cleaned(rows: Sequence[Sequence[object]]) -> list[list[str]]:
    return [["" if cell is None else clean(str(cell)) for cell in row] for row in rows]
