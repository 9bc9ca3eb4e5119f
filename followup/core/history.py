"""What can happen, in the past tense. Plain values that name steps by id and carry the reasons `explain` will read.

The list of kinds is literal: a kind is never edited once released; a new meaning is a new kind.
Nothing here refers to the catalog, so an old history replays whatever has become of the YAML.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, TypeAlias, TypedDict

#: fields of a contact by name; None is empty
Fields: TypeAlias = dict[str, str | None]
#: a whole row of the store, by column
Row: TypeAlias = dict[str, str | int | None]

#: Why an action is due when it is (G4). Of a step: what its offset counts from (`anchor`, and `from` as local text),
#: the `offset`, the catalog's `version`, what moved the due off the nominal (`moved_by`), and whether it lies past the
#: last day whose holidays are declared (T9). Of a rebooked action: the one before it. (It takes this form since
#: `from` is a word of Python's own.)
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
    """A contact is known. `fields` are those of Contact that are not empty, without id and times."""

    contact: str
    fields: Fields


class Edited(NamedTuple):
    """`fields` have new values; `before` keeps the old ones for the reader."""

    fields: Fields
    before: Fields


class Handed(NamedTuple):
    """The contact has a new owner, and perhaps another property (F19, F20)."""

    owner: str | None
    property: str | None
    before: Fields


class Closed(NamedTuple):
    """Won or lost (F21)."""

    stage: str
    before: str


class Removed(NamedTuple):
    """No longer a contact; the history stays and the id is not used again (E10)."""

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
    """Another name was chosen for the cycle that the contact is on and stays on (F10)."""

    enrolment: int
    alias: str
    before: str | None


class RoundBegan(NamedTuple):
    """A loop was taken (F5)."""

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
    """An action exists and is open. `why`: of a step, and of what was rebooked."""

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
    """The contact did not come, or could not be reached (C5)."""

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
    """A try that reached nobody; the action stays open (P7)."""

    action: int
    on: str
    channel: str | None = None
    notes: str | None = None


class Reassigned(NamedTuple):
    """Another owner, or their zone has changed; `due` and `at` are as they read in the zone of `owner` (T1, F20)."""

    action: int
    owner: str | None
    due: str
    nominal: str
    at: int
    before: Fields


class Redated(NamedTuple):
    """An edit of its step gave it another date, as was chosen when the edit was applied (E2)."""

    action: int
    due: str
    nominal: str
    at: int
    before: str
    why: Why


class Undone(NamedTuple):
    """A change was taken back (E11): what these rows were before it, whole; None: it had made the contact."""

    change: int
    contact: Row | None
    enrolments: list[Row]
    actions: list[Row]


class Applied(NamedTuple):
    """A catalog version is in force (E1); subject `office`."""

    version: int
    digest: str
    commit: str | None


#: what closes an action, for good
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
    """One line of the history: an event of a subject with its number, its change, when (UTC seconds) and by whom."""

    subject: str
    seq: int
    change: int
    at: int
    by: str
    event: Event
