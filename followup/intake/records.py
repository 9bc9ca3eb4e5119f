"""The records of a CSV text, streamed. Every record is yielded once: complete, or with its fault.

A record that the csv module can't read costs only its first line; lines swallowed by a stray quote are read again.
The csv module's cell limit (128 KiB) limits how many.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple, TextIO

GOES_ON = 'a quoted cell continues after its closing quote: write "" for a quote inside it'
SEP = re.compile(r"""("?)sep=([^\r\n"])\1\s*(?:[\r\n]|\Z)""", re.IGNORECASE)


class Record(NamedTuple):
    """The cells as in the file; `line`: its first line, from 1; `fault`: why it can't be used."""

    line: int
    cells: list[str]
    fault: str | None = None


def read_records(text: TextIO, delimiter: str) -> Iterator[Record]:
    """Records from the top, the header among them, of whatever width; a blank line is one without cells.

    A first line that tells Excel the delimiter is skipped.
    """
    text.seek(0)
    first = text.readline()
    has_sep_line = sep_line(first) is not None
    queue = deque([] if has_sep_line else [first])
    lines: list[str] = []
    line = 2 if has_sep_line else 1
    while True:
        try:
            for cells in csv.reader(_lines(text, queue, lines), delimiter=delimiter, strict=True):
                yield Record(line, cells)
                line += len(lines)
                lines.clear()
            return
        except csv.Error as error:
            # After an error the reader can't be used, and it has consumed every line up to the next quote. Only the
            # first one is at fault; the others are valid records, so a new reader gets them again.
            fault = _fault(str(error), len(lines))
            cut = _as_it_stands if fault == GOES_ON else _leniently
            yield Record(line, cut(lines[0].rstrip("\r\n"), delimiter), fault)
            queue.extendleft(reversed(lines[1:]))
            line += 1
            lines.clear()


def sep_line(text: str) -> str | None:
    """The delimiter in a first line `sep=;`, which some programs put in quotes; None if there is none."""
    match = SEP.match(text)
    return match and match[2]


def shaped(record: Record, width: int) -> Record:
    """Add a fault to a record of the wrong width; some programs end a line with an extra empty cell."""
    line, cells, fault = record
    if fault or len(cells) == width:
        return record
    if len(cells) == width + 1 and not cells[-1]:
        return Record(line, cells[:-1])
    return Record(line, cells, f"{len(cells)} cells, but the header has {width}")


def _lines(text: TextIO, queue: deque[str], lines: list[str]) -> Iterator[str]:
    """The lines to read again, then the file's; `lines` collects those of the current record."""
    while queue:
        lines.append(queue.popleft())
        yield lines[-1]
    for line in text:
        lines.append(line)
        yield line


def _leniently(line: str, delimiter: str) -> list[str]:
    """Split an invalid line as well as possible, to be shown and fixed."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return [line]


def _as_it_stands(line: str, delimiter: str) -> list[str]:
    """The same if text follows a closing quote: `"Joe "Boss" S"` probably means Joe "Boss" S."""
    mark, cells, at = re.escape(delimiter), [], 0
    cell = re.compile(rf'"((?:[^"]|"")*)"(?={mark}|\Z)|"([^{mark}]*)"(?={mark}|\Z)|([^{mark}]*)')
    while at <= len(line) and (match := cell.match(line, at)):
        quoted, loose, bare = match.groups()
        cells.append(quoted.replace('""', '"') if quoted is not None else bare if loose is None else loose)
        at = match.end() + 1
    return cells


def _fault(error: str, lines: int) -> str:
    if "limit" in error and lines == 1:
        return "a cell is far too long"
    if "expected after" in error and lines == 1:
        return GOES_ON
    return "a quote opens here and is not closed where a cell ends (the lines below were read on their own)"
