"""Looking after a store: doctor, backup."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import closing
from typing import Annotated

import typer

from followup.app.checking import Doctor
from followup.app.office_store import open_office
from followup.cli.options import Answer
from followup.cli.progress import progress, wiped
from followup.cli.report import answer
from followup.cli.settings import visit
from followup.errors import CannotWrite, Refused
from followup.output.text import clean, plural
from followup.store.opening import open_store

app = typer.Typer()


@app.command()
def doctor(ctx: typer.Context, format: Answer = "table") -> None:
    """Check that file, schema and rows are whole, and that the history replays to the rows; exit 1 if not."""
    with closing(open_office(ctx.obj.store_url())) as store:
        if not store.sees_all:
            raise Refused("doctor looks at everything: it takes the login of the store's owner")
        seen = Doctor(store)
        with progress(ctx, "events") as show:
            damage = _said(ctx, seen.damage(show), format)
        loose = _said(ctx, seen.warnings(), format)
    if format == "json":
        said = (("error", damage), ("warning", loose))
        answer("doctor", {"items": [{"severity": kind, "message": line} for kind, lines in said for line in lines]})
    elif damage:
        typer.echo(f"{plural(len(damage), 'fault')}: restore your last backup, and keep this file")
    elif not loose and not ctx.obj.quiet:
        typer.echo("The store is healthy.")
    if damage or loose:
        raise typer.Exit(1)


def _said(ctx: typer.Context, lines: Iterable[str], format: str) -> list[str]:
    """Each as soon as it is found, since a large store takes its time; JSON is one whole."""
    found = []
    for line in lines:
        if format != "json":
            wiped(ctx)
            typer.echo(clean(line))
        found.append(line)
    return found


@app.command()
def backup(ctx: typer.Context, file: Annotated[str, typer.Argument(metavar="FILE", help="must not exist yet")]) -> None:
    """A whole copy, taken while others work, checked, and only then named FILE."""
    from followup.disk import beside, sync_folder

    if os.path.lexists(file):
        raise CannotWrite(f"{file} exists already: a backup overwrites nothing")
    with visit(ctx) as here, beside(file) as part:
        here.administered("copy the office")
        os.chmod(part.name, 0o600)  # the contacts of an office
        here.store.back_up(part.name)
        _checked(part.name)
        os.link(part.name, file)  # and not a move: somebody may have made FILE meanwhile
        sync_folder(os.path.dirname(file))
        if not ctx.obj.quiet:
            typer.echo(f"backed up to {file}")


def _checked(path: str) -> None:
    with closing(open_store("sqlite:///" + os.path.abspath(path))) as store:
        lines = store.doctor.integrity()
    if lines != ["ok"]:
        raise CannotWrite(f"the copy {path} is damaged: {lines[0]}")
    with open(path, "rb") as file:
        os.fsync(file.fileno())
