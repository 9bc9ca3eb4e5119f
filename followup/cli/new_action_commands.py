"""Actions added by hand: schedule something to do, or log something that happened."""

from __future__ import annotations

from typing import Annotated

import typer

from followup.app import lookup, named_contacts
from followup.app.deciding import for_contacts, for_user
from followup.app.session import Session
from followup.cli.answers import answer, kept_rows
from followup.cli.arguments import channel_of, day, declared, listing_sold, optional_choice, restarts
from followup.cli.command_session import opened
from followup.cli.options import Answer, Contact, Cycle, DryRun, Listing, Note, On, Outcome, Restart
from followup.core import wishes as w
from followup.core.kinds import ACTION_TYPE
from followup.errors import UsageError

app = typer.Typer()


@app.command()
def schedule(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="[CONTACT] TYPE [WHEN]", help="WHEN defaults to now")],
    title: Annotated[str, typer.Option("--title", help="what to do")],
    owner: Annotated[str | None, typer.Option("--owner", metavar="USER", help="who does it (default: you)")] = None,
    note: Note = None,
    category: Annotated[str | None, typer.Option("--category", help="one of the office's categories")] = None,
    channel: Annotated[str | None, typer.Option("--channel", help="call, email, ...")] = None,
    format: Answer = "table",
    dry_run: DryRun = False,
) -> None:
    """Schedule a follow-up or a task.

    With a contact it's a follow-up; without one it's your own task.
    """
    with opened(ctx, dry_run) as session:
        contact, type_, time = _parsed(session, words)
        who = lookup.worker(session, owner).id if owner else session.user.id
        due = day(session, time, who) if time else None
        kind = declared(session, "category", category)
        wish = w.Schedule(type_, due, title, who, note or None, kind, None, channel_of(channel))
        if contact:
            outcome = for_contacts(session, [(contact, wish)], kept_rows(format))
        else:
            outcome = for_user(session, who, wish, kept_rows(format))
        answer(ctx, session, outcome, "scheduled for", format)


def _parsed(session: Session, words: list[str]) -> tuple[str | None, str, str]:
    """[CONTACT] TYPE [WHEN]: the first word is a type only if the catalog has that type and the next word isn't one."""
    types = session.catalog.documents(ACTION_TYPE)
    if words[0] in types and (len(words) == 1 or words[1] not in types):
        return None, words[0], " ".join(words[1:])
    if len(words) < 2:
        raise UsageError(f"unknown action type '{words[0]}': followup schedule [CONTACT] TYPE [WHEN]")
    contact = named_contacts.contact_id(session, words[0])
    return contact, lookup.one(session, "action_type", words[1]), " ".join(words[2:])


@app.command()
def log(
    ctx: typer.Context,
    contact: Contact,
    type: Annotated[str, typer.Argument(metavar="TYPE", help="inbound, call, tour, ...")],
    title: Annotated[str | None, typer.Option("--title", help="subject")] = None,
    channel: Annotated[
        str | None, typer.Option("--channel", help="of an inbound: call, correspondence, email, walk-in, sms, web")
    ] = None,
    outcome: Outcome = None,
    note: Note = None,
    cycle: Cycle = None,
    restart: Restart = False,
    on: On = None,
    listing: Listing = None,
    format: Answer = "table",
    dry_run: DryRun = False,
) -> None:
    """Log something that already happened.

    For example an inbound call.
    """
    restarts(cycle, restart)
    with opened(ctx, dry_run) as session:
        id, kind = named_contacts.contact_id(session, contact), lookup.one(session, "action_type", type)
        wish = w.Log(
            type=kind,
            title=title or session.office.types[kind].name,
            on=day(session, on, session.user.id) if on else None,
            channel=channel_of(channel),
            outcome=declared(session, "outcome", outcome),
            notes=note or None,
            listing=listing_sold(session, listing),
            choice=optional_choice(session, cycle),
            restart=restart,
        )
        answer(ctx, session, for_contacts(session, [(id, wish)], kept_rows(format)), f"logged {kind} of", format)
