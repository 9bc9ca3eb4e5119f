"""`undo`: reverse a user's last change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from followup.app.session import Session
from followup.app.undoing import Reversal, undo_last
from followup.cli.answers import named_or_counted
from followup.cli.command_session import opened, print_remark
from followup.cli.options import Answer, DryRun
from followup.cli.printing import print_json, print_lines
from followup.errors import NoProject

app = typer.Typer()


@app.command()
def undo(
    ctx: typer.Context,
    partial: Annotated[bool, typer.Option("--partial", help="undo only what hasn't changed since")] = False,
    dry_run: DryRun = False,
    format: Answer = "table",
) -> None:
    """Undo your latest change.

    This includes everything it scheduled.
    """
    with opened(ctx, dry_run) as session:
        undone = undo_last(session, partial)
        remark = _remark(ctx, session, undone) if undone.version else None
    if format == "json":
        refused = [{"id": subject, "why": str(refusal)} for subject, refusal in undone.refused]
        print_json("undo", {**undone._asdict(), "refused": refused})
    elif not ctx.obj.quiet:
        print_lines(_summary(undone, "would undo:" if dry_run else "undone:"))
    if remark and not ctx.obj.quiet:
        print_remark(remark)
    for subject, refusal in undone.refused:
        print_remark(f"not undone: {subject}: {refusal}")


def _remark(ctx: typer.Context, session: Session, undone: Reversal) -> str | None:
    """Of the files, where this is a project: whoever has only the store can do nothing about them."""
    from followup.app.stale_files import stale_files

    try:
        return stale_files(session, ctx.obj.folder(), undone.change)
    except NoProject:
        return None


def _summary(undone: Reversal, did: str) -> Iterator[str]:
    catalog = [f"the catalog is back to what it was, as version {undone.version}"] if undone.version else []
    what = ", ".join([*catalog, *([_subjects(undone.subjects)] if undone.subjects else [])])
    yield f"{did} change {undone.change} ({undone.command}, {undone.at}): {what}"
    if undone.met:
        yield f"already migrated to that version: {_subjects(undone.met)}; see `followup history`"


def _subjects(subjects: Sequence[str]) -> str:
    return named_or_counted([subject.replace(":", " ") for subject in subjects], len(subjects), "subject")
