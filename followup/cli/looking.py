"""One contact's page, one contact's next action, and the search over actions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import typer

from followup.app import action_lists, contact_lists, contact_page, lookup, named_contacts
from followup.app.session import Session
from followup.cli.options import Answer, Format, Limit
from followup.cli.report import answer, room, rows, say_if_cut
from followup.cli.report import show as shown
from followup.cli.settings import world
from followup.cli.words import day
from followup.core.list_filters import ActionFilter
from followup.core.list_rows import ActionRow
from followup.output.page import page
from followup.output.render import render

app = typer.Typer()
Contact = Annotated[str, typer.Argument(metavar="CONTACT", help="an id or a name")]
COLUMNS = ("id", "due", "status", "tried", "type", "title", "contact", "owner", "cycle")


def _drawn(here: Session, found: Iterable[ActionRow], format: str, empty: str) -> None:
    items = (row.item(here.today) for row in found)
    if format == "table":
        names = lookup.type_names(here)
        items = (_read(item, names) for item in items)
    shown(render(format, "actions@1", items, COLUMNS, empty, room()))


def _read(item: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """What people read of it: names, where scripts read ids."""
    type_ = names.get(item["type"], item["type"])
    return {**item, "type": type_, "contact": item["contact_name"], "tried": item["attempts"] or None}


@app.command()
def show(ctx: typer.Context, contact: Contact, format: Format = "table") -> None:
    """A contact's page: who they are, what is next, and the whole history."""
    with world(ctx) as here:
        who, actions, history = contact_page.page(here, named_contacts.contact_id(here, contact))
        if format == "table":
            (item,), names = contact_lists.items(here, [who]), lookup.type_names(here)
            typer.echo(page(item, actions, history, here.today, names, room()))
        else:
            _drawn(here, actions, format, "")


@app.command("next")
def next_(
    ctx: typer.Context, contact: Annotated[str, typer.Argument(metavar="[CONTACT]")] = "", format: Format = "table"
) -> None:
    """What comes next: for a contact, or for you."""
    with world(ctx) as here:
        open_ones = ActionFilter(status="scheduled")
        if contact:
            filter = open_ones._replace(contact=named_contacts.contact_id(here, contact))
        else:
            filter = open_ones._replace(owner=here.user.id)
        _drawn(here, action_lists.search(here, filter, 1), format, "Nothing is scheduled.")


@app.command()
def search(
    ctx: typer.Context,
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help="in title, notes, attempts or name")] = "",
    contact: Annotated[str, typer.Option("--contact", help="of this contact")] = "",
    type: Annotated[str, typer.Option("--type", help="only this action type")] = "",
    status: Annotated[str, typer.Option("--status", help="scheduled, completed, cancelled, skipped, ...")] = "",
    owner: Annotated[str, typer.Option("--owner", metavar="USER", help="this user's")] = "",
    since: Annotated[str, typer.Option("--since", metavar="DATE", help="due on this day or later")] = "",
    before: Annotated[str, typer.Option("--before", metavar="DATE", help="due before this day")] = "",
    cycle: Annotated[str, typer.Option("--cycle", help="of this cycle")] = "",
    step: Annotated[str, typer.Option("--step", metavar="ID", help="of this step")] = "",
    limit: Limit = None,
    format: Format = "table",
) -> None:
    """Search the actions that you may see."""
    with world(ctx) as here:
        filter = ActionFilter(
            text=text or None,
            contact=named_contacts.contact_id(here, contact) if contact else None,
            type=type or None,
            status=status or None,
            owner=here.one("user", owner) if owner else None,
            since=day(here, since, here.user.id) if since else None,
            before=day(here, before, here.user.id) if before else None,
            cycle=here.one("cycle", cycle) if cycle else None,
            step=step or None,
        )
        most = rows(limit, format)
        found = action_lists.search(here, filter, most)
        _drawn(here, found, format, "No such action.")
        say_if_cut(format, most, len(found), lambda: action_lists.count(here, filter))


@app.command()
def explain(
    ctx: typer.Context, id: Annotated[int, typer.Argument(metavar="ID", help="an action")], format: Answer = "table"
) -> None:
    """Why an action is due when it is: from what it counts, what moved it, and whose doing that was (G4)."""
    from followup.app.explaining import explanation
    from followup.output.reasons import drawn

    with world(ctx) as here:
        row, causes = explanation(here, id)
        item, names = row.item(here.today), lookup.type_names(here)
    if format == "json":
        answer("explain", {"action": item, "causes": [cause._asdict() for cause in causes]})
    else:
        shown(drawn(item, causes, names, room()))
