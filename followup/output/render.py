"""The formats that every list has: table, json, jsonl, csv. Lines, made as they are read: a million fits in no list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from followup.output.table import tabulated
from followup.output.text import json_text, uncontrolled

Items = Iterable[Mapping[str, Any]]


def render(format: str, schema: str, items: Items, columns: Sequence[str], empty: str) -> Iterator[str]:
    """`items` in `format`, line by line. `columns` are those of the table; `empty` is what one without rows says."""
    match format:
        case "json":
            return _json(schema, items)
        case "jsonl":
            return _jsonl(items)
        case "csv":
            return _csv(items)
        case _:
            return _table(items, columns, empty)


def _table(items: Items, columns: Sequence[str], empty: str) -> Iterator[str]:
    rows = [[item[column] for column in columns] for item in items]
    headers = [column.replace("_", " ") for column in columns]
    yield tabulated(headers, rows) if rows else empty


def _jsonl(items: Items) -> Iterator[str]:
    for item in items:
        yield json_text(item, None)


def _json(schema: str, items: Items) -> Iterator[str]:
    """An item a line: it reads, it can be searched, and it need not be held whole."""
    yield f'{{"schema": "followup/{schema}", "items": ['
    waiting = None
    for line in _jsonl(items):
        if waiting is not None:
            yield waiting + ","
        waiting = "  " + line
    if waiting is not None:
        yield waiting
    yield "]}"


def _csv(items: Items) -> Iterator[str]:
    import csv
    from io import StringIO

    cell = StringIO()
    writer = csv.writer(cell, lineterminator="\n")  # said, so that a cell with a line end is quoted
    for number, item in enumerate(items):
        for row in [list(item), _cells(item)] if number == 0 else [_cells(item)]:
            writer.writerow(row)
            yield cell.getvalue()[:-1]
            cell.seek(0)
            cell.truncate()


def _cells(item: Mapping[str, Any]) -> list[Any]:
    """Lists with semicolons, texts without what a spreadsheet or a terminal would run (P6)."""
    from followup.intake.spreadsheet import guard

    cells = (";".join(value) if isinstance(value, list) else value for value in item.values())
    return [guard(uncontrolled(cell)) if isinstance(cell, str) else cell for cell in cells]
