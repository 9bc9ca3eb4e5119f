"""What every command works with: project, store, user and the present moment; from options, environment, or files."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import NamedTuple

import typer

from followup.app.lookup import user_of_login
from followup.app.office_store import open_office
from followup.app.session import Session, Visit, session_of
from followup.errors import BadInput, CannotWrite, NoProject
from followup.store.questions.catalog_questions import AppliedCatalog
from followup.store.urls import display_url

#: root's options, which may stand anywhere -> how many words follow
OPTIONS = {"-C": 1, "--project": 1, "--store": 1, "--user": 1, "--now": 1, "-q": 0, "--quiet": 0}


class Settings(NamedTuple):
    """The options as typed; None: not typed."""

    project: str | None
    store: str | None
    user: str | None
    now: str | None
    quiet: bool

    def folder(self) -> str:
        """The project: the folder with `cycles/`, found upward from here."""
        named = self.project or os.environ.get("FOLLOWUP_PROJECT")
        if named:
            if not os.path.isdir(os.path.join(named, "cycles")):
                raise NoProject(f"{named} is no project: it has no folder cycles/; `followup init {named}` makes one")
            return named
        here = os.getcwd()
        while not os.path.isdir(os.path.join(here, "cycles")):
            if here == os.path.dirname(here):
                raise NoProject("no project here or above (a folder with cycles/): `followup init DIR` makes one")
            here = os.path.dirname(here)
        return here

    def store_url(self) -> str:
        """--store, FOLLOWUP_STORE, the line in .followup/store, else followup.db in the project."""
        named = self.store or os.environ.get("FOLLOWUP_STORE")
        if named:
            return named
        folder = self.folder()
        line = os.path.join(folder, ".followup", "store")
        if os.path.exists(line):
            with open(line, encoding="utf-8") as file:
                url = file.readline().strip()
            return in_folder(url, folder)
        return in_folder("sqlite:///followup.db", folder)


def in_folder(url: str, folder: str) -> str:
    """A store's file, or folder, that is named without a whole path lies in the project."""
    if url.startswith("csv:"):
        return "csv:" + os.path.join(folder, url[4:])
    if url.startswith("sqlite:///") and not os.path.isabs(url[10:]):
        return "sqlite:///" + os.path.join(folder, url[10:])
    return url


def unused(url: str) -> None:
    """Raises CannotWrite where an office is kept already: it is nobody's sample."""
    try:
        store = open_office(url)
    except NoProject as none:
        if none.exists:
            raise
        return
    with closing(store):
        if store.catalog.version():
            held = f"{display_url(url)} holds an office already"
            raise CannotWrite(f"{held}: nothing was changed; `followup apply` changes its catalog")


@contextmanager
def world(ctx: typer.Context, dry_run: bool = False) -> Iterator[Session]:
    """What this command works in, as a user of the office."""
    with visit(ctx, dry_run) as visited:
        yield session_of(visited)._replace(quiet=ctx.obj.quiet)


@contextmanager
def visit(
    ctx: typer.Context, dry_run: bool = False, zone: str | None = None, url: str | None = None
) -> Iterator[Visit]:
    """The store of this command, closed behind it. `zone`: the office's, where none is applied yet; `url`: of a store
    that the command names itself."""
    settings: Settings = ctx.obj
    with closing(open_office(url or settings.store_url())) as store:
        catalog = AppliedCatalog(store.catalog)
        word = settings.user or os.environ.get("FOLLOWUP_USER") or user_of_login(catalog, store.account)
        now = present(settings, zone or _zone(catalog))
        yield Visit(store, catalog, now, word, _command(ctx), dry_run, _typed(ctx))


def today(settings: Settings) -> str:
    """Today's date for what has no store, and so no zone yet; a day more or less is nothing there."""
    from followup.core.timing import utc_text

    return utc_text(present(settings, "UTC"))[:10]


def present(settings: Settings, zone: str) -> int:
    """The present in UTC seconds: the only clock there is. `--now` without a zone of its own is in `zone` (T10)."""
    text = settings.now or os.environ.get("FOLLOWUP_NOW")
    if text is None:
        return int(time.time())
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from followup.cli.dates import YEARS

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"--now '{text}' is not a moment: 2026-05-03T09:00") from None
    if moment.year not in YEARS:
        raise BadInput(f"--now '{text}' is outside of the years {YEARS[0]} to {YEARS[-1]}")
    return int((moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).timestamp())


def _zone(catalog: AppliedCatalog) -> str:
    """The office's zone; UTC while no office is applied."""
    office = catalog.document("office", "office")
    return str(office["zone"]) if office else "UTC"


def _command(ctx: typer.Context) -> str:
    """What the change is headed with: the command's own words, without root's options."""
    return ctx.command_path.removeprefix("followup ")


def _typed(ctx: typer.Context) -> str:
    return f"{_command(ctx)} {sorted(ctx.params.items())}"


def confirm(question: str, option: str) -> None:
    """Ask on a terminal; elsewhere refuse and name the option. Whoever says no has interrupted."""
    from followup.errors import UsageError

    if not can_ask():
        raise UsageError(f"{question} Say {option}: nobody can be asked here")
    if ask(f"{question} [y/N]").lower() not in ("y", "yes"):
        raise KeyboardInterrupt


def can_ask() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(question: str) -> str:
    """What was answered; results on stdout stay apart. Ctrl-C and ctrl-D interrupt."""
    try:
        return str(typer.prompt(question, default="", show_default=False, err=True)).strip()
    except typer.Abort:
        raise KeyboardInterrupt from None
