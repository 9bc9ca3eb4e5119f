"""Two versions of an office, and what is said about them: which cycles differ for those who are on them (E1 to E6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from followup.core.migration.edition import ADVANCE, Edition, ProcessEdit, StepDirective
from followup.core.office import Cycle, Document, Office


def edition(before: Office, after: Office, said: Mapping[str, Document], processes: Iterable[str]) -> Edition:
    """`said`: the `migrate:` entries that this edit brings. `processes`: ids of cycles that anybody is on, as rows have
    them. Both offices are asked now, and `before` never again: it may be lazy, and its store about to change."""
    cycles = {}
    for process in processes:
        edit = _edit(before, after, said, process)
        if edit.directives or edit.entry or _seen_by_people(edit.before) != _seen_by_people(edit.after):
            cycles[edit.id] = edit
    zones = {owner: before.calendar(owner).zone for owner in (None, *before.users)}
    changed = {owner: zone for owner, zone in zones.items() if after.calendar(owner).zone != zone}
    return Edition(after, cycles, changed)


def _edit(before: Office, after: Office, said: Mapping[str, Document], process: str) -> ProcessEdit:
    id = after.cycle_id(process)
    old = before.cycle(process)
    edit = ProcessEdit(id, _renamed(old, after) if old else None, after.cycle(process), _of_steps(id, after, said))
    for entry, document in said.items():
        if "cycle" in document and after.cycle_id(document["cycle"]) == id:
            return edit._replace(entry=entry, move_to=document.get("move_to"), drain=document.get("drain", False))
    return edit


def _renamed(cycle: Cycle, after: Office) -> Cycle:
    """The same under the ids of today (E5)."""

    def today(step: str) -> str:
        return after.step_id(cycle.id, step) or step

    def said(anchor: str) -> str:
        return "step:" + today(anchor.removeprefix("step:")) if anchor.startswith("step:") else anchor

    steps = tuple(
        step._replace(id=today(step.id), anchor=said(step.anchor), loop_to=step.loop_to and today(step.loop_to))
        for step in cycle.steps
    )
    active = tuple(step for step in steps if step.active)
    return cycle._replace(id=after.cycle_id(cycle.id), steps=steps, active_steps=active)


def _of_steps(cycle: str, after: Office, said: Mapping[str, Document]) -> dict[str, StepDirective]:
    found = {}
    for entry, document in said.items():
        named, _, step = document.get("step", "").partition("/")
        if named and after.cycle_id(named) == cycle:
            found[after.step_id(named, step) or step] = StepDirective(
                entry=entry,
                open=document.get("open", ADVANCE),
                to=document.get("to"),
                recompute=document.get("dates") == "recompute",
                stagger=document.get("stagger"),
                backfill=document.get("backfill", False),
            )
    return found


def _seen_by_people(cycle: Cycle | None) -> object:
    """What decides where people stand and when they are due: not names, types and templates."""
    return cycle and (
        cycle.active,
        [(s.id, s.active, s.loop_to, s.offset, s.anchor, s.at, s.roll, s.min_gap) for s in cycle.steps],
    )
