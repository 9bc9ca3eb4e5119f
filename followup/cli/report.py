"""How a command that changes something answers: one line of what it did, what comes next, and what was refused."""

from __future__ import annotations

import typer

from followup.app import lists
from followup.app.changes import Outcome
from followup.app.world import World
from followup.core.rows import ActionRow
from followup.output.text import clean


def report(here: World, outcome: Outcome, did: str, format: str = "table", schema: str = "") -> None:
    """Prints the answer; raises Exit with the first refusal's code, once everything is said."""
    scheduled = lists.actions(here, outcome.scheduled) if len(outcome.scheduled) <= 50 else []
    if format == "json":
        _json(here, outcome, scheduled, schema)
    else:
        _text(here, outcome, scheduled, did)
    for notice in sorted(outcome.notices):
        typer.echo(f"followup: {notice}", err=True)
    for id, refusal in outcome.refused:
        typer.echo(f"followup: {clean(id)}: {clean(str(refusal))}", err=True)
    if outcome.refused:
        raise typer.Exit(outcome.refused[0][1].exit_code)


def _text(here: World, outcome: Outcome, scheduled: list[ActionRow], did: str) -> None:
    if not outcome.done:
        return
    dry = "would have " if here.dry_run else ""
    parts = [f"{dry}{did} {_many(outcome.done)}"]
    if outcome.cancelled:
        parts.append(f"cancelled {_many([str(id) for id in outcome.cancelled])}")
    if scheduled:
        parts.append(
            "next: " + "; ".join(f"{row.id} {row.type} {clean(row.title)}, due {row.due}" for row in scheduled[:5])
        )
    elif outcome.scheduled:
        parts.append(f"scheduled {len(outcome.scheduled):,}")
    typer.echo(", ".join(parts))


def _many(ids: list[str]) -> str:
    return ", ".join(clean(id) for id in ids) if len(ids) <= 8 else f"{len(ids):,}"


def _json(here: World, outcome: Outcome, scheduled: list[ActionRow], schema: str) -> None:
    from json import dumps

    refused = [{"id": id, "why": str(refusal)} for id, refusal in outcome.refused]
    done = [int(id) if id.isdigit() and schema != "assign@1" else id for id in outcome.done]
    items = [row.item(here.today) for row in scheduled]
    body = {
        "schema": f"followup/{schema}",
        "done": done,
        "scheduled": items,
        "cancelled": outcome.cancelled,
        "refused": refused,
    }
    typer.echo(dumps(body, ensure_ascii=False, indent=2))
