"""The formats that every list has: table, json, jsonl, csv. One function, chosen by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from followup.errors import UsageError
from followup.output.table import table, tabulated


def render(
    format: str,
    schema: str,
    items: Iterable[Mapping[str, Any]],
    columns: Sequence[str],
    empty: str,
    plain: bool = False,
) -> str:
    """`items` in `format`. `columns` are those of the table; `empty` is what a table without rows says."""
    if format == "table":
        rows = [[item[column] for column in columns] for item in items]
        headers = [column.replace("_", " ") for column in columns]
        return (table if plain else tabulated)(headers, rows) if rows else empty
    if format not in ("json", "jsonl", "csv"):
        raise UsageError(f"no format '{format}': table, json, jsonl or csv")
    return _csv(list(items)) if format == "csv" else _json(format, schema, list(items))


def _json(format: str, schema: str, items: list[Mapping[str, Any]]) -> str:
    from json import dumps

    if format == "jsonl":
        return "\n".join(dumps(item, ensure_ascii=False) for item in items)
    return dumps({"schema": f"followup/{schema}", "items": items}, ensure_ascii=False, indent=2)


def _csv(items: list[Mapping[str, Any]]) -> str:
    import csv
    import io

    from followup.intake.spreadsheet import guard

    if not items:
        return ""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(items[0])
    writer.writerows([_cell(value, guard) for value in item.values()] for item in items)
    return out.getvalue().rstrip("\n")


def _cell(value: Any, guard: Any) -> Any:
    if isinstance(value, list):
        value = ";".join(value)
    return guard(value) if isinstance(value, str) else value
