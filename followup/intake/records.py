"""The records of a CSV text, streamed. Every record is yielded once: whole, or with what is wrong with it.

A record that the csv module cannot read costs its first line only; the lines that a stray quote swallowed are read
again. The csv module's limit of a cell (128 KiB) bounds how many those are.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple, TextIO

GOES_ON = 'a quoted cell goes on after its closing quote: write "" for a quote inside it'
SEP = re.compile(r"""("?)sep=([^\r\n"])\1\s*(?:[\r\n]|\Z)""", re.IGNORECASE)


class Record(NamedTuple):
    """The cells as they stand in the file; `line` is where it starts, from 1; `fault` is why it cannot be used."""

    line: int
    cells: list[str]
    fault: str | None = None


def read_records(text: TextIO, delimiter: str) -> Iterator[Record]:
    """Records from the top, the header among them, of whatever width. Blank lines are not records.

    A first line that tells Excel the delimiter is passed over.
    """
    text.seek(0)
    first = text.readline()
    told = told_delimiter(first) is not None
    again = deque([] if told else [first])
    held: list[str] = []
    line = 2 if told else 1
    while True:
        try:
            for cells in csv.reader(_lines(text, again, held), delimiter=delimiter, strict=True):
                if cells:
                    yield Record(line, cells)
                line += len(held)
                held.clear()
            return
        except csv.Error as error:
            fault = _fault(str(error), len(held))
            cut = _as_it_stands if fault == GOES_ON else _leniently
            yield Record(line, cut(held[0].rstrip("\r\n"), delimiter), fault)
            again.extendleft(reversed(held[1:]))
            line += 1
            held.clear()


def told_delimiter(text: str) -> str | None:
    """What a first line of `sep=;` tells; other programs write the whole of it in quotes."""
    told = SEP.match(text)
    return told and told[2]


def shaped(record: Record, width: int) -> Record:
    """Fault a record of another width; one empty cell too many is how some programs end a line."""
    line, cells, fault = record
    if fault or len(cells) == width:
        return record
    if len(cells) == width + 1 and not cells[-1]:
        return Record(line, cells[:-1])
    return Record(line, cells, f"{len(cells)} cells where the header has {width}")


def _lines(text: TextIO, again: deque[str], held: list[str]) -> Iterator[str]:
    """The lines to be read again, then the file's; `held` collects those of the record that is being read."""
    while again:
        held.append(again.popleft())
        yield held[-1]
    for line in text:
        held.append(line)
        yield line


def _leniently(line: str, delimiter: str) -> list[str]:
    """A line that is no record, cut up as well as can be, to be shown and mended."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return [line]


def _as_it_stands(line: str, delimiter: str) -> list[str]:
    """The same where a quoted cell goes on: `"Joe "Boss" S"` is what somebody has called Joe "Boss" S."""
    mark, cells, at = re.escape(delimiter), [], 0
    cell = re.compile(rf'"((?:[^"]|"")*)"(?={mark}|\Z)|"([^{mark}]*)"(?={mark}|\Z)|([^{mark}]*)')
    while at <= len(line) and (found := cell.match(line, at)):
        quoted, loose, bare = found.groups()
        cells.append(quoted.replace('""', '"') if quoted is not None else bare if loose is None else loose)
        at = found.end() + 1
    return cells


def _fault(error: str, lines: int) -> str:
    if "limit" in error and lines == 1:
        return "a cell is far too long"
    if "expected after" in error and lines == 1:
        return GOES_ON
    return "a quote opens here and is not closed where a cell ends (the lines below were read on their own)"
