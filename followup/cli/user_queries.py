"""`users`: the office's users."""

from __future__ import annotations

import typer

from followup.cli.catalog_items import All, ItemView, Name, print_list, print_one
from followup.cli.options import Format
from followup.core.kinds import USER

users = typer.Typer(help="Show users.", no_args_is_help=True)
USERS = ItemView(USER, "users@1", ("id", "name", "role", "manager", "email"))


@users.command("list")
def list_users(ctx: typer.Context, all: All = False, format: Format = "table") -> None:
    """List users."""
    print_list(ctx, USERS, all, format)


@users.command("show")
def show_user(ctx: typer.Context, id: Name, format: Format = "table") -> None:
    """Show a user."""
    print_one(ctx, USERS, id, format)
