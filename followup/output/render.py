"""The formats that every list has: table, json, jsonl, csv. Lines, made as they are read: a million fits in no list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, TypeAlias

from followup.output.table import tabulated
from followup.output.text import clean, json_text, uncontrolled

Items: TypeAlias = Iterable[Mapping[str, object]]
ListFormat: TypeAlias = Literal["table", "json", "jsonl", "csv"]


def render(
    format: ListFormat, schema: str, items: Items, columns: Sequence[str], empty: str, room: int | None = None
) -> Iterator[str]:
    """`items` in `format`, line by line. `columns` are those of the table; `empty` is what one without rows says.

    `room`: the width of the terminal that shows it; None where none does.
    """
    match format:
        case "json":
            return _json(schema, items)
        case "jsonl":
            return _jsonl(items)
        case "csv":
            return _csv(schema, items, room is not None)
        case _:
            return _table(items, columns, empty, room)


def _table(items: Items, columns: Sequence[str], empty: str, room: int | None) -> Iterator[str]:
    rows = [[item[column] for column in columns] for item in items]
    headers = [column.replace("_", " ") for column in columns]
    yield tabulated(headers, rows, room) if rows else empty


def _jsonl(items: Items) -> Iterator[str]:
    for item in items:
        yield json_text(item, None)


def _json(schema: str, items: Items) -> Iterator[str]:
    """An item a line: it reads, it can be searched, and it need not be held whole."""
    yield f'{{"schema": "followup/{schema}", "items": ['
    waiting: str | None = None  # the last item has no comma behind it
    for line in _jsonl(items):
        if waiting is not None:
            yield waiting + ","
        waiting = "  " + line
    if waiting is not None:
        yield waiting
    yield "]}"


def _csv(schema: str, items: Items, seen: bool) -> Iterator[str]:
    """Under a line of all the keys, whether there are items or not. `seen`: on a terminal."""
    import csv
    from io import StringIO

    from followup.output.schemas import KEYS

    line = StringIO()
    writer = csv.writer(line, lineterminator="\n")  # named, so that a cell with a line end is quoted
    for row in _rows(KEYS[schema], items):
        writer.writerow([clean(cell) for cell in row] if seen else row)
        yield line.getvalue()[:-1]
        line.seek(0)
        line.truncate()


def _rows(keys: Sequence[str], items: Items) -> Iterator[Sequence[str]]:
    yield keys
    for item in items:
        yield [_cell(item.get(key)) for key in keys]


def _cell(value: object) -> str:
    """Words with semicolons, what is nested as JSON, texts without what a spreadsheet or a terminal would run (P6)."""
    from followup.core.spreadsheet import guard

    match value:
        case None:
            return ""
        case str():
            return guard(uncontrolled(value))
        case list() if all(isinstance(part, str) for part in value):
            return guard(uncontrolled(";".join(value)))
        case dict() if not value:
            return ""
        case bool() | list() | dict():
            return json_text(value, None)
        case _:
            return str(value)
