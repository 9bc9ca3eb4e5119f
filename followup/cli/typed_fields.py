"""Options for contact fields, cleaned by the same rules as imported files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import typer

from followup.app import lookup
from followup.app.contact_values import DECLARED, NEVER_NULL, read_value
from followup.app.session import Session
from followup.core.fields.values import Unfit
from followup.core.list_rows import NAMED_DETAILS
from followup.errors import BadInput, UsageError
from followup.intake.names import join_name

PLAIN = ("name", "first_name", "last_name", "email", "phone", "stage", "emails", "phones", *NAMED_DETAILS)
CLEARABLE = frozenset(
    ("email", "phone", "first_name", "last_name", "source", "type", "property", "owner", "emails", "phones", "groups")
    + NAMED_DETAILS
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
        raise BadInput(f"{option} is blank: use --clear to empty a field")
    try:
        value = read_value(session, field, text)
    except Unfit as unfit:
        raise BadInput(f"{option}: {unfit}") from None
    if value is None and field != "do_not_contact":
        raise BadInput(f"{option}: {text.strip()!r} says nothing. To empty the field, use --clear {field}")
    return value or ""


def cleared(fields: Sequence[str]) -> dict[str, str | None]:
    for field in fields:
        if field not in CLEARABLE:
            raise UsageError(f"--clear {field}: this field can't be empty")
    return {field: "" if field in NEVER_NULL else None for field in fields}
