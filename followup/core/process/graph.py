"""A cycle as a diagram: boxes, the arrows between them, and how many contacts are at each step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple, assert_never

from followup.core.office import Process, Step
from followup.core.process.rounds import loop_target

#: by step; None: on hold
Standing = Mapping[str | None, tuple[int, int]]


class Graph(NamedTuple):
    """`aliases`: names that lead to the cycle. `asks`: steps that offer the alias menu when completed (F10).
    `standing`: the number of contacts at each step, and how many are late; None if not requested."""

    cycle: Process
    aliases: Sequence[str]
    asks: frozenset[str]
    types: Mapping[str, str]
    standing: Standing | None = None

    def arrows(self) -> Iterator[tuple[Step, Step, str]]:
        """From each active step to the next one, with when it is due in words."""
        active = self.cycle.active_steps
        for before, step in pairwise(active):
            if before.loop_to:
                return
            yield before, step, waits(step)

    def loop(self) -> tuple[Step, Step, str] | None:
        """The step that loops, its target, and when that is due."""
        for step in self.cycle.active_steps:
            if step.loop_to:
                target = loop_target(self.cycle, step)
                return step, target, f"again {waits(target, looped=True)}"
        return None

    def at(self, step: str | None) -> str:
        """The contacts at the step, in words; empty if there are none or they weren't requested."""
        count, late = (self.standing or {}).get(step, (0, 0))
        if not count:
            return ""
        return f"{count:,} here" + (f", {late:,} late" if late else "")


def waits(step: Step, looped: bool = False) -> str:
    """How long after what: `2 business days after it's done`."""
    when = f" at {step.at}" if step.at else ""
    return f"at once{when}" if step.offset.number == 0 else f"{step.offset} after {_anchor(step, looped)}{when}"


def _anchor(step: Step, looped: bool) -> str:
    match step.anchor.kind:
        case "completed":
            return "it's done"
        case "due":
            return "it's done, or due if later" if looped else "it's due"
        case "start":
            return "the round started"
        case "event":
            return "the event"
        case "date":
            return f"{step.date}"
        case "step":
            return f"{step.anchor.step} is due"
        case _:
            assert_never(step.anchor.kind)
