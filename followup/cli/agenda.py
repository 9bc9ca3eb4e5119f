"""`agenda`: a day for each user, to print, to send, or for another program."""

from __future__ import annotations

import os
from typing import Annotated, Literal

import typer

from followup.app import lists
from followup.app.world import World
from followup.cli.settings import world
from followup.cli.words import day
from followup.output.agenda import Agenda, as_json, as_markdown, as_text

app = typer.Typer()
FORMATS = {"text": (as_text, "txt"), "md": (as_markdown, "md"), "json": (as_json, "json")}


@app.command()
def agenda(
    ctx: typer.Context,
    on: Annotated[str, typer.Argument(metavar="[DAY]", help="the day to plan")] = "today",
    all_users: Annotated[bool, typer.Option("--all-users", help="everyone whom you see")] = False,
    format: Annotated[Literal["text", "md", "json"], typer.Option("--format", "-f", help="how to write it")] = "text",
    out: Annotated[str, typer.Option("--out", metavar="DIR", help="one file a user, whole or not at all")] = "",
) -> None:
    """A day's agenda: yours, or one for each user."""
    with world(ctx) as here:
        users = _users(here) if all_users or out else [here.user.id]
        for user in users:
            text = _drawn(here, user, on, format)
            if out:
                _written(out, f"{user}.{FORMATS[format][1]}", text)
            else:
                typer.echo(text)
        if out and not ctx.obj.quiet:
            typer.echo(f"wrote {len(users)} agendas to {out}")


def _users(here: World) -> list[str]:
    return [id for id in sorted(here.seen_users()) if here.users[id].active]


def _drawn(here: World, user: str, text: str, format: str) -> str:
    """In the user's own day: theirs may have begun while another's has not."""
    date, who = day(here, text, user)[:10], here.users[user]
    agenda = Agenda(user, who.name, date, lists.due(here, user, date), lists.fulfilment(here, who, date))
    return FORMATS[format][0](agenda)


def _written(folder: str, name: str, text: str) -> None:
    from followup.intake.refusals import replacing

    os.makedirs(folder, exist_ok=True)
    with replacing(os.path.join(folder, name)) as file:
        file.write(text + "\n")
