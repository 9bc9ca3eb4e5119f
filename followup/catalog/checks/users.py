"""Relations between users (F17, F20): managers, unique logins, and at least one user who can apply."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from followup.catalog.checks.naming import by_place, duplicates
from followup.catalog.checks.steps import every_step, is_active, plan_steps
from followup.catalog.declarations import Declarations, Finding, Item
from followup.catalog.renames import rings, way_around
from followup.catalog.tree import Path
from followup.core.kinds import PROPERTY, ROLE, USER, Kind
from followup.core.office import BUILT_IN_TYPES

if TYPE_CHECKING:
    from followup.core import catalog_documents as d


def logins(declarations: Declarations) -> Iterator[Finding]:
    used = [(item, document["login"]) for item, document in by_place(declarations, USER) if document["login"]]
    for item, first in duplicates(used):
        message = f"the user '{first.id}' has this login too ({first.file}, line {first.at.line})"
        yield Finding("FU217", item, ("login",), message, "a login can belong to only one user")


def emails(declarations: Declarations) -> Iterator[Finding]:
    """An import identifies owners by their addresses."""
    users = ((item, document) for item, document in by_place(declarations, USER) if document["active"])
    used = [(item, document["email"].lower()) for item, document in users if document["email"]]
    for item, first in duplicates(used):
        message = f"the active user '{first.id}' has this address too ({first.file}, line {first.at.line})"
        hint = "an import that names owners by e-mail couldn't tell them apart"
        yield Finding("FU318", item, ("email",), message, hint)


def manager_rings(declarations: Declarations) -> Iterator[Finding]:
    above = {item.id: document["manager"] for item, document in declarations.documents(USER) if document["manager"]}
    for ring in rings(above):
        way = way_around(ring)
        yield Finding("FU210", declarations.items["user"][ring[0]], ("manager",), f"a circle of managers: {way}")


def inactive_references(declarations: Declarations) -> Iterator[Finding]:
    """Inactive users and properties that work is still assigned to."""
    for item, document in declarations.documents(USER):
        if document["active"]:
            yield from _inactive(declarations, USER, document["manager"], item, ("manager",))
            yield from _inactive(declarations, PROPERTY, document["property"], item, ("property",))
    for item, _, place, step in plan_steps(declarations):
        if step["active"]:
            yield from _inactive(declarations, USER, step.get("user"), item, ("steps", place, "user"))


def _inactive(
    declarations: Declarations, kind: Kind[d.Document], id: str | None, item: Item, path: Path
) -> Iterator[Finding]:
    target = declarations.one(kind, id)
    if target and not target["active"]:
        yield Finding("FU316", item, path, f"the {kind} '{id}' isn't active", "name an active one, or none")


def permission_to_apply(declarations: Declarations) -> Iterator[Finding]:
    """Without this permission a catalog could be applied once, and never changed again."""
    if not _is_permitted(declarations, "apply-catalog"):
        message = "no active user has the permission 'apply-catalog', so this catalog couldn't be changed again"
        hint = "users: {sue: {name: Sue Reed, role: administrator}}, or an active user's role with 'apply-catalog'"
        yield Finding("FU226", declarations.section("users"), (), message, hint)


def permission_to_generate(declarations: Declarations) -> Iterator[Finding]:
    """F16: without this permission, letters and e-mails would never be generated."""
    if not _is_permitted(declarations, "generate-fulfillment"):
        for item, document, _, step in every_step(declarations):
            if is_active(document) and _waits(step):
                lacking = "no active user has the permission 'generate-fulfillment'"
                message = f"'{item.id}/{step['id']}' would never be sent: {lacking}"
                hint = "add it to the role of an active user"
                yield Finding("FU319", declarations.section("users"), (), message, hint)
                return


def _waits(step: d.StepDocument) -> bool:
    kind = BUILT_IN_TYPES.get(step["type"])
    return kind is not None and kind.fulfilled and step["active"] and not step["automatic"]


def _is_permitted(declarations: Declarations, permission: str) -> bool:
    """Whether an active user has it, or may have it: misshapen or undeclared items are reported elsewhere."""
    if any(item.document is None for item in declarations.items["user"].values()):
        return True
    roles = [declarations.one(ROLE, user["role"]) for _, user in declarations.documents(USER) if user["active"]]
    return any(role is None or permission in role["permissions"] for role in roles)
