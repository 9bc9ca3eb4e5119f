"""Put contacts on a cycle, take them off, and close them as won or lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from followup.app import action_lists, named_contacts
from followup.app.deciding import for_contacts
from followup.app.outcome import NAMED, Outcome
from followup.app.session import Session
from followup.app.staggering import Staggered
from followup.cli.answers import More, answer, kept_rows
from followup.cli.arguments import choice
from followup.cli.command_session import opened, print_remark
from followup.cli.contact_selection import FromFile, Where, for_each, selection
from followup.cli.options import Answer, DryRun, Restart
from followup.core import wishes as w
from followup.errors import BadInput

if TYPE_CHECKING:
    from followup.app.forecasting import AddedLoad

app = typer.Typer()


@app.command()
def assign(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="[CONTACT...] ALIAS", help="contacts, then the alias")],
    where: Where = None,
    from_file: FromFile = None,
    restart: Restart = False,
    stagger: Annotated[
        str | None, typer.Option("--stagger", metavar="N/day", help="start at most N per owner per day")
    ] = None,
    format: Answer = "table",
    dry_run: DryRun = False,
) -> None:
    """Put contacts on a cycle, by alias."""
    *contacts, alias = words
    with opened(ctx, dry_run) as session:
        chosen, who = choice(session, alias), selection(session, contacts, where, from_file)
        pace = Staggered(chosen, restart, _a_day(stagger)) if stagger else None
        added = _added_load(session) if dry_run else None
        watches = [each.note for each in (pace, added) if each]
        outcome = for_each(ctx, session, who, pace.wish if pace else w.Assign(chosen, restart), format, watches)
        more = _load_of(session, added, outcome, pace is not None) if added else None
        answer(ctx, session, outcome, "", format, more)


def _a_day(text: str) -> int:
    number = text.removesuffix("/day")
    if not number.isdecimal() or int(number) == 0:
        raise BadInput(f"--stagger needs a number per day, such as 20/day, not '{text}'")
    return int(number)


def _added_load(session: Session) -> AddedLoad:
    from followup.app.forecasting import AddedLoad

    return AddedLoad(session)


def _load_of(session: Session, added: AddedLoad, outcome: Outcome, staggered: bool) -> More:
    """The load part of a dry run's answer: empty for a few contacts, unless start days are staggered."""
    from followup.output.added_load import load_items, render_added_load

    changes = added.changes() if outcome.done.total > NAMED or staggered else []
    lines = render_added_load(changes, session.clock(None).day, staggered) if changes else ()
    return More({"load": load_items(changes)}, lines)


@app.command()
def stop(
    ctx: typer.Context,
    contacts: Annotated[list[str], typer.Argument(metavar="CONTACT...", help="contact ids or names")],
    format: Answer = "table",
    dry_run: DryRun = False,
) -> None:
    """Take contacts off their cycle."""
    with opened(ctx, dry_run) as session:
        wishes = [(named_contacts.contact_id(session, word), w.Stop()) for word in contacts]
        answer(ctx, session, for_contacts(session, wishes, kept_rows(format)), "stopped", format)


@app.command()
def close(
    ctx: typer.Context,
    contact: Annotated[str, typer.Argument(metavar="CONTACT")],
    stage: Annotated[Literal["won", "lost"], typer.Argument(metavar="won|lost")],
    format: Answer = "table",
    dry_run: DryRun = False,
) -> None:
    """Mark a contact as won or lost.

    Ends their cycle. Actions added by hand stay open and are listed.
    """
    with opened(ctx, dry_run) as session:
        id = named_contacts.contact_id(session, contact)
        outcome = for_contacts(session, [(id, w.Close(stage))], kept_rows(format))
        answer(ctx, session, outcome, f"closed as {stage}:", format)
        for row in action_lists.by_hand(session, id):
            print_remark(f"still open: {row.id} {row.type} {row.title}, due {row.due}")
