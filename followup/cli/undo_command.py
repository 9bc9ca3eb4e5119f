"""`undo`: reverse a user's latest change, or a given one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

import typer

from followup.app.outcome import NAMED
from followup.app.session import Session
from followup.app.undoing import Reversal, change_to_undo, undo_change
from followup.cli.answers import named_or_counted
from followup.cli.command_session import opened, print_remark
from followup.cli.options import LAST_ID, Answer, DryRun, Yes
from followup.cli.printing import print_json, print_lines
from followup.cli.prompt import confirm
from followup.cli.settings import can_ask
from followup.core.model import contact_subject, user_subject
from followup.core.timing import utc_text
from followup.errors import NoProject
from followup.output.text import plural, short

#: a change of more contacts is only undone after a question, and so is one of these commands
UNASKED = 20
SETTING_UP = ("init", "contacts import")

app = typer.Typer()


@app.command()
def undo(
    ctx: typer.Context,
    change: Annotated[
        int | None,
        typer.Argument(metavar="[CHANGE]", min=1, max=LAST_ID, help="number of the change (default: your latest)"),
    ] = None,
    partial: Annotated[bool, typer.Option("--partial", help="undo only what hasn't changed since")] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    format: Answer = "table",
) -> None:
    """Undo your latest change, or a given one.

    This includes everything it scheduled. With the permission apply-catalog you can undo other users' changes, too.
    """
    with opened(ctx, dry_run) as session:
        if can_ask() and not (yes or dry_run or format == "json"):
            change = _confirmed(session, change)
        undone = undo_change(session, change, partial)
        remark = _remark(ctx, session, undone) if undone.version else None
    if format == "json":
        print_json("undo", _item(undone))
    elif not ctx.obj.quiet:
        print_lines(_summary(session, undone, "would undo:" if dry_run else "undone:"))
    if remark and not ctx.obj.quiet:
        print_remark(remark)
    for subject, refusal in undone.refused:
        print_remark(f"not undone: {subject.replace(':', ' ', 1)}: {refusal}")


def _confirmed(session: Session, number: int | None) -> int:
    """The number of the change to undo, asked about if it set up the office or is about many contacts."""
    change = change_to_undo(session, number)
    contacts = [x for x in session.store.history.touched(change.id) if x.startswith(contact_subject(""))]
    if change.command in SETTING_UP or len(contacts) > UNASKED:
        what = _change(change.id, change.command, utc_text(change.at), change.by, session)
        # a count says something about contacts, too (F20)
        seen = session.reach.everything or change.by == session.user.id
        count = f": {plural(len(contacts), 'contact')}" if seen else ""
        confirm(f"Undo {what}{count}?", "--yes")
    return change.id


def _item(undone: Reversal) -> dict[str, object]:
    refused = [{"id": subject, "why": str(refusal)} for subject, refusal in undone.refused]
    item = {**undone._asdict(), "refused": refused}
    return {key: value for key, value in item.items() if key != "names"}


def _remark(ctx: typer.Context, session: Session, undone: Reversal) -> str | None:
    """Of the files, where this is a project: whoever has only the store can do nothing about them."""
    from followup.app.stale_files import stale_files

    try:
        return stale_files(session, ctx.obj.folder(), undone.change)
    except NoProject:
        return None


def _summary(session: Session, undone: Reversal, did: str) -> Iterator[str]:
    catalog = [f"the catalog is back to what it was, as version {undone.version}"] if undone.version else []
    what = ", ".join([*catalog, *_subjects(session, undone.subjects, undone.names)])
    yield f"{did} {_change(undone.change, undone.command, undone.at, undone.by, session)}: {what}"
    if undone.met:
        met = ", ".join(_subjects(session, undone.met, undone.names))
        yield f"already migrated to that version: {met}; see `followup history`"


def _change(id: int, command: str, at: str, by: str, session: Session) -> str:
    whose = "" if by == session.user.id else f", by {by}"
    return f"change {id} ({command}, {at}{whose})"


def _subjects(session: Session, subjects: Sequence[str], names: Mapping[str, str]) -> Iterator[str]:
    """`8 contacts: Jane Smith (jane-smith), ... and 3 more`, `tasks of Tom Brown`."""
    contacts = [subject for subject in subjects if subject.startswith(contact_subject(""))]
    if contacts:
        count = f"{plural(len(contacts), 'contact')}: " if len(contacts) > NAMED else ""
        more = f" and {len(contacts) - NAMED:,} more" if len(contacts) > NAMED else ""
        yield f"{count}{', '.join(short(names.get(x, x)) for x in contacts[:NAMED])}{more}"
    users = [subject.partition(":")[2] for subject in subjects if subject.startswith(user_subject(""))]
    if users:
        owners = [session.users[id].name if id in session.users else id for id in users]
        yield f"tasks of {named_or_counted(owners, len(owners), 'user')}"
