"""Every kind of event, in the past tense: plain values that name steps by id and carry the reasons `explain` reads.

The list of kinds is literal. Never edit a kind after its release: add a new kind for a new meaning.
Nothing here refers to the catalog, so an old history replays no matter how the YAML has changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, TypeAlias, TypedDict

#: fields of a contact by name; None is empty
Fields: TypeAlias = dict[str, str | None]
#: a full row of the store, by column
Row: TypeAlias = dict[str, str | int | None]

#: Why an action is due when it is (G4). For a step: what its offset counts from (`anchor`, and `from` as local text),
#: the `offset`, the catalog's `version`, what moved the due off the nominal (`moved_by`), and whether it is after the
#: last day with declared holidays (T9). For a rebooked action: the id of the previous one. (The functional syntax is
#: needed because `from` is a Python keyword.)
Why = TypedDict(
    "Why",
    {
        "anchor": str,
        "from": str,
        "offset": str,
        "version": int,
        "moved_by": list[str],
        "unknown_holidays": bool,
        "rebooked": int,
    },
    total=False,
)


class Added(NamedTuple):
    """A contact was added. `fields`: the non-empty fields of Contact, without id and times."""

    contact: str
    fields: Fields


class Edited(NamedTuple):
    """`fields` have new values; `before` keeps the old ones for readers."""

    fields: Fields
    before: Fields


class Handed(NamedTuple):
    """The contact has a new owner, and possibly another property (F19, F20)."""

    owner: str | None
    property: str | None
    before: Fields


class Closed(NamedTuple):
    """Won or lost (F21)."""

    stage: str
    before: str


class Removed(NamedTuple):
    """No longer a contact; the history stays and the id isn't reused (E10)."""

    reason: str


class Categorised(NamedTuple):
    """An alias without a cycle was chosen (L8)."""

    alias: str
    before: str | None


class Enrolled(NamedTuple):
    """Placed on a cycle or a plan. `start` is local text, `start_at` its instant."""

    enrolment: int
    kind: str
    process: str
    alias: str | None
    version: int
    start: str
    start_at: int


class AliasChosen(NamedTuple):
    """Another alias was chosen for the cycle the contact is already on, and stays on (F10)."""

    enrolment: int
    alias: str
    before: str | None


class RoundBegan(NamedTuple):
    """The enrolment looped into its next round (F5)."""

    enrolment: int
    round: int
    start: str
    start_at: int


class Ended(NamedTuple):
    """The enrolment is over: no-more-steps, drained, replaced, restarted, stopped, moved, closed, transferred, or
    removed."""

    enrolment: int
    on: str
    reason: str


class Scheduled(NamedTuple):
    """An action was created and is open. `why`: only for steps and rebooked actions."""

    action: int
    type: str
    title: str
    owner: str | None
    due: str
    nominal: str
    at: int
    enrolment: int | None = None
    step: str | None = None
    round: int = 1
    trial: int = 1
    position: int = 0
    channel: str | None = None
    category: str | None = None
    action_name: str | None = None
    notes: str | None = None
    why: Why | None = None


class Completed(NamedTuple):
    action: int
    on: str
    outcome: str | None = None
    notes: str | None = None
    listing: int | None = None


class Skipped(NamedTuple):
    action: int
    on: str
    reason: str | None = None


class NotShown(NamedTuple):
    """The contact didn't come, or couldn't be reached (C5)."""

    action: int
    on: str
    reason: str


class Failed(NamedTuple):
    action: int
    on: str
    reason: str


class Cancelled(NamedTuple):
    action: int
    on: str
    reason: str | None = None


class Rescheduled(NamedTuple):
    """Moved by hand to another time (C5)."""

    action: int
    due: str
    at: int
    before: str


class Attempted(NamedTuple):
    """An attempt that didn't reach the contact; the action stays open (P7)."""

    action: int
    on: str
    channel: str | None = None
    notes: str | None = None


class Reassigned(NamedTuple):
    """A new owner, or the owner's zone changed; `due` and `at` are in the zone of `owner` (T1, F20)."""

    action: int
    owner: str | None
    due: str
    nominal: str
    at: int
    before: Fields


class Redated(NamedTuple):
    """An edit of its step gave it another date, because the apply chose to recompute dates (E2)."""

    action: int
    due: str
    nominal: str
    at: int
    before: str
    why: Why


class Undone(NamedTuple):
    """A change was undone (E11). Full rows as they were before it; contact None: the change had added the contact."""

    change: int
    contact: Row | None
    enrolments: list[Row]
    actions: list[Row]


class Applied(NamedTuple):
    """A catalog version went live (E1); subject `office`."""

    version: int
    digest: str
    commit: str | None


#: the events that close an action, permanently
Closing: TypeAlias = Completed | Skipped | NotShown | Failed | Cancelled

Event: TypeAlias = (
    Added
    | Edited
    | Handed
    | Closed
    | Removed
    | Categorised
    | Enrolled
    | AliasChosen
    | RoundBegan
    | Ended
    | Scheduled
    | Completed
    | Skipped
    | NotShown
    | Failed
    | Cancelled
    | Rescheduled
    | Attempted
    | Reassigned
    | Redated
    | Undone
    | Applied
)

KINDS: Mapping[str, type[Event]] = MappingProxyType(
    {
        "added": Added,
        "edited": Edited,
        "handed": Handed,
        "closed": Closed,
        "removed": Removed,
        "categorised": Categorised,
        "enrolled": Enrolled,
        "alias-chosen": AliasChosen,
        "round-began": RoundBegan,
        "ended": Ended,
        "scheduled": Scheduled,
        "completed": Completed,
        "skipped": Skipped,
        "not-shown": NotShown,
        "failed": Failed,
        "cancelled": Cancelled,
        "rescheduled": Rescheduled,
        "attempted": Attempted,
        "reassigned": Reassigned,
        "redated": Redated,
        "undone": Undone,
        "applied": Applied,
    }
)
NAMES: Mapping[type[Event], str] = MappingProxyType({type_: name for name, type_ in KINDS.items()})


class Entry(NamedTuple):
    """One entry of the history: a subject's event with its number, its change, when (UTC seconds) and by which user."""

    subject: str
    seq: int
    change: int
    at: int
    by: str
    event: Event
