"""Settings that have no effect, or another than they seem to: the schedule ignores them (T1, T5).

Only active steps are checked; inactive ones don't count.
"""

from __future__ import annotations

from collections.abc import Iterator

from followup.catalog.checks.lint import order
from followup.catalog.checks.steps import every_step, plan_steps
from followup.catalog.declarations import Declarations, Finding
from followup.core.office import ELAPSED_MINUTES
from followup.core.office_documents import offset


def times_of_day(declarations: Declarations) -> Iterator[Finding]:
    for item, _, place, step in every_step(declarations):
        wait = offset(step["offset"])
        if step["active"] and step["at"] and wait.unit in ELAPSED_MINUTES:
            message = f"'at' has no effect: an offset of {wait} has a time of its own"
            yield Finding("FU323", item, ("steps", place, "at"), message, "count in days, or remove the time")


def rolls(declarations: Declarations) -> Iterator[Finding]:
    for item, _, place, step in every_step(declarations):
        if step["active"] and step["roll"] == "forward" and offset(step["offset"]).number < 0:
            message = "a negative offset can't roll forward, which could be after the event: it rolls back"
            yield Finding("FU324", item, ("steps", place, "roll"), message, "roll: back")


def gaps(declarations: Declarations) -> Iterator[Finding]:
    """`min_gap` needs a step before; a first step has one only if a loop leads to it."""
    for item, document, place, step in every_step(declarations):
        if step["active"] and step["min_gap"]:
            following = order(document["steps"])
            if place == min(following) and place not in following.values():
                message = f"'min_gap' has no effect: '{step['id']}' is the first step of this {item.kind}"
                yield Finding("FU325", item, ("steps", place, "min_gap"), message, "make it an offset, or remove it")


def set_dates(declarations: Declarations) -> Iterator[Finding]:
    for item, _, place, step in plan_steps(declarations):
        keys = [key for key in ("offset", "anchor") if item.written("steps", place, key) is not None]
        if step["active"] and step["date"] and keys:
            message = f"'{keys[0]}' has no effect next to a fixed date"
            yield Finding("FU326", item, ("steps", place, keys[0]), message, "remove one of the two")
