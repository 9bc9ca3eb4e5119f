"""What a rep does with actions: complete, attempt, no-show, reschedule, skip, cancel, schedule, log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated

import typer

from followup.app import lists
from followup.app.deciding import for_actions, for_contacts, for_user
from followup.app.session import Session
from followup.cli.answers import answer, kept_rows
from followup.cli.arguments import choice, day, declared, optional_choice
from followup.cli.command_session import opened
from followup.cli.options import Answer, AnswerFormat, Contact, Cycle, DryRun, Restart
from followup.core import wishes as w
from followup.errors import NotFound, UsageError
from followup.output.text import clean

app = typer.Typer()
LAST_ID = 2**63 - 1  # that a store can hold
Ids = Annotated[list[int], typer.Argument(metavar="ID...", min=1, max=LAST_ID, help="actions, by their ids")]
Id = Annotated[int, typer.Argument(metavar="ID", min=1, max=LAST_ID, help="the action's id")]
On = Annotated[str | None, typer.Option("--on", metavar="WHEN", help="when it was: today or earlier")]
Note = Annotated[str | None, typer.Option("--note", "--notes", help="what to remember")]
Outcome = Annotated[str | None, typer.Option("--outcome", help="how it went")]
Reason = Annotated[str | None, typer.Option("--reason", help="why")]
Then = Annotated[tuple[str, str] | None, typer.Option("--then", metavar="TYPE WHEN", help="the next one, by hand")]
Listing = Annotated[
    int | None, typer.Option("--listing", metavar="ID", max=LAST_ID, help="of a sale: the listing it sold")
]


@app.command()
def complete(
    ctx: typer.Context,
    ids: Ids,
    outcome: Outcome = None,
    note: Note = None,
    cycle: Cycle = None,
    restart: Restart = False,
    on: On = None,
    listing: Listing = None,
    then: Then = None,
    format: Answer = "table",
    dry_run: DryRun = False,
) -> None:
    """Complete actions; what the cycle says comes next is scheduled."""
    with opened(ctx, dry_run) as session:
        chosen = choice(session, cycle) if cycle else _choice_from_menu(session, ids)
        how, sold = declared(session, "outcome", outcome), _listing_sold(session, listing)
        wish = w.Complete(0, None, how, note or None, sold, chosen, restart)
        groups = _groups(session, ids, chosen)
        wishes = ((group, _completions(session, wish, group, on, then)) for group in groups)
        answer(ctx, session, for_actions(session, wishes, kept_rows(format)), "completed", format)


def _groups(session: Session, ids: list[int], chosen: w.Choice | None) -> list[list[int]]:
    """Each action by itself; with a choice, those of one contact together: it is made once for all of them (F10)."""
    each = list(dict.fromkeys(ids))
    if chosen is None or len(each) == 1:
        return [[id] for id in each]
    of_contact: dict[str | int, list[int]] = {}
    for id in each:
        of_contact.setdefault(lists.action(session, id).contact or id, []).append(id)
    return list(of_contact.values())


def _completions(
    session: Session, wish: w.Complete, group: list[int], on: str | None, then: tuple[str, str] | None
) -> list[w.Wish]:
    first, *others = group
    done = wish._replace(action=first, on=_on(session, first, on), others=tuple(others))
    return [done, _next_by_hand(session, first, *then)] if then and then[0] else [done]


def _choice_from_menu(session: Session, ids: list[int]) -> w.Choice | None:
    """The alias chosen on a terminal, where the action's type offers the menu (F10)."""
    from followup.cli.prompt import can_ask

    if len(ids) != 1 or not can_ask():
        return None
    row = lists.action(session, ids[0])
    if row.contact is None or row.status != "scheduled" or not session.office.offers_cycle(row.type):
        return None
    aliases = [id for id, text in session.documents("alias").items() if text["active"]]
    for number, id in enumerate(aliases, 1):
        typer.echo(f"{number:>3}  {session.office.aliases[id].name}", err=True)
    return _answered(session, aliases)


def _answered(session: Session, aliases: Sequence[str]) -> w.Choice | None:
    """Ask until the answer means an alias; an empty one is no choice."""
    from followup.cli.prompt import ask

    numbers = {str(number): id for number, id in enumerate(aliases, 1)}
    while True:
        word = ask("Onto which cycle? A number or a name; enter carries on")
        try:
            return optional_choice(session, numbers.get(word, word))
        except NotFound as unknown:
            typer.echo(f"followup: {clean(str(unknown))}", err=True)


def _on(session: Session, id: int, text: str | None) -> str | None:
    """The clock of the action's owner reads the dates that are typed for it."""
    return day(session, text, lists.action(session, id).owner) if text else None


def _next_by_hand(session: Session, id: int, type: str, when: str) -> w.Schedule:
    """What follows an action: yours, or for a task its owner's."""
    row = lists.action(session, id)
    owner = session.user.id if row.contact else row.owner
    return w.Schedule(session.one("action_type", type), day(session, when, owner), row.title, owner)


def _listing_sold(session: Session, listing: int | None) -> int | None:
    """The listing that a sale sold (F21); raises NotFound for an action that lists nothing."""
    if listing and lists.action(session, listing).type != "listing":
        raise NotFound(f"action {listing} is no listing")
    return listing or None


def _answer_each(
    ctx: typer.Context,
    session: Session,
    ids: Sequence[int],
    wish: Callable[[int], w.Wish],
    did: str,
    format: AnswerFormat,
) -> None:
    """One wish about each action, by its id."""
    wishes = (([id], [wish(id)]) for id in dict.fromkeys(ids))
    answer(ctx, session, for_actions(session, wishes, kept_rows(format)), did, format)


@app.command()
def attempt(
    ctx: typer.Context,
    ids: Ids,
    channel: Annotated[str | None, typer.Option("--channel", help="how: call, email, sms")] = None,
    note: Note = None,
    format: Answer = "table",
    dry_run: DryRun = False,
) -> None:
    """A try that reached nobody; the action stays open."""
    with opened(ctx, dry_run) as session:
        _answer_each(
            ctx, session, ids, lambda id: w.Attempt(id, channel or None, note or None), "noted an attempt at", format
        )


@app.command("no-show")
def no_show(
    ctx: typer.Context,
    ids: Ids,
    reason: Annotated[str, typer.Option("--reason", help="why, from the office's list")],
    rebook: Annotated[str | None, typer.Option("--rebook", metavar="WHEN", help="try again then")] = None,
    on: On = None,
    format: Answer = "table",
    dry_run: DryRun = False,
) -> None:
    """They did not come, or could not be reached; rebooked, or the cycle goes on."""
    with opened(ctx, dry_run) as session:
        why = declared(session, "no_show_reason", reason) or ""

        def wish(id: int) -> w.Wish:
            return w.NoShow(id, why, _on(session, id, on), _on(session, id, rebook))

        _answer_each(ctx, session, ids, wish, "closed as no-show", format)


@app.command()
def reschedule(
    ctx: typer.Context,
    id: Id,
    to: Annotated[str, typer.Argument(metavar="WHEN", help="the new date, or date and time")],
    format: Answer = "table",
    dry_run: DryRun = False,
) -> None:
    """Move one action to another time; nothing else moves."""
    with opened(ctx, dry_run) as session:
        due = day(session, to, lists.action(session, id).owner)
        did = f"moved to {due.replace('T', ' ')}:"
        _answer_each(ctx, session, [id], lambda id: w.Reschedule(id, due), did, format)


@app.command()
def skip(
    ctx: typer.Context,
    ids: Ids,
    reason: Reason = None,
    on: On = None,
    format: Answer = "table",
    dry_run: DryRun = False,
) -> None:
    """Leave out this step; the next one is scheduled."""
    with opened(ctx, dry_run) as session:
        _answer_each(ctx, session, ids, lambda id: w.Skip(id, _on(session, id, on), reason or None), "skipped", format)


@app.command()
def cancel(
    ctx: typer.Context, ids: Ids, reason: Reason = None, format: Answer = "table", dry_run: DryRun = False
) -> None:
    """Cancel an action; refused for the last open one of a cycle."""
    with opened(ctx, dry_run) as session:
        _answer_each(ctx, session, ids, lambda id: w.Cancel(id, reason or None), "cancelled", format)


@app.command()
def schedule(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="[CONTACT] TYPE [WHEN]", help="WHEN: now, if left out")],
    title: Annotated[str, typer.Option("--title", help="what is to be done")],
    owner: Annotated[str | None, typer.Option("--owner", metavar="USER", help="who does it; you, if left out")] = None,
    note: Note = None,
    category: Annotated[str | None, typer.Option("--category", help="a declared category")] = None,
    channel: Annotated[str | None, typer.Option("--channel", help="call, email, ...")] = None,
    format: Answer = "table",
    dry_run: DryRun = False,
) -> None:
    """A follow-up by hand, for a contact, or a task of your own."""
    with opened(ctx, dry_run) as session:
        contact, type_, time = _parsed(session, words)
        who = session.worker(owner).id if owner else session.user.id
        due = day(session, time, who) if time else None
        kind = declared(session, "category", category)
        wish = w.Schedule(type_, due, title, who, note or None, kind, None, channel or None)
        if contact:
            outcome = for_contacts(session, [(contact, wish)], kept_rows(format))
        else:
            outcome = for_user(session, who, wish, kept_rows(format))
        answer(ctx, session, outcome, "scheduled for", format)


def _parsed(session: Session, words: list[str]) -> tuple[str | None, str, str]:
    """[CONTACT] TYPE [WHEN]: the first word is a type only where it names one and a task is meant."""
    types = session.documents("action_type")
    if words[0] in types and (len(words) == 1 or words[1] not in types):
        return None, words[0], " ".join(words[1:])
    if len(words) < 2:
        raise UsageError(f"schedule [CONTACT] TYPE [WHEN]: '{words[0]}' is no type of action")
    return lists.contact_id(session, words[0]), session.one("action_type", words[1]), " ".join(words[2:])


@app.command()
def log(
    ctx: typer.Context,
    contact: Contact,
    type: Annotated[str, typer.Argument(metavar="TYPE", help="inbound, call, tour, ...")],
    title: Annotated[str | None, typer.Option("--title", help="what it was about")] = None,
    channel: Annotated[
        str | None, typer.Option("--channel", help="of an inbound: call, correspondence, email, walk-in")
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
    """Something that has already happened, such as an inbound call."""
    with opened(ctx, dry_run) as session:
        id, kind = lists.contact_id(session, contact), session.one("action_type", type)
        wish = w.Log(
            type=kind,
            title=title or session.office.types[kind].name,
            on=day(session, on, session.user.id) if on else None,
            channel=channel or None,
            outcome=declared(session, "outcome", outcome),
            notes=note or None,
            listing=_listing_sold(session, listing),
            choice=optional_choice(session, cycle),
            restart=restart,
        )
        answer(ctx, session, for_contacts(session, [(id, wish)], kept_rows(format)), f"logged {kind} of", format)
