"""How a command that changes something answers: one line of what it did, what comes next, and what was refused."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

import typer

from followup.app.outcome import NAMED, Outcome
from followup.app.world import World
from followup.core.rows import ActionRow
from followup.output.text import clean, json_text


def show(lines: Iterable[str]) -> None:
    """Results, line by line, as they are made."""
    for line in lines:
        sys.stdout.write(line + "\n")


def most(format: str) -> int | None:
    """How many ids and rows an answer keeps: JSON lists them all."""
    return None if format == "json" else NAMED


def report(here: World, outcome: Outcome, did: str, format: str = "table") -> None:
    """Prints the answer; raises Exit with the first refusal's code, once everything is said."""
    if format == "json":
        _json(here, outcome)
    elif outcome.done.total and not here.quiet:
        typer.echo(_line(outcome, f"would have {did}" if here.dry_run else did))
    for notice in sorted(outcome.notices):
        typer.echo(f"followup: {notice}", err=True)
    for id, refusal in outcome.refused:
        typer.echo(f"followup: {clean(str(id))}: {clean(str(refusal))}", err=True)
    if outcome.refused:
        raise typer.Exit(outcome.refused[0][1].exit_code)


def _line(outcome: Outcome, did: str) -> str:
    parts = [f"{did} {_told(outcome.named, outcome.done.total)}"]
    if outcome.cancelled:
        parts.append(f"cancelled {_told([str(id) for id in outcome.cancelled], outcome.cancelled.total)}")
    if outcome.scheduled:
        parts.append(f"next: {_told([_next(row) for row in outcome.scheduled], outcome.scheduled.total)}")
    return "; ".join(parts)


def _told(names: Sequence[str], total: int) -> str:
    """Few are named, many are counted."""
    return ", ".join(map(clean, names)) if total <= NAMED else f"{total:,}"


def _next(row: ActionRow) -> str:
    return f"{row.id} {row.title} ({row.type}, {row.due.replace('T', ' ')})"


def _json(here: World, outcome: Outcome) -> None:
    body = {
        "schema": f"followup/{here.command.replace(' ', '-')}@1",
        "done": outcome.done,
        "scheduled": [row.item(here.today) for row in outcome.scheduled],
        "cancelled": outcome.cancelled,
        "refused": [{"id": id, "why": str(refusal)} for id, refusal in outcome.refused],
    }
    typer.echo(json_text(body))
