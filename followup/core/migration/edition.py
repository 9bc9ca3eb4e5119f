"""An edited cycle, what is said about the edit, and what it does to those who are on it: values (E2 to E6).

Steps are told apart by their ids of today (E5).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from followup.core.history import Fields
from followup.core.office import Cycle, Office

ADVANCE, KEEP, REDIRECT = "advance", "keep", "redirect"


class StepDirective(NamedTuple):
    """What a `migrate:` entry says about one step. `entry`: its id; None where nobody said anything: the defaults."""

    entry: str | None = None
    open: str = ADVANCE
    to: str | None = None
    recompute: bool = False
    stagger: int | None = None
    backfill: bool = False


NO_DIRECTIVE = StepDirective()


class ProcessEdit(NamedTuple):
    """One cycle as it was and as it will be, both under the ids of today; None: not declared.

    `directives`: by step. `entry`, `move_to`, `drain`: what is said about the cycle itself (E6).
    """

    id: str
    before: Cycle | None
    after: Cycle | None
    directives: Mapping[str, StepDirective] = {}
    entry: str | None = None
    move_to: str | None = None
    drain: bool = False

    @property
    def protected(self) -> bool:
        return any(cycle is not None and cycle.protect for cycle in (self.before, self.after))

    @property
    def was_hold(self) -> bool:
        return self.before is not None and not self.before.active_steps

    def was_active(self, step: str) -> bool:
        return self.before is not None and any(s.id == step for s in self.before.active_steps)

    def directive(self, step: str) -> StepDirective:
        return self.directives.get(step, NO_DIRECTIVE)

    def place_of(self, step: str) -> int:
        """Where a step that is gone stood among those that there are now: the place of what comes next.

        Behind the last step before it that stays; where nothing stands behind that, before the first that came after.
        """
        order = [s.id for s in self.before.steps] if self.before else []
        here = order.index(step) if step in order else len(order)
        places = {s.id: s.position for s in self.after.active_steps} if self.after else {}
        last = next((places[id] for id in reversed(order[:here]) if id in places), -1)
        if any(place > last for place in places.values()):
            return last + 1
        return next((places[id] for id in order[here + 1 :] if id in places), last + 1)


class Edition(NamedTuple):
    """What comes in force: `office`, with the cycles that differ for who is on them, by id.

    `zones`: owners whose zone changes -> the zone that their open actions read in until now (T1).
    """

    office: Office
    cycles: Mapping[str, ProcessEdit]
    zones: Mapping[str | None, str]


class Effect(NamedTuple):
    """What an edit does to one contact, or leaves as it is: a line of the diff.

    `what`: see WHAT. `step`: the one it is about; `to`: the step, or alias, that takes over. `was`, `becomes`: dues;
    `would`: what a date that is kept would be. `past`: that lies before today, or did before it became today.
    `action`: the one that it is about; `owner`: whose it is. `entry`: the `migrate:` entry that decided.
    """

    contact: str
    name: str
    owner: str | None
    cycle: str
    what: str
    step: str | None = None
    to: str | None = None
    action: int | None = None
    was: str | None = None
    becomes: str | None = None
    would: str | None = None
    past: bool = False
    entry: str | None = None


#: what an edit can do, or not do, to somebody
WHAT = (
    "same",  # the date is what it would be
    "keeps",  # keeps a date that the edit would make another (E2)
    "by-hand",  # keeps a date that somebody moved by hand, though the edit's dates are recomputed
    "earlier",  # is due earlier: the edit's dates are recomputed
    "later",
    "rezoned",  # reads another time, since the owner's zone has changed (T1)
    "misses",  # has passed the place of a new step (E3)
    "runs",  # has passed it, and is given it (E3, backfill)
    "gains",  # a new step ahead can be dated already
    "advances",  # lost its step; the next one is scheduled (E4)
    "redirects",  # lost its step; the chosen one is scheduled
    "kept",  # its step is turned off, the action stays
    "cancels",  # lost its step; others of the round stay open
    "rests",  # lost its step; the cycle is a hold now (F8)
    "ends",  # lost its step, nothing comes next, and an entry says so
    "moves",  # goes to another cycle (E6)
    "drains",  # finishes a cycle that takes nobody new (E6)
    "homeless",  # refused: the cycle goes, and nobody says where its contacts go (F14)
    "stranded",  # refused: lost its step, and nothing comes next (F12)
    "waiting",  # refused: on a hold that gains steps which would never start (F8)
    "unkept",  # refused: an action cannot be kept of a step that is taken out; turned off, it can
    "protected",  # refused: the cycle is protected, and this edit touches somebody
)

#: what an edit may not do to anybody
REFUSED = frozenset(WHAT[WHAT.index("homeless") :])

#: what leaves somebody's list and dates as they are
UNTOUCHED = frozenset(("same", "keeps", "by-hand", "kept", "drains"))

#: by action: what the history says of its date (Scheduled.why)
Reasons = Mapping[int, Fields]

#: by step and owner: how many dates were put off already
Heap = Mapping[tuple[str, str | None], int]
