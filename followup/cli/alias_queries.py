"""`aliases`: the names that reps choose, and each one's cycle."""

from __future__ import annotations

import typer

from followup.cli.catalog_items import All, ItemView, Name, print_list, print_one
from followup.cli.options import Format
from followup.core.kinds import ALIAS

aliases = typer.Typer(help="Show aliases.", no_args_is_help=True)
ALIASES = ItemView(ALIAS, "aliases@1", ("id", "name", "cycle"))


@aliases.command("list")
def list_aliases(ctx: typer.Context, all: All = False, format: Format = "table") -> None:
    """List aliases and their cycles."""
    print_list(ctx, ALIASES, all, format)


@aliases.command("show")
def show_alias(ctx: typer.Context, id: Name, format: Format = "table") -> None:
    """Show an alias."""
    print_one(ctx, ALIASES, id, format)
