"""Where an office is kept: an empty store made, an older one brought up to this program."""

from __future__ import annotations

import typer

from followup.cli.settings import unused
from followup.errors import NoProject
from followup.store import open_store, shown

store = typer.Typer(help="Where the office is kept.", no_args_is_help=True)


@store.command()
def create(ctx: typer.Context) -> None:
    """An empty store, with the roles of a server's; `followup apply` puts the catalog in force there."""
    url = ctx.obj.store_url()
    unused(url)
    open_store(url, create=True).close()
    if not ctx.obj.quiet:
        typer.echo(f"made {shown(url)}: put the catalog in force with `followup apply`")


@store.command()
def upgrade(ctx: typer.Context) -> None:
    """Bring a store of an older followup up to this one; its owner does it, before anybody else goes on."""
    url = ctx.obj.store_url()
    try:
        open_store(url).close()
        said = "is up to date"
    except NoProject as older:
        if not older.exists:
            raise
        open_store(url, create=True).close()
        said = "was upgraded"
    if not ctx.obj.quiet:
        typer.echo(f"{shown(url)} {said}")
