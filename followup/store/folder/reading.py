"""Loads files into memory, line by line; errors name the file and line, and one error rejects the load."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import StringIO

from followup.errors import BadInput
from followup.store.folder.fields import seal, value_of
from followup.store.folder.places import unreadable
from followup.store.folder.table_files import TableFile

FEW = 5
#: the conflict markers that git leaves in a file
MARKS = ("<<<<<<< ", "||||||| ", "=======", ">>>>>>> ")
ONE_SIDE = "take all files of one side, then repeat the changes of the other side"
UNDECIDED = f"unresolved git merge: {ONE_SIDE}"


def read(path: str, size: int = -1) -> bytes:
    """The full file, or its first `size` bytes."""
    with unreadable(path), open(path, "rb") as file:
        return file.read(size)


def ends_a_line(path: str, size: int) -> bool:
    """Whether its first `size` bytes end a line: some editors omit the last line end."""
    with unreadable(path), open(path, "rb") as file:
        file.seek(size - 1)
        return file.read(1) == b"\n"


def fill(connection: sqlite3.Connection, table: TableFile, path: str, content: bytes) -> None:
    """Raises BadInput with the first few lines that can't be loaded."""
    with _any_length():
        problems = list(_filled(connection, table, path, _text(path, content)))
    more = [f"and {len(problems) - FEW} more"] if len(problems) > FEW else []
    if problems:
        raise BadInput("\n".join([*problems[:FEW], *more]))


def _filled(connection: sqlite3.Connection, table: TableFile, path: str, text: str) -> Iterator[str]:
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    header = next(reader, [])
    if header not in (table.columns, table.header):  # an older program's have no seals
        yield f"{path}:1: {_of_header(header, table.header)}"
        return
    rows = _Rows(reader, table, header)
    while rows.left:
        try:
            connection.executemany(table.insert, rows)
        except (ValueError, sqlite3.Error) as error:
            yield f"{path}:{reader.line_num}: {_why(error, rows.row, table)}"
        except csv.Error as error:
            yield f"{path}:{reader.line_num}: {error}"
            return


class _Rows:
    """The values of each row in turn. After an error in one row, iteration continues with the next row."""

    def __init__(self, reader: Iterator[list[str]], table: TableFile, header: Sequence[str]) -> None:
        self.reader, self.table, self.left = reader, table, True
        self.header, self.has_seals = header, header != table.columns
        self.row: Sequence[str] = ()

    def __iter__(self) -> _Rows:
        return self

    def __next__(self) -> list[str | None]:
        for row in self.reader:
            self.row = row
            if row:
                return _values(self._unsealed(row), self.table)
        self.left = False
        raise StopIteration

    def _unsealed(self, row: list[str]) -> list[str]:
        if len(row) != len(self.header):
            raise ValueError(f"{len(row)} fields, where the first line has {len(self.header)}")
        if not self.has_seals:
            return row
        *fields, found = row
        if found != seal(fields):
            raise ValueError("this line was edited, and only commands write this file: put it back (`git checkout`)")
        return fields


def line_of(path: str, id: object) -> str:
    """`file:line` of the row with this id, or of the first line if it is missing."""
    reader = csv.reader(StringIO(_text(path, read(path)), newline=""))
    with _any_length():
        return f"{path}:{next((reader.line_num for row in reader if row and row[0] == str(id)), 1)}"


@contextmanager
def _any_length() -> Iterator[None]:
    """An undo's history row can be long; other CSV readers in this process keep their limit."""
    limit = csv.field_size_limit(2**31 - 1)
    try:
        yield
    finally:
        csv.field_size_limit(limit)


def _text(path: str, content: bytes) -> str:
    """Skips a byte order mark, which some spreadsheets write."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"{path}:{1 + content.count(10, 0, error.start)}: not UTF-8") from None


def _values(row: Sequence[str], table: TableFile) -> list[str | None]:
    """Leaves numbers as text: SQLite converts them in numeric columns, and rejects other text."""
    pairs = zip(row, table.blanks, strict=True)
    return [
        field if field and field[0] != "'" and "\\" not in field else value_of(field, blank) for field, blank in pairs
    ]


def _of_header(header: Sequence[str], columns: Sequence[str]) -> str:
    if header and header[0].startswith(MARKS):
        return UNDECIDED
    differing = sorted(set(columns) ^ set(header))
    what = f": {', '.join(differing)}" if differing else " in that order"
    return f"the first line must have the columns of this file{what}; restore it (`git checkout`)"


def _why(error: Exception, row: Sequence[str], table: TableFile) -> str:
    if row[0].startswith(MARKS):
        return UNDECIDED
    if "datatype mismatch" in str(error):
        return f"{table.columns[0]} '{row[0]}' isn't a number"
    if "UNIQUE" not in str(error):
        return str(error)
    key = " ".join(field for name, field in zip(table.columns, row, strict=False) if name in table.key)
    columns = str(error).rpartition(": ")[2].replace(table.name + ".", "")
    if columns == ", ".join(table.key):
        return f"{table.name} {key} is here twice: two branches were merged line by line; {ONE_SIDE}"
    return f"{table.name} {key} has the same {columns} as a line above: {ONE_SIDE}"
