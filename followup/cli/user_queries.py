"""`users`: who works in the office."""

from __future__ import annotations

import typer

from followup.cli.catalog_items import All, ItemView, Name, print_list, print_one
from followup.cli.options import Format
from followup.core.kinds import USER

users = typer.Typer(help="Who works here.", no_args_is_help=True)
USERS = ItemView(USER, "users@1", ("id", "name", "role", "manager", "email"))


@users.command("list")
def list_users(ctx: typer.Context, all: All = False, format: Format = "table") -> None:
    """Who works here."""
    print_list(ctx, USERS, all, format)


@users.command("show")
def show_user(ctx: typer.Context, id: Name, format: Format = "table") -> None:
    """One user."""
    print_one(ctx, USERS, id, format)
