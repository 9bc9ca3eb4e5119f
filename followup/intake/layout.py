"""Where in a file the table is: above it may be a title or a note, below it totals and a copyright.

Streamed: only a few records at the end of the file are held back until it is known that nothing follows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from followup.core.fields.artifacts import seen
from followup.intake.columns import NAMES, fold
from followup.intake.mapping import NAMING, guess
from followup.intake.records import Record

#: records in which the column names are looked for
TITLE = 30
#: records below the last contact that a program may write
FOOTER = 20
#: what is in them
CLOSING_WORDS = re.compile(
    r"\bcopyright\b|\u00a9|\ball rights reserved|^confidential\b|\bgenerated (?:by|on|at)\b|\bexported (?:by|on|from)\b"
    r"|^(?:grand |sub-?)?totals?(?:\s*[:(]|\s+[0-9]|$)|\brecord count\b|^[0-9,.]+ (?:records?|rows?|contacts?|leads?)\b"
    r"|\bend of (?:report|file|export)\b|^page [0-9]+ of\b|^report (?:name|run|generated)\b|^filtered by\b",
    re.IGNORECASE,
)
KNOWN = frozenset(name for names in NAMES.values() for name in names.split())


class Layout(NamedTuple):
    """`skipped`: how many records are above the column names; `titled`: whether one of them says something."""

    skipped: int
    header: Sequence[str]
    titled: bool = False


def is_blank(cells: Iterable[str]) -> bool:
    return not any(seen(cell).strip() for cell in cells)


def find_header(records: Sequence[Record]) -> Layout:
    """The first record, unless it names no way to call anybody and one below names some, as column names do.

    `records`: the first of a file, blank ones among them. There is one that isn't blank.
    """
    first = next(n for n, record in enumerate(records) if not is_blank(record.cells))
    widest, gap = 0, False  # a title has fewer cells than the table below it, or a blank line under it
    for number, record in enumerate(records[:TITLE]):
        width = sum(map(bool, record.cells))
        if width + gap > widest and _names_columns(record.cells, 1 if number == first else 2):
            return Layout(number, record.cells, titled=number > first)
        widest, gap = max(widest, width), is_blank(record.cells)
    return Layout(first, records[first].cells)


def _names_columns(cells: Sequence[str], least: int) -> bool:
    """Whether enough of the cells are known names, and none an address: `phone, email` may be what is preferred."""
    known, said = sum(fold(cell) in KNOWN for cell in cells), sum(map(bool, cells))
    enough = known >= least and (least == 1 or known >= 3 or known * 2 >= said)
    return enough and "@" not in "".join(cells) and bool(guess(tuple(cells)).fields.keys() & NAMING)


class Footer:
    """What is below the contacts and isn't one. `left_out`: what it says, once the file was read to its end."""

    def __init__(self) -> None:
        self.left_out: list[str] = []

    def cut(self, records: Iterable[Record], width: int) -> Iterator[Record]:
        """The records without blank ones, and without those that end the file."""
        held: list[Record] = []
        gap = False
        for record in records:
            cells = record.cells
            if not held and len(cells) == width and sum(map(bool, cells)) > 1:  # nearly every one
                gap = False
                yield record
            elif is_blank(cells) and not record.fault:
                gap = True
            elif len(held) < FOOTER and not record.fault and _may_close(cells, width, bool(held), gap):
                held.append(record)
            else:
                yield from held
                yield record
                held, gap = [], False
        self.left_out = [" ".join(" ".join(record.cells).split()) for record in held]


def _may_close(cells: Sequence[str], width: int, goes_on: bool, gap: bool) -> bool:
    """A single cell where there should be several, below a blank line; or one that speaks of the file itself."""
    if width == 1 or sum(map(bool, cells)) > 1:
        return False
    return goes_on or (gap and len(cells) < width) or CLOSING_WORDS.search("".join(cells).strip()) is not None
