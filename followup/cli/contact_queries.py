"""Queries about contacts: one contact's page, the list, and the export."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from followup.app import contact_lists, contact_page, lookup, named_contacts
from followup.app.session import Session
from followup.cli.action_queries import print_actions
from followup.cli.arguments import contact_filter
from followup.cli.command_session import opened
from followup.cli.options import Contact, Format, Limit, ListFormat, Text
from followup.cli.printing import print_lines, row_limit, terminal_width, warn_if_cut, write_lines
from followup.core.list_filters import ContactFilter
from followup.core.list_rows import ContactRow
from followup.core.timing import days_between
from followup.output.page import render_page
from followup.output.render import render

if TYPE_CHECKING:
    from followup.core.list_rows import ContactItem

app = typer.Typer()
COLUMNS = ("id", "name", "next", "stage", "do not contact", "cycle", "owner", "phone")


@app.command("show")
def show_page(ctx: typer.Context, contact: Contact, format: Format = "table") -> None:
    """Show a contact's page.

    Details, what's next, and the complete history.
    """
    with opened(ctx) as session:
        row, actions, history = contact_page.page(session, named_contacts.contact_id(session, contact))
        if format != "table":
            print_actions(session, actions, format, "")
            return
        (item,), names = contact_lists.items(session, [row]), lookup.type_names(session)
        typer.echo(render_page(item, actions, history, session.today, names, terminal_width()))


def list_contacts(
    ctx: typer.Context,
    text: Annotated[
        str | None, typer.Argument(metavar="[TEXT]", help="in name, e-mail, phone, company or notes")
    ] = None,
    owner: Text = None,
    cycle: Text = None,
    source: Text = None,
    property: Text = None,
    stage: Text = None,
    all: Annotated[bool, typer.Option("--all", help="include won and lost contacts")] = False,
    limit: Limit = None,
    format: Format = "table",
) -> None:
    """List contacts by next action date."""
    with opened(ctx) as session:
        words = {"text": text, "owner": owner, "cycle": cycle, "source": source, "property": property, "stage": stage}
        filter = contact_filter(session, words, all)
        most = row_limit(limit, format)
        rows = contact_lists.contacts(session, filter, most)
        print_lines(_rendered(session, rows, format, terminal_width()))
        warn_if_cut(format, most, len(rows), lambda: contact_lists.count(session, filter))


def show_contact(ctx: typer.Context, contact: Contact, format: Format = "table") -> None:
    """Show a contact.

    The page of `followup show`, or a contacts@1 item.
    """
    if format == "table":
        show_page(ctx, contact, format)
        return
    with opened(ctx) as session:
        row = contact_lists.contact(session, named_contacts.contact_id(session, contact))
        print_lines(_rendered(session, [row], format, terminal_width()))


def export(
    ctx: typer.Context,
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="file to write; - is stdout")] = "-",
    format: Annotated[Literal["csv", "json", "jsonl"], typer.Option("--format", "-f", help="output format")] = "csv",
) -> None:
    """Export the contacts you can see.

    `followup contacts import` can read the file.
    """
    with opened(ctx) as session:
        file = None if out == "-" else out
        width = None if file else terminal_width()
        everybody = contact_lists.all_contacts(session, ContactFilter(closed=True))
        write_lines(_rendered(session, everybody, format, width), file)


def _rendered(session: Session, rows: Iterable[ContactRow], format: ListFormat, width: int | None) -> Iterator[str]:
    contacts = contact_lists.items(session, rows)
    items: Iterable[Mapping[str, object]] = contacts
    if format == "table":
        items = (_for_people(item, session.today) for item in contacts)
    return render(format, "contacts@1", items, COLUMNS, "No contacts match.", width)


def _for_people(item: ContactItem, today: str) -> dict[str, object]:
    """F8: a hold shows its age."""
    cycle, since = item["cycle"], item["cycle_since"]
    if item["on_hold"] and since:
        cycle = f"{cycle}, {days_between(since, today)}d"
    closed = ", ".join(item["do_not_contact"])
    return {**item, "cycle": cycle, "next": item["next_action_date"], "do not contact": closed}
