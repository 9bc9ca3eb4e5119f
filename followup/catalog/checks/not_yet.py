"""What a catalog may declare and this version doesn't do yet: a warning, so that no one waits for it.

Drafts and inactive steps and cycles get no warning: they do nothing anyway.
"""

from __future__ import annotations

from collections.abc import Iterator

from followup.catalog.checks.steps import cycle_steps
from followup.catalog.declarations import Declarations, Finding
from followup.core.kinds import PLAN


def ready_plans(declarations: Declarations) -> Iterator[Finding]:
    for item, document in declarations.documents(PLAN):
        if document["status"] == "ready":
            message = f"this version doesn't run plans: '{item.id}' launches for no contact"
            yield Finding("FU341", item, ("status",), message, "leave it a draft until plans run, and use a cycle")


def automatic_steps(declarations: Declarations) -> Iterator[Finding]:
    for item, document, place, step in cycle_steps(declarations):
        if step["automatic"] and step["active"] and document["active"]:
            message = f"this version sends nothing by itself: '{step['id']}' waits for a person"
            yield Finding(
                "FU342", item, ("steps", place, "automatic"), message, "remove `automatic: true` till it does"
            )
