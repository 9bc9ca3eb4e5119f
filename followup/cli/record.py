"""What happened, and taking it back: history, undo, stranded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from followup.app import lists
from followup.app.outcome import NAMED
from followup.app.undoing import undo_last
from followup.cli.options import DryRun, Format
from followup.cli.report import show
from followup.cli.settings import world
from followup.core.model import contact_subject
from followup.output.render import render
from followup.output.text import clean, plural

app = typer.Typer()


@app.command()
def history(
    ctx: typer.Context,
    contact: Annotated[str, typer.Argument(metavar="[CONTACT]", help="one contact's; everything, if left out")] = "",
    change: Annotated[int, typer.Option("--change", metavar="N", help="what this change did")] = 0,
    limit: Annotated[int, typer.Option("--limit", "-n")] = -1,
    format: Format = "table",
) -> None:
    """Everything that happened, oldest first: when, by whom, what."""
    with world(ctx) as here:
        subject = contact_subject(lists.contact_id(here, contact)) if contact else None
        items = lists.history(here, subject, change or None, limit)
        columns = ("change", "at", "by", "subject", "kind", "action")
        show(render(format, "history@1", items, columns, "Nothing has happened yet."))


@app.command()
def undo(
    ctx: typer.Context,
    partial: Annotated[bool, typer.Option("--partial", help="undo what has not changed since")] = False,
    dry_run: DryRun = False,
) -> None:
    """Take back your latest change, with everything it scheduled."""
    with world(ctx, dry_run) as here:
        taken = undo_last(here, partial)
        did = "would have taken back" if dry_run else "took back"
        if not here.quiet:
            typer.echo(f"{did} change {taken.change} ({taken.command}, {taken.at}): {_told(taken.subjects)}")
        for subject, refusal in taken.refused:
            typer.echo(f"followup: left as it is: {clean(subject)}: {refusal}", err=True)


def _told(subjects: Sequence[str]) -> str:
    """Few are named, many are counted."""
    names = [clean(subject.replace(":", " ")) for subject in subjects]
    return ", ".join(names) if len(names) <= NAMED else plural(len(names), "subject")


@app.command()
def stranded(ctx: typer.Context, format: Format = "table") -> None:
    """Contacts that fall through, why, and what mends each; exit 1 if there are any."""
    with world(ctx) as here:
        items = [row._asdict() for row in lists.stranded_contacts(here)]
        if items or not ctx.obj.quiet:
            columns = ("contact", "contact_name", "owner", "why", "since", "mend")
            show(render(format, "stranded@1", items, columns, "Nobody is stranded."))
        if items:
            raise typer.Exit(1)
