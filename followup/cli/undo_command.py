"""`undo`: the latest change of a user, taken back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from followup.app.outcome import NAMED
from followup.app.undoing import TakenBack, undo_last
from followup.cli.command_session import opened
from followup.cli.options import Answer, DryRun
from followup.cli.printing import print_json, print_lines
from followup.output.text import clean, plural, short

app = typer.Typer()


@app.command()
def undo(
    ctx: typer.Context,
    partial: Annotated[bool, typer.Option("--partial", help="undo what has not changed since")] = False,
    dry_run: DryRun = False,
    format: Answer = "table",
) -> None:
    """Take back your latest change, with everything it scheduled."""
    with opened(ctx, dry_run) as session:
        taken = undo_last(session, partial)
    if format == "json":
        refused = [{"id": subject, "why": str(refusal)} for subject, refusal in taken.refused]
        print_json("undo", {**taken._asdict(), "refused": refused})
    elif not ctx.obj.quiet:
        print_lines(_summary(taken, "would have taken back" if dry_run else "took back"))
    for subject, refusal in taken.refused:
        typer.echo(f"followup: left as it is: {clean(subject)}: {clean(str(refusal))}", err=True)


def _summary(taken: TakenBack, did: str) -> Iterator[str]:
    catalog = [f"version {taken.version} is the catalog of before"] if taken.version else []
    what = ", ".join([*catalog, *([_named_or_counted(taken.subjects)] if taken.subjects else [])])
    yield f"{did} change {taken.change} ({taken.command}, {taken.at}): {what}"
    if taken.met:
        migrated = _named_or_counted(taken.met)
        yield f"{migrated} met that version as if it had been applied: `followup history`"


def _named_or_counted(subjects: Sequence[str]) -> str:
    """Few are named, many are counted."""
    names = [short(subject.replace(":", " ")) for subject in subjects]
    return ", ".join(names) if len(names) <= NAMED else plural(len(names), "subject")
