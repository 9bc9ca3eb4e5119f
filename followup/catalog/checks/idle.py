"""What is written and does nothing, or not what it says: the schedule passes it over (T1, T5).

Only active steps are judged; an inactive one is as if not there.
"""

from __future__ import annotations

from collections.abc import Iterator

from followup.catalog.checks.lint import order
from followup.catalog.checks.steps import Place, every_step
from followup.catalog.declarations import Declarations, Finding
from followup.core.office import ELAPSED_MINUTES, Offset


def times(declarations: Declarations) -> Iterator[Finding]:
    for item, _, place, step in _active(declarations):
        offset = Offset(*step["offset"])
        if step["at"] and offset.unit in ELAPSED_MINUTES:
            message = f"'at' has no effect: an offset of {offset} has a time of its own"
            yield Finding("FU323", item, ("steps", place, "at"), message, "count in days, or take out the time")


def rolls(declarations: Declarations) -> Iterator[Finding]:
    for item, _, place, step in _active(declarations):
        if step["roll"] == "forward" and step["offset"][0] < 0:
            message = "an offset before its event never rolls forward, which could be too late: it rolls back"
            yield Finding("FU324", item, ("steps", place, "roll"), message, "roll: back")


def gaps(declarations: Declarations) -> Iterator[Finding]:
    """The first step of a cycle has one before it only where a loop leads to it."""
    for item, document, place, step in _active(declarations):
        if step["min_gap"]:
            following = order(document["steps"])
            if place == min(following) and place not in following.values():
                message = f"'min_gap' has no effect: nothing of this {item.kind} comes before '{step['id']}'"
                yield Finding("FU325", item, ("steps", place, "min_gap"), message, "make it an offset, or take it out")


def set_dates(declarations: Declarations) -> Iterator[Finding]:
    for item, _, place, step in _active(declarations, "plan"):
        written = [key for key in ("offset", "anchor") if item.raw["steps"][place].get(key) is not None]
        if step["date"] and written:
            message = f"'{written[0]}' has no effect beside a set date"
            yield Finding("FU326", item, ("steps", place, written[0]), message, "take out one of the two")


def _active(declarations: Declarations, *kinds: str) -> Iterator[Place]:
    return (found for found in every_step(declarations, *kinds) if found[3]["active"])
