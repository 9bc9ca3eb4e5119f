"""Print results to stdout: line by line, fitted to the terminal's width, with a row limit for tables."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from shutil import get_terminal_size

import typer

from followup.errors import UsageError
from followup.output.text import json_text

ROWS = 100  # default row limit of a table


def print_lines(lines: Iterable[str]) -> None:
    """Print each line as soon as it's ready: a list may not fit in memory."""
    for line in lines:
        sys.stdout.write(line + "\n")


def write_lines(lines: Iterable[str], file: str | None) -> None:
    """Write to a file, completely or not at all; without a file, print to stdout."""
    if not file:
        print_lines(lines)
        return
    from followup.disk import replacing

    with replacing(file) as part:
        part.writelines(line + "\n" for line in lines)


def print_json(schema: str, body: Mapping[str, object]) -> None:
    """Print one JSON document, for scripts."""
    typer.echo(json_text({"schema": f"followup/{schema}@1", **body}))


def terminal_width() -> int | None:
    """The terminal's width; None if stdout is a file or a pipe, so that nothing is cut."""
    return get_terminal_size().columns if sys.stdout.isatty() else None


def row_limit(limit: int | None, format: str) -> int:
    """The maximum rows of a list; scripts get all rows by default. Raises UsageError for none at all."""
    if limit == 0:
        raise UsageError("--limit 0 shows nothing: use 1 or more, or -1 for all")
    return limit if limit is not None else ROWS if format == "table" else -1


def warn_if_cut(format: str, limit: int, printed: int, count: Callable[[], int]) -> None:
    """Warn if a table was cut, and say how to see the rest. `count` is called only if it may have been."""
    if format == "table" and printed == limit and (total := count()) > printed:
        typer.echo(f"followup: showing {printed:,} of {total:,}: -n -1 shows all", err=True)
