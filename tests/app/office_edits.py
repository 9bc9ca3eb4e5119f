"""What an edited catalog does to a record of the office in plain dicts, where no `migrate:` entry says anything: dates
stay (E2), a new step behind whom somebody stands is missed (E3), and a step that is lost is followed by the next (E4).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.app import office_model as m
from tests.app.small_catalog import Raw

if TYPE_CHECKING:
    from tests.app.office_model import Office, Row


def met(office: Office, mine: Row, before: Raw, zones: Mapping[str | None, str]) -> Row:
    """The record after it, with `office.catalog` in force instead of `before`. Raises No where it may not be."""
    for action in m.opened(mine):
        if zones.get(action["owner"], office.zone(action["owner"])) != office.zone(action["owner"]):
            office.read_anew(mine, action, zones[action["owner"]])
    for enrolment in m.enrolled(mine):
        office.not_before = office.clock(mine["contact"]["owner"])[:10]
        try:
            _meets(office, mine, enrolment, before)
        finally:
            office.not_before = None
    return mine


def _meets(office: Office, mine: Row, enrolment: Row, before: Raw) -> None:
    old, new = m.cycle_of(before, enrolment), m.cycle_of(office.catalog, enrolment)
    was = _as_today(office.catalog, enrolment, before, old)
    if was == _as_today(office.catalog, enrolment, office.catalog, new):
        return
    if new is None or (not new.get("active", True) and (old is None or old.get("active", True))):
        raise m.No
    were_active = [step["id"] for step in was["steps"] if step["active"]] if was else []
    active = {step["id"]: step["position"] for step in m.active_steps(new)}
    declared = {step["id"]: step["position"] for step in m.numbered(new)}
    open_ = sorted(m.open_of(mine, enrolment), key=lambda a: (a["position"], a["n"]))
    steps = [m.step_id(office.catalog, enrolment, action["step"]) for action in open_]
    lost = [
        a for a, id in zip(open_, steps, strict=True) if id not in declared or (id not in active and id in were_active)
    ]
    order = [step["id"] for step in was["steps"]] if was else []
    stands = [
        _place(order, active, id) if action in lost else declared[id] for action, id in zip(open_, steps, strict=True)
    ]
    fresh = [step for step in m.active_steps(new) if step["id"] not in were_active]
    if not stands and was and not were_active and fresh:
        raise m.No  # they would wait for ever
    if stands and new["anchor"] == "due":
        reached = m.up_to_the_loop([step for step in m.active_steps(new) if step["position"] >= min(stands)])
        for step in reached:
            if step in fresh and step["position"] > min(stands):
                office.fill(mine, enrolment, [step], None)
    if lost:
        at = _place(order, active, m.step_id(office.catalog, enrolment, lost[0]["step"]))
        _lose(office, mine, enrolment, new, lost, at)


def _lose(office: Office, mine: Row, enrolment: Row, cycle: Raw, lost: list[Row], at: int) -> None:
    for action in lost:
        office.close(mine, action, "cancelled", None, "step-removed")
    steps = m.active_steps(cycle)
    if not steps:
        return
    before = [step for step in steps if step["position"] < at][-1:]
    if not before or "loop_to" not in before[0]:
        office.fill(mine, enrolment, [step for step in steps if step["position"] >= at], lost[0]["from"])
    if not m.open_of(mine, enrolment):
        office.nothing_open(mine, enrolment, cycle, lost[0]["from"])
    if enrolment["ended"]:
        raise m.No  # stranded, and nobody said so


def _as_today(catalog: Raw, enrolment: Row, of: Raw, cycle: Raw | None) -> dict[str, Any] | None:
    """What people on it notice of a cycle, under the ids that `catalog` has for its steps."""
    if cycle is None:
        return None
    id = m.today(of, enrolment["cycle"])

    def now(step: str | None) -> str | None:
        return step and m.today(catalog, f"{id}/{step}").partition("/")[2]

    steps = [
        {
            "id": now(step["id"]),
            "active": step.get("active", True),
            "loop": now(step.get("loop_to")),
            "offset": step["offset"],
        }
        for step in cycle["steps"]
    ]
    return {"active": cycle.get("active", True), "anchor": cycle["anchor"] if steps else None, "steps": steps}


def _place(order: list[str], places: Mapping[str, int], gone: str) -> int:
    """Behind what stood before it; if nothing comes there any more, where what stood behind it begins."""
    here = order.index(gone) if gone in order else len(order)
    behind = max([1 + places[id] for id in order[:here][::-1] if id in places][:1], default=0)
    if any(place >= behind for place in places.values()):
        return behind
    return next((places[id] for id in order[here + 1 :] if id in places), behind)
