"""The steps of cycles and plans: what each can be, what it sends, and what it counts from (F2, F3, T2)."""

from __future__ import annotations

from collections.abc import Iterator

from followup.catalog.builtin import CHANNELS, CYCLE_TYPES
from followup.catalog.codes import nearest
from followup.catalog.declarations import Declarations, Finding, Item
from followup.catalog.documents import Document
from followup.core.office import BUILT_IN_TYPES

Place = tuple[Item, Document, int, Document]
#: F10: completing one of these offers the menu of aliases, or never does.
OFFERS_CYCLE = {
    **dict.fromkeys(("call", "inbound", "reservation", "tour", "sale"), True),
    **dict.fromkeys(("correspondence", "email"), False),
}


def step_ids(declarations: Declarations) -> Iterator[Finding]:
    for item, document, place, step in every_step(declarations):
        first = next(number for number, other in enumerate(document["steps"]) if other["id"] == step["id"])
        if first != place:
            message = f"the id '{step['id']}' is taken by step {first + 1}"
            yield Finding("FU206", item, ("steps", place, "id"), message, "each step has an id of its own")


def loops(declarations: Declarations) -> Iterator[Finding]:
    for item, document, place, step in every_step(declarations, "cycle"):
        known = [other["id"] for other in document["steps"]]
        if step["loop_to"] and step["loop_to"] not in known:
            message = f"this cycle has no step '{step['loop_to']}'{nearest(step['loop_to'], known)}"
            yield Finding("FU202", item, ("steps", place, "loop_to"), message, f"its steps: {', '.join(known)}")


def anchors(declarations: Declarations) -> Iterator[Finding]:
    """An earlier active step, or there would be nothing to count from; and no event, which cycles do not have."""
    for item, document, place, step in every_step(declarations):
        anchor = step["anchor"] or ""
        if anchor.startswith("step:") and step["active"]:
            if wrong := _wrong_anchor(document["steps"], place, anchor.removeprefix("step:")):
                yield Finding("FU207", item, ("steps", place, "anchor"), wrong, "count from an earlier active step")
        elif anchor == "event" and item.kind == "cycle":
            yield _no_event(item, ("steps", place, "anchor"))
    for item, document in declarations.documents("cycle"):
        if document["anchor"] == "event":
            yield _no_event(item, ("anchor",))
    yield from _shared_anchors(declarations)


def _shared_anchors(declarations: Declarations) -> Iterator[Finding]:
    """A whole cycle or plan cannot count from one of its own steps."""
    for kind in ("cycle", "plan"):
        for item, document in declarations.documents(kind):
            if document["anchor"].startswith("step:"):
                message = f"the anchor of a whole {kind} cannot be one of its steps"
                yield Finding("FU207", item, ("anchor",), message, "write it at the steps that count from it")


def _no_event(item: Item, path: tuple[str | int, ...]) -> Finding:
    return Finding("FU208", item, path, "a cycle has no event to count from", "events belong to plans")


def _wrong_anchor(steps: list[Document], place: int, id: str) -> str:
    """What is wrong with counting step `place` from step `id`; nothing if it is right."""
    named = next((number for number, step in enumerate(steps) if step["id"] == id), None)
    if named is None:
        return f"there is no step '{id}'{nearest(id, [step['id'] for step in steps])}"
    if named >= place:
        return f"the step '{id}' does not come before this one"
    return "" if steps[named]["active"] else f"the step '{id}' is not active"


def offsets(declarations: Declarations) -> Iterator[Finding]:
    for item, document, place, step in every_step(declarations):
        anchor = step["anchor"] or document["anchor"]
        if step["offset"][0] < 0 and anchor != "event":
            message = f"an offset before its anchor, which is '{anchor}'"
            yield Finding(
                "FU209", item, ("steps", place, "offset"), message, "only `anchor: event` can be counted back from"
            )


def types(declarations: Declarations) -> Iterator[Finding]:
    """F2's, and what the catalog declares itself."""
    own = {item.id for item, _ in declarations.documents("action_type") if item.id not in BUILT_IN_TYPES}
    allowed = (*CYCLE_TYPES, *sorted(own))
    for item, _, place, step in every_step(declarations, "cycle"):
        if step["type"] in declarations.items["action_type"] and step["type"] not in allowed:
            message = f"a step of a cycle cannot be a '{step['type']}'"
            yield Finding("FU205", item, ("steps", place, "type"), message, f"it can be {', '.join(allowed)}")


def menus(declarations: Declarations) -> Iterator[Finding]:
    """F10 says which of the built-in types offer the menu of aliases; the others' is for the catalog to say."""
    for item, document in declarations.documents("action_type"):
        offers = OFFERS_CYCLE.get(item.id, document["offers_cycle"])
        if document["offers_cycle"] != offers:
            said = "offers the menu of aliases" if offers else "offers no menu of aliases"
            hint = "for something else declare a type of your own"
            yield Finding("FU322", item, ("offers_cycle",), f"completing a built-in '{item.id}' {said}", hint)


def templates(declarations: Declarations) -> Iterator[Finding]:
    for item, document, place, step in every_step(declarations):
        template = declarations.one("template", step["template"])
        if template:
            path = ("steps", place, "template")
            wanted = CHANNELS.get(step["type"], "script")
            if template["channel"] != wanted:
                message = f"'{step['template']}' is a template for {template['channel']}, and the step needs {wanted}"
                yield Finding("FU204", item, path, message)
            if step["active"] and not template["active"] and document.get("active", True):
                yield Finding("FU203", item, path, f"the template '{step['template']}' is not active")


def every_step(declarations: Declarations, *kinds: str) -> Iterator[Place]:
    """Every step of the cycles and plans: item, document, place, step."""
    for kind in kinds or ("cycle", "plan"):
        for item, document in declarations.documents(kind):
            for place, step in enumerate(document["steps"]):
                yield item, document, place, step
