"""Onto a cycle, off it, won or lost."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from followup.app import action_lists, named_contacts
from followup.app.deciding import for_contacts
from followup.app.outcome import NAMED
from followup.app.staggering import Staggered
from followup.cli.options import Answer, DryRun, Restart
from followup.cli.picking import FromFile, Where, picked, to_each
from followup.cli.report import most, report
from followup.cli.settings import world
from followup.cli.words import choice
from followup.core import wishes as w
from followup.errors import BadInput
from followup.output.text import clean

app = typer.Typer()
Contacts = Annotated[list[str], typer.Argument(metavar="CONTACT...", help="ids or names")]


@app.command()
def assign(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="[CONTACT...] ALIAS", help="whom, and onto what")],
    where: Where = [],  # noqa: B006
    from_file: FromFile = "",
    restart: Restart = False,
    stagger: Annotated[str, typer.Option("--stagger", metavar="N/day", help="so many of an owner begin on a day")] = "",
    format: Answer = "table",
    dry_run: DryRun = False,
) -> None:
    """Place contacts on a cycle, by its alias."""
    with world(ctx, dry_run) as here:
        chosen = choice(here, words[-1])
        assert chosen is not None
        whom = picked(here, words[:-1], where, from_file)
        wish = Staggered(chosen, restart, _a_day(stagger)) if stagger else w.Assign(chosen, restart)
        did = f"placed on {words[-1]}:"
        if not dry_run:
            report(here, to_each(ctx, here, whom, wish, format), did, format)
            return
        from followup.cli import adding

        added = adding.watched(here)
        made = to_each(ctx, here, whom, wish, format, added.note)
        found = adding.owners(here, added) if made.done.total > NAMED or stagger else []
        more = adding.lines(here, found, bool(stagger)) if found else []
        report(here, made, did, format, {"load": adding.items(found)}, more)


def _a_day(text: str) -> int:
    number = text.removesuffix("/day")
    if not number.isdecimal() or int(number) == 0:
        raise BadInput(f"--stagger '{text}': 20/day lets twenty of each owner begin on a working day")
    return int(number)


@app.command()
def stop(ctx: typer.Context, contacts: Contacts, format: Answer = "table", dry_run: DryRun = False) -> None:
    """Off the cycle, with nothing in its place."""
    with world(ctx, dry_run) as here:
        ids = [named_contacts.contact_id(here, word) for word in contacts]
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
        id = named_contacts.contact_id(here, contact)
        report(here, for_contacts(here, [(id, w.Close(stage))], most(format)), f"closed as {stage}:", format)
        for row in action_lists.by_hand(here, id):
            typer.echo(f"followup: still open: {row.id} {row.type} {clean(row.title)}, due {row.due}", err=True)
