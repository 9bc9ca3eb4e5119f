"""Users among each other (F17, F20): who is above whom, who is known by what, and whether somebody can still apply."""

from __future__ import annotations

from collections.abc import Iterator

from followup.catalog.checks.names import by_place, same
from followup.catalog.draft import Draft, Finding
from followup.catalog.moves import rings


def logins(draft: Draft) -> Iterator[Finding]:
    used = [(item, document["login"]) for item, document in by_place(draft, "user") if document["login"]]
    for item, first in same(used):
        message = f"the user '{first.id}' has this login too ({first.file}, line {first.at.line})"
        yield Finding("FU217", item, ("login",), message, "a login tells who somebody is")


def emails(draft: Draft) -> Iterator[Finding]:
    """An import knows owners by their addresses."""
    users = ((item, document) for item, document in by_place(draft, "user") if document["active"])
    used = [(item, document["email"].lower()) for item, document in users if document["email"]]
    for item, first in same(used):
        message = f"the active user '{first.id}' has this address too ({first.file}, line {first.at.line})"
        hint = "an import that names owners by their address could not tell them apart"
        yield Finding("FU318", item, ("email",), message, hint)


def managers(draft: Draft) -> Iterator[Finding]:
    above = {item.id: document["manager"] for item, document in draft.documents("user") if document["manager"]}
    for ring in rings(above):
        way = " -> ".join((*ring, ring[0]))
        yield Finding("FU210", draft.items["user"][ring[0]], ("manager",), f"managers in a ring: {way}")


def nobody_applies(draft: Draft) -> Iterator[Finding]:
    """Such a catalog could be applied, and then never be changed again."""
    if not _somebody(draft, "apply-catalog"):
        message = "no active user has the permission 'apply-catalog': nobody could apply again"
        hint = "users: {sue: {name: Sue Reed, role: administrator}}, or an active user's role with 'apply-catalog'"
        yield Finding("FU226", draft.section("users"), (), message, hint)


def _somebody(draft: Draft, permission: str) -> bool:
    """Whether an active user has it, or may have it: what is misshapen or not declared is said as such."""
    users, roles = draft.items["user"].values(), draft.items["role"]
    if any(item.document is None for item in (*users, *roles.values())):
        return True
    held = [draft.one("role", user["role"]) for _, user in draft.documents("user") if user["active"]]
    return any(role is None or permission in role["permissions"] for role in held)
