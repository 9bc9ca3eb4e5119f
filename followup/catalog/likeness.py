"""Which cycles, plans, steps and aliases are of like content: where one is gone and the other new, they are most likely
one that was renamed (E5).

A step is like another of its type with the same template, timing or name; where the templates differ, both of the
others must be the same. A cycle or plan is like another if most of their steps are; its name speaks for it too, and an
alias that leads to the new one now. An alias is like another of its name. Equal content is always alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias, cast

from followup.core.words import folded

if TYPE_CHECKING:
    from followup.core.catalog_documents import Document

#: more than any likeness of what is not equal
EQUAL = 100.0
#: a process is like another from here on: the share of what they have in common
ALIKE = 0.5

Steps: TypeAlias = "Sequence[Document]"


def step_likeness(old: Document, new: Document) -> float:
    """0: they are not alike."""
    if old["type"] != new["type"]:
        return 0
    before, after = _content(old), _content(new)
    if before == after:
        return EQUAL
    template, timing, name = (_same(before, after, *keys) for keys in (("template",), TIMING, ("name",)))
    if before["template"] and after["template"] and not template and not (timing and name):
        return 0
    return 3 * template + 2 * timing + 3 * name


#: what says when a step is due
TIMING = ("offset", "anchor", "at", "date")


def _content(step: Document) -> dict[str, object]:
    """Without its id, also where that stands for a name that is not given."""
    name = None if step["name"] == step["id"] else step["name"]
    return {**{key: value for key, value in step.items() if key != "id"}, "name": name}


def _same(before: Document, after: Document, *keys: str) -> bool:
    values = [before.get(key) for key in keys]
    return any(value is not None for value in values) and values == [after.get(key) for key in keys]


def process_likeness(old: Document, new: Document, followed: bool) -> float:
    """`followed`: an alias led to the old one, and leads to the new one now."""
    if old == new:
        return EQUAL
    if old.get("type") != new.get("type"):  # of plans
        return 0
    before, after = (cast("Steps", process["steps"]) for process in (old, new))
    name = folded(str(old["name"])) == folded(str(new["name"]))
    shared = 2 * _alike(before, after) + name + 2 * followed
    likeness = shared / (len(before) + len(after) + 1 + 2 * followed)
    return likeness if likeness > ALIKE else 0


def _alike(before: Steps, after: Steps) -> int:
    """How many steps have one like them, each another."""
    left = list(after)
    for step in before:
        best = max(left, key=lambda other: step_likeness(step, other), default=None)
        if best is not None and step_likeness(step, best):
            left.remove(best)
    return len(after) - len(left)


def alias_likeness(old: Document, new: Document, today: Mapping[str, str]) -> float:
    """`today`: old ids of cycles to the new ones."""
    if folded(str(old["name"])) != folded(str(new["name"])):
        return 0
    cycle = today.get(str(old["cycle"]), old["cycle"])
    return EQUAL if {**old, "cycle": cycle} == new else 1
