"""How a command that changes something answers: one line of what it did, what comes next, and what was refused."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from shutil import get_terminal_size

import typer

from followup.app import lookup
from followup.app.outcome import NAMED, Outcome
from followup.app.session import Session
from followup.core.list_rows import ActionRow
from followup.output.text import clean, json_text, short

ROWS = 100  # of a table, unless more are asked for


def show(lines: Iterable[str]) -> None:
    """Results, line by line, as they are made."""
    for line in lines:
        sys.stdout.write(line + "\n")


def room() -> int | None:
    """The width of the terminal that shows the results; None where a file or a pipe takes them whole."""
    return get_terminal_size().columns if sys.stdout.isatty() else None


def rows(limit: int | None, format: str) -> int:
    """How many rows a list has: a script is given all of them, or what it asked for."""
    return limit if limit is not None else ROWS if format == "table" else -1


def say_if_cut(format: str, limit: int, shown: int, found: Callable[[], int]) -> None:
    """A table that is not whole says so, and what shows the rest."""
    if format == "table" and shown == limit and (total := found()) > shown:
        typer.echo(f"followup: the first {shown:,} of {total:,}: -n -1 shows all", err=True)


def most(format: str) -> int | None:
    """How many ids and rows an answer keeps: JSON lists them all."""
    return None if format == "json" else NAMED


def report(
    here: Session,
    outcome: Outcome,
    did: str,
    format: str = "table",
    keys: Mapping[str, object] = {},
    lines: Iterable[str] = (),
) -> None:
    """Prints the answer; raises Exit with the first refusal's code, once everything is said. `keys`, `lines`: more of
    it, for scripts and for people."""
    if format == "json":
        _json(here, outcome, keys)
    elif outcome.done.total and not here.quiet:
        typer.echo(_line(here, outcome, f"would have {did}" if here.dry_run else did))
        show(lines)
    for notice in sorted(outcome.notices):
        typer.echo(f"followup: {clean(notice)}", err=True)
    for id, refusal in outcome.refused:
        typer.echo(f"followup: {clean(str(id))}: {clean(str(refusal))}", err=True)
    if outcome.refused:
        raise typer.Exit(outcome.refused[0][1].exit_code)


def _line(here: Session, outcome: Outcome, did: str) -> str:
    parts = [f"{clean(did)} {_told(outcome.named, outcome.done.total)}"]
    if outcome.cancelled:
        parts.append(f"cancelled {_told([str(id) for id in outcome.cancelled], outcome.cancelled.total)}")
    if outcome.scheduled:
        names = lookup.type_names(here)
        parts.append(f"next: {_told([_next(row, names) for row in outcome.scheduled], outcome.scheduled.total)}")
    return "; ".join(parts)


def _told(names: Sequence[str], total: int) -> str:
    """Few are named, many are counted."""
    return ", ".join(map(short, names)) if total <= NAMED else f"{total:,}"


def _next(row: ActionRow, names: Mapping[str, str]) -> str:
    return f"{row.id} {short(row.title)} ({names.get(row.type, row.type)}, {row.due.replace('T', ' ')})"


def answer(schema: str, body: Mapping[str, object]) -> None:
    """For scripts."""
    typer.echo(json_text({"schema": f"followup/{schema}@1", **body}))


def _json(here: Session, outcome: Outcome, keys: Mapping[str, object]) -> None:
    body = {
        "done": outcome.done,
        "scheduled": [row.item(here.today) for row in outcome.scheduled],
        "cancelled": outcome.cancelled,
        "refused": [{"id": id, "why": str(refusal)} for id, refusal in outcome.refused],
        **keys,
    }
    answer(here.command.replace(" ", "-"), body)
