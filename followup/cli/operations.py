"""Looking after a store: doctor, backup."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import closing
from typing import Annotated

import typer

from followup.app.checking import Doctor
from followup.cli.progress import progress, wiped
from followup.cli.settings import world
from followup.errors import CannotWrite
from followup.output.text import clean, plural
from followup.store import open_store

app = typer.Typer()


@app.command()
def doctor(ctx: typer.Context) -> None:
    """Check that file, schema and rows are whole, and that the history replays to the rows; exit 1 if not."""
    with closing(open_store(ctx.obj.store_url())) as store:
        seen = Doctor(store)
        with progress(ctx, "events") as show:
            damage = _said(ctx, seen.damage(show))
        loose = _said(ctx, seen.warnings())
    if damage:
        typer.echo(f"{plural(damage, 'fault')}: restore your last backup, and keep this file")
    if damage or loose:
        raise typer.Exit(1)
    if not ctx.obj.quiet:
        typer.echo("The store is healthy.")


def _said(ctx: typer.Context, lines: Iterable[str]) -> int:
    """How many they were."""
    count = 0
    for line in lines:
        wiped(ctx)
        typer.echo(clean(line))
        count += 1
    return count


@app.command()
def backup(ctx: typer.Context, file: Annotated[str, typer.Argument(metavar="FILE", help="must not exist yet")]) -> None:
    """A whole copy, taken while others work, checked, and only then named FILE."""
    if os.path.exists(file):
        raise CannotWrite(f"{file} exists already: a backup overwrites nothing")
    with world(ctx) as here:
        part = file + ".part"
        if os.path.exists(part):
            os.unlink(part)
        list(here.store.ask("lists.backup", path=part))
        _checked(part)
        os.replace(part, file)
        typer.echo(f"backed up to {file}")


def _checked(path: str) -> None:
    store = open_store("sqlite:///" + os.path.abspath(path))
    try:
        lines = [row[0] for row in store.ask("doctor.integrity")]
    finally:
        store.close()
    if lines != ["ok"]:
        raise CannotWrite(f"the copy {path} is damaged: {lines[0]}")
    with open(path, "rb") as file:
        os.fsync(file.fileno())
