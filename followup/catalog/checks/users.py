"""Users among each other (F17, F20): who is above whom, who is known by what, and whether somebody can still apply."""

from __future__ import annotations

from collections.abc import Iterator

from followup.catalog.checks.naming import by_place, same
from followup.catalog.checks.steps import every_step
from followup.catalog.declarations import Declarations, Finding, Item
from followup.catalog.documents import Document
from followup.catalog.renames import rings
from followup.catalog.tree import Path
from followup.core.office import BUILT_IN_TYPES


def logins(declarations: Declarations) -> Iterator[Finding]:
    used = [(item, document["login"]) for item, document in by_place(declarations, "user") if document["login"]]
    for item, first in same(used):
        message = f"the user '{first.id}' has this login too ({first.file}, line {first.at.line})"
        yield Finding("FU217", item, ("login",), message, "a login tells who somebody is")


def emails(declarations: Declarations) -> Iterator[Finding]:
    """An import knows owners by their addresses."""
    users = ((item, document) for item, document in by_place(declarations, "user") if document["active"])
    used = [(item, document["email"].lower()) for item, document in users if document["email"]]
    for item, first in same(used):
        message = f"the active user '{first.id}' has this address too ({first.file}, line {first.at.line})"
        hint = "an import that names owners by their address could not tell them apart"
        yield Finding("FU318", item, ("email",), message, hint)


def managers(declarations: Declarations) -> Iterator[Finding]:
    above = {item.id: document["manager"] for item, document in declarations.documents("user") if document["manager"]}
    for ring in rings(above):
        way = " -> ".join((*ring, ring[0]))
        yield Finding("FU210", declarations.items["user"][ring[0]], ("manager",), f"managers in a ring: {way}")


def gone(declarations: Declarations) -> Iterator[Finding]:
    """Who has left, and a property no longer in use, where work still goes to them."""
    for item, document in declarations.documents("user"):
        if document["active"]:
            yield from _gone(declarations, "user", document["manager"], item, ("manager",))
            yield from _gone(declarations, "property", document["property"], item, ("property",))
    for item, _, place, step in every_step(declarations, "plan"):
        if step["active"]:
            yield from _gone(declarations, "user", step.get("user"), item, ("steps", place, "user"))


def _gone(declarations: Declarations, kind: str, id: str | None, item: Item, path: Path) -> Iterator[Finding]:
    named = declarations.one(kind, id)
    if named and not named["active"]:
        yield Finding("FU316", item, path, f"the {kind} '{id}' is not active", "name one that is, or none")


def nobody_applies(declarations: Declarations) -> Iterator[Finding]:
    """Such a catalog could be applied, and then never be changed again."""
    if not _somebody(declarations, "apply-catalog"):
        message = "no active user has the permission 'apply-catalog': nobody could apply again"
        hint = "users: {sue: {name: Sue Reed, role: administrator}}, or an active user's role with 'apply-catalog'"
        yield Finding("FU226", declarations.section("users"), (), message, hint)


def nobody_generates(declarations: Declarations) -> Iterator[Finding]:
    """F16: what waits to be generated would wait for ever."""
    if not _somebody(declarations, "generate-fulfillment"):
        for item, document, _, step in every_step(declarations):
            if document.get("active", True) and _waits(step):
                message = (
                    f"no active user has the permission 'generate-fulfillment': '{item.id}/{step['id']}' would wait"
                )
                yield Finding(
                    "FU319", declarations.section("users"), (), message, "give it to the role of somebody active"
                )
                return


def _waits(step: Document) -> bool:
    kind = BUILT_IN_TYPES.get(step["type"])
    return kind is not None and kind.fulfilled and step["active"] and not step["automatic"]


def _somebody(declarations: Declarations, permission: str) -> bool:
    """Whether an active user has it, or may have it: what is misshapen or not declared is said as such."""
    if any(item.document is None for item in declarations.items["user"].values()):
        return True
    held = [declarations.one("role", user["role"]) for _, user in declarations.documents("user") if user["active"]]
    return any(role is None or permission in role["permissions"] for role in held)
