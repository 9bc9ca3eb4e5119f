"""Everything that a user can ask for. A wish is the request; `decide` works out what happens, or refuses.

Days and times in wishes are local text in the owner's zone; None means now.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

#: a contact's values by field; None clears the field
Fields: TypeAlias = Mapping[str, str | None]


class Choice(NamedTuple):
    """Reps choose an alias; administrators can also choose a cycle by id (F9)."""

    alias: str | None
    cycle: str | None = None


class Add(NamedTuple):
    """A new contact, with its first cycle or explicitly without one (F11)."""

    fields: Fields
    choice: Choice | None
    without_cycle: bool = False


class Evidence(Enum):
    """What has to be the same for a row of a file to be about the contact that has its id.

    TRUSTED: nothing, the ids are those of the system that the contact came from. ALIKE: name, e-mail or phone, if the
    row has any of them. SAME_NAME: the name, since several people may share what the id was made from.
    """

    TRUSTED = 0
    ALIKE = 1
    SAME_NAME = 2


class Bring(NamedTuple):
    """A contact from an import: added if new, otherwise updated where the file differs (F11).

    `at_first`: what stands in for blank fields where the contact is new. `evidence`: without it a contact that is known
    is not to be changed.
    """

    fields: Fields
    choice: Choice | None
    without_cycle: bool = False
    at_first: Fields = MappingProxyType({})
    evidence: Evidence = Evidence.TRUSTED


class Set(NamedTuple):
    """New values for a contact's fields; a new owner takes over the enrolments' actions (F20)."""

    fields: Fields


class Transfer(NamedTuple):
    """Move to another property, with a new owner and optionally a new cycle (F19)."""

    property: str | None
    owner: str
    choice: Choice | None = None


class Close(NamedTuple):
    """Won or lost (F21)."""

    stage: str


class Remove(NamedTuple):
    """Take the contact off the office's lists; the history stays (E10)."""


class Assign(NamedTuple):
    """Put the contact on a cycle; `restart`: even if already on it (F7, F10). `later`: start after this many of the
    owner's working days (G3)."""

    choice: Choice
    restart: bool = False
    later: int = 0


class Stop(NamedTuple):
    """Take the contact off the cycle without a replacement (F4)."""


class Complete(NamedTuple):
    """`others`: more actions of the same contact to complete before the choice is carried out (F10)."""

    action: int
    on: str | None = None
    outcome: str | None = None
    notes: str | None = None
    listing: int | None = None
    choice: Choice | None = None
    restart: bool = False
    others: tuple[int, ...] = ()


class Skip(NamedTuple):
    action: int
    on: str | None = None
    reason: str | None = None


class NoShow(NamedTuple):
    """`rebook`: the due of a new attempt at the same action (C5)."""

    action: int
    reason: str
    on: str | None = None
    rebook: str | None = None


class Fail(NamedTuple):
    action: int
    reason: str


class Cancel(NamedTuple):
    action: int
    reason: str | None = None


class Reschedule(NamedTuple):
    action: int
    due: str


class Attempt(NamedTuple):
    action: int
    channel: str | None = None
    notes: str | None = None


class Schedule(NamedTuple):
    """A one-off action, for a contact or as a user's own task."""

    type: str
    due: str | None
    title: str
    owner: str | None = None
    notes: str | None = None
    category: str | None = None
    action_name: str | None = None
    channel: str | None = None


class Log(NamedTuple):
    """Something that has already happened, such as an inbound call."""

    type: str
    title: str
    on: str | None = None
    channel: str | None = None
    outcome: str | None = None
    notes: str | None = None
    listing: int | None = None
    choice: Choice | None = None
    restart: bool = False


AboutContact: TypeAlias = Add | Bring | Set | Transfer | Close | Remove | Assign | Stop

Wish: TypeAlias = AboutContact | Complete | Skip | NoShow | Fail | Cancel | Reschedule | Attempt | Schedule | Log


def choice_of(wish: Wish) -> Choice | None:
    """The choice that is made for a contact who is there already (F10)."""
    return wish.choice if isinstance(wish, Assign | Complete | Log) else None
