"""`agenda`: a day for each user, to print, to send, or for another program."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from followup.app import lists
from followup.app.world import World
from followup.cli.options import when
from followup.cli.settings import world
from followup.core.timing import today
from followup.errors import UsageError
from followup.output.agenda import as_json, as_markdown, as_text

app = typer.Typer()
FORMATS = {"text": (as_text, "txt"), "md": (as_markdown, "md"), "json": (as_json, "json")}


@app.command()
def agenda(
    ctx: typer.Context,
    day: Annotated[str, typer.Argument(metavar="[DAY]")] = "today",
    all_users: Annotated[bool, typer.Option("--all-users", help="everyone whom you see")] = False,
    format: Annotated[str, typer.Option("--format", "-f", help="text, md or json")] = "text",
    out: Annotated[str, typer.Option("--out", metavar="DIR", help="one file a user, whole or not at all")] = "",
) -> None:
    """A day's agenda: yours, or one for each user."""
    if format not in FORMATS:
        raise UsageError(f"agenda --format text, md or json: not '{format}'")
    with world(ctx) as here:
        users = _users(here) if all_users or out else [here.user.id]
        for user in users:
            text = _drawn(here, user, day, format)
            if out:
                _written(out, f"{user}.{FORMATS[format][1]}", text)
            else:
                typer.echo(text)
        if out and not ctx.obj.quiet:
            typer.echo(f"wrote {len(users)} agendas to {out}")


def _users(here: World) -> list[str]:
    team, _ = here.reach()
    return [id for id, user in sorted(here.users.items()) if user.active and (team is None or id in team)]


def _drawn(here: World, user: str, day: str, format: str) -> str:
    """In the user's own day: theirs may have begun while another's has not."""
    now = today(here.now, here.office.calendars[user].zone)
    date = when(day, now)[:10]
    return FORMATS[format][0](here.users[user].name, user, date, lists.due(here, user, date))


def _written(folder: str, name: str, text: str) -> None:
    from followup.intake.refusals import replacing

    os.makedirs(folder, exist_ok=True)
    with replacing(os.path.join(folder, name)) as file:
        file.write(text + "\n")
