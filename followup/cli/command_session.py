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
from followup.errors import UsageError
from followup.output.text import clean
from followup.store.questions.catalog_questions import AppliedCatalog

#: what may be said, or not: nothing hangs on it
FREE = ("note", "title")


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
    _without_blanks(ctx)
    settings: Settings = ctx.obj
    with closing(open_office(url or settings.store_url())) as store:
        catalog = AppliedCatalog(store.catalog)
        word = settings.user or os.environ.get("FOLLOWUP_USER") or user_of_login(catalog, store.account)
        now = present(settings, zone or _zone(catalog))
        yield Visit(store, catalog, now, word, command_of(ctx), dry_run, typed_of(ctx), print_remark)


def print_remark(line: str) -> None:
    typer.echo(f"followup: {clean(line)}", err=True)


def _without_blanks(ctx: typer.Context) -> None:
    """Raises UsageError for a word without a letter, such as an empty variable of a shell's: it would narrow a list to
    nothing or to everything, and name an owner or nobody."""
    for parameter in ctx.command.params:
        value = ctx.params.get(parameter.name or "")
        if value == "" and parameter.name not in FREE:
            empties = ", or use `--clear FIELD`" if "clear" in ctx.params else ""
            raise UsageError(f"{parameter.opts[0]} has no value: give one, or leave it out{empties}")


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
