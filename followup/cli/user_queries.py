"""`users`: who works in the office."""

from __future__ import annotations

import typer

from followup.cli.catalog_items import All, Kind, Name, print_list, print_one
from followup.cli.options import Format

users = typer.Typer(help="Who works here.", no_args_is_help=True)
USER = Kind("user", "users@1", ("id", "name", "role", "manager", "email"))


@users.command("list")
def list_users(ctx: typer.Context, all: All = False, format: Format = "table") -> None:
    """Who works here."""
    print_list(ctx, USER, all, format)


@users.command("show")
def show_user(ctx: typer.Context, id: Name, format: Format = "table") -> None:
    """One user."""
    print_one(ctx, USER, id, format)
