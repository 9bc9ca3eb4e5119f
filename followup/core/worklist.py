"""Questions about open work: in which order, how late, grouped how. Rules C2, L6, T8, F12."""

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
    """An item in a list of actions: a row of the store or an Action."""

    @property
    def type(self) -> str: ...
    @property
    def due(self) -> str: ...


Row = TypeVar("Row", bound=Listed)


def overdue_days(due: str, today: str) -> int:
    """Full days late; 0 if not late. An action is late if its date is before today."""
    return max(0, days_between(due, today))


def by_type(rows: Iterable[Row]) -> list[tuple[str, list[Row]]]:
    """L6: the day's work by action type, each group in its given order."""
    ordered = sorted(rows, key=attrgetter("type"))
    return [(type_, list(group)) for type_, group in groupby(ordered, key=attrgetter("type"))]


def barred(type: str, do_not_contact: str | None) -> str:
    """What its contact is not to get, where an action of this type is that (E12); else nothing. `do_not_contact`: the
    channels, as in Contact."""
    return BARRED.get(type, "") if type in (do_not_contact or "").split() else ""


def next_action_date(next_action: str | None, updated_on: str) -> str:
    """C2: the due of the earliest open action, else the local day of the contact's last update; never empty."""
    return next_action or updated_on


class Stranded(NamedTuple):
    """A contact with no next step (F12): why, since when, and the command that fixes it."""

    contact: str
    contact_name: str
    owner: str | None
    why: str
    since: str
    fix: str

    def item(self) -> dict[str, str | None]:
        """For JSON. `mend` is the old name of `fix`, kept for scripts that still read it."""
        return {**self._asdict(), "mend": self.fix}


def stranded(contact: Contact, last: Enrolment | None, since: str, unheld: bool = False) -> Stranded:
    """Why a contact has nothing scheduled, or (`unheld`) whose next action belongs to no active user, and the fix.

    `last`: its latest enrolment; `since`: the local day since which nothing has been scheduled.
    """
    assign = f"followup assign {contact.id} {(last and last.alias) or 'ALIAS'}"
    if unheld:
        why, fix = "the next action belongs to an inactive user", f"followup contacts set {contact.id} --owner USER"
    elif last is None:
        why, fix = "never on a cycle", assign
    elif last.open:
        why, fix = f"on cycle {last.process} with nothing scheduled", assign + " --restart"
    else:
        why, fix = f"off cycle {last.process}: {last.reason}", assign
    return Stranded(contact.id, contact.name, contact.owner, why, since, fix)
