"""`contacts`: the command group, and its commands that change contacts."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from followup.app import lookup, named_contacts
from followup.app.deciding import for_contacts
from followup.app.details import SetFields, stored
from followup.app.new_contact import add_contact
from followup.cli.answers import answer, kept_rows
from followup.cli.arguments import optional_choice
from followup.cli.command_session import opened, print_remark
from followup.cli.contact_import import import_contacts
from followup.cli.contact_queries import export, list_contacts, show_contact
from followup.cli.contact_selection import Contacts, FromFile, Where, for_each, selection
from followup.cli.options import Answer, Contact, Cycle, DryRun, NoCycle, Text, Yes
from followup.cli.prompt import confirm
from followup.cli.typed_fields import cleared, given_fields, own_fields, owner_of_new, typed, with_name
from followup.core import wishes as w
from followup.core.wishes import Fields
from followup.errors import UsageError

contacts = typer.Typer(help="Manage contacts.", no_args_is_help=True)
Stage = Annotated[
    Literal["lead", "prospect"], typer.Option("--stage", help="lead or prospect; use `followup close` for won and lost")
]

FurtherEmails = Annotated[str | None, typer.Option("--emails", help="further addresses, with commas")]
FurtherPhones = Annotated[str | None, typer.Option("--phones", help="further numbers, with commas")]
OwnFields = Annotated[
    list[str] | None, typer.Option("--field", metavar="NAME=VALUE", help="a field of your own, such as score=5")
]


def add(
    ctx: typer.Context,
    id: Annotated[str | None, typer.Option("--id", help="generated if omitted")] = None,
    name: Text = None,
    first_name: Text = None,
    last_name: Text = None,
    email: Text = None,
    phone: Text = None,
    owner: Annotated[str | None, typer.Option("--owner", metavar="USER", help="default: you")] = None,
    no_owner: Annotated[bool, typer.Option("--no-owner", help="leave the contact without an owner")] = False,
    property: Text = None,
    source: Text = None,
    type: Text = None,
    stage: Stage = "lead",
    cycle: Cycle = None,
    no_cycle: NoCycle = False,
    format: Answer = "table",
    dry_run: DryRun = False,
    company: Text = None,
    notes: Text = None,
    emails: FurtherEmails = None,
    phones: FurtherPhones = None,
    field: OwnFields = None,
) -> None:
    """Add a contact with a first cycle."""
    with opened(ctx, dry_run) as session:
        fields: Fields = with_name({**given_fields(ctx, session), **owner_of_new(session, owner, no_owner)})
        new_id = typed(session, "id", id) if id else None
        fields = stored(fields, own_fields(field or ()))
        new = add_contact(session, fields, optional_choice(session, cycle), no_cycle, new_id, kept_rows(format))
        for twin, twin_name, same in new.twins:
            print_remark(f"{new.id} may be {twin_name} ({twin}), who has the same {same}")
        answer(ctx, session, new.outcome, "added", format)


def set_fields(
    ctx: typer.Context,
    words: Contacts = None,
    where: Where = None,
    from_file: FromFile = None,
    name: Text = None,
    first_name: Text = None,
    last_name: Text = None,
    email: Text = None,
    phone: Text = None,
    owner: Text = None,
    property: Text = None,
    source: Text = None,
    type: Text = None,
    stage: Annotated[Literal["lead", "prospect"] | None, typer.Option()] = None,
    do_not_contact: Annotated[str | None, typer.Option(help="channels, separated by commas; none to allow all")] = None,
    clear: Annotated[list[str] | None, typer.Option("--clear", metavar="FIELD", help="field to empty")] = None,
    format: Answer = "table",
    dry_run: DryRun = False,
    company: Text = None,
    notes: Text = None,
    emails: FurtherEmails = None,
    phones: FurtherPhones = None,
    field: OwnFields = None,
) -> None:
    """Change contact details.

    A new owner takes over the open actions of the contact's cycle.
    """
    with opened(ctx, dry_run) as session:
        emptied, removed = cleared(clear or ())
        fields, own = {**given_fields(ctx, session), **emptied}, {**own_fields(field or ()), **removed}
        if do_not_contact:
            fields["do_not_contact"] = typed(session, "do_not_contact", do_not_contact)
        if not (fields or own):
            raise UsageError("nothing to set: use --phone, --owner, ... (see --help)")
        chosen = selection(session, words, where, from_file, closed=True)
        answer(ctx, session, for_each(ctx, session, chosen, SetFields(fields, own), format), "changed", format)


def transfer(
    ctx: typer.Context,
    contact: Contact,
    owner: Annotated[str, typer.Option("--owner", metavar="USER", help="the new owner")],
    property: Annotated[str, typer.Option("--property", help="the new property")],
    cycle: Cycle = None,
    format: Answer = "table",
    dry_run: DryRun = False,
) -> None:
    """Move a contact to another property.

    The contact gets a new owner, the current cycle ends, the history stays.
    """
    with opened(ctx, dry_run) as session:
        id = named_contacts.contact_id(session, contact)
        wish = w.Transfer(
            lookup.site(session, property), lookup.worker(session, owner).id, optional_choice(session, cycle)
        )
        answer(ctx, session, for_contacts(session, [(id, wish)], kept_rows(format)), "transferred", format)


def remove(
    ctx: typer.Context, contact: Contact, yes: Yes = False, format: Answer = "table", dry_run: DryRun = False
) -> None:
    """Remove a contact.

    The history stays. The id can't be used again.
    """
    with opened(ctx, dry_run) as session:
        id = named_contacts.contact_id(session, contact)
        wishes = [(id, w.Remove())]
        if not (yes or dry_run or for_contacts(session._replace(dry_run=True), wishes).refused):
            confirm(f"Remove {id}?", "--yes")
        answer(ctx, session, for_contacts(session, wishes, kept_rows(format)), "removed", format)


# in the order of --help
contacts.command()(add)
contacts.command("list")(list_contacts)
contacts.command("show")(show_contact)
contacts.command()(export)
contacts.command("set")(set_fields)
contacts.command()(transfer)
contacts.command()(remove)
contacts.command("import")(import_contacts)
