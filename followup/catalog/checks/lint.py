"""F13: mistakes that make contacts drop off a cycle, or loop forever."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from followup.catalog.declarations import Declarations, Finding, Item
from followup.core.kinds import ALIAS, CYCLE

if TYPE_CHECKING:
    from followup.core import catalog_documents as d

    Steps: TypeAlias = Sequence[d.CycleStepDocument]

Step = TypeVar("Step", bound="d.StepDocument")
Order = Mapping[int, int | None]


def lost_loops(declarations: Declarations) -> Iterator[Finding]:
    for item, steps in _cycles(declarations):
        for place in _lost(steps):
            message = f"the last step '{steps[place]['id']}' is inactive and has the loop, so the loop is lost"
            hint = "move its loop_to to the last active step"
            yield _at(item, "FU303", place, "loop_to", message, hint)


def last_steps(declarations: Declarations) -> Iterator[Finding]:
    """A lost loop is reported only as such, by `lost_loops`."""
    for item, steps in _cycles(declarations):
        for place, step in _active(steps)[-1:]:
            if not step["loop_to"] and not _lost(steps):
                message = f"the last active step '{step['id']}' has no loop_to: contacts drop off the cycle after it"
                yield _at(item, "FU311", place, "id", message, "add a loop_to")
            if step["type"] != "call":
                message = f"the last active step '{step['id']}' is not a call"
                yield _at(item, "FU312", place, "type", message, "end with a call, so that a rep asks what comes next")


def early_loops(declarations: Declarations) -> Iterator[Finding]:
    for item, steps in _cycles(declarations):
        for place, step in _active(steps)[:-1]:
            if step["loop_to"]:
                message = f"loop_to on '{step['id']}', which is not the last step"
                yield _at(item, "FU313", place, "loop_to", message, "only the last step should have a loop")


def unreached_steps(declarations: Declarations) -> Iterator[Finding]:
    for item, steps in _cycles(declarations):
        active = _active(steps)
        reached = frozenset(_walk(order(steps), active[0][0] if active else None))
        for place, step in active:
            if place not in reached:
                message = f"the step '{step['id']}' is never reached: the one before loops past it"
                yield _at(item, "FU314", place, "id", message, "move the loop_to after it, or remove the step")


def holds(declarations: Declarations) -> Iterator[Finding]:
    """F8: a hold schedules nothing, and its contacts don't count as stranded; so it should be intended."""
    for item, document in declarations.documents(CYCLE):
        if document["active"] and document["steps"] and not _active(document["steps"]):
            message = f"no step of '{item.id}' is active, so it acts as a hold: nothing is scheduled"
            yield Finding("FU321", item, ("steps",), message, "write `steps: []` for a hold")


def inactive_targets(declarations: Declarations) -> Iterator[Finding]:
    for item, document in declarations.documents(ALIAS):
        cycle = declarations.one(CYCLE, document["cycle"])
        if document["active"] and cycle and not cycle["active"]:
            message = f"this alias is active, but its cycle '{document['cycle']}' isn't"
            yield Finding("FU302", item, ("cycle",), message, "deactivate the alias, or point it elsewhere")


def unnamed_cycles(declarations: Declarations) -> Iterator[Finding]:
    chosen = {alias["cycle"] for _, alias in declarations.documents(ALIAS) if alias["active"]}
    misshapen = any(alias.document is None for alias in declarations.items[ALIAS].values())
    for item, document in declarations.documents(CYCLE):
        if document["active"] and item.id not in chosen and not misshapen:
            message = f"no active alias points to the cycle '{item.id}': reps can't choose it"
            yield Finding("FU315", item, (), message, "add one under 'aliases', or deactivate the cycle")


def _cycles(declarations: Declarations) -> Iterator[tuple[Item, Steps]]:
    return ((item, document["steps"]) for item, document in declarations.documents(CYCLE))


def _at(item: Item, code: str, place: int, key: str, message: str, hint: str) -> Finding:
    return Finding(code, item, ("steps", place, key), message, hint)


def _active(steps: Sequence[Step]) -> list[tuple[int, Step]]:
    return [(place, step) for place, step in enumerate(steps) if step["active"]]


def _lost(steps: Steps) -> list[int]:
    """Inactive steps after the last active one that have the loop, if that one has none."""
    active = _active(steps)
    if not active or active[-1][1]["loop_to"]:
        return []
    return [place for place, step in enumerate(steps) if place > active[-1][0] and step["loop_to"]]


def order(steps: Sequence[d.StepDocument]) -> dict[int, int | None]:
    """The step after each active step (F5)."""
    active = [place for place, _ in _active(steps)]
    positions = {step["id"]: place for place, step in enumerate(steps)}
    following: dict[int, int | None] = dict(zip(active, [*active[1:], None], strict=True)) if active else {}
    for place in active:
        target = steps[place].get("loop_to")  # plan steps don't have one
        if isinstance(target, str):
            following[place] = _entry(active, positions.get(target))
    return following


def _entry(active: list[int], position: int | None) -> int | None:
    """The step at which a loop to `position` enters; None if there is no such step."""
    return None if position is None else next((place for place in active if place >= position), active[0])


def _walk(following: Order, place: int | None) -> list[int]:
    """The steps that a contact goes through from `place` on, each once."""
    seen: dict[int, None] = {}
    while place is not None and place not in seen:
        seen[place] = None
        place = following[place]
    return list(seen)
