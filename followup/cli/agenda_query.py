"""`agenda`: one day per user, to print, to send, or for another program."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Literal, TypeAlias

import typer

from followup.app import action_lists, lookup
from followup.app.session import Session
from followup.cli.arguments import day
from followup.cli.command_session import opened
from followup.cli.printing import print_lines, terminal_width, write_lines
from followup.output.agenda import Agenda, render_agendas
from followup.output.text import plural

app = typer.Typer()
AgendaFormat: TypeAlias = Literal["text", "md", "json"]
ENDINGS: Mapping[AgendaFormat, str] = MappingProxyType({"text": "txt", "md": "md", "json": "json"})


@app.command()
def agenda(
    ctx: typer.Context,
    on: Annotated[str, typer.Argument(metavar="[DAY]", help="day of the agenda")] = "today",
    all_users: Annotated[bool, typer.Option("--all-users", help="everyone you can see")] = False,
    format: Annotated[AgendaFormat, typer.Option("--format", "-f", help="output format")] = "text",
    out: Annotated[str | None, typer.Option("--out", metavar="DIR", help="folder for one file per user")] = None,
) -> None:
    """Make the agenda of a day.

    Yours, or one for each user.
    """
    with opened(ctx) as session:
        users = _users(session) if all_users or out else [session.user.id]
        agendas = _agendas(session, users, on)
        if not out:
            print_lines(render_agendas(agendas, format, terminal_width()))
            return
        for each in agendas:
            os.makedirs(out, exist_ok=True)
            write_lines(render_agendas([each], format), os.path.join(out, f"{each.user}.{ENDINGS[format]}"))
        if not ctx.obj.quiet:
            typer.echo(f"wrote {plural(len(users), 'agenda')} to {out}")


def _users(session: Session) -> list[str]:
    return [id for id in sorted(session.seen_users()) if session.users[id].active]


def _agendas(session: Session, users: Sequence[str], on: str) -> Iterator[Agenda]:
    """Agendas, each for `on` in the user's own time zone: the date may differ between users."""
    names = lookup.type_names(session)
    for id in users:
        date, user = day(session, on, id)[:10], session.users[id]
        rows, fulfilment = action_lists.due(session, id, date), action_lists.fulfilment(session, user, date)
        yield Agenda(id, user.name, date, rows, fulfilment, names)
