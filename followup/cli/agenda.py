"""`agenda`: a day for each user, to print, to send, or for another program."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

import typer

from followup.app import action_lists, lookup
from followup.app.session import Session
from followup.cli.report import room, show
from followup.cli.settings import world
from followup.cli.words import day
from followup.output.agenda import Agenda, drawn
from followup.output.text import plural

app = typer.Typer()
ENDINGS = {"text": "txt", "md": "md", "json": "json"}


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
        names = lookup.type_names(here)
        agendas = (_agenda(here, user, on, names) for user in users)
        if not out:
            show(drawn(agendas, format, room()))
            return
        for each in agendas:
            _written(out, f"{each.user}.{ENDINGS[format]}", drawn([each], format))
        if not ctx.obj.quiet:
            typer.echo(f"wrote {plural(len(users), 'agenda')} to {out}")


def _users(here: Session) -> list[str]:
    return [id for id in sorted(here.seen_users()) if here.users[id].active]


def _agenda(here: Session, user: str, text: str, names: Mapping[str, str]) -> Agenda:
    """In the user's own day: theirs may have begun while another's has not."""
    date, who = day(here, text, user)[:10], here.users[user]
    return Agenda(
        user, who.name, date, action_lists.due(here, user, date), action_lists.fulfilment(here, who, date), names
    )


def _written(folder: str, name: str, lines: Iterable[str]) -> None:
    from followup.disk import replacing

    os.makedirs(folder, exist_ok=True)
    with replacing(os.path.join(folder, name)) as file:
        file.writelines(line + "\n" for line in lines)
