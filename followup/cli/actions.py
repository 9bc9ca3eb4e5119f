"""What a rep does with actions: complete, attempt, no-show, reschedule, skip, cancel, schedule, log."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from followup.app import lists
from followup.app.changes import for_actions, for_contacts, for_user
from followup.app.world import World
from followup.cli.options import Cycle, DryRun, Restart, when
from followup.cli.report import report
from followup.cli.settings import world
from followup.core import wishes as w
from followup.core.timing import today
from followup.errors import NotFound, UsageError

app = typer.Typer()
Ids = Annotated[list[int], typer.Argument(metavar="ID...", help="actions, by their ids")]
Id = Annotated[int, typer.Argument(metavar="ID", help="the action's id")]
On = Annotated[str, typer.Option("--on", metavar="WHEN", help="when it was: today or earlier")]
Note = Annotated[str, typer.Option("--note", "--notes", help="what to remember")]
Format = Annotated[str, typer.Option("--format", "-f", help="table or json")]


def choice(here: World, word: str) -> w.Choice | None:
    """The alias that `word` means; for an administrator also the id of a cycle (F9)."""
    if not word:
        return None
    try:
        return w.Choice(here.one("alias", word))
    except NotFound:
        if here.user.administers() and here.document("cycle", word):
            return w.Choice(None, word)
        raise


def day(here: World, text: str, owner: str | None = None) -> str | None:
    """`text` as local text of the owner's today; None for nothing."""
    if not text:
        return None
    return when(text, today(here.now, here.office.calendars[owner or here.user.id].zone))


@app.command()
def complete(
    ctx: typer.Context,
    ids: Ids,
    outcome: Annotated[str, typer.Option("--outcome", help="how it went")] = "",
    note: Note = "",
    cycle: Cycle = "",
    restart: Restart = False,
    on: On = "",
    listing: Annotated[int, typer.Option("--listing", metavar="ID", help="of a sale: the listing it sold")] = 0,
    then: Annotated[tuple[str, str], typer.Option("--then", metavar="TYPE WHEN", help="the next one, by hand")] = (
        "",
        "",
    ),
    format: Format = "table",
    dry_run: DryRun = False,
) -> None:
    """Complete actions; what the cycle says comes next is scheduled."""
    with world(ctx, dry_run) as here:
        chosen = choice(here, cycle) if cycle else _asked(here, ids)
        wish = w.Complete(0, day(here, on), outcome or None, note or None, listing or None, chosen, restart)
        report(
            here, for_actions(here, [(id, wish._replace(action=id)) for id in ids]), "completed", format, "complete@1"
        )
        if then[0]:
            _then(here, ids, then)


def _asked(here: World, ids: list[int]) -> w.Choice | None:
    """The alias menu, on a terminal, where the type offers it (F10)."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or len(ids) != 1:
        return None
    row = lists.action(here, ids[0])
    if row.contact is None or row.status != "scheduled" or not here.office.types[row.type].offers_cycle:
        return None
    names = {id: text for id, text in here.documents("alias").items() if text["active"]}
    typer.echo("Cycle: " + ", ".join(names) + "  (enter: carry on)")
    word = typer.prompt("Choose", default="", show_default=False)
    return choice(here, word)


def _then(here: World, ids: list[int], then: tuple[str, str]) -> None:
    type_ = here.one("action_type", then[0])
    for id in ids:
        row = lists.action(here, id)
        wish = w.Schedule(type_, day(here, then[1]), row.title)
        made = for_contacts(here, [(row.contact, wish)]) if row.contact else for_user(here, here.user.id, wish)
        report(here, made, "scheduled for")


@app.command()
def attempt(
    ctx: typer.Context,
    ids: Ids,
    channel: Annotated[str, typer.Option("--channel", help="how: call, email, sms")] = "",
    note: Note = "",
    dry_run: DryRun = False,
) -> None:
    """A try that reached nobody; the action stays open."""
    _each(ctx, ids, w.Attempt(0, channel or None, note or None), "noted an attempt at", dry_run)


@app.command("no-show")
def no_show(
    ctx: typer.Context,
    ids: Ids,
    reason: Annotated[str, typer.Option("--reason", help="why, from the office's list")],
    rebook: Annotated[str, typer.Option("--rebook", metavar="WHEN", help="try again then")] = "",
    on: On = "",
    dry_run: DryRun = False,
) -> None:
    """They did not come, or could not be reached; rebooked, or the cycle goes on."""
    with world(ctx, dry_run) as here:
        declared = here.one("no_show_reason", reason) if here.documents("no_show_reason") else reason
        wish = w.NoShow(0, declared, day(here, on), day(here, rebook))
        report(here, for_actions(here, [(id, wish._replace(action=id)) for id in ids]), "closed as no-show")


@app.command()
def reschedule(
    ctx: typer.Context,
    id: Id,
    to: Annotated[str, typer.Argument(metavar="WHEN", help="the new date, or date and time")],
    dry_run: DryRun = False,
) -> None:
    """Move one action to another time; nothing else moves."""
    with world(ctx, dry_run) as here:
        wish = w.Reschedule(id, day(here, to, lists.action(here, id).owner) or "")
        report(here, for_actions(here, [(id, wish)]), f"moved to {wish.due}:")


@app.command()
def skip(
    ctx: typer.Context,
    ids: Ids,
    reason: Annotated[str, typer.Option("--reason", help="why")] = "",
    dry_run: DryRun = False,
) -> None:
    """Leave out this step; the next one is scheduled."""
    _each(ctx, ids, w.Skip(0, None, reason or None), "skipped", dry_run)


@app.command()
def cancel(
    ctx: typer.Context,
    ids: Ids,
    reason: Annotated[str, typer.Option("--reason", help="why")] = "",
    dry_run: DryRun = False,
) -> None:
    """Cancel an action; refused for the last open one of a cycle."""
    _each(ctx, ids, w.Cancel(0, reason or None), "cancelled", dry_run)


def _each(ctx: typer.Context, ids: list[int], wish: w.Attempt | w.Skip | w.Cancel, did: str, dry_run: bool) -> None:
    with world(ctx, dry_run) as here:
        report(here, for_actions(here, [(id, wish._replace(action=id)) for id in ids]), did)


@app.command()
def schedule(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="[CONTACT] TYPE [WHEN]", help="WHEN: now, if left out")],
    title: Annotated[str, typer.Option("--title", help="what is to be done")],
    owner: Annotated[str, typer.Option("--owner", metavar="USER", help="who does it; you, if left out")] = "",
    note: Note = "",
    category: Annotated[str, typer.Option("--category", help="a declared category")] = "",
    channel: Annotated[str, typer.Option("--channel", help="call, email, ...")] = "",
    dry_run: DryRun = False,
) -> None:
    """A follow-up by hand, for a contact, or a task of your own."""
    with world(ctx, dry_run) as here:
        contact, type_, time = _parsed(here, words)
        who = here.one("user", owner) if owner else None
        wish = w.Schedule(
            type_, day(here, time, who), title, who, note or None, category or None, None, channel or None
        )
        outcome = for_contacts(here, [(contact, wish)]) if contact else for_user(here, who or here.user.id, wish)
        report(here, outcome, "scheduled for")


def _parsed(here: World, words: list[str]) -> tuple[str | None, str, str]:
    """[CONTACT] TYPE [WHEN]: the first word is a type only where it names one and a task is meant."""
    types = here.documents("action_type")
    if words[0] in types and (len(words) == 1 or words[1] not in types):
        return None, words[0], " ".join(words[1:])
    if len(words) < 2:
        raise UsageError(f"schedule [CONTACT] TYPE [WHEN]: '{words[0]}' is no type of action")
    return lists.contact_id(here, words[0]), here.one("action_type", words[1]), " ".join(words[2:])


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
    listing: Annotated[int, typer.Option("--listing", metavar="ID", help="of a sale: the listing it sold")] = 0,
    dry_run: DryRun = False,
) -> None:
    """Something that has already happened, such as an inbound call."""
    with world(ctx, dry_run) as here:
        id, kind = lists.contact_id(here, contact), here.one("action_type", type)
        named = title or here.office.types[kind].name
        chosen = choice(here, cycle)
        wish = w.Log(
            kind, named, day(here, on), channel or None, outcome or None, note or None, listing or None, chosen, restart
        )
        report(here, for_contacts(here, [(id, wish)]), f"logged {kind} of")
