"""What happened, and taking it back: history, undo, stranded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

import typer

from followup.app import history_lists, named_contacts, stranded_contacts
from followup.app.outcome import NAMED
from followup.app.undoing import TakenBack, undo_last
from followup.cli.options import Answer, DryRun, Format
from followup.cli.report import answer, room, show
from followup.cli.settings import world
from followup.core.model import contact_subject
from followup.output.render import render
from followup.output.story import told
from followup.output.stranded import stranded as drawn
from followup.output.text import clean, plural, short

app = typer.Typer()


@app.command()
def history(
    ctx: typer.Context,
    contact: Annotated[str, typer.Argument(metavar="[CONTACT]", help="one contact's; everything, if left out")] = "",
    change: Annotated[int, typer.Option("--change", metavar="N", help="what this change did")] = 0,
    limit: Annotated[int, typer.Option("--limit", "-n", help="the last so many; -1: all")] = -1,
    format: Format = "table",
) -> None:
    """Everything that happened, oldest first: when, by whom, what."""
    with world(ctx) as here:
        subject = contact_subject(named_contacts.contact_id(here, contact)) if contact else None
        items = history_lists.history(here, subject, change or None, limit)
        if format == "table":
            items = map(_line, items)
        columns = ("change", "at", "by", *(() if subject else ("subject",)), "what", "details")
        empty = "Nothing of that is yours to see." if subject or change else "Nothing has happened yet."
        show(render(format, "history@1", items, columns, empty, room()))


def _line(item: Mapping[str, Any]) -> dict[str, Any]:
    """What people read of it."""
    return {**item, "at": item["at"][:16].replace("T", " ") + "Z", "what": item["kind"], "details": told(item)}


@app.command()
def undo(
    ctx: typer.Context,
    partial: Annotated[bool, typer.Option("--partial", help="undo what has not changed since")] = False,
    dry_run: DryRun = False,
    format: Answer = "table",
) -> None:
    """Take back your latest change, with everything it scheduled."""
    with world(ctx, dry_run) as here:
        taken = undo_last(here, partial)
    if format == "json":
        refused = [{"id": subject, "why": str(refusal)} for subject, refusal in taken.refused]
        answer("undo", {**taken._asdict(), "refused": refused})
    elif not ctx.obj.quiet:
        show(_taken_back(taken, "would have taken back" if dry_run else "took back"))
    for subject, refusal in taken.refused:
        typer.echo(f"followup: left as it is: {clean(subject)}: {clean(str(refusal))}", err=True)


def _taken_back(taken: TakenBack, did: str) -> Iterator[str]:
    catalog = [f"version {taken.version} is the catalog of before"] if taken.version else []
    what = ", ".join([*catalog, *([_told(taken.subjects)] if taken.subjects else [])])
    yield f"{did} change {taken.change} ({taken.command}, {taken.at}): {what}"
    if taken.met:
        yield f"{_told(taken.met)} met that version as if it had been applied: `followup history`"


def _told(subjects: Sequence[str]) -> str:
    """Few are named, many are counted."""
    names = [short(subject.replace(":", " ")) for subject in subjects]
    return ", ".join(names) if len(names) <= NAMED else plural(len(names), "subject")


@app.command()
def stranded(ctx: typer.Context, format: Format = "table") -> None:
    """Contacts that fall through, why, and what mends each; exit 1 if there are any."""
    with world(ctx) as here:
        rows = stranded_contacts.stranded_contacts(here)
        if rows and format == "table":
            show([drawn(rows, room())])
        elif rows or not ctx.obj.quiet:
            show(render(format, "stranded@1", (row._asdict() for row in rows), (), "Nobody is stranded.", room()))
        if rows:
            raise typer.Exit(1)
