"""A file as a table whose records are streamed. CSV has its delimiter and its column names found out.

A file that starts with BEGIN:VCARD is read as vCards, whatever its name; each card is a record.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import islice
from types import MappingProxyType
from typing import BinaryIO, NamedTuple, Protocol, TextIO

from followup.core.fields.artifacts import seen, unformula
from followup.core.spreadsheet import unguard
from followup.errors import BadInput, UsageError
from followup.intake.encoding import CHUNK, chunks, detect, marked
from followup.intake.folding import BYTES
from followup.intake.formats import refuse_others
from followup.intake.layout import TITLE, Footer, Layout, find_header, is_blank
from followup.intake.records import Record, read_records, sep_line, shaped
from followup.intake.source import open_source
from followup.intake.vcard import HEADER, card_records

DELIMITERS = (",", ";", "\t", "|")
#: Ways to type a tab.
TABS: Mapping[str, str] = MappingProxyType({"tab": "\t", "\\t": "\t"})
SAMPLE = 1 << 16
VCARD = re.compile(rb"(\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*BEGIN\s*:\s*VCARD\s*?(?:[\r\n]|\Z)", re.IGNORECASE)


class Table(Protocol):
    """The input of `rows`."""

    @property
    def header(self) -> tuple[str, ...]: ...
    def records(self) -> Iterator[Record]: ...


class OpenTable(NamedTuple):
    """A table in an open file; use it in a `with`. `notes`: sentences for the user about what had to be guessed.

    `delimiter`: also for the refused records, which are always written as CSV.
    """

    name: str
    header: tuple[str, ...]
    encoding: str
    delimiter: str
    notes: tuple[str, ...]
    text: io.TextIOWrapper
    read: Callable[[TextIO], Iterator[Record]]
    footer: Footer

    def records(self) -> Iterator[Record]:
        """Every record below the header. Each call starts from the top and ends the previous one."""
        try:
            yield from self.read(self.text)
        except UnicodeError:
            raise BadInput(f"{self.name} changed while it was being read: try again") from None

    def __enter__(self) -> OpenTable:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.text.close()


def open_table(path: str, encoding: str | None = None, delimiter: str | None = None) -> OpenTable:
    """The table in the file at `path`, or on stdin for "-". Raises NotFound, BadInput, UsageError, CannotWrite."""
    delimiter = TABS.get(delimiter or "", delimiter)
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n '):
        raise UsageError(f"the delimiter must be one character, not {delimiter!r}")
    file = open_source(path)
    try:
        return _opened(file, "stdin" if path == "-" else path, encoding, delimiter)
    except BaseException:
        file.close()
        raise


def _opened(file: BinaryIO, name: str, encoding: str | None, delimiter: str | None) -> OpenTable:
    if _holds_cards(file, encoding):
        return _cards(file, name, encoding, delimiter or ",")
    refuse_others(file, name, encoding)
    _refuse_endless_lines(file, name)
    encoding, note = detect(file, name, encoding)
    text = io.TextIOWrapper(file, encoding, newline="")
    delimiter = delimiter or _delimiter(text)
    layout, line = _layout(text, name, delimiter)
    header, footer = _header(layout, name, line), Footer()
    read = partial(_below_header, layout=layout, delimiter=delimiter, width=len(header), footer=footer)
    above = f"Lines above the column names (line {line}) aren't contacts, and were left out." if layout.titled else ""
    return OpenTable(name, header, encoding, delimiter, tuple(filter(None, (note, above))), text, read, footer)


def _cards(file: BinaryIO, name: str, encoding: str | None, delimiter: str) -> OpenTable:
    encoding, note = detect(file, name, encoding, by_piece=True)
    text = io.TextIOWrapper(file, BYTES if "BEGIN".encode(encoding) == b"BEGIN" else encoding)
    read = partial(card_records, encoding=encoding)
    return OpenTable(name, HEADER, encoding, delimiter, (note,) if note else (), text, read, Footer())


def _holds_cards(file: BinaryIO, encoding: str | None) -> bool:
    """UTF-16 and UTF-32 text contains NUL; without a mark or an option that says so, NUL is refused later.

    Only the start of the first KiB decides: a CSV file may well mention BEGIN:VCARD further down.
    """
    wide = marked(file) or encoding
    file.seek(0)
    head = file.read(1024)
    return VCARD.match(head.replace(b"\0", b"") if wide else head) is not None


def _below_header(text: TextIO, layout: Layout, delimiter: str, width: int, footer: Footer) -> Iterator[Record]:
    below = islice(read_records(text, delimiter), layout.skipped + 1, None)
    for record in footer.cut(below, width):
        yield record if len(record.cells) == width else shaped(record, width)


def _refuse_endless_lines(file: BinaryIO, name: str) -> None:
    """Memory is flat only while lines are short; 1 MiB without a line end isn't a table of contacts."""
    for chunk in chunks(file):
        if len(chunk) == CHUNK and b"\n" not in chunk and b"\r" not in chunk:
            raise BadInput(f"{name} has a line of more than 1 MiB: this doesn't look like a CSV file")


def _delimiter(text: io.TextIOWrapper) -> str:
    """The `sep=` delimiter, or the one that splits header and records into the most columns; else a comma.

    Columns count only as often as records repeat them: a comma in one note, or a tab in one name, doesn't win.
    """
    text.seek(0)
    sample = text.read(SAMPLE)

    def fit(delimiter: str) -> int:
        widths = _widths(sample, delimiter)
        return (widths[0] - 1) * widths.count(widths[0]) if widths else 0

    return sep_line(sample) or max(DELIMITERS, key=fit)


def _widths(sample: str, delimiter: str) -> list[int]:
    """The number of cells in the header and the first records."""
    first = _first_records(io.StringIO(sample, newline=""), delimiter)
    if all(is_blank(record.cells) for record in first):
        return []
    records = first[find_header(first).skipped :]
    return [len(record.cells) for record in records if record.cells]


def _first_records(text: TextIO, delimiter: str) -> list[Record]:
    return list(islice(read_records(text, delimiter), TITLE + 20))


def _layout(text: io.TextIOWrapper, name: str, delimiter: str) -> tuple[Layout, int]:
    """Where the column names are, and on which line, from 1."""
    records = _first_records(text, delimiter)
    if all(is_blank(record.cells) for record in records):
        raise BadInput(f"{name} is empty: export it again, with the column names in the first line")
    layout = find_header(records)
    record = records[layout.skipped]
    if record.fault:
        raise BadInput(f"{name}: line {record.line}: the column names can't be read: {record.fault}")
    return layout, record.line


def _header(layout: Layout, name: str, line: int) -> tuple[str, ...]:
    header = tuple(_column_name(cell, number) for number, cell in enumerate(layout.header, 1))
    duplicate = next((column for column, times in Counter(header).items() if times > 1), None)
    if duplicate:
        raise BadInput(f"{name}: line {line}: two columns are called {duplicate!r}: rename one of them")
    return header


def _column_name(cell: str, number: int) -> str:
    return seen(unguard(" ".join(unicodedata.normalize("NFC", unformula(cell)).split()))) or f"column {number}"
