"""The session of one command: opened from its settings, closed behind it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager

import typer

from followup.app.lookup import user_of_login
from followup.app.office_store import open_office
from followup.app.session import Session, Visit, session_of
from followup.cli.settings import Settings, present
from followup.core.kinds import OFFICE
from followup.store.questions.catalog_questions import AppliedCatalog


@contextmanager
def opened(ctx: typer.Context, dry_run: bool = False) -> Iterator[Session]:
    """As a user of the office as applied."""
    with visited(ctx, dry_run) as visit:
        yield session_of(visit)


@contextmanager
def visited(
    ctx: typer.Context, dry_run: bool = False, zone: str | None = None, url: str | None = None
) -> Iterator[Visit]:
    """For commands that nobody needs to be a user for. `zone`: the office's, where none is applied yet; `url`: of a
    store that the command names itself."""
    settings: Settings = ctx.obj
    with closing(open_office(url or settings.store_url())) as store:
        catalog = AppliedCatalog(store.catalog)
        word = settings.user or os.environ.get("FOLLOWUP_USER") or user_of_login(catalog, store.account)
        now = present(settings, zone or _zone(catalog))
        yield Visit(store, catalog, now, word, command_of(ctx), dry_run, typed_of(ctx))


def _zone(catalog: AppliedCatalog) -> str:
    """The office's zone; UTC while no office is applied."""
    office = catalog.document(OFFICE, "office")
    return str(office["zone"]) if office else "UTC"


def command_of(ctx: typer.Context) -> str:
    """What the change is headed with: the command's own words, without root's options."""
    return ctx.command_path.removeprefix("followup ")


def typed_of(ctx: typer.Context) -> str:
    """The command and its options, by which an interrupted one is recognized when it is typed again."""
    return f"{command_of(ctx)} {sorted(ctx.params.items())}"
