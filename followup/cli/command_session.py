"""The session of one command: opened from its settings, closed behind it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from followup.app.office_store import open_office
from followup.app.session import Session
from followup.cli.settings import Settings, present
from followup.store import Store, loaded


@contextmanager
def opened(
    ctx: typer.Context, dry_run: bool = False, zone: str | None = None, url: str | None = None
) -> Iterator[Session]:
    """`zone`: the office's, where none is applied yet; `url`: of a store that the command names itself."""
    settings: Settings = ctx.obj
    store = open_office(url or settings.store_url())
    try:
        user = settings.user or os.environ.get("FOLLOWUP_USER") or _login(store)
        now = present(settings, zone or _zone(store))
        yield Session(store, now, user, command_of(ctx), dry_run, typed_of(ctx))
    finally:
        store.close()


def _zone(store: Store) -> str:
    """The office's zone; UTC while no office is applied."""
    row = next(store.ask("catalog.item", kind="office", id="office"), None)
    return str(loaded(row[0])["zone"]) if row else "UTC"


def _login(store: Store) -> str | None:
    return next((row[0] for row in store.ask("catalog.login", login=store.account)), None)


def command_of(ctx: typer.Context) -> str:
    """What the change is headed with: the command's own words, without root's options."""
    return ctx.command_path.removeprefix("followup ")


def typed_of(ctx: typer.Context) -> str:
    """The command and its options, by which an interrupted one is recognized when it is typed again."""
    return f"{command_of(ctx)} {sorted(ctx.params.items())}"
