"""What an edit of the catalog can do to somebody, or leaves as it is: every kind in one table, with how it is worded.

Nothing depends on the order of the table but the order in which a diff lists the counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from followup.core.office import Ref

#: JSON keys and the history of what was shown hang on these words
What: TypeAlias = str


class Effect(NamedTuple):
    """A line of the diff: what an edit does to one contact.

    `process`: the edited one, None where an owner's zone has changed. `what`: a key of KINDS. `step`: the one it is
    about; `to`: the step, or alias, that takes over. `was`, `becomes`: dues; `would`: of a date that is kept, what it
    would be. `past`: that lies before today, or did before it became today. `action`: the open one that it is about,
    never one that the edit makes: diff and apply give those other ids. `owner`: whose it is. `entry`: the `migrate:`
    entry that decided.
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
    """`phrase`: of so many actions or contacts. `column`: in the list of them. `touches`: whether it changes somebody's
    list or dates, which a protected process allows nobody. `refusal`: why an apply refuses it, and what would do."""

    phrase: str
    column: str
    touches: bool = True
    refusal: str = ""


KINDS: Mapping[What, EffectKind] = MappingProxyType(
    {
        # the date is what it would be
        "same": EffectKind("keep their date", "", touches=False),
        # E2
        "keeps": EffectKind(
            "keep a date that the edit would make another (`dates: recompute` moves them)",
            "keeps its date",
            touches=False,
        ),
        # E2: moved by hand, though the edit's dates are recomputed
        "by-hand": EffectKind("keep the date that somebody moved them to", "moved by hand, stays", touches=False),
        # E2: the edit's dates are recomputed
        "earlier": EffectKind("move earlier", "earlier"),
        "later": EffectKind("move later", "later"),
        # T1
        "rezoned": EffectKind("read another time in the new zone", "new zone"),
        # E3
        "misses": EffectKind("miss a new step, whose place they have passed", "misses the step"),
        "runs": EffectKind("are given a new step, whose place they have passed", "is given the step"),
        "gains": EffectKind("get a new step ahead at once", "new step ahead"),
        # E4
        "advances": EffectKind("lose their step, and the next one is scheduled", "step gone, next"),
        "redirects": EffectKind("lose their step, and the chosen one is scheduled", "step gone, redirected"),
        "kept": EffectKind("stay open though their step is turned off", "step off, kept", touches=False),
        "cancels": EffectKind("lose their step, and others stay open", "step gone, others stay"),
        "rests": EffectKind("lose their step, and are on hold then", "step gone, on hold"),
        "ends": EffectKind("lose their step and step off the cycle, as was said", "step gone, steps off"),
        # E6
        "moves": EffectKind("go to another cycle", "other cycle"),
        "drains": EffectKind("finish the cycle, which takes nobody new", "finishes the cycle", touches=False),
        "drained": EffectKind("are on hold there, and step off", "on hold, steps off"),
        # F14
        "homeless": EffectKind(
            "would be left on a cycle that is gone",
            "REFUSED: cycle gone",
            refusal="{kind} '{id}' goes while contacts are on it: {who}. {way_out} (F14, E6)",
        ),
        # F12: lost its step, and nothing comes next
        "stranded": EffectKind(
            "would lose their step, with nothing behind it",
            "REFUSED: stranded",
            refusal=(
                "step '{id}/{step}' goes while it is open for {who}, and nothing follows it. Say `migrate: [{{step: "
                "{id}/{step}, open: redirect, to: STEP}}]`, or `open: advance` to let them step off (E4, F12)"
            ),
        ),
        # F8: on a hold that gains steps which would never start
        "waiting": EffectKind(
            "would wait for steps that never start",
            "REFUSED: never starts",
            refusal=(
                "cycle '{id}' is a hold: its new steps would never start for {who}. Say `migrate: [{{step: "
                "{id}/{step}, backfill: true}}]`, or place them on another cycle first (F8, F12)"
            ),
        ),
        # an action cannot be kept of a step that is taken out, since nothing would say what follows it
        "unkept": EffectKind(
            "cannot be kept of a step that is taken out",
            "REFUSED: cannot be kept",
            refusal=(
                "step '{id}/{step}' is open for {who}, and `open: keep` needs it to stay declared: say `active: false` "
                "instead of taking it out (E4)"
            ),
        ),
        "protected": EffectKind(
            "are on a protected cycle, and would be touched",
            "REFUSED: protected",
            refusal=(
                "cycle '{id}' is protected, and this edit touches {who}: "
                "take `protect` off in an apply of its own first"
            ),
        ),
    }
)

REFUSED = frozenset(what for what, kind in KINDS.items() if kind.refusal)

#: of a process that goes while contacts are on it: what to write, by its kind
WAYS_OUT: Mapping[str, str] = MappingProxyType(
    {
        "cycle": (
            "Say `migrate: [{{cycle: {id}, move_to: ALIAS}}]`, or leave it declared with `active: false` and say "
            "`drain: true`"
        ),
        "plan": "Leave it declared with `status: ready` until they have finished it",
    }
)


def refusal(what: What, process: Ref, step: str | None, who: str) -> str:
    """Why an apply refuses this, in a sentence that names the contacts (`who`) and says what to write instead."""
    way_out = WAYS_OUT[process.kind].format(id=process.id)
    return KINDS[what].refusal.format(kind=process.kind, id=process.id, step=step, who=who, way_out=way_out)
