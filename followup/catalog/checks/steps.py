"""Steps of cycles and plans: their types, templates and anchors (F2, F3, T2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from followup.catalog.builtin import CHANNELS, CYCLE_TYPES
from followup.catalog.codes import nearest
from followup.catalog.declarations import Declarations, Finding, Item
from followup.catalog.tree import Path
from followup.core.kinds import ACTION_TYPE, CYCLE, PLAN, TEMPLATE, Kind
from followup.core.office import BUILT_IN_TYPES
from followup.core.office_documents import offset

if TYPE_CHECKING:
    from followup.core import catalog_documents as d

    Process: TypeAlias = d.CycleDocument | d.PlanDocument

#: Kinds with steps.
PROCESSES: tuple[Kind[Process], ...] = (CYCLE, PLAN)
#: F10: whether completing one of these shows the alias menu.
OFFERS_CYCLE: Mapping[str, bool] = MappingProxyType(
    {
        **dict.fromkeys(("call", "inbound", "reservation", "tour", "sale"), True),
        **dict.fromkeys(("correspondence", "email"), False),
    }
)


def duplicate_ids(declarations: Declarations) -> Iterator[Finding]:
    for item, document, place, step in every_step(declarations):
        first = next(number for number, other in enumerate(document["steps"]) if other["id"] == step["id"])
        if first != place:
            message = f"step {first + 1} also has the id '{step['id']}'"
            yield Finding("FU206", item, ("steps", place, "id"), message, "give each step its own id")


def loop_targets(declarations: Declarations) -> Iterator[Finding]:
    for item, cycle, place, step in cycle_steps(declarations):
        ids = [other["id"] for other in cycle["steps"]]
        if step["loop_to"] and step["loop_to"] not in ids:
            message = f"this cycle has no step '{step['loop_to']}'{nearest(step['loop_to'], ids)}"
            yield Finding("FU202", item, ("steps", place, "loop_to"), message, f"its steps: {', '.join(ids)}")


def anchors(declarations: Declarations) -> Iterator[Finding]:
    """A step's anchor must be an earlier active step; events aren't allowed, because cycles don't have one."""
    for item, document, place, step in every_step(declarations):
        anchor = step["anchor"] or ""
        if anchor.startswith("step:") and step["active"]:
            if wrong := _wrong_anchor(document["steps"], place, anchor.removeprefix("step:")):
                yield Finding("FU207", item, ("steps", place, "anchor"), wrong, "count from an earlier active step")
        elif anchor == "event" and item.kind == "cycle":
            yield _no_event(item, ("steps", place, "anchor"))
    for item, cycle in declarations.documents(CYCLE):
        if cycle["anchor"] == "event":
            yield _no_event(item, ("anchor",))
    yield from _shared_anchors(declarations)


def _shared_anchors(declarations: Declarations) -> Iterator[Finding]:
    """The anchor of a cycle or plan can't be one of its own steps."""
    for kind in PROCESSES:
        for item, document in declarations.documents(kind):
            if document["anchor"].startswith("step:"):
                message = f"the anchor of a {kind} can't be one of its steps"
                yield Finding("FU207", item, ("anchor",), message, "set it on the steps that count from it")


def _no_event(item: Item, path: Path) -> Finding:
    return Finding("FU208", item, path, "cycles have no event", "only plans have events")


def _wrong_anchor(steps: Sequence[d.StepDocument], place: int, id: str) -> str:
    """Why step `place` can't count from step `id`; empty if it can."""
    target = next((number for number, step in enumerate(steps) if step["id"] == id), None)
    if target is None:
        return f"unknown step '{id}'{nearest(id, [step['id'] for step in steps])}"
    if target >= place:
        return f"the step '{id}' isn't before this one"
    return "" if steps[target]["active"] else f"the step '{id}' isn't active"


def offsets(declarations: Declarations) -> Iterator[Finding]:
    for item, document, place, step in every_step(declarations):
        anchor = step["anchor"] or document["anchor"]
        if offset(step["offset"]).number < 0 and anchor != "event":
            message = f"a negative offset with the anchor '{anchor}'"
            yield Finding(
                "FU209", item, ("steps", place, "offset"), message, "only `anchor: event` allows negative offsets"
            )


def types(declarations: Declarations) -> Iterator[Finding]:
    """Allowed types: F2's, and those that the catalog declares itself."""
    own = {item.id for item, _ in declarations.documents(ACTION_TYPE) if item.id not in BUILT_IN_TYPES}
    allowed = (*CYCLE_TYPES, *sorted(own))
    for item, _, place, step in cycle_steps(declarations):
        if step["type"] in declarations.items[ACTION_TYPE] and step["type"] not in allowed:
            message = f"'{step['type']}' can't be used for a step of a cycle"
            yield Finding("FU205", item, ("steps", place, "type"), message, f"choose {', '.join(allowed)}")


def alias_menus(declarations: Declarations) -> Iterator[Finding]:
    """F10 defines which built-in types show the alias menu; for its own types the catalog decides."""
    for item, document in declarations.documents(ACTION_TYPE):
        offers = OFFERS_CYCLE.get(item.id, document["offers_cycle"])
        if document["offers_cycle"] != offers:
            menu = "the menu of aliases" if offers else "no menu of aliases"
            hint = "declare your own type for something else"
            yield Finding("FU322", item, ("offers_cycle",), f"completing a built-in '{item.id}' offers {menu}", hint)


def templates(declarations: Declarations) -> Iterator[Finding]:
    for item, document, place, step in every_step(declarations):
        template = declarations.one(TEMPLATE, step["template"])
        if template:
            path = ("steps", place, "template")
            channel = CHANNELS.get(step["type"], "script")
            if template["channel"] != channel:
                message = f"'{step['template']}' is a template for {template['channel']}, but the step needs {channel}"
                yield Finding("FU204", item, path, message)
            if step["active"] and not template["active"] and is_active(document):
                yield Finding("FU203", item, path, f"the template '{step['template']}' isn't active")


def is_active(document: d.Document) -> bool:
    """Items that can't be deactivated count as active."""
    return bool(document.get("active", True))


def every_step(declarations: Declarations) -> Iterator[tuple[Item, Process, int, d.StepDocument]]:
    """All steps, of cycles and then of plans: item, document, position, step."""
    yield from cycle_steps(declarations)
    yield from plan_steps(declarations)


def cycle_steps(declarations: Declarations) -> Iterator[tuple[Item, d.CycleDocument, int, d.CycleStepDocument]]:
    for item, cycle in declarations.documents(CYCLE):
        for place, step in enumerate(cycle["steps"]):
            yield item, cycle, place, step


def plan_steps(declarations: Declarations) -> Iterator[tuple[Item, d.PlanDocument, int, d.PlanStepDocument]]:
    for item, plan in declarations.documents(PLAN):
        for place, step in enumerate(plan["steps"]):
            yield item, plan, place, step
