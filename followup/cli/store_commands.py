"""Commands on the store: create, upgrade, copy, check and back up."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from typing import Annotated

import typer

from followup.app.backing_up import back_up, check_absent
from followup.app.checking import Doctor
from followup.app.copying import copied
from followup.app.new_store import check_unused, create_store, upgrade_store
from followup.app.project_record import check_not_lost
from followup.cli.command_session import open_store_of, record_of, visited
from followup.cli.options import Answer, AnswerFormat
from followup.cli.printing import print_json
from followup.cli.progress import clear_line, progress
from followup.errors import Refused
from followup.output.text import clean, plural
from followup.store.urls import display_url

app = typer.Typer()
store = typer.Typer(help="Manage the database.", no_args_is_help=True)


@store.command()
def create(ctx: typer.Context) -> None:
    """Create an empty database.

    On a server this creates the roles too. Run `followup apply` next.
    """
    url, record = ctx.obj.store_url(), record_of(ctx.obj)
    check_unused(url)
    if record:
        check_not_lost(record, url)
    create_store(url)
    if record:
        record.note_office(url)
    if not ctx.obj.quiet:
        typer.echo(f"created {display_url(url)}: now run `followup apply`")


@store.command()
def upgrade(ctx: typer.Context) -> None:
    """Upgrade the database to this version.

    Only the owner of the database can do this; other users wait until it's done.
    """
    url = ctx.obj.store_url()
    was_older = upgrade_store(url)
    if not ctx.obj.quiet:
        typer.echo(f"{display_url(url)} {'was upgraded' if was_older else 'is up to date'}")


@store.command()
def copy(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(metavar="FROM", help="database to copy; it stays unchanged")],
    target: Annotated[str, typer.Argument(metavar="TO", help="empty or new database to copy to")],
) -> None:
    """Copy the office into another database.

    Copies everything or nothing, and compares the copy row by row.
    """
    check_unused(target)
    with visited(ctx, url=source) as visit, progress(ctx, "rows") as show:
        counts = copied(visit, target, show)
    if not ctx.obj.quiet:
        rows = plural(counts.total(), "row")
        typer.echo(f"copied {plural(counts['contact'], 'contact')} ({rows}, all verified) to {display_url(target)}")
        typer.echo("To use it, write that URL into .followup/store. Until then nothing changes.")


@app.command()
def doctor(ctx: typer.Context, format: Answer = "table") -> None:
    """Check the database.

    Checks the file, the schema and the rows, and replays the history. Exits 1 if anything is wrong.
    """
    with closing(open_store_of(ctx.obj)) as store:
        if not store.sees_all:
            raise Refused("only the database login that owns the store can run doctor")
        check = Doctor(store)
        with progress(ctx, "events") as show:
            damage = _print_each(ctx, check.damage(show), format)
        warnings = _print_each(ctx, check.warnings(), format)
    _answer(ctx, damage, warnings, format)
    if damage or warnings:
        raise typer.Exit(1)


def _print_each(ctx: typer.Context, lines: Iterable[str], format: AnswerFormat) -> list[str]:
    """Print each line as soon as it's found, because a large store takes time; JSON is printed at the end."""
    printed = []
    for line in lines:
        if format != "json":
            clear_line(ctx)
            typer.echo(clean(line))
        printed.append(line)
    return printed


def _answer(ctx: typer.Context, damage: list[str], warnings: list[str], format: AnswerFormat) -> None:
    if format == "json":
        severities = (("error", damage), ("warning", warnings))
        items = [{"severity": severity, "message": line} for severity, lines in severities for line in lines]
        print_json("doctor", {"items": items})
    elif damage:
        typer.echo(
            f"{plural(len(damage), 'fault')}: keep this file, and restore your last backup with `followup restore FILE`"
        )
    elif not warnings and not ctx.obj.quiet:
        typer.echo("The store is healthy.")


@app.command()
def backup(ctx: typer.Context, file: Annotated[str, typer.Argument(metavar="FILE", help="new file")]) -> None:
    """Back up the database to FILE.

    Others can keep working. The copy is checked before it gets its name.
    """
    check_absent(file)
    with visited(ctx) as visit:
        back_up(visit, file)
        if not ctx.obj.quiet:
            typer.echo(f"backed up to {file}")
