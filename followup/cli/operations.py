"""Looking after a store: doctor, backup."""

from __future__ import annotations

import os
from contextlib import closing
from typing import Annotated

import typer

from followup.app.checking import diagnose
from followup.cli.settings import world
from followup.errors import CannotWrite

app = typer.Typer()


@app.command()
def doctor(ctx: typer.Context) -> None:
    """Check that the file is whole and that the history replays to the rows; exit 1 if not."""
    with world(ctx) as here:
        sick = False
        for line in diagnose(here):
            sick = True
            typer.echo(line)
        if sick:
            raise typer.Exit(1)
        if not ctx.obj.quiet:
            typer.echo("The store is healthy.")


@app.command()
def backup(ctx: typer.Context, file: Annotated[str, typer.Argument(metavar="FILE", help="must not exist yet")]) -> None:
    """A whole copy, taken while others work, checked, and only then named FILE."""
    from tempfile import NamedTemporaryFile

    if os.path.lexists(file):
        raise CannotWrite(f"{file} exists already: a backup overwrites nothing")
    with world(ctx) as here, NamedTemporaryFile(dir=os.path.dirname(file) or ".", suffix=".part") as part:
        list(here.store.ask("lists.backup", path=part.name))
        _checked(part.name)
        os.link(part.name, file)  # and not a move: somebody may have made FILE meanwhile
        if not ctx.obj.quiet:
            typer.echo(f"backed up to {file}")


def _checked(path: str) -> None:
    from followup.store import open_store

    with closing(open_store("sqlite:///" + os.path.abspath(path))) as store:
        lines = [row[0] for row in store.ask("lists.integrity")]
    if lines != ["ok"]:
        raise CannotWrite(f"the copy {path} is damaged: {lines[0]}")
    with open(path, "rb") as file:
        os.fsync(file.fileno())
