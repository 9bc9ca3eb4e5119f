"""Where an office is kept: an empty store made, an older one brought up to this program, an office moved elsewhere."""

from __future__ import annotations

from typing import Annotated

import typer

from followup.app.copying import copied
from followup.app.office_store import open_office
from followup.cli.progress import progress
from followup.cli.settings import unused, visit
from followup.errors import NoProject
from followup.output.text import plural
from followup.store.urls import display_url

store = typer.Typer(help="Where the office is kept.", no_args_is_help=True)


@store.command()
def create(ctx: typer.Context) -> None:
    """An empty store, with the roles of a server's; `followup apply` puts the catalog in force there."""
    url = ctx.obj.store_url()
    unused(url)
    open_office(url, create=True).close()
    if not ctx.obj.quiet:
        typer.echo(f"made {display_url(url)}: put the catalog in force with `followup apply`")


@store.command()
def upgrade(ctx: typer.Context) -> None:
    """Bring a store of an older followup up to this one; its owner does it, before anybody else goes on."""
    url = ctx.obj.store_url()
    try:
        open_office(url).close()
        said = "is up to date"
    except NoProject as older:
        if not older.exists:
            raise
        open_office(url, create=True).close()
        said = "was upgraded"
    if not ctx.obj.quiet:
        typer.echo(f"{display_url(url)} {said}")


@store.command()
def copy(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(metavar="FROM", help="the store of the office, which stays as it is")],
    target: Annotated[str, typer.Argument(metavar="TO", help="a store that is empty, or is not there yet")],
) -> None:
    """Copy an office into another store, all of it or nothing, and hold the copy against it row for row."""
    unused(target)
    with visit(ctx, url=source) as here, progress(ctx, "rows") as show:
        counts = copied(here, target, show)
    if not ctx.obj.quiet:
        rows = plural(counts.total(), "row")
        typer.echo(f"copied {plural(counts['contact'], 'contact')} ({rows}, each read back) to {display_url(target)}")
        typer.echo("It is the office once that url stands in .followup/store; until then nothing has changed.")
