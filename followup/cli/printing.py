"""Results on stdout: line by line, as wide as the terminal, cut where a table would be endless."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from shutil import get_terminal_size

import typer

from followup.output.text import json_text

ROWS = 100  # of a table, unless more are asked for


def print_lines(lines: Iterable[str]) -> None:
    """Each line as soon as it is made: a list may be longer than memory."""
    for line in lines:
        sys.stdout.write(line + "\n")


def write_lines(lines: Iterable[str], file: str | None) -> None:
    """To a file, whole or not at all; without one, as a result."""
    if not file:
        print_lines(lines)
        return
    from followup.disk import replacing

    with replacing(file) as part:
        part.writelines(line + "\n" for line in lines)


def print_json(schema: str, body: Mapping[str, object]) -> None:
    """One document, for scripts."""
    typer.echo(json_text({"schema": f"followup/{schema}@1", **body}))


def terminal_width() -> int | None:
    """The width of the terminal that shows the results; None where a file or a pipe takes them whole."""
    return get_terminal_size().columns if sys.stdout.isatty() else None


def row_limit(limit: int | None, format: str) -> int:
    """How many rows a list has: a script is given all of them, or what it asked for."""
    return limit if limit is not None else ROWS if format == "table" else -1


def warn_if_cut(format: str, limit: int, printed: int, count: Callable[[], int]) -> None:
    """A table that is not whole says so, and what shows the rest. `count` is asked only where it may be cut."""
    if format == "table" and printed == limit and (total := count()) > printed:
        typer.echo(f"followup: the first {printed:,} of {total:,}: -n -1 shows all", err=True)
