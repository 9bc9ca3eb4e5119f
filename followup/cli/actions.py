"""What a rep does with actions: complete, attempt, no-show, reschedule, skip, cancel, schedule, log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from followup.app import action_lists, named_contacts
from followup.app.deciding import for_actions, for_contacts, for_user
from followup.app.session import Session
from followup.cli.options import Answer, Cycle, DryRun, Restart
from followup.cli.report import most, report
from followup.cli.settings import ask, can_ask, world
from followup.cli.words import choice, day, declared, listed, owner_of
from followup.core import wishes as w
from followup.errors import NotFound, UsageError
from followup.output.text import clean

app = typer.Typer()
LAST_ID = 2**63 - 1  # that a store can hold
Ids = Annotated[list[int], typer.Argument(metavar="ID...", min=1, max=LAST_ID, help="actions, by their ids")]
Id = Annotated[int, typer.Argument(metavar="ID", min=1, max=LAST_ID, help="the action's id")]
On = Annotated[str, typer.Option("--on", metavar="WHEN", help="when it was: today or earlier")]
Note = Annotated[str, typer.Option("--note", "--notes", help="what to remember")]
Then = Annotated[tuple[str, str], typer.Option("--then", metavar="TYPE WHEN", help="the next one, by hand")]
Listing = Annotated[int, typer.Option("--listing", metavar="ID", max=LAST_ID, help="of a sale: the listing it sold")]


@app.command()
def complete(
    ctx: typer.Context,
    ids: Ids,
    outcome: Annotated[str, typer.Option("--outcome", help="how it went")] = "",
    note: Note = "",
    cycle: Cycle = "",
    restart: Restart = False,
    on: On = "",
    listing: Listing = 0,
    then: Then = ("", ""),
    format: Answer = "table",
    dry_run: DryRun = False,
) -> None:
    """Complete actions; what the cycle says comes next is scheduled."""
    with world(ctx, dry_run) as here:
        chosen = choice(here, cycle) if cycle else _asked(here, ids)
        how = declared(here, "outcome", outcome)
        wish = w.Complete(0, None, how, note or None, listed(here, listing), chosen, restart)

        def wishes(first: int, *others: int) -> list[w.Wish]:
            done = wish._replace(action=first, on=_on(here, first, on), others=others)
            return [done, _then(here, first, then)] if then[0] else [done]

        asked = ((group, wishes(*group)) for group in _groups(here, ids, chosen))
        report(here, for_actions(here, asked, most(format)), "completed", format)


def _groups(here: Session, ids: list[int], chosen: w.Choice | None) -> list[list[int]]:
    """Each action by itself; with a choice, those of one contact together: it is made once for all of them (F10)."""
    each = list(dict.fromkeys(ids))
    if chosen is None or len(each) == 1:
        return [[id] for id in each]
    of_contact: dict[str | int, list[int]] = {}
    for id in each:
        of_contact.setdefault(action_lists.action(here, id).contact or id, []).append(id)
    return list(of_contact.values())


def _asked(here: Session, ids: list[int]) -> w.Choice | None:
    """The alias menu, on a terminal, where the type offers it (F10)."""
    if len(ids) != 1 or not can_ask():
        return None
    row = action_lists.action(here, ids[0])
    if row.contact is None or row.status != "scheduled" or not here.office.offers_cycle(row.type):
        return None
    aliases = [id for id, text in here.documents("alias").items() if text["active"]]
    for number, id in enumerate(aliases, 1):
        typer.echo(f"{number:>3}  {here.office.aliases[id].name}", err=True)
    while True:
        word = ask("Onto which cycle? A number or a name; enter carries on")
        try:
            return choice(here, aliases[int(word) - 1] if word in map(str, range(1, len(aliases) + 1)) else word)
        except NotFound as unknown:
            typer.echo(f"followup: {clean(str(unknown))}", err=True)


def _on(here: Session, id: int, text: str) -> str | None:
    return day(here, text, owner_of(here, id)) if text else None


def _then(here: Session, id: int, then: tuple[str, str]) -> w.Schedule:
    """The next one by hand: yours, or for a task its owner's."""
    row = action_lists.action(here, id)
    owner = here.user.id if row.contact else row.owner
    return w.Schedule(here.one("action_type", then[0]), day(here, then[1], owner), row.title, owner)


def _each(here: Session, ids: list[int], wishes: Callable[[int], list[w.Wish]], did: str, format: str) -> None:
    report(here, for_actions(here, (([id], wishes(id)) for id in dict.fromkeys(ids)), most(format)), did, format)


@app.command()
def attempt(
    ctx: typer.Context,
    ids: Ids,
    channel: Annotated[str, typer.Option("--channel", help="how: call, email, sms")] = "",
    note: Note = "",
    format: Answer = "table",
    dry_run: DryRun = False,
) -> None:
    """A try that reached nobody; the action stays open."""
    with world(ctx, dry_run) as here:
        _each(here, ids, lambda id: [w.Attempt(id, channel or None, note or None)], "noted an attempt at", format)


@app.command("no-show")
def no_show(
    ctx: typer.Context,
    ids: Ids,
    reason: Annotated[str, typer.Option("--reason", help="why, from the office's list")],
    rebook: Annotated[str, typer.Option("--rebook", metavar="WHEN", help="try again then")] = "",
    on: On = "",
    format: Answer = "table",
    dry_run: DryRun = False,
) -> None:
    """They did not come, or could not be reached; rebooked, or the cycle goes on."""
    with world(ctx, dry_run) as here:
        why = declared(here, "no_show_reason", reason) or ""

        def wishes(id: int) -> list[w.Wish]:
            return [w.NoShow(id, why, _on(here, id, on), _on(here, id, rebook))]

        _each(here, ids, wishes, "closed as no-show", format)


@app.command()
def reschedule(
    ctx: typer.Context,
    id: Id,
    to: Annotated[str, typer.Argument(metavar="WHEN", help="the new date, or date and time")],
    format: Answer = "table",
    dry_run: DryRun = False,
) -> None:
    """Move one action to another time; nothing else moves."""
    with world(ctx, dry_run) as here:
        due = day(here, to, owner_of(here, id))
        _each(here, [id], lambda id: [w.Reschedule(id, due)], f"moved to {due.replace('T', ' ')}:", format)


@app.command()
def skip(
    ctx: typer.Context,
    ids: Ids,
    reason: Annotated[str, typer.Option("--reason", help="why")] = "",
    on: On = "",
    format: Answer = "table",
    dry_run: DryRun = False,
) -> None:
    """Leave out this step; the next one is scheduled."""
    with world(ctx, dry_run) as here:
        _each(here, ids, lambda id: [w.Skip(id, _on(here, id, on), reason or None)], "skipped", format)


@app.command()
def cancel(
    ctx: typer.Context,
    ids: Ids,
    reason: Annotated[str, typer.Option("--reason", help="why")] = "",
    format: Answer = "table",
    dry_run: DryRun = False,
) -> None:
    """Cancel an action; refused for the last open one of a cycle."""
    with world(ctx, dry_run) as here:
        _each(here, ids, lambda id: [w.Cancel(id, reason or None)], "cancelled", format)


@app.command()
def schedule(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="[CONTACT] TYPE [WHEN]", help="WHEN: now, if left out")],
    title: Annotated[str, typer.Option("--title", help="what is to be done")],
    owner: Annotated[str, typer.Option("--owner", metavar="USER", help="who does it; you, if left out")] = "",
    note: Note = "",
    category: Annotated[str, typer.Option("--category", help="a declared category")] = "",
    channel: Annotated[str, typer.Option("--channel", help="call, email, ...")] = "",
    format: Answer = "table",
    dry_run: DryRun = False,
) -> None:
    """A follow-up by hand, for a contact, or a task of your own."""
    with world(ctx, dry_run) as here:
        contact, type_, time = _parsed(here, words)
        who = here.worker(owner).id if owner else here.user.id
        due = day(here, time, who) if time else None
        kind = declared(here, "category", category)
        wish = w.Schedule(type_, due, title, who, note or None, kind, None, channel or None)
        if contact:
            made = for_contacts(here, [(contact, wish)], most(format))
        else:
            made = for_user(here, who, wish, most(format))
        report(here, made, "scheduled for", format)


def _parsed(here: Session, words: list[str]) -> tuple[str | None, str, str]:
    """[CONTACT] TYPE [WHEN]: the first word is a type only where it names one and a task is meant."""
    types = here.documents("action_type")
    if words[0] in types and (len(words) == 1 or words[1] not in types):
        return None, words[0], " ".join(words[1:])
    if len(words) < 2:
        raise UsageError(f"schedule [CONTACT] TYPE [WHEN]: '{words[0]}' is no type of action")
    return named_contacts.contact_id(here, words[0]), here.one("action_type", words[1]), " ".join(words[2:])


@app.command()
def log(
    ctx: typer.Context,
    contact: Annotated[str, typer.Argument(metavar="CONTACT", help="an id or a name")],
    type: Annotated[str, typer.Argument(metavar="TYPE", help="inbound, call, tour, ...")],
    title: Annotated[str, typer.Option("--title", help="what it was about")] = "",
    channel: Annotated[str, typer.Option("--channel", help="of an inbound: call, correspondence, email, walk-in")] = "",
    outcome: Annotated[str, typer.Option("--outcome", help="how it went")] = "",
    note: Note = "",
    cycle: Cycle = "",
    restart: Restart = False,
    on: On = "",
    listing: Listing = 0,
    format: Answer = "table",
    dry_run: DryRun = False,
) -> None:
    """Something that has already happened, such as an inbound call."""
    with world(ctx, dry_run) as here:
        id, kind = named_contacts.contact_id(here, contact), here.one("action_type", type)
        wish = w.Log(
            type=kind,
            title=title or here.office.types[kind].name,
            on=day(here, on, here.user.id) if on else None,
            channel=channel or None,
            outcome=declared(here, "outcome", outcome),
            notes=note or None,
            listing=listed(here, listing),
            choice=choice(here, cycle),
            restart=restart,
        )
        report(here, for_contacts(here, [(id, wish)], most(format)), f"logged {kind} of", format)
