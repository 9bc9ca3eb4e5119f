"""The formats of every list: table, json, jsonl, csv. Lines are streamed: a million items don't fit in memory."""

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
    """`items` in `format`, line by line. `columns`: of the table; `empty`: the text for a table without rows.

    `room`: the terminal's width; None without one.
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
    """One item per line: readable, searchable, and streamed."""
    yield f'{{"schema": "followup/{schema}", "items": ['
    waiting: str | None = None  # no comma after the last item
    for line in _jsonl(items):
        if waiting is not None:
            yield waiting + ","
        waiting = "  " + line
    if waiting is not None:
        yield waiting
    yield "]}"


def _csv(schema: str, items: Items, seen: bool) -> Iterator[str]:
    """Rows below a header of all keys, even without items. `seen`: printed on a terminal."""
    import csv
    from io import StringIO

    from followup.output.schemas import KEYS

    line = StringIO()
    writer = csv.writer(line, lineterminator="\n")  # set, so that a cell with a line end is quoted
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
    """Words joined by semicolons, nested values as JSON, text made safe for spreadsheets and terminals (P6)."""
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
