"""Relations between plans: a source launches only one plan (A3), and chains of plans end (A9)."""

from __future__ import annotations

from collections.abc import Iterator

from followup.catalog.checks.naming import by_place
from followup.catalog.declarations import Declarations, Finding, Item
from followup.catalog.renames import rings, way_around
from followup.core.kinds import PLAN


def sources(declarations: Declarations) -> Iterator[Finding]:
    first_by_source: dict[str, Item] = {}
    for item, document in by_place(declarations, PLAN):
        for source in document["launch_on"]["source"] if document["status"] == "ready" else ():
            first = first_by_source.setdefault(source, item)
            if first is not item:
                message = (
                    f"the source '{source}' already launches the plan '{first.id}' ({first.file}, line {first.at.line})"
                )
                yield Finding("FU218", item, ("launch_on", "source"), message, "a source can launch only one plan")


def drafts_that_follow(declarations: Declarations) -> Iterator[Finding]:
    """A2: only a ready plan launches."""
    for item, document in declarations.documents(PLAN):
        following = declarations.one(PLAN, document["next"])
        if document["status"] == "ready" and following and following["status"] != "ready":
            message = f"the plan '{document['next']}' is a draft, so it won't launch"
            yield Finding("FU320", item, ("next",), message, "set its status to ready, or remove this")


def rings_of_plans(declarations: Declarations) -> Iterator[Finding]:
    following = {item.id: document["next"] for item, document in declarations.documents(PLAN) if document["next"]}
    for ring in rings(following):
        way = way_around(ring)
        yield Finding(
            "FU222", declarations.items["plan"][ring[0]], ("next",), f"plans that follow each other in a circle: {way}"
        )
