"""A command's session: opened from its settings, and closed at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import typer

from followup.app.lookup import user_of_login
from followup.app.office_store import open_office
from followup.app.session import Session, Visit, session_of
from followup.cli.settings import Settings, present
from followup.core.kinds import OFFICE
from followup.errors import FollowupError, NoProject, StoreUnreachable, UsageError
from followup.output.text import clean
from followup.store.questions.catalog_questions import AppliedCatalog

if TYPE_CHECKING:
    from followup.app.project_record import ProjectRecord
    from followup.store.protocol import Store

#: rows that were left out of an answer and are named
NAMED = 3
#: what may be said, or not: nothing hangs on it
FREE = ("note", "title")


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
    with closing(open_store_of(settings, url)) as store, damage_named(ctx, store):
        catalog = AppliedCatalog(store.catalog)
        word = settings.named_user() or user_of_login(catalog, store.account)
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


@contextmanager
def damage_named(ctx: typer.Context, store: Store) -> Iterator[None]:
    """What is damaged in a store is no bug. Rows that were left out are named when the command is through; whatever
    else stops it, where nothing should, is looked into."""
    try:
        yield
    except (FollowupError, OSError, typer.Exit, typer.Abort, typer.BadParameter):
        raise
    except Exception as error:
        from followup.app.suspicion import damage_behind

        if damage := damage_behind(store):
            raise damage from error
        raise
    finally:
        if store.damage:
            ctx.call_on_close(lambda: _tell(store.damage))


def _tell(damage: Mapping[str, None]) -> None:
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


def _zone(catalog: AppliedCatalog) -> str:
    """The office's zone; UTC before an office is applied."""
    office = catalog.document(OFFICE, "office")
    return str(office["zone"]) if office else "UTC"


def command_of(ctx: typer.Context) -> str:
    """The command's name as saved with the change, without root's options."""
    return ctx.command_path.removeprefix("followup ")


def typed_of(ctx: typer.Context) -> str:
    """The command and its options, to recognize an interrupted command when it is typed again."""
    return f"{command_of(ctx)} {sorted(ctx.params.items())}"
