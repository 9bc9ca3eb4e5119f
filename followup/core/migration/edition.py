"""Plain values: an edited process, what `migrate:` entries say about it, and the full edition of a catalog.

Steps are identified by their current ids (E5).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from followup.core.history import Why
from followup.core.office import Office, Process, Ref

ADVANCE, KEEP, REDIRECT = "advance", "keep", "redirect"


class StepDirective(NamedTuple):
    """What a `migrate:` entry says about one step. `entry`: its id; None: there is none, so the defaults hold. `open`:
    None where it says nothing of open actions; they advance then, where this edit takes their step away."""

    entry: str | None = None
    open: str | None = None
    to: str | None = None
    recompute: bool = False
    stagger: int | None = None
    backfill: bool = False


NO_DIRECTIVE = StepDirective()


class ProcessEdit(NamedTuple):
    """One process before and after the edit, both under current ids; None: not declared.

    `directives`: by step. `entry`, `move_to`, `drain`: what an entry says about the process as such (E6).
    """

    ref: Ref
    before: Process | None
    after: Process | None
    directives: Mapping[str, StepDirective] = MappingProxyType({})
    entry: str | None = None
    move_to: str | None = None
    drain: bool = False

    @property
    def protected(self) -> bool:
        return any(process is not None and process.protect for process in (self.before, self.after))

    @property
    def moves_on(self) -> bool:
        """Whether its contacts move to another cycle: it takes no new ones, by this edit or since an earlier one."""
        return self.move_to is not None and (self.after is None or not self.after.active)

    @property
    def was_hold(self) -> bool:
        return self.before is not None and self.before.is_hold

    @property
    def goes(self) -> bool:
        """The edit removes the process, or stops it from taking contacts (E6)."""
        return self.after is None or (not self.after.active and (self.before is None or self.before.active))

    def was_active(self, step: str) -> bool:
        return self.before is not None and any(s.id == step for s in self.before.active_steps)

    def directive(self, step: str) -> StepDirective:
        return self.directives.get(step, NO_DIRECTIVE)

    def place_of(self, step: str) -> int:
        """The position in the new process where a removed step used to be: the position of what follows it.

        After the last earlier step that remains; if no step follows that one, before the first later step that remains.
        Positions alone aren't enough, since the same edit may also have added, removed or reordered other steps.
        """
        order = [s.id for s in self.before.steps] if self.before else []
        here = order.index(step) if step in order else len(order)
        places = {s.id: s.position for s in self.after.active_steps} if self.after else {}
        last = next((places[id] for id in reversed(order[:here]) if id in places), -1)
        if any(place > last for place in places.values()):
            return last + 1
        return next((places[id] for id in order[here + 1 :] if id in places), last + 1)


class Edition(NamedTuple):
    """The office that an apply makes live, with the processes that differ for the contacts on them.

    `zones`: owners whose zone changes -> the zone that their open actions are in before the apply (T1).
    """

    office: Office
    processes: Mapping[Ref, ProcessEdit]
    zones: Mapping[str | None, str]


#: by action: the recorded reasons for its date (Scheduled.why)
Reasons: TypeAlias = Mapping[int, Why]

#: by process, step and owner: how many dates were already moved to today (E2, stagger)
Heap: TypeAlias = Mapping[tuple[Ref, str, str | None], int]
