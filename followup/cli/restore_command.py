"""`restore`: a backup becomes the store again."""

from __future__ import annotations

from typing import Annotated

import typer

from followup.app.backup_restore import about, checked_copy, place_of, put_in_place, replaced
from followup.cli.command_session import print_remark, record_of, visited
from followup.cli.options import Yes
from followup.cli.progress import progress
from followup.cli.prompt import confirm

app = typer.Typer()


@app.command()
def restore(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="a file that `followup backup` made")],
    yes: Yes = False,
) -> None:
    """Restore the database from a backup.

    The backup is checked first. It asks before it replaces a store, warns if that is another office, and keeps what it
    replaces under a name with the date. It can't be undone by `undo`; restore what was kept instead.

    Example: followup restore monday.backup
    """
    url = ctx.obj.store_url()
    place = place_of(url)
    with (
        progress(ctx, "events") as show,
        checked_copy(file, place, show) as copy,
        visited(ctx, url=f"sqlite:///{copy}") as visit,
    ):
        visit.administered("restore the office")
        holds = about(visit)
        if place.is_taken:
            there = replaced(url, visit, ctx.obj.named_user())
            if not yes:
                typer.echo(f"Backup: {holds}\nNow at {place.path}: {there.holds}", err=True)
            if there.is_another:
                print_remark(f"{file} is a backup of another office than the one at {place.path}")
            if not yes:
                confirm(f"Replace {place.path}?", "--yes")
        kept = put_in_place(visit, copy, place)
    if record := record_of(ctx.obj):
        record.note_office(url)
    if not ctx.obj.quiet:
        typer.echo(f"Restored {place.path}: {holds}.")
        if kept:
            typer.echo(f"What was there is kept as {kept}.")
