"""Rows of text in aligned columns, as tabulate's `simple` format draws them.

`due` draws its own: loading tabulate costs more than all the rest of it. A test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Sequence

from followup.output.text import clean


def table(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Left-aligned text columns, two spaces apart, under a ruled header."""
    cells = [["" if cell is None else clean(str(cell)) for cell in row] for row in rows]
    widths = [max(len(h) + 2, *(len(row[i]) for row in cells)) if cells else len(h) + 2 for i, h in enumerate(headers)]
    lines = [list(headers), ["-" * width for width in widths], *cells]
    return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)).rstrip() for line in lines)


def tabulated(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """The same through tabulate, which also knows how wide a character is."""
    from tabulate import tabulate

    cells = [["" if cell is None else clean(str(cell)) for cell in row] for row in rows]
    drawn = tabulate(cells, list(headers), tablefmt="simple", disable_numparse=True)
    return "\n".join(line.rstrip() for line in drawn.splitlines())
