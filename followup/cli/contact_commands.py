"""`contacts`: the group, and the commands in it that change one contact, or many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import typer

from followup.app import lists
from followup.app.deciding import for_contacts
from followup.app.new_contact import add_contact
from followup.app.session import Session
from followup.cli.answers import answer, kept_rows
from followup.cli.arguments import optional_choice
from followup.cli.command_session import opened
from followup.cli.contact_import import import_contacts
from followup.cli.contact_queries import export, list_contacts, show_contact
from followup.cli.contact_selection import Contacts, FromFile, Where, for_each, selection
from followup.cli.options import Answer, Contact, Cycle, DryRun, NoCycle, Text, Yes
from followup.cli.prompt import confirm
from followup.core import wishes as w
from followup.errors import BadInput, UsageError
from followup.intake.names import join_name
from followup.output.text import clean

contacts = typer.Typer(help="The people that the office follows up with.", no_args_is_help=True)
Stage = Annotated[Literal["lead", "prospect"], typer.Option("--stage", help="won and lost are `followup close`")]
#: options whose words mean items that the catalog declares, and of which kind
DECLARED = (("owner", "user"), ("property", "property"), ("source", "source"), ("type", "contact_type"))
PLAIN = ("name", "first_name", "last_name", "email", "phone", "stage")
CLEARABLE = frozenset(("email", "phone", "first_name", "last_name", "source", "type", "property", "owner"))


def add(
    ctx: typer.Context,
    id: Annotated[str | None, typer.Option("--id", help="made, if left out")] = None,
    name: Text = None,
    first_name: Text = None,
    last_name: Text = None,
    email: Text = None,
    phone: Text = None,
    owner: Annotated[str | None, typer.Option("--owner", metavar="USER", help="you, if left out")] = None,
    property: Text = None,
    source: Text = None,
    type: Text = None,
    stage: Stage = "lead",
    cycle: Cycle = None,
    no_cycle: NoCycle = False,
    format: Answer = "table",
    dry_run: DryRun = False,
) -> None:
    """A new contact, with its first cycle (F11)."""
    with opened(ctx, dry_run) as session:
        fields = _with_name({**_typed_fields(ctx, session), "owner": session.worker(owner or session.user.id).id})
        new_id = cleaned("id", id) if id else None
        new = add_contact(session, fields, optional_choice(session, cycle), no_cycle, new_id, kept_rows(format))
        for twin, twin_name, same in new.twins:
            typer.echo(f"followup: {new.id} may be {clean(twin_name)} ({twin}), who has the same {same}", err=True)
        answer(ctx, session, new.outcome, "added", format)


def _with_name(fields: Mapping[str, str]) -> dict[str, str]:
    given = fields.get
    name = given("name") or join_name(given("first_name"), given("last_name")) or given("email") or given("phone")
    if not name:
        raise UsageError("who is it? --name, or --first-name and --last-name")
    return {"name": name, **fields}


def _typed_fields(ctx: typer.Context, session: Session) -> dict[str, str]:
    """The fields that were given as options: words for declared items as their ids."""
    kinds = dict(DECLARED)
    given = {name: cleaned(name, ctx.params[name]) for name in (*PLAIN, *kinds) if ctx.params.get(name)}
    return {name: _declared_id(session, kinds[name], word) if name in kinds else word for name, word in given.items()}


def cleaned(field: str, text: str) -> str:
    """The value of an option, by the rules that a file is read by; empty where that is what was typed."""
    from followup.core.fields.cleaning import clean_typed
    from followup.core.fields.values import Unfit

    option = "--" + field.replace("_", "-")
    if not text.strip():
        raise BadInput(f"{option} is blank: --clear empties a field")
    try:
        return clean_typed(field, text) or ""
    except Unfit as unfit:
        raise BadInput(f"{option}: {unfit}") from None


def _declared_id(session: Session, kind: str, word: str) -> str:
    """A list that the office has not declared takes any word."""
    if kind == "user":
        return session.worker(word).id
    return session.one(kind, word) if session.documents(kind) else word


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
    do_not_contact: Annotated[str | None, typer.Option(help="channels, with commas; none for all clear")] = None,
    clear: Annotated[list[str] | None, typer.Option("--clear", metavar="FIELD", help="empty this field")] = None,
    format: Answer = "table",
    dry_run: DryRun = False,
) -> None:
    """Change what is known of contacts; a new owner takes over the actions of their cycles (F20)."""
    with opened(ctx, dry_run) as session:
        fields: dict[str, str | None] = {**_typed_fields(ctx, session), **_cleared(clear or ())}
        if do_not_contact:
            fields["do_not_contact"] = cleaned("do_not_contact", do_not_contact)
        if not fields:
            raise UsageError("nothing to set: --phone, --owner, ... (see --help)")
        chosen = selection(session, words, where, from_file, closed=True)
        answer(ctx, session, for_each(ctx, session, chosen, w.Set(fields), format), "changed", format)


def _cleared(fields: Sequence[str]) -> dict[str, None]:
    for field in fields:
        if field not in CLEARABLE:
            raise UsageError(f"--clear {field}: that field cannot be empty")
    return dict.fromkeys(fields)


def transfer(
    ctx: typer.Context,
    contact: Contact,
    owner: Annotated[str, typer.Option("--owner", metavar="USER", help="the new owner")],
    property: Annotated[str, typer.Option("--property", help="the new property")],
    cycle: Cycle = None,
    format: Answer = "table",
    dry_run: DryRun = False,
) -> None:
    """To another property with a new owner; the old cycle is cancelled, the history stays (F19)."""
    with opened(ctx, dry_run) as session:
        id = lists.contact_id(session, contact)
        wish = w.Transfer(session.one("property", property), session.worker(owner).id, optional_choice(session, cycle))
        answer(ctx, session, for_contacts(session, [(id, wish)], kept_rows(format)), "transferred", format)


def remove(
    ctx: typer.Context, contact: Contact, yes: Yes = False, format: Answer = "table", dry_run: DryRun = False
) -> None:
    """Out of every list; the history stays, the id is not used again."""
    with opened(ctx, dry_run) as session:
        id = lists.contact_id(session, contact)
        if not (yes or dry_run):
            confirm(f"Remove {id}?", "--yes")
        answer(ctx, session, for_contacts(session, [(id, w.Remove())], kept_rows(format)), "removed", format)


# in the order that --help shows
contacts.command()(add)
contacts.command("list")(list_contacts)
contacts.command("show")(show_contact)
contacts.command()(export)
contacts.command("set")(set_fields)
contacts.command()(transfer)
contacts.command()(remove)
contacts.command("import")(import_contacts)
