"""A1: how long a plan of each type usually lasts; one that lasts much longer or shorter often has a wrong type or unit.

Counted from the start, as if each action were done on its day. What hangs on an event or a date is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from followup.catalog.declarations import Declarations, Finding
from followup.core.kinds import PLAN
from followup.core.office_documents import offset

if TYPE_CHECKING:
    from followup.core import catalog_documents as d

#: type of plan -> fewest and most days, and how people say it
USUAL: Mapping[str, tuple[float, float, str]] = MappingProxyType(
    {
        "connection": (0, 31, "less than a month"),
        "conversion": (28, 93, "one to three months"),
        "retention": (180, 366, "six to twelve months"),
    }
)
#: A unit in days; of months about that.
DAYS: Mapping[str, float] = MappingProxyType(
    {"minutes": 1 / 1440, "hours": 1 / 24, "days": 1, "business days": 1.4, "weeks": 7, "months": 30.5}
)


def unusual_lengths(declarations: Declarations) -> Iterator[Finding]:
    for item, document in declarations.documents(PLAN):
        fewest, most, usual = USUAL.get(document["type"], (0, 0, ""))
        length = _length(document)
        if usual and length is not None and not fewest <= length <= most:
            message = f"it lasts about {length:,.0f} days; a {document['type']} plan usually lasts {usual}"
            yield Finding("FU343", item, ("type",), message, "look at its type, and at the units of its offsets")


def _length(plan: d.PlanDocument) -> float | None:
    """Days from the start to the furthest active step; None without one, or where one counts from an event or date."""
    steps = [step for step in plan["steps"] if step["active"]]
    anchors = [step["anchor"] or plan["anchor"] for step in steps]
    if not steps or "event" in anchors or any(step["date"] for step in steps):
        return None
    at, before = {"start": 0.0}, 0.0
    for step, anchor in zip(steps, anchors, strict=True):
        wait = offset(step["offset"])
        before = at[f"step:{step['id']}"] = at.get(anchor, before) + wait.number * DAYS[wait.unit]
    return max(at.values())
