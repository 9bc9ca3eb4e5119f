"""Looking after a store: doctor, backup."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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
    if os.path.exists(file):
        raise CannotWrite(f"{file} exists already: a backup overwrites nothing")
    with world(ctx) as here, _part(file) as part:
        list(here.store.ask("lists.backup", path=part))
        _checked(part)
        os.replace(part, file)
        typer.echo(f"backed up to {file}")


@contextmanager
def _part(file: str) -> Iterator[str]:
    """An empty file to be filled and then named `file`; whatever happens, it is gone at the end."""
    part = file + ".part"
    with suppress(FileNotFoundError):
        os.unlink(part)  # a killed backup left it
    try:
        open(part, "xb").close()  # here, so that an error names this place and not the store
        yield part
    finally:
        with suppress(FileNotFoundError):
            os.unlink(part)


def _checked(path: str) -> None:
    from followup.store import open_store

    store = open_store("sqlite:///" + os.path.abspath(path))
    try:
        lines = [row[0] for row in store.ask("lists.integrity")]
    finally:
        store.close()
    if lines != ["ok"]:
        raise CannotWrite(f"the copy {path} is damaged: {lines[0]}")
    with open(path, "rb") as file:
        os.fsync(file.fileno())
