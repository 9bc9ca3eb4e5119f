"""Test cases: compares what an administrator expects of a cycle with what it does (G2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from followup.core import wishes as w
from followup.core.model import CANCELLED, SCHEDULED
from followup.core.office import Office
from followup.core.rehearsal.in_memory import SOMEBODY, Rehearsal
from followup.core.timing import moment, readable
from followup.errors import FollowupError, Refused

if TYPE_CHECKING:
    from followup.core import catalog_documents as d


class Line(NamedTuple):
    """One action. `round`: None if the case doesn't give one."""

    step: str
    due: str
    status: str = SCHEDULED
    round: int | None = None

    def __str__(self) -> str:
        status = "" if self.status == SCHEDULED else f" {self.status}"
        again = f", round {self.round}" if (self.round or 1) > 1 else ""
        return f"{self.step} {readable(self.due)}{status}{again}"


class Pair(NamedTuple):
    """An expected line and the actual one; None where there is no such action."""

    expected: Line | None
    got: Line | None

    @property
    def agrees(self) -> bool:
        return bool(self.expected and self.got and _agree(self.expected, self.got))

    @property
    def due(self) -> str:
        line = self.got or self.expected
        return line.due if line else ""


class Verdict(NamedTuple):
    """`pairs`: sorted by due. `trouble`: an event that couldn't happen, and why."""

    id: str
    name: str
    pairs: tuple[Pair, ...]
    trouble: str = ""

    @property
    def holds(self) -> bool:
        return not self.trouble and all(pair.agrees for pair in self.pairs)


def verdict(office: Office, id: str, case: d.CaseDocument) -> Verdict:
    """Runs case `id` of the catalog and compares. Never raises for an error in the case."""
    story, trouble = _Story(office, case["given"]), ""
    try:
        story.begins()
        for event in case["when"]:
            story.goes_on(event)
    except FollowupError as error:
        trouble = f"{story.at}: {error}"
    return Verdict(id, case["name"], tuple(pairs(expected_lines(case), story.lines)), trouble)


def expected_lines(case: d.CaseDocument) -> list[Line]:
    """In the order in which they are written."""
    return [Line(x["step"], x["due"], x.get("status", SCHEDULED), x.get("round")) for x in case["then"]]


class _Story:
    """One contact, from the day it is added. `at`: the current event, in words."""

    def __init__(self, office: Office, given: d.GivenDocument) -> None:
        self.given, self.owner = given, given.get("owner")
        own = office.calendar(self.owner)
        self.calendar = own._replace(days_off=own.days_off.union(given.get("holidays", ())))
        self.rehearsal = Rehearsal(office._replace(calendars={None: self.calendar, self.owner: self.calendar}))
        self.now, self.at = 0, "given"

    @property
    def lines(self) -> list[Line]:
        actions = self.rehearsal.people[SOMEBODY].actions if self.rehearsal.people else ()
        return [Line(action.step or action.title, action.due, action.status, action.round) for action in actions]

    def begins(self) -> None:
        if "plan" in self.given:
            raise Refused("plans don't run yet: use an alias or a cycle")
        choice = w.Choice(self.given.get("alias"), self.given.get("cycle"))
        self._does(self.given["on"], w.Add({"name": "Test contact", "owner": self.owner}, choice, without_cycle=True))

    def goes_on(self, event: d.WhenDocument) -> None:
        verb = next((verb for verb in CLOSES if verb in event), None)
        if verb is None:
            self.at = f"choose {event['choose']} on {event['on']}"
            self._chooses(event)
            return
        self.at = f"{verb} {event[verb]} on {event['on']}"
        self._does(event["on"], CLOSES[verb](self._action(event[verb]), event))
        if verb != "complete" and "choose" in event:  # only a Complete carries the choice itself (F10)
            self._chooses(event)

    def _chooses(self, event: d.WhenDocument) -> None:
        self._does(event["on"], w.Assign(w.Choice(event["choose"]), event.get("restart", False)))

    def _does(self, on: str, wish: w.Wish) -> None:
        """On a day, at opening time, or at a minute. The clock never goes back: older events are recorded late (T7)."""
        moment_ = on if len(on) > 10 else f"{on}T{self.calendar.opens}"
        self.now = max(self.now, moment(moment_, self.calendar.zone).at)
        self.rehearsal.does(SOMEBODY, wish, self.now)

    def _action(self, step: str) -> int:
        mine = [action for action in self.rehearsal.people[SOMEBODY].open_actions if action.step == step]
        if not mine:
            raise Refused("it has no open action then")
        return mine[-1].id  # the latest round's


def _complete(action: int, event: d.WhenDocument) -> w.Wish:
    choice = w.Choice(event["choose"]) if "choose" in event else None
    return w.Complete(action, event["on"], choice=choice, restart=event.get("restart", False))


#: what can happen to a step's action
CLOSES: Mapping[d.Verb, Callable[[int, d.WhenDocument], w.Wish]] = MappingProxyType(
    {
        "complete": _complete,
        "skip": lambda action, event: w.Skip(action, event["on"]),
        "no_show": lambda action, event: w.NoShow(action, "did not come", event["on"], event.get("rebook")),
        "fail": lambda action, event: w.Fail(action, "failed"),
        "cancel": lambda action, event: w.Cancel(action),
        "reschedule": lambda action, event: w.Reschedule(action, event["to"]),
    }
)


def pairs(expected: Sequence[Line], got: Sequence[Line]) -> list[Pair]:
    """Pairs each expected line with the line it matches, sorted by due. Unexpected cancelled lines are ignored."""
    left, matches = list(got), dict[int, Line]()
    for fits in (_agree, _is_about):
        for place, line in enumerate(expected):
            match = None if place in matches else next((x for x in left if fits(line, x)), None)
            if match:
                matches[place] = match
                left.remove(match)
    all_pairs = [Pair(line, matches.get(place)) for place, line in enumerate(expected)]
    all_pairs += [Pair(None, line) for line in left if line.status != CANCELLED]
    return sorted(all_pairs, key=lambda pair: pair.due)


def _is_about(expected: Line, got: Line) -> bool:
    return expected.step == got.step and expected.round in (None, got.round)


def _agree(expected: Line, got: Line) -> bool:
    """A due without a time matches any time that day."""
    return _is_about(expected, got) and got.due.startswith(expected.due) and expected.status == got.status
