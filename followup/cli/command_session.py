"""A command's session: opened from its settings, and closed at the end."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING

import typer

from followup.app.lookup import user_of_login
from followup.app.office_store import open_office
from followup.app.session import Session, Visit, session_of, zone_of
from followup.cli.settings import Settings, present
from followup.errors import FollowupError, NoProject, StoreUnreachable, UsageError
from followup.output.text import clean
from followup.store.questions.catalog_questions import AppliedCatalog

if TYPE_CHECKING:
    from followup.app.project_record import ProjectRecord
    from followup.store.protocol import Store

#: rows that were left out of an answer and are named
NAMED = 3
#: optional texts, which can be empty
FREE = ("note", "title")
#: what ends a command with a message of its own
EXPECTED = (FollowupError, OSError, typer.Exit, typer.Abort, typer.BadParameter)


@contextmanager
def opened(ctx: typer.Context, dry_run: bool = False) -> Iterator[Session]:
    """The session of a user in the applied office."""
    with visited(ctx, dry_run) as visit:
        yield session_of(visit)


@contextmanager
def visited(
    ctx: typer.Context, dry_run: bool = False, zone: str | None = None, url: str | None = None
) -> Iterator[Visit]:
    """A visit, for commands that don't need a user. `zone`: the office's, if none is applied yet; `url`: a store named
    by the command."""
    _without_blanks(ctx)
    settings: Settings = ctx.obj
    ctx.call_on_close(lambda: _look_into(settings, url))
    with closing(open_store_of(settings, url)) as store:
        catalog = AppliedCatalog(store.catalog)
        word = settings.named_user() or user_of_login(catalog, store.account)
        now = present(settings, zone or zone_of(catalog))
        try:
            yield Visit(store, catalog, now, word, command_of(ctx), dry_run, typed_of(ctx), print_remark)
        finally:
            if store.damage:
                ctx.call_on_close(lambda: _tell(store.damage))


def print_remark(line: str) -> None:
    """A line beside the results, of whatever text."""
    typer.echo(f"followup: {clean(line)}", err=True)


def _without_blanks(ctx: typer.Context) -> None:
    """Raises UsageError for an empty word, such as an unset shell variable: it would narrow a list to nothing, or widen
    it to everything."""
    for parameter in ctx.command.params:
        value = ctx.params.get(parameter.name or "")
        if value == "" and parameter.name not in FREE:
            raise UsageError(
                f"{parameter.opts[0]} has no value: give one, or leave it out{_clearing(ctx, parameter.name)}"
            )


def _clearing(ctx: typer.Context, field: str | None) -> str:
    from followup.cli.typed_fields import CLEARABLE

    return f", or use `--clear {field}`" if "clear" in ctx.params and field in CLEARABLE else ""


def _look_into(settings: Settings, url: str | None) -> None:
    """Whatever stopped the command, where nothing should, may be damage in the store, which is no bug. It is called as
    the command ends, also of what it prints when the store is closed again."""
    error = sys.exc_info()[1]
    if not isinstance(error, Exception) or isinstance(error, EXPECTED):
        return
    from followup.app.suspicion import damage_behind

    damage = None
    with suppress(FollowupError), closing(open_office(url or settings.store_url())) as store:
        damage = damage_behind(store)
    if damage:
        raise damage from error


def _tell(damage: Mapping[str, None]) -> None:
    """Which rows were left out of what the command has printed."""
    named = "; ".join([*damage][:NAMED])
    more = f"; and {len(damage) - NAMED} more" if len(damage) > NAMED else ""
    raise StoreUnreachable(f"The store is damaged. Left out here: {named}{more}. `followup doctor` lists all damage.")


def open_store_of(settings: Settings, url: str | None = None) -> Store:
    """The project's, or the one at `url`. Where none is, it says how to start an office, unless one was there."""
    place = url or settings.store_url()
    try:
        return open_office(place)
    except NoProject as missing:
        record = record_of(settings)
        if url or missing.exists or (record and record.had_office(place)):
            raise
        raise NoProject(f"{missing} For a new office: `followup init`.") from None


def record_of(settings: Settings) -> ProjectRecord | None:
    """What the project remembers; None outside of one, where a store was named."""
    from followup.app.project_record import ProjectRecord

    try:
        return ProjectRecord(settings.folder())
    except NoProject:
        return None


def command_of(ctx: typer.Context) -> str:
    """The command's name as saved with the change, without root's options."""
    return ctx.command_path.removeprefix("followup ")


def typed_of(ctx: typer.Context) -> str:
    """The command and its options, to recognize an interrupted command when it is typed again."""
    return f"{command_of(ctx)} {sorted(ctx.params.items())}"
