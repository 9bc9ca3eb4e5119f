"""E5: a moved id leads to a declared item, and isn't reused; a step stays in its cycle.

Rows keep their old ids, so another item with a moved id would be mistaken for the moved one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from followup.catalog.codes import nearest
from followup.catalog.declarations import MOVE, Declarations, Finding, Item
from followup.catalog.renames import resolved, rings, way_around
from followup.core.kinds import ALIAS, CYCLE, PLAN

USED_AGAIN = "a moved id can't be used again: remove this {kind}, change its id, or remove the entry"
LEADS_NOWHERE = "use the current id; if it was deleted, remove the entry too"


class Move(NamedTuple):
    """One entry. `home` and `cycle`: the current ids of the cycles that it leads from and to; `step` likewise.

    `goes_on`: the ids in it that moved again; the later entries are checked instead.
    """

    item: Item
    home: str
    cycle: str
    step: str
    goes_on: frozenset[str]


def rings_of_moves(declarations: Declarations) -> Iterator[Finding]:
    for ring in rings(_written(declarations)):
        way = way_around(ring)
        yield Finding("FU220", declarations.items["moved"][ring[0]], ("to",), f"ids that moved in a circle: {way}")


def levels(declarations: Declarations) -> Iterator[Finding]:
    for item, document in declarations.documents(MOVE):
        if ("/" in item.id) != ("/" in document["to"]):
            message = f"'{item.id}' and '{document['to']}' are of different kinds"
            yield Finding("FU223", item, ("to",), message, "a cycle moves to a cycle, CYCLE/STEP to CYCLE/STEP")


def reused_ids(declarations: Declarations) -> Iterator[Finding]:
    for move in _moves(declarations):
        cycle, slash, step = move.item.id.partition("/")
        if slash and step in (_steps(declarations, move.home) or ()):
            message = f"'{move.item.id}' has moved, but the cycle '{move.home}' still has a step '{step}'"
            yield Finding("FU224", move.item, ("from",), message, USED_AGAIN.format(kind="step"))
        elif not slash and cycle in declarations.items["cycle"]:
            message = f"the cycle '{cycle}' has moved, but is still declared"
            yield Finding("FU224", move.item, ("from",), message, USED_AGAIN.format(kind="cycle"))
        elif not slash and cycle in declarations.items[PLAN]:
            message = f"{_kind(declarations, move)} '{cycle}' has moved, and a plan has its id"
            yield Finding("FU224", move.item, ("from",), message, USED_AGAIN.format(kind="plan"))
        elif not slash and cycle in declarations.items[ALIAS] and _kind(declarations, move) == "the alias":
            message = f"the alias '{cycle}' has moved, and is still declared"
            yield Finding("FU224", move.item, ("from",), message, USED_AGAIN.format(kind="alias"))


def _kind(declarations: Declarations, move: Move) -> str:
    """Of what has moved, by what it is today; an alias may have the id of a cycle, which goes first."""
    if move.cycle in declarations.items[PLAN].keys() - declarations.items[CYCLE].keys():
        return "the plan"
    return "the alias" if _is_alias(declarations, move) else "the cycle"


def _is_alias(declarations: Declarations, move: Move) -> bool:
    return not move.step and move.cycle in declarations.items[ALIAS].keys() - declarations.items[CYCLE].keys()


def destinations(declarations: Declarations) -> Iterator[Finding]:
    cycles = {**declarations.items[CYCLE], **declarations.items[PLAN]}
    for move in _moves(declarations):
        if _is_alias(declarations, move):
            continue
        steps = _steps(declarations, move.cycle)
        if move.cycle not in cycles and "cycle" not in move.goes_on:
            message = f"unknown cycle '{move.cycle}'{nearest(move.cycle, cycles)}"
            yield Finding("FU202", move.item, ("to",), message, LEADS_NOWHERE)
        elif move.cycle in cycles and move.cycle != move.home:
            message = f"'{move.item.id}' is a step of the cycle '{move.home}', but this one is a step of '{move.cycle}'"
            yield Finding("FU225", move.item, ("to",), message, _other_cycle(move, cycles))
        elif steps is not None and move.step and move.step not in steps and "step" not in move.goes_on:
            message = f"the cycle '{move.cycle}' has no step '{move.step}'{nearest(move.step, steps)}"
            yield Finding("FU202", move.item, ("to",), message, LEADS_NOWHERE)


def _other_cycle(move: Move, cycles: Mapping[str, Item]) -> str:
    if move.home in cycles:
        return "a step can only move within its cycle"
    return f"if the cycle moved too, add {{from: {move.home}, to: {move.cycle}}}"


def _moves(declarations: Declarations) -> Iterator[Move]:
    """The entries that can be checked: not between a cycle and a step, and not about another catalog."""
    moves = _written(declarations)
    today = resolved(moves)
    elsewhere = declarations.items["include"].keys() - declarations.items["cycle"]
    for item, document in declarations.documents(MOVE):
        cycle, to = (id.partition("/")[0] for id in (item.id, document["to"]))
        home, there, end = today.get(cycle, cycle), today.get(to, to), today.get(item.id)
        if end and elsewhere.isdisjoint((home, there)):
            goes_on = {"cycle": to in moves, "step": document["to"] in moves}
            yield Move(item, home, there, end.partition("/")[2], frozenset(key for key in goes_on if goes_on[key]))


def _written(declarations: Declarations) -> dict[str, str]:
    return {item.id: document["to"] for item, document in declarations.documents(MOVE)}


def _steps(declarations: Declarations, cycle: str) -> list[str] | None:
    """The ids of the steps of a cycle or plan; None where there is no such one, or nobody knows its steps."""
    document = declarations.one(CYCLE, cycle) or declarations.one(PLAN, cycle)
    return [step["id"] for step in document["steps"]] if document else None
