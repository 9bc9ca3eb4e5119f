"""Commands on existing actions: complete, attempt, no-show, reschedule, skip, cancel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated

import typer

from followup.app import action_lists, lookup
from followup.app.deciding import for_actions
from followup.app.session import Session
from followup.cli.answers import answer, kept_rows
from followup.cli.arguments import channel_of, choice, day, declared, listing_sold, restarts
from followup.cli.command_session import opened
from followup.cli.options import LAST_ID, Answer, AnswerFormat, Cycle, DryRun, Listing, Note, On, Outcome, Restart
from followup.cli.settings import can_ask
from followup.core import wishes as w
from followup.core.list_rows import ActionRow
from followup.core.timing import readable

app = typer.Typer()
Ids = Annotated[list[int], typer.Argument(metavar="ID...", min=1, max=LAST_ID, help="action ids")]
Id = Annotated[int, typer.Argument(metavar="ID", min=1, max=LAST_ID, help="action id")]
Reason = Annotated[str | None, typer.Option("--reason", help="reason")]
Then = Annotated[
    tuple[str, str] | None, typer.Option("--then", metavar="TYPE WHEN", help="schedule a follow-up: TYPE and WHEN")
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
    """Complete actions.

    The next step of the cycle is scheduled.
    """
    restarts(cycle, restart)
    with opened(ctx, dry_run) as session:
        chosen = choice(session, cycle) if cycle else _choice_asked_for(session, ids)
        how, sold = declared(session, "outcome", outcome), listing_sold(session, listing)
        wish = w.Complete(0, None, how, note or None, sold, chosen, restart)
        groups = _groups(session, ids, chosen)
        wishes = ((group, _completions(session, wish, group, on, then)) for group in groups)
        answer(ctx, session, for_actions(session, wishes, kept_rows(format)), "completed", format)


def _groups(session: Session, ids: list[int], chosen: w.Choice | None) -> list[list[int]]:
    """Each action alone; with a new cycle, one group per contact, because the cycle is chosen once for all (F10)."""
    each = list(dict.fromkeys(ids))
    if chosen is None or len(each) == 1:
        return [[id] for id in each]
    of_contact: dict[str | int, list[int]] = {}
    for id in each:
        row = action_lists.known(session, id)
        of_contact.setdefault((row and row.contact) or id, []).append(id)
    return list(of_contact.values())


def _choice_asked_for(session: Session, ids: Sequence[int]) -> w.Choice | None:
    """The next cycle, asked at a terminal; scripts, and several actions at once, keep the current one."""
    if len(ids) != 1 or not can_ask():
        return None
    from followup.cli.alias_menu import choice_from_menu

    return choice_from_menu(session, ids[0])


def _completions(
    session: Session, wish: w.Complete, group: list[int], on: str | None, then: tuple[str, str] | None
) -> list[w.Wish]:
    first, *others = group
    done = wish._replace(action=first, on=_on(session, first, on), others=tuple(others))
    row = action_lists.known(session, first) if then and then[0] else None
    return [done, _next_by_hand(session, row, *then)] if then and row else [done]


def _on(session: Session, id: int, text: str | None) -> str | None:
    """The date in `text`, read on the clock of the action's owner; of an unknown action, which is refused later, the
    office's."""
    row = action_lists.known(session, id) if text else None
    return day(session, text, row and row.owner) if text else None


def _next_by_hand(session: Session, row: ActionRow, type: str, when: str) -> w.Schedule:
    """The follow-up to an action: yours, or for a task its owner's."""
    owner = session.user.id if row.contact else row.owner
    return w.Schedule(lookup.one(session, "action_type", type), day(session, when, owner), row.title, owner)


def _answer_each(
    ctx: typer.Context,
    session: Session,
    ids: Sequence[int],
    wish: Callable[[int], w.Wish],
    did: str,
    format: AnswerFormat,
) -> None:
    """Save one wish per action, and print the answer."""
    wishes = (([id], [wish(id)]) for id in dict.fromkeys(ids))
    answer(ctx, session, for_actions(session, wishes, kept_rows(format)), did, format)


@app.command()
def attempt(
    ctx: typer.Context,
    ids: Ids,
    channel: Annotated[str | None, typer.Option("--channel", help="call, email or sms")] = None,
    note: Note = None,
    format: Answer = "table",
    dry_run: DryRun = False,
) -> None:
    """Record an unsuccessful attempt.

    The action stays open.
    """
    with opened(ctx, dry_run) as session:
        _answer_each(
            ctx,
            session,
            ids,
            lambda id: w.Attempt(id, channel_of(channel), note or None),
            "logged an attempt at",
            format,
        )


@app.command("no-show")
def no_show(
    ctx: typer.Context,
    ids: Ids,
    reason: Annotated[str, typer.Option("--reason", help="reason from the office's list")],
    rebook: Annotated[
        str | None, typer.Option("--rebook", metavar="WHEN", help="schedule it again at this time")
    ] = None,
    on: On = None,
    format: Answer = "table",
    dry_run: DryRun = False,
) -> None:
    """Record a no-show.

    Rebook the action, or let the cycle continue.
    """
    with opened(ctx, dry_run) as session:
        why = declared(session, "no_show_reason", reason) or ""

        def wish(id: int) -> w.Wish:
            return w.NoShow(id, why, _on(session, id, on), _on(session, id, rebook))

        _answer_each(ctx, session, ids, wish, "closed as no-show", format)


@app.command()
def reschedule(
    ctx: typer.Context,
    id: Id,
    to: Annotated[str, typer.Argument(metavar="WHEN", help="new date, or date and time")],
    format: Answer = "table",
    dry_run: DryRun = False,
) -> None:
    """Move an action to another time.

    Other actions stay where they are.
    """
    with opened(ctx, dry_run) as session:
        due = day(session, to, action_lists.action(session, id).owner)
        did = f"moved to {readable(due)}:"
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
    """Skip a step of the cycle.

    The next step is scheduled.
    """
    with opened(ctx, dry_run) as session:
        _answer_each(ctx, session, ids, lambda id: w.Skip(id, _on(session, id, on), reason or None), "skipped", format)


@app.command()
def cancel(
    ctx: typer.Context, ids: Ids, reason: Reason = None, format: Answer = "table", dry_run: DryRun = False
) -> None:
    """Cancel an action.

    The last open action of a cycle can't be cancelled: use skip or stop.
    """
    with opened(ctx, dry_run) as session:
        _answer_each(ctx, session, ids, lambda id: w.Cancel(id, reason or None), "cancelled", format)
