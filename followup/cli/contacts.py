"""`contacts`: add, import, export, list, show, set, transfer, remove."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal

import typer

from followup.app import contact_lists, named_contacts
from followup.app.deciding import for_contacts
from followup.app.session import Session
from followup.cli import looking
from followup.cli.options import Answer, Cycle, DryRun, Format, Limit, Yes
from followup.cli.picking import FromFile, Where, picked, to_each
from followup.cli.report import answer, most, report, room, rows, say_if_cut
from followup.cli.report import show as shown
from followup.cli.settings import confirm, world
from followup.cli.words import choice, contact_filter
from followup.core import wishes as w
from followup.core.list_filters import ContactFilter
from followup.core.list_rows import ContactRow
from followup.core.timing import days_between
from followup.core.words import folded
from followup.errors import BadInput, UsageError
from followup.intake.names import join_name
from followup.output.render import render
from followup.output.text import clean, plural

contacts = typer.Typer(help="The people that the office follows up with.", no_args_is_help=True)
COLUMNS = ("id", "name", "next", "stage", "cycle", "owner", "phone")
Contact = Annotated[str, typer.Argument(metavar="CONTACT", help="an id or a name")]
NoCycle = Annotated[bool, typer.Option("--no-cycle", help="said outright: without a cycle")]
Stage = Annotated[Literal["lead", "prospect"], typer.Option("--stage", help="won and lost are `followup close`")]
Text = Annotated[str, typer.Option()]


@contacts.command()
def add(
    ctx: typer.Context,
    id: Annotated[str, typer.Option("--id", help="made, if left out")] = "",
    name: Text = "",
    first_name: Text = "",
    last_name: Text = "",
    email: Text = "",
    phone: Text = "",
    owner: Annotated[str, typer.Option("--owner", metavar="USER", help="you, if left out")] = "",
    property: Text = "",
    source: Text = "",
    type: Text = "",
    stage: Stage = "lead",
    cycle: Cycle = "",
    no_cycle: NoCycle = False,
    format: Answer = "table",
    dry_run: DryRun = False,
) -> None:
    """A new contact, with its first cycle (F11)."""
    with world(ctx, dry_run) as here:
        fields = _named({**_typed(ctx, here), "owner": here.worker(owner or here.user.id).id})
        made = _clean("id", id) if id else _new_id(here, fields["name"])
        wish = w.Add(fields, choice(here, cycle), no_cycle)
        twins = named_contacts.twins(here, fields)
        added = for_contacts(here, [(made, wish)], most(format))
        for twin, called, same in twins if added.done else ():
            typer.echo(f"followup: {made} may be {clean(called)} ({twin}), who has the same {same}", err=True)
        report(here, added, "added", format)


def _named(fields: dict[str, str]) -> dict[str, str]:
    given = fields.get
    name = given("name") or join_name(given("first_name"), given("last_name")) or given("email") or given("phone")
    if not name:
        raise UsageError("who is it? --name, or --first-name and --last-name")
    return {"name": name, **fields}


def _new_id(here: Session, name: str) -> str:
    """Readable: the name; with a number where it is taken."""
    plain = "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in folded(name)).split())[:48] or "contact"
    tried, number = plain, 1
    while here.store.dossiers([tried])[tried].contact:
        number += 1
        tried = f"{plain}-{number}"
    return tried


#: field -> the kind of item whose id it holds
KINDS = {"owner": "user", "property": "property", "source": "source", "type": "contact_type"}
PLAIN = ("name", "first_name", "last_name", "email", "phone", "stage")


def _typed(ctx: typer.Context, here: Session) -> dict[str, str]:
    """The fields that were given as options: words for declared items as their ids."""
    given = {name: _clean(name, ctx.params[name]) for name in (*PLAIN, *KINDS) if ctx.params.get(name)}
    return {name: _declared(here, KINDS[name], word) if name in KINDS else word for name, word in given.items()}


def _clean(field: str, text: str) -> str:
    """The value of an option, by the rules that a file is read by; empty where that is what was said."""
    from followup.core.fields.cleaning import clean_typed
    from followup.core.fields.values import Unfit

    option = "--" + field.replace("_", "-")
    if not text.strip():
        raise BadInput(f"{option} is blank: --clear empties a field")
    try:
        return clean_typed(field, text) or ""
    except Unfit as unfit:
        raise BadInput(f"{option}: {unfit}") from None


def _declared(here: Session, kind: str, word: str) -> str:
    """A list that the office has not declared takes any word."""
    if kind == "user":
        return here.worker(word).id
    return here.one(kind, word) if here.documents(kind) else word


@contacts.command("list")
def list_(
    ctx: typer.Context,
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help="in name, e-mail or phone")] = "",
    owner: Text = "",
    cycle: Text = "",
    source: Text = "",
    stage: Text = "",
    all: Annotated[bool, typer.Option("--all", help="won and lost ones too")] = False,
    limit: Limit = None,
    format: Format = "table",
) -> None:
    """Contacts that you may see, by next action date."""
    with world(ctx) as here:
        words = {"text": text, "owner": owner, "cycle": cycle, "source": source, "stage": stage}
        filter = contact_filter(here, words)._replace(closed=all or bool(stage))
        limit = rows(limit, format)
        found = contact_lists.contacts(here, filter, limit)
        shown(_drawn(here, found, format, room()))
        say_if_cut(format, limit, len(found), lambda: contact_lists.count(here, filter))


def _drawn(here: Session, found: Iterable[ContactRow], format: str, room: int | None) -> Iterator[str]:
    items = contact_lists.items(here, found)
    if format == "table":
        items = ({**item, "cycle": _cycle(item, here.today), "next": item["next_action_date"]} for item in items)
    return render(format, "contacts@1", items, COLUMNS, "No such contact.", room)


def _cycle(item: dict[str, Any], today: str) -> object:
    """F8: a hold with its age."""
    return f"{item['cycle']}, {days_between(item['cycle_since'], today)}d" if item["on_hold"] else item["cycle"]


@contacts.command()
def show(ctx: typer.Context, contact: Contact, format: Format = "table") -> None:
    """One contact; as `followup show`, or as a contacts@1 item."""
    if format == "table":
        looking.show(ctx, contact, format)
        return
    with world(ctx) as here:
        who = contact_lists.contact(here, named_contacts.contact_id(here, contact))
        shown(_drawn(here, [who], format, room()))


@contacts.command()
def export(
    ctx: typer.Context,
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="- is stdout")] = "-",
    format: Annotated[Literal["csv", "json", "jsonl"], typer.Option("--format", "-f", help="how to write it")] = "csv",
) -> None:
    """Every contact that you may see; what it writes, `import` reads."""
    from followup.disk import replacing

    with world(ctx) as here:
        lines = _drawn(
            here, contact_lists.all_contacts(here, ContactFilter(closed=True)), format, room() if out == "-" else None
        )
        if out == "-":
            shown(lines)
            return
        with replacing(out) as file:
            file.writelines(line + "\n" for line in lines)


@contacts.command("set")
def set_(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="[CONTACT...]", help="ids or names")] = [],  # noqa: B006
    where: Where = [],  # noqa: B006
    from_file: FromFile = "",
    name: Text = "",
    first_name: Text = "",
    last_name: Text = "",
    email: Text = "",
    phone: Text = "",
    owner: Text = "",
    property: Text = "",
    source: Text = "",
    type: Text = "",
    stage: Stage | None = None,
    do_not_contact: Annotated[str, typer.Option(help="channels, with commas; none for all clear")] = "",
    clear: Annotated[list[str], typer.Option("--clear", metavar="FIELD", help="empty this field")] = [],  # noqa: B006
    format: Answer = "table",
    dry_run: DryRun = False,
) -> None:
    """Change what is known of contacts; a new owner takes over the actions of their cycles (F20)."""
    with world(ctx, dry_run) as here:
        fields: dict[str, str | None] = {**_typed(ctx, here), **_cleared(clear)}
        if do_not_contact:
            fields["do_not_contact"] = _clean("do_not_contact", do_not_contact)
        if not fields:
            raise UsageError("nothing to set: --phone, --owner, ... (see --help)")
        whom = picked(here, words, where, from_file, closed=True)
        report(here, to_each(ctx, here, whom, w.Set(fields), format), "changed", format)


def _cleared(fields: list[str]) -> dict[str, None]:
    for field in fields:
        if field not in ("email", "phone", "first_name", "last_name", "source", "type", "property", "owner"):
            raise UsageError(f"--clear {field}: that field cannot be empty")
    return dict.fromkeys(fields)


@contacts.command()
def transfer(
    ctx: typer.Context,
    contact: Contact,
    owner: Annotated[str, typer.Option("--owner", metavar="USER", help="the new owner")],
    property: Annotated[str, typer.Option("--property", help="the new property")],
    cycle: Cycle = "",
    format: Answer = "table",
    dry_run: DryRun = False,
) -> None:
    """To another property with a new owner; the old cycle is cancelled, the history stays (F19)."""
    with world(ctx, dry_run) as here:
        id = named_contacts.contact_id(here, contact)
        wish = w.Transfer(here.one("property", property), here.worker(owner).id, choice(here, cycle))
        report(here, for_contacts(here, [(id, wish)], most(format)), "transferred", format)


@contacts.command()
def remove(
    ctx: typer.Context, contact: Contact, yes: Yes = False, format: Answer = "table", dry_run: DryRun = False
) -> None:
    """Out of every list; the history stays, the id is not used again."""
    with world(ctx, dry_run) as here:
        id = named_contacts.contact_id(here, contact)
        if not (yes or dry_run):
            confirm(f"Remove {id}?", "--yes")
        report(here, for_contacts(here, [(id, w.Remove())], most(format)), "removed", format)


@contacts.command("import")
def import_(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="CSV or vCard; - is stdin")],
    map: Annotated[list[str], typer.Option("--map", metavar="FIELD=COLUMN", help="which column is which field")] = [],  # noqa: B006
    map_file: Annotated[str, typer.Option("--map-file", metavar="FILE", help="the same, a line each")] = "",
    key: Annotated[list[str], typer.Option("--key", metavar="COLUMN", help="make ids from this")] = [],  # noqa: B006
    cycle: Cycle = "",
    no_cycle: NoCycle = False,
    owner: Annotated[str, typer.Option("--owner", metavar="USER", help="for rows without one; else you")] = "",
    property: Text = "",
    encoding: Text = "",
    delimiter: Text = "",
    day_first: Annotated[bool | None, typer.Option("--day-first/--month-first", help="what 03/04/2026 means")] = None,
    refused: Annotated[str, typer.Option("--refused", metavar="FILE", help="refused rows go here")] = "",
    preview: Annotated[bool, typer.Option("--preview", help="how the columns are read, then stop")] = False,
    dry_run: DryRun = False,
    no_owner: Annotated[bool, typer.Option("--no-owner", help="said outright: nobody's, where none is named")] = False,
    format: Answer = "table",
) -> None:
    """Contacts from another system's export; the same file twice in a row changes nothing."""
    from followup.app.importing import Defaults, Importer
    from followup.cli import importing
    from followup.intake.mapping import map_columns, read_pairs
    from followup.intake.sheet import open_table

    with open_table(file, encoding or None, delimiter or None) as table, world(ctx, dry_run) as here:
        mapping = map_columns(table.header, [*(read_pairs(map_file) if map_file else ()), *map], key)
        if preview:
            owned = importing.owner_or_why(here, mapping, owner, no_owner)
            typer.echo(importing.preview(table, mapping, owned, day_first))
            return
        whose = importing.owner(here, mapping, owner, no_owner)
        kept = importing.RefusedRows(table, () if dry_run else importing.places(file, refused))
        alias = here.one("alias", cycle) if cycle else None
        place = _declared(here, "property", property) if property else None
        if not ctx.obj.quiet:
            typer.echo(importing.look(table, mapping, whose.said), err=True)
        importer = Importer(here, table, Defaults(alias, whose.of_all, place, no_cycle, whose.of_new))
        totals = importing.carry_out(ctx, lambda refuse: importer.run(mapping, day_first, refuse), kept, dry_run)
    for line in importing.told(importer, mapping, no_owner):
        typer.echo(f"followup: {clean(line)}", err=True)
    if format == "json":
        answer("import", {**totals._asdict(), "refused_file": kept.path or None})
    else:
        typer.echo(importing.counted(totals, dry_run))
    if totals.refused:
        raise BadInput(f"{plural(totals.refused, 'row')} refused{kept.where}")
