"""What an entry of `migrate:` names is declared, and can do what the entry asks of it (E2 to E6).

What an entry may take out of the files along with the edit can't be looked up in them: `diff` and `apply` know it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from followup.catalog.codes import nearest
from followup.catalog.declarations import MOVE, Declarations, Finding, Item
from followup.catalog.renames import resolved
from followup.core.kinds import ALIAS, CYCLE, MIGRATE, PLAN

if TYPE_CHECKING:
    from followup.core import catalog_documents as d

PROCESSES = (CYCLE, PLAN)
WAYS = "a step that is kept, backfilled or given new dates stays declared"


def destinations(declarations: Declarations) -> Iterator[Finding]:
    """Contacts can only be moved to a cycle that takes them."""
    for item, document in declarations.documents(MIGRATE):
        alias = declarations.one(ALIAS, document.get("move_to"))
        if alias and (alias["cycle"] is None or not alias["active"]):
            why = "is not active" if alias["cycle"] else "has no cycle"
            message = f"contacts can't be moved to the alias '{document['move_to']}', which {why}"
            yield Finding("FU231", item, ("move_to",), message, "name an active alias that has a cycle")


def subjects(declarations: Declarations) -> Iterator[Finding]:
    """What stays declared while its entry acts."""
    today = resolved({item.id: document["to"] for item, document in declarations.documents(MOVE)})
    for item, document in declarations.documents(MIGRATE):
        if "cycle" in document and document.get("drain"):
            yield from _cycle(declarations, item, today.get(document["cycle"], document["cycle"]))
        elif "step" in document and _stays(document):
            yield from _step(declarations, item, today.get(document["step"], document["step"]), today)


def _stays(document: d.MigrateDocument) -> bool:
    """Whether the entry is about a step that stays, or comes."""
    return document.get("open") == "keep" or bool({"dates", "backfill"} & document.keys())


def _cycle(declarations: Declarations, item: Item, id: str) -> Iterator[Finding]:
    cycles = declarations.items[CYCLE]
    if id not in cycles:
        message = f"unknown cycle '{id}'{nearest(id, cycles)}"
        yield Finding("FU202", item, ("cycle",), message, "a cycle that drains stays declared, with `active: false`")


def _step(declarations: Declarations, item: Item, path: str, today: dict[str, str]) -> Iterator[Finding]:
    process, _, step = path.partition("/")
    id = today.get(process, process)
    steps = _steps(declarations, id)
    if steps is None and not any(id in declarations.items[kind] for kind in PROCESSES):
        known = [*declarations.items[CYCLE], *declarations.items[PLAN]]
        yield Finding("FU202", item, ("step",), f"unknown cycle or plan '{id}'{nearest(id, known)}", WAYS)
    elif steps is not None and today.get(f"{id}/{step}", f"{id}/{step}").partition("/")[2] not in steps:
        yield Finding("FU202", item, ("step",), f"'{id}' has no step '{step}'{nearest(step, steps)}", WAYS)


def _steps(declarations: Declarations, id: str) -> Sequence[str] | None:
    """None where there is no such process, or it can't be read."""
    process = declarations.one(CYCLE, id) or declarations.one(PLAN, id)
    return [step["id"] for step in process["steps"]] if process else None
