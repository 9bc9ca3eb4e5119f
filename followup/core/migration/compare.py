"""Compares two versions of an office: the processes that differ for contacts on them, and their `migrate:` entries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from followup.core.kinds import CYCLE
from followup.core.migration.edition import Edition, ProcessEdit, StepDirective
from followup.core.office import Anchor, Office, Process, Ref, Step

if TYPE_CHECKING:
    from followup.core.catalog_documents import MigrateDocument


def edition(before: Office, after: Office, entries: Mapping[str, MigrateDocument], refs: Iterable[Ref]) -> Edition:
    """`entries`: the `migrate:` entries of this edit. `refs`: the processes that contacts are on, as stored in rows.

    Reads both offices now, and `before` never again: it may be lazy, and its store is about to change.
    """
    edits = {}
    for ref in refs:
        edit = _edit(before, after, entries, ref)
        if edit.directives or edit.entry or _seen_by_people(edit.before) != _seen_by_people(edit.after):
            edits[edit.ref] = edit
    return Edition(after, edits, after.zones_left(before))


def _edit(before: Office, after: Office, entries: Mapping[str, MigrateDocument], ref: Ref) -> ProcessEdit:
    current = after.current(ref)
    old = before.process(ref)
    directives = _directives(current.id, after, entries)
    edit = ProcessEdit(current, _renamed(old, after) if old else None, after.process(ref), directives)
    for entry, document in entries.items():
        if current.kind == CYCLE and "cycle" in document and after.current_id(document["cycle"]) == current.id:
            return edit._replace(entry=entry, move_to=document.get("move_to"), drain=document.get("drain", False))
    return edit


def _renamed(process: Process, after: Office) -> Process:
    """The same process under its current ids (E5), so that a rename alone affects no contact."""

    def today(step: str) -> str:
        return after.step_id(process.id, step) or step

    def renamed(step: Step) -> Step:
        anchor = Anchor("step:" + today(step.anchor.step)) if step.anchor.kind == "step" else step.anchor
        return step._replace(id=today(step.id), anchor=anchor, loop_to=step.loop_to and today(step.loop_to))

    steps = tuple(map(renamed, process.steps))
    active = tuple(step for step in steps if step.active)
    return process._replace(id=after.current_id(process.id), steps=steps, active_steps=active)


def _directives(process: str, after: Office, entries: Mapping[str, MigrateDocument]) -> dict[str, StepDirective]:
    directives = {}
    for entry, document in entries.items():
        named, _, step = document.get("step", "").partition("/")
        if named and after.current_id(named) == process:
            directives[after.step_id(named, step) or step] = StepDirective(
                entry=entry,
                open=document.get("open"),
                to=document.get("to"),
                recompute=document.get("dates") == "recompute",
                stagger=document.get("stagger"),
                backfill=document.get("backfill", False),
            )
    return directives


def _seen_by_people(process: Process | None) -> object:
    """What determines where contacts are and when actions are due: not names, types or templates."""
    return process and (
        process.active,
        [(s.id, s.active, s.loop_to, s.offset, s.anchor, s.at, s.roll, s.min_gap, s.date) for s in process.steps],
    )
