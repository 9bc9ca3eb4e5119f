"""Questions about what is to be done: in which order, how late, grouped how. Rules C2, L6, T8, F12."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from followup.core.timing import days_between

if TYPE_CHECKING:
    from followup.core.model import Contact, Enrolment


#: what somebody is not to get, by the channel that closed to them; types of actions are called as their channels (E12)
BARRED: Mapping[str, str] = MappingProxyType(
    {"call": "do not call", "correspondence": "do not mail", "email": "do not email", "sms": "do not text"}
)


class Listed(Protocol):
    """What a list of actions is made of: a row of the store or an Action."""

    @property
    def type(self) -> str: ...
    @property
    def due(self) -> str: ...


Row = TypeVar("Row", bound=Listed)


def overdue_days(due: str, today: str) -> int:
    """How many whole days late, 0 when it is not: a date is late when it is before today."""
    return max(0, days_between(due, today))


def by_type(rows: Iterable[Row]) -> list[tuple[str, list[Row]]]:
    """L6: the day's work by action type, each group in the order given."""
    ordered = sorted(rows, key=attrgetter("type"))
    return [(type_, list(group)) for type_, group in groupby(ordered, key=attrgetter("type"))]


def barred(type: str, do_not_contact: str | None) -> str:
    """What its contact is not to get, where an action of this type is that (E12); else nothing. `do_not_contact`: the
    channels, as in Contact."""
    return BARRED.get(type, "") if type in (do_not_contact or "").split() else ""


def next_action_date(next_action: str | None, updated_on: str) -> str:
    """C2: the due of the oldest open action, else the local day the contact was last updated; never empty."""
    return next_action or updated_on


class Stranded(NamedTuple):
    """A contact that falls through (F12): why, since when, and the command that mends it."""

    contact: str
    contact_name: str
    owner: str | None
    why: str
    since: str
    mend: str


def stranded(contact: Contact, last: Enrolment | None, since: str, unheld: bool = False) -> Stranded:
    """What to say of a contact that the store found with nothing scheduled, or (`unheld`) with nobody to do it.

    `last`: its latest enrolment; `since`: the local day from which on nothing was scheduled.
    """
    assign = f"followup assign {contact.id} {(last and last.alias) or 'ALIAS'}"
    if unheld:
        why, mend = "nobody who works here holds what comes next", f"followup contacts set {contact.id} --owner USER"
    elif last is None:
        why, mend = "never on a cycle", assign
    elif last.open:
        why, mend = f"on cycle {last.process}, with nothing scheduled", assign + " --restart"
    else:
        why, mend = f"off cycle {last.process}: {last.reason}", assign
    return Stranded(contact.id, contact.name, contact.owner, why, since, mend)
