"""What an edited catalog does to a record of the office in plain dicts, without a `migrate:` entry for it: dates stay
(E2), a new step that a contact is already past is skipped (E3), and the next step follows a removed one (E4).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.app import office_model as m
from tests.app.small_catalog import Raw

if TYPE_CHECKING:
    from tests.app.office_model import Office, Row


def met(office: Office, mine: Row, before: Raw, zones: Mapping[str | None, str]) -> Row:
    """The record after the edit, with `office.catalog` live instead of `before`. Raises No if the edit is refused."""
    for action in m.opened(mine):
        if zones.get(action["owner"], office.zone(action["owner"])) != office.zone(action["owner"]):
            office.read_anew(mine, action, zones[action["owner"]])
    for enrolment in m.enrolled(mine):
        office.not_before = office.clock(mine["contact"]["owner"])[:10]
        try:
            _migrate(office, mine, enrolment, before)
        finally:
            office.not_before = None
    return mine


def _migrate(office: Office, mine: Row, enrolment: Row, before: Raw) -> None:
    old, new = m.cycle_of(before, enrolment), m.cycle_of(office.catalog, enrolment)
    old_form = _current_form(office.catalog, enrolment, before, old)
    if old_form == _current_form(office.catalog, enrolment, office.catalog, new):
        return
    if new is None or (not new.get("active", True) and (old is None or old.get("active", True))):
        raise m.No
    old_active = [step["id"] for step in old_form["steps"] if step["active"]] if old_form else []
    active = {step["id"]: step["position"] for step in m.active_steps(new)}
    declared = {step["id"]: step["position"] for step in m.numbered(new)}
    open_ = sorted(m.open_of(mine, enrolment), key=lambda a: (a["position"], a["n"]))
    steps = [m.step_id(office.catalog, enrolment, action["step"]) for action in open_]
    dropped = [
        a for a, id in zip(open_, steps, strict=True) if id not in declared or (id not in active and id in old_active)
    ]
    order = [step["id"] for step in old_form["steps"]] if old_form else []
    positions = [
        _place(order, active, id) if action in dropped else declared[id]
        for action, id in zip(open_, steps, strict=True)
    ]
    fresh = [step for step in m.active_steps(new) if step["id"] not in old_active]
    if not positions and old_form and not old_active and fresh:
        raise m.No  # they would wait forever
    if positions and new["anchor"] == "due":
        reached = m.up_to_the_loop([step for step in m.active_steps(new) if step["position"] >= min(positions)])
        for step in reached:
            if step in fresh and step["position"] > min(positions):
                office.fill(mine, enrolment, [step], None)
    if dropped:
        at = _place(order, active, m.step_id(office.catalog, enrolment, dropped[0]["step"]))
        _drop_steps(office, mine, enrolment, new, dropped, at)


def _drop_steps(office: Office, mine: Row, enrolment: Row, cycle: Raw, dropped: list[Row], at: int) -> None:
    for action in dropped:
        office.close(mine, action, "cancelled", None, "step-removed")
    steps = m.active_steps(cycle)
    if not steps:
        return
    before = [step for step in steps if step["position"] < at][-1:]
    if not before or "loop_to" not in before[0]:
        office.fill(mine, enrolment, [step for step in steps if step["position"] >= at], dropped[0]["from"])
    if not m.open_of(mine, enrolment):
        office.nothing_open(mine, enrolment, cycle, dropped[0]["from"])
    if enrolment["ended"]:
        raise m.No  # stranded, without a choice for it


def _current_form(catalog: Raw, enrolment: Row, of: Raw, cycle: Raw | None) -> dict[str, Any] | None:
    """What matters of a cycle to contacts on it, with the ids that `catalog` has for its steps."""
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


def _place(order: list[str], places: Mapping[str, int], step: str) -> int:
    """After the step before it; if no step follows there, the position of the next step that still exists."""
    index = order.index(step) if step in order else len(order)
    position = max([1 + places[id] for id in order[:index][::-1] if id in places][:1], default=0)
    if any(place >= position for place in places.values()):
        return position
    return next((places[id] for id in order[index + 1 :] if id in places), position)
