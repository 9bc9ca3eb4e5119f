"""Onto a cycle, off it, won or lost."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Annotated, Literal

import typer

from followup.app import lists
from followup.app.changes import for_contacts
from followup.app.world import World
from followup.cli.options import Answer, DryRun, Restart
from followup.cli.progress import progress
from followup.cli.report import most, report
from followup.cli.settings import world
from followup.cli.words import choice, contact_filters
from followup.core import wishes as w
from followup.errors import UsageError
from followup.output.text import clean

app = typer.Typer()
Contacts = Annotated[list[str], typer.Argument(metavar="CONTACT...", help="ids or names")]


@app.command()
def assign(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="[CONTACT...] ALIAS", help="whom, and onto what")],
    where: Annotated[list[str], typer.Option("--where", metavar="KEY=VALUE", help="owner, cycle, source, stage")] = [],  # noqa: B006
    from_file: Annotated[str, typer.Option("--from-file", metavar="FILE", help="ids, one a line; - is stdin")] = "",
    restart: Restart = False,
    format: Answer = "table",
    dry_run: DryRun = False,
) -> None:
    """Place contacts on a cycle, by its alias."""
    with world(ctx, dry_run) as here:
        chosen = choice(here, words[-1])
        assert chosen is not None
        ids = _picked(here, words[:-1], where, from_file)
        wish = w.Assign(chosen, restart)
        with progress(ctx, "contacts") as show:
            made = for_contacts(here, ((id, wish) for id in ids), most(format), show)
        report(here, made, f"placed on {words[-1]}:", format)


def _picked(here: World, words: list[str], where: list[str], from_file: str) -> Iterator[str]:
    """Whom a bulk command is about: named, from a file of ids, or filtered; each once."""
    if not (words or where or from_file):
        raise UsageError("whom? CONTACT..., --where KEY=VALUE or --from-file FILE")
    named = dict.fromkeys(lists.contact_id(here, word) for word in words)
    if from_file:
        with open(0 if from_file == "-" else from_file, encoding="utf-8") as file:
            named |= dict.fromkeys(line.strip() for line in file if line.strip())
    filtered = lists.all_contacts(here, **_filters(here, where)) if where else iter(())
    return chain(named, (row.id for row in filtered if row.id not in named))


def _filters(here: World, where: list[str]) -> dict[str, str]:
    known = ("owner", "cycle", "source", "stage", "text")
    pairs = dict(word.partition("=")[::2] for word in where)
    for key in pairs:
        if key not in known:
            raise UsageError(f"--where knows {', '.join(known)}: not '{key}'")
    return contact_filters(here, pairs)


@app.command()
def stop(ctx: typer.Context, contacts: Contacts, format: Answer = "table", dry_run: DryRun = False) -> None:
    """Off the cycle, with nothing in its place."""
    with world(ctx, dry_run) as here:
        ids = [lists.contact_id(here, word) for word in contacts]
        report(here, for_contacts(here, [(id, w.Stop()) for id in ids], most(format)), "stopped", format)


@app.command()
def close(
    ctx: typer.Context,
    contact: Annotated[str, typer.Argument(metavar="CONTACT")],
    stage: Annotated[Literal["won", "lost"], typer.Argument(metavar="won|lost")],
    format: Answer = "table",
    dry_run: DryRun = False,
) -> None:
    """Won or lost: off every cycle; actions made by hand stay, and are listed."""
    with world(ctx, dry_run) as here:
        id = lists.contact_id(here, contact)
        report(here, for_contacts(here, [(id, w.Close(stage))], most(format)), f"closed as {stage}:", format)
        for row in lists.search(here, contact=id, status="scheduled"):
            if row.enrolment is None:  # in a dry run those of the cycle are open still
                typer.echo(f"followup: still open: {row.id} {row.type} {clean(row.title)}, due {row.due}", err=True)
