"""One contact's page, one contact's next action, and the search over actions."""

from __future__ import annotations

from typing import Annotated

import typer

from followup.app import lists
from followup.cli.options import Format, Limit, when
from followup.cli.settings import world
from followup.core.rows import ActionRow
from followup.output.page import page
from followup.output.render import render

app = typer.Typer()
Contact = Annotated[str, typer.Argument(metavar="CONTACT", help="an id or a name")]
COLUMNS = ("id", "due", "status", "type", "title", "contact_name", "owner", "cycle")


@app.command()
def show(ctx: typer.Context, contact: Contact, format: Format = "table") -> None:
    """A contact's page: who they are, what is next, and the whole history."""
    with world(ctx) as here:
        who, actions, history = lists.page(here, lists.contact_id(here, contact))
        if format == "table":
            typer.echo(page(who.item(lists.holds(here)), actions, history, here.today))
        else:
            typer.echo(render(format, "actions@1", [row.item(here.today) for row in actions], COLUMNS, ""))


@app.command("next")
def next_(
    ctx: typer.Context, contact: Annotated[str, typer.Argument(metavar="[CONTACT]")] = "", format: Format = "table"
) -> None:
    """What comes next: for a contact, or for you."""
    with world(ctx) as here:
        rows: list[ActionRow]
        if contact:
            rows = lists.search(here, 1, contact=lists.contact_id(here, contact), status="scheduled")
        else:
            rows = lists.search(here, 1, owner=here.user.id, status="scheduled")
        typer.echo(
            render(format, "actions@1", [row.item(here.today) for row in rows], COLUMNS, "Nothing is scheduled.")
        )


@app.command()
def search(
    ctx: typer.Context,
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help="in title, notes or name")] = "",
    contact: Annotated[str, typer.Option("--contact")] = "",
    type: Annotated[str, typer.Option("--type")] = "",
    status: Annotated[str, typer.Option("--status", help="scheduled, completed, cancelled, skipped, ...")] = "",
    owner: Annotated[str, typer.Option("--owner")] = "",
    since: Annotated[str, typer.Option("--since", metavar="DATE")] = "",
    before: Annotated[str, typer.Option("--before", metavar="DATE")] = "",
    cycle: Annotated[str, typer.Option("--cycle")] = "",
    step: Annotated[str, typer.Option("--step")] = "",
    limit: Limit = 100,
    format: Format = "table",
) -> None:
    """Search the actions that you may see."""
    with world(ctx) as here:
        filters = {
            "text": text,
            "contact": lists.contact_id(here, contact) if contact else "",
            "type": type,
            "status": status,
            "owner": owner,
            "since": when(since, here.today) if since else "",
            "before": when(before, here.today) if before else "",
            "cycle": cycle,
            "step": step,
        }
        rows = lists.search(here, limit, **{key: value or None for key, value in filters.items()})
        typer.echo(render(format, "actions@1", [row.item(here.today) for row in rows], COLUMNS, "No such action."))
