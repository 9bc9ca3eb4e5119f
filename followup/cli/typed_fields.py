"""Options for contact fields, cleaned by the same rules as imported files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import typer

from followup.app import lookup
from followup.app.contact_values import DECLARED, NEVER_NULL, read_value
from followup.app.session import Session
from followup.core.fields.cleaning import clean_typed
from followup.core.fields.values import Unfit
from followup.core.list_rows import NAMED_DETAILS
from followup.errors import BadInput, UsageError
from followup.intake.mapping import check_own_name, field_named
from followup.intake.names import join_name

PLAIN = ("name", "first_name", "last_name", "email", "phone", "stage", "emails", "phones", *NAMED_DETAILS)
CLEARABLE = frozenset(
    ("email", "phone", "first_name", "last_name", "source", "type", "property", "owner", "emails", "phones", "groups")
    + ("do_not_contact", *NAMED_DETAILS)
)


def with_name(fields: Mapping[str, str]) -> dict[str, str]:
    given = fields.get
    whole = given("name") or join_name(given("first_name"), given("last_name"))
    name = whole or given("company") or given("email") or given("phone")
    if not name:
        raise UsageError("a name is required: --name, or --first-name and --last-name")
    return {"name": name, **fields}


def given_fields(ctx: typer.Context, session: Session) -> dict[str, str]:
    """The given fields, with ids for declared items."""
    given = (name for name in (*PLAIN, *DECLARED) if ctx.params.get(name))
    return {name: typed(session, name, ctx.params[name]) for name in given}


def owner_of_new(session: Session, owner: str | None, without_owner: bool) -> dict[str, str]:
    """You, if nobody is named; but an administrator doesn't sell, and says whose it is, as with an import."""
    if owner and without_owner:
        raise UsageError("use --owner or --no-owner, not both")
    if without_owner:
        return {}
    if not owner and session.user.administers():
        raise UsageError("who should own this contact? Use --owner USER or --no-owner")
    return {"owner": lookup.worker(session, owner or session.user.id).id}


def typed(session: Session, field: str, text: str) -> str:
    """The value of an option, by the same rules as imported files; may be empty."""
    option = "--" + field.replace("_", "-")
    if not text.strip():
        raise BadInput(f"{option} is blank: {to_empty(field)}")
    try:
        value = read_value(session, field, text)
    except Unfit as unfit:
        raise BadInput(f"{option}: {unfit}") from None
    if value is None and field != "do_not_contact":
        raise BadInput(f"{option}: {text.strip()!r} says nothing: {to_empty(field)}")
    return value or ""


def own_fields(pairs: Sequence[str]) -> dict[str, str | None]:
    """Fields of the office's own, each typed as NAME=VALUE."""
    return dict(map(_own_field, pairs))


def _own_field(pair: str) -> tuple[str, str]:
    name, equals, text = (part.strip() for part in pair.partition("="))
    if not equals:
        raise UsageError(f"--field {pair}: write it as NAME=VALUE, such as score=5")
    if field_named(name):
        raise UsageError(f"--field {name}: every contact has this field. Set it by its own option (see --help)")
    check_own_name(name)
    try:
        value = clean_typed("notes", text)  # as in a file, any text of any number of lines
    except Unfit as unfit:
        raise BadInput(f"--field {name}: {unfit}") from None
    if value is None:
        raise BadInput(f"--field {name} is blank: {to_empty(name)}")
    return name, value


def to_empty(field: str) -> str:
    """How to empty a field, where a blank value was typed for it."""
    can_be_empty = field in CLEARABLE or not field_named(field)
    return f"`contacts set --clear {field}` empties it" if can_be_empty else "this field can't be empty"


def cleared(words: Sequence[str]) -> tuple[dict[str, str | None], dict[str, str | None]]:
    """The fields to empty: those that every contact has, and those of the office's own."""
    names = [field_named(word) or word.strip() for word in words]
    for name in names:
        if name not in CLEARABLE:
            _check_cleared(name)
    known = {name: "" if name in NEVER_NULL else None for name in names if name in CLEARABLE}
    return known, {name: None for name in names if name not in CLEARABLE}


def _check_cleared(name: str) -> None:
    if field_named(name):
        raise UsageError(f"--clear {name}: this field can't be empty")
    check_own_name(name)
