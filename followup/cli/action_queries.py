"""Queries about actions: what's next, search, and why an action has its due date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated

import typer

from followup.app import action_lists, lookup, named_contacts
from followup.app.session import Session
from followup.cli.arguments import among, day, one_of, one_step
from followup.cli.command_session import opened
from followup.cli.options import LAST_ID, Answer, Format, Limit, ListFormat
from followup.cli.printing import print_json, print_lines, row_limit, terminal_width, warn_if_cut
from followup.core.list_filters import ActionFilter
from followup.core.list_rows import ActionRow
from followup.core.model import STATUSES
from followup.errors import UsageError
from followup.output.render import render

app = typer.Typer()
COLUMNS = ("id", "due", "status", "tried", "flag", "type", "title", "contact", "owner", "cycle")


def print_actions(session: Session, rows: Iterable[ActionRow], format: ListFormat, empty: str) -> None:
    """Print rows as actions@1. `empty`: the text for a table without rows."""
    items: Iterable[Mapping[str, object]] = (row.item(session.today) for row in rows)
    if format == "table":
        names = lookup.type_names(session)
        items = (_for_people(row, names) for row in rows)
    print_lines(render(format, "actions@1", items, COLUMNS, empty, terminal_width()))


def _for_people(row: ActionRow, names: Mapping[str, str]) -> dict[str, object]:
    """Names instead of the ids that scripts read."""
    type_, tried = names.get(row.type, row.type), row.attempts or None
    return {**row._asdict(), "type": type_, "contact": row.contact_name, "tried": tried, "flag": row.barred}


@app.command("next")
def next_action(
    ctx: typer.Context,
    contact: Annotated[str | None, typer.Argument(metavar="[CONTACT]")] = None,
    format: Format = "table",
) -> None:
    """Show what's next, for a contact or you."""
    with opened(ctx) as session:
        if contact:
            filter = ActionFilter(status="scheduled", contact=named_contacts.contact_id(session, contact))
        else:
            filter = ActionFilter(status="scheduled", owner=session.user.id)
        rows = action_lists.search(session, filter, 1)
        print_actions(session, rows, format, "Nothing is scheduled.")


@app.command()
def search(
    ctx: typer.Context,
    text: Annotated[
        str | None, typer.Argument(metavar="[TEXT]", help="text in the title, notes, attempts or name")
    ] = None,
    contact: Annotated[str | None, typer.Option("--contact", help="only this contact")] = None,
    type: Annotated[str | None, typer.Option("--type", help="only this action type")] = None,
    status: Annotated[
        str | None, typer.Option("--status", help="scheduled, completed, cancelled, skipped, ...")
    ] = None,
    owner: Annotated[str | None, typer.Option("--owner", metavar="USER", help="the list of this user")] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="DATE", help="due on or after this day")] = None,
    before: Annotated[str | None, typer.Option("--before", metavar="DATE", help="due before this day")] = None,
    cycle: Annotated[str | None, typer.Option("--cycle", help="only this cycle")] = None,
    step: Annotated[str | None, typer.Option("--step", metavar="ID", help="only this step")] = None,
    limit: Limit = None,
    format: Format = "table",
) -> None:
    """Search the actions you can see."""
    with opened(ctx) as session:
        filter = ActionFilter(
            text=text or None,
            contact=named_contacts.contact_id(session, contact) if contact else None,
            type=one_of(session, "action_type", type),
            status=among(STATUSES, "status", status),
            owner=one_of(session, "user", owner),
            since=day(session, since, session.user.id) if since else None,
            before=day(session, before, session.user.id) if before else None,
            cycle=one_of(session, "cycle", cycle),
            step=one_step(session, step) if step else None,
        )
        if filter.since and filter.before and filter.since >= filter.before:
            raise UsageError(f"--since {since} isn't before --before {before}: no day is left between them")
        most = row_limit(limit, format)
        rows = action_lists.search(session, filter, most)
        print_actions(session, rows, format, "No actions match.")
        warn_if_cut(format, most, len(rows), lambda: action_lists.count(session, filter))


@app.command()
def explain(
    ctx: typer.Context,
    id: Annotated[int, typer.Argument(metavar="ID", min=0, max=LAST_ID, help="action id")],
    format: Answer = "table",
) -> None:
    """Explain why an action is due on its date.

    Shows the anchor, the offset, what moved the date, and who caused it.
    """
    from followup.app.explaining import explanation
    from followup.output.reasons import render_reasons

    with opened(ctx) as session:
        row, causes = explanation(session, id)
        item, names = row.item(session.today), lookup.type_names(session)
    if format == "json":
        print_json("explain", {"action": item, "causes": [cause._asdict() for cause in causes]})
    else:
        print_lines(render_reasons(row, causes, names, terminal_width()))
