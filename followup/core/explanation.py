"""Explains in words why an action is due when it is, from its events (G4).

Uses what the history recorded when the date was set, never today's catalog.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from operator import itemgetter
from types import MappingProxyType
from typing import NamedTuple

from followup.core import history as h
from followup.core.office import Calendar
from followup.core.timing import ONE_DAY, readable, utc_text, works


class Cause(NamedTuple):
    """One reason for the date. `change`, `by`, `at` (UTC): from the event behind it."""

    what: str
    text: str
    change: int
    by: str
    at: str


class AppliedVersion(NamedTuple):
    """A version of the catalog: the change that applied it, when, by which user, and its git commit."""

    version: int
    change: int
    at: int
    by: str
    git: str | None


class CatalogFacts(NamedTuple):
    """What the catalog declared. `calendar`: by version and owner; `holidays`: by version, then date."""

    applied: Mapping[int, AppliedVersion]
    calendar: Callable[[int, str | None], Calendar]
    holidays: Callable[[int], Mapping[str, str]]


def explain(action: int, history: Sequence[h.Entry], facts: CatalogFacts) -> list[Cause]:
    """`history`: the full history of the action's subject, oldest first."""
    return list(_Reasoning(history, facts).of(action))


DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

#: how an action is closed, in words
CLOSED: Mapping[type[h.Closing], str] = MappingProxyType(
    {
        h.Completed: "completed",
        h.Skipped: "skipped",
        h.NotShown: "a no-show",
        h.Failed: "failed",
        h.Cancelled: "cancelled",
    }
)


class _Reasoning:
    def __init__(self, history: Sequence[h.Entry], facts: CatalogFacts) -> None:
        self.history, self.facts = history, facts
        scheduled = [x.event for x in history if isinstance(x.event, h.Scheduled)]
        self.scheduled = {event.action: event for event in scheduled}
        self.versions = {applied.change: applied for applied in facts.applied.values()}

    def of(self, action: int) -> Iterator[Cause]:
        for entry in self.history:
            match entry.event:
                case h.Scheduled(action=id) if id == action:
                    yield from self._scheduled(entry, entry.event)
                case h.Redated(action=id, before=before, due=due, why=why) if id == action:
                    yield _cause("redated", entry, f"{_from_to(before, due)}, by an edit of its step")
                    yield from self._dated(entry, entry.event, why)
                case h.Rescheduled(action=id, before=before, due=due) if id == action:
                    yield _cause("moved by hand", entry, f"{_from_to(before, due)}, by {entry.by}")
                case h.Reassigned(action=id) if id == action:
                    yield _cause("reassigned", entry, _handed(entry.event))
                case h.Undone(change=change) if any(row["id"] == action for row in entry.event.actions):
                    yield _cause("undone", entry, f"change {change}, by {entry.by}")
                case h.Completed() | h.Skipped() | h.NotShown() | h.Failed() | h.Cancelled() as event:
                    if event.action == action:
                        yield _cause("closed", entry, self._closed(event, entry.by))

    def _scheduled(self, entry: h.Entry, event: h.Scheduled) -> Iterator[Cause]:
        if event.enrolment is None:
            yield _cause("scheduled", entry, f"by hand, by {entry.by}, for {readable(event.due)}")
            return
        yield from self._placed(entry, event)
        yield _cause("scheduled", entry, self._trigger(entry, event))
        why = event.why or {}
        if "rebooked" in why:
            before = self._name(why["rebooked"])
            yield _cause("due", entry, f"{readable(event.due)}, rebooked; before: {before}")
            yield from self._first_dated(why["rebooked"])
        else:
            yield from self._dated(entry, event, why)

    def _first_dated(self, action: int) -> Iterator[Cause]:
        """Where the due of a rebooked action's first attempt came from."""
        for entry in self.history:
            if isinstance(entry.event, h.Scheduled) and entry.event.action == action:
                yield from self._dated(entry, entry.event, entry.event.why or {})

    def _placed(self, entry: h.Entry, event: h.Scheduled) -> Iterator[Cause]:
        """How it got on its cycle: the enrolment, the alias, and the round."""
        earlier = self.history[: self.history.index(entry)]
        for x in earlier:
            match x.event:
                case h.Enrolled(enrolment=id, process=cycle, alias=alias, start=start) if id == event.enrolment:
                    through = f" through alias {alias}" if alias else ""
                    yield _cause("placed", x, f"on {cycle}{through} since {readable(start)}, by {x.by}")
                case h.AliasChosen(enrolment=id, alias=alias) if id == event.enrolment:
                    yield _cause("alias", x, f"{alias} was chosen for the same cycle, by {x.by}")
                case h.RoundBegan(enrolment=id, round=round, start=start) if (
                    id == event.enrolment and round == event.round
                ):
                    yield _cause("round", x, f"{round} started on {readable(start)}")

    def _trigger(self, entry: h.Entry, event: h.Scheduled) -> str:
        """What triggered it in the same change."""
        step = f"step {event.step} in round {event.round}" + (f", try {event.trial}" if event.trial > 1 else "")
        if applied := self.versions.get(entry.change):
            return f"{step}, as version {applied.version} of the catalog was applied by {applied.by}"
        if closing := self._closing_before(entry, event):
            return f"{step}, as {self._closed(closing, entry.by)}"
        return f"{step}, as {entry.by} placed them on the cycle"

    def _closing_before(self, entry: h.Entry, event: h.Scheduled) -> h.Closing | None:
        """The closing in the same change that triggered `event`: one command can close actions of several enrolments.

        Only in the same enrolment: the last closed step up to the new one, as a no-show is rebooked as the same step;
        after a loop, the last closed step.
        """
        own = []
        for x in (x.event for x in self.history if x.change == entry.change and x.seq < entry.seq):
            match x:
                case h.Completed() | h.Skipped() | h.NotShown() | h.Failed() | h.Cancelled():
                    closed = self.scheduled.get(x.action)
                    if closed and closed.enrolment == event.enrolment:
                        own.append(((closed.round, closed.position), x))
        ahead = [closed for closed in own if closed[0] <= (event.round, event.position)]
        return max(ahead or own, key=itemgetter(0))[1] if own else None

    def _closed(self, event: h.Closing, by: str) -> str:
        reason = None if isinstance(event, h.Completed) else event.reason
        closed = f"{self._name(event.action)} was {CLOSED[type(event)]} on {readable(event.on)} by {by}"
        return closed + (f" ({reason})" if reason else "")

    def _dated(self, entry: h.Entry, event: h.Scheduled | h.Redated, why: h.Why) -> Iterator[Cause]:
        if "from" not in why:
            return
        yield _cause("counts from", entry, f"{readable(why['from'])}, {_anchor(why['anchor'])}")
        yield _cause("offset", entry, self._offset(event, why))
        for reason in why.get("moved_by", ()):
            yield _cause("moved", entry, self._moved(reason, event, why))
        if why.get("unknown_holidays"):
            yield _cause("unsure", entry, "the calendar's holidays end before this date")
        yield _cause("due", entry, readable(event.due))
        yield _cause("catalog", entry, self._version(why["version"]))

    def _offset(self, event: h.Scheduled | h.Redated, why: h.Why) -> str:
        text = f"{why['offset']}, which is {readable(event.nominal)}"
        if "business" not in why["offset"]:
            return text
        over = self._days_off(event.action, why["version"], why["from"], event.nominal)
        return text + (f", over {', '.join(over)}" if over else "")

    def _moved(self, reason: str, event: h.Scheduled | h.Redated, why: h.Why) -> str:
        match reason:
            case "min_gap":
                return "moved by min_gap after the previous step"
            case "stagger":
                return "moved by stagger, which limits the actions per day"
            case "today":
                return "moved to the day of the edit (it would have been in the past)"
            case _:
                off = self._days_off(event.action, why["version"], event.nominal, event.due)
                return f"moved off {', '.join(off) or 'a day off'}"

    def _days_off(self, action: int, version: int, start: str, end: str) -> list[str]:
        """The days off from one date to the other, both included."""
        calendar, names = self.facts.calendar(version, self._owner(action)), self.facts.holidays(version)
        first, last = sorted(date.fromisoformat(text[:10]) for text in (start, end))
        days = [first + ONE_DAY * number for number in range((last - first).days + 1)]
        return [f"{day} ({names.get(str(day)) or DAYS[day.weekday()]})" for day in days if not works(day, calendar)]

    def _owner(self, action: int) -> str | None:
        return self.scheduled[action].owner

    def _version(self, number: int) -> str:
        applied = self.facts.applied.get(number)
        if applied is None:
            return f"version {number}"
        commit = f", commit {applied.git}" if applied.git else ""
        return f"version {number}, applied by {applied.by} on {utc_text(applied.at)[:10]}{commit}"

    def _name(self, action: int) -> str:
        event = self.scheduled.get(action)
        return f"{action} {event.title}" if event else str(action)


def _cause(what: str, entry: h.Entry, text: str) -> Cause:
    return Cause(what, text, entry.change, entry.by, utc_text(entry.at))


def _anchor(anchor: str) -> str:
    match anchor:
        case "completed":
            return "when the previous step was closed (anchor: completed)"
        case "due":
            return "the planned date of the previous step (anchor: due)"
        case "start":
            return "the start of the round (anchor: start)"
        case "event":
            return "the event of its plan (anchor: event)"
        case "date":
            return "the fixed date of the step"
        case _:
            return f"the planned date of step {anchor.removeprefix('step:')} (anchor: {anchor})"


def _handed(event: h.Reassigned) -> str:
    was, due = event.before.get("owner"), event.before.get("due")
    who = (
        f"from {was or 'no owner'} to {event.owner or 'no owner'}"
        if was != event.owner
        else f"stays with {event.owner}"
    )
    if not due or due == event.due:
        return who
    return f"{who}; {readable(event.due)} in the new zone, {readable(due)} before"


def _from_to(before: str, due: str) -> str:
    return f"from {readable(before)} to {readable(due)}"
