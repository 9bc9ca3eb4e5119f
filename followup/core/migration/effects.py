"""Every kind of effect that an edit of the catalog can have on a contact, in one table with its wording.

The order of the table only determines the order of the counts in a diff.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from followup.core.office import Ref

#: stable words: JSON keys and the history depend on them
What: TypeAlias = str


class Effect(NamedTuple):
    """A line of the diff: what an edit does to one contact.

    `process`: the edited one; None for a change of an owner's zone. `what`: a key of KINDS. `step`: the affected one;
    `to`: the step or alias that replaces it. `was`, `becomes`: dues; `would`: what a kept date would become. `past`:
    the new date would be before today, or was moved to today for that reason. `action`: the affected open action, never
    one that the edit creates, since diff and apply give those different ids. `owner`: of the action or contact.
    `entry`: the `migrate:` entry that caused it.
    """

    contact: str
    name: str
    owner: str | None
    process: Ref | None
    what: What
    step: str | None = None
    to: str | None = None
    action: int | None = None
    was: str | None = None
    becomes: str | None = None
    would: str | None = None
    past: bool = False
    entry: str | None = None


class EffectKind(NamedTuple):
    """`phrase`: for a count of actions or contacts. `column`: for the list of them. `touches`: whether it changes a
    list or a date, which a protected process forbids. `refusal`: why an apply refuses it, and how to fix that."""

    phrase: str
    column: str
    touches: bool = True
    refusal: str = ""


KINDS: Mapping[What, EffectKind] = MappingProxyType(
    {
        # the new date is the same
        "same": EffectKind("keep their date", "", touches=False),
        # E2
        "keeps": EffectKind(
            "keep their current date (the new rule gives another; `dates: recompute` moves them)",
            "keeps its date",
            touches=False,
        ),
        # E2: moved by hand, although the edit recomputes dates
        "by-hand": EffectKind("keep the date they were moved to by hand", "moved by hand, stays", touches=False),
        # E2: the edit recomputes dates
        "earlier": EffectKind("move earlier", "earlier"),
        "later": EffectKind("move later", "later"),
        # T1
        "rezoned": EffectKind("show another time in the new zone", "new zone"),
        # E3
        "misses": EffectKind("are already past a new step and skip it", "skips the step"),
        "runs": EffectKind("are already past a new step and get it", "gets the step"),
        "gains": EffectKind("get a new step right away", "new step now"),
        # E4
        "advances": EffectKind("lose their step; the next one is scheduled", "step removed, next"),
        "redirects": EffectKind("lose their step; the chosen one is scheduled", "step removed, redirected"),
        "kept": EffectKind("stay open although their step is inactive", "step off, kept", touches=False),
        "cancels": EffectKind("lose their step; others stay open", "step removed, others stay"),
        "rests": EffectKind("lose their step and are on hold", "step removed, on hold"),
        "ends": EffectKind("lose their step and drop off the cycle, as requested", "step removed, drops off"),
        # E6
        "moves": EffectKind("move to another cycle", "other cycle"),
        "drains": EffectKind("finish the cycle, which takes no new contacts", "finishes the cycle", touches=False),
        "drained": EffectKind("are on hold there, and step off", "on hold, steps off"),
        # F14
        "homeless": EffectKind(
            "would be on a cycle that is removed or inactive",
            "REFUSED: cycle removed or inactive",
            refusal="can't remove or deactivate {kind} '{id}': contacts are on it ({who}). {way_out}",
        ),
        # F12: lost its step, and nothing comes next
        "stranded": EffectKind(
            "would lose their step and have nothing after it",
            "REFUSED: stranded",
            refusal=(
                "can't remove step '{id}/{step}': it's open for {who} and nothing comes next. Add `migrate: [{{step: "
                "{id}/{step}, open: redirect, to: STEP}}]`, or `open: advance` to let them drop off"
            ),
        ),
        # F8: on a hold that gets steps which would never start
        "waiting": EffectKind(
            "would wait for steps that never start",
            "REFUSED: never starts",
            refusal=(
                "cycle '{id}' is a hold: its new steps would never start for {who}. Add `migrate: [{{step: "
                "{id}/{step}, backfill: true}}]`, or put them on another cycle first"
            ),
        ),
        # E4: `open: keep` for a removed step: nothing would define what follows it
        "unkept": EffectKind(
            "can't be kept, since their step is removed",
            "REFUSED: can't be kept",
            refusal=(
                "step '{id}/{step}' is open for {who}, and `open: keep` needs the step: set `active: false` "
                "instead of removing it"
            ),
        ),
        "protected": EffectKind(
            "are on a protected cycle and would be affected",
            "REFUSED: protected",
            refusal=(
                "cycle '{id}' is protected, and this edit affects {who}: remove `protect` in a separate apply first"
            ),
        ),
    }
)

REFUSED = frozenset(what for what, kind in KINDS.items() if kind.refusal)

#: for a process removed while contacts are on it: what to write, by its kind
WAYS_OUT: Mapping[str, str] = MappingProxyType(
    {
        "cycle": (
            "Add `migrate: [{{cycle: {id}, move_to: ALIAS}}]`, or keep it with `active: false` and add `drain: true`"
        ),
        "plan": "Keep it with `status: ready` until they have finished it",
    }
)


def refusal(what: What, process: Ref, step: str | None, who: str) -> str:
    """Why an apply refuses this, in one sentence with the contacts (`who`) and what to write instead."""
    way_out = WAYS_OUT[process.kind].format(id=process.id)
    return KINDS[what].refusal.format(kind=process.kind, id=process.id, step=step, who=who, way_out=way_out)
