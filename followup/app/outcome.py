"""What a command did, for its answer: exact counts, but only as many rows as the answer needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from followup.core import history as h
from followup.core.draft import Decision
from followup.core.few import Few
from followup.core.kinds import CYCLE
from followup.core.list_rows import ActionRow, shown
from followup.core.model import LEAD, Action, Dossier
from followup.core.timing import When, ago, readable
from followup.core.wishes import Choice
from followup.core.worklist import barred
from followup.errors import FollowupError

#: items named in a line
NAMED = 5
#: this moment, as the clock of an owner shows it; of the office, for nobody
Clock = Callable[[str | None], When]

PLACED, STAYS, CATEGORISED = "placed on", "stays on", "categorised as"


class CarriedOut(NamedTuple):
    """How a choice was carried out (F10): PLACED, STAYS or CATEGORISED, and the alias or cycle as it was chosen."""

    how: str
    choice: str


class Names:
    """`few`: the first few names; `rest`: how many of the others, by what happened to them. `ids`: for scripts."""

    def __init__(self, most: int | None) -> None:
        self.ids: Few[int | str] = Few(most)
        self.few: Few[str] = Few(NAMED)
        self.rest: Counter[str] = Counter()

    def add(self, id: int | str, name: Callable[[], str], before: Dossier, decision: Decision) -> None:
        """Of a million only the first few names are made."""
        self.ids.add(id)
        if self.few.full:
            self.rest[_met_with(before, decision)] += 1
        else:
            self.few.add(name())


class Outcome:
    """`done`: ids of the actions or contacts asked for. `named`: those that are different now, `unchanged`: those for
    which there was nothing to do, both of the same. `adrift`: contacts left with no
    next step (F12). `changed`: the first few contacts that existed and are different now."""

    def __init__(self, most: int | None = NAMED, clock: Clock | None = None, dry_run: bool = False) -> None:
        self.clock, self.dry_run = clock, dry_run
        self.done: Few[int | str] = Few(most)
        self.named, self.unchanged = Names(most), Names(most)
        self.adrift: Few[str] = Few(NAMED)
        self.scheduled: Few[ActionRow] = Few(most)
        self.cancelled: Few[int] = Few(most)
        self.choices: dict[CarriedOut, Names] = {}  # -> the contacts of whom it is true
        self.refused: list[tuple[int | str, FollowupError]] = []
        self.notices: set[str] = set()
        self.counted = {"new": 0, "changed": 0, "same": 0}
        self.changed: Few[str] = Few(NAMED)

    def note(
        self, asked: Sequence[int | str], before: Dossier, decision: Decision, choice: Choice | None = None
    ) -> None:
        """What was decided about the actions, the contact or the user `asked`. `choice`: the one that was carried out
        for a contact who was there already."""
        for id in asked:
            self.done.add(id)
            names = self.named if decision.entries else self.unchanged
            names.add(id, partial(_name, id, before, decision.after), before, decision)
        if before.contact and _is_adrift(decision.after) and not _is_adrift(before):
            self.adrift.add(f"{before.contact.name} ({before.contact.id})")
        counted = "new" if before.contact is None or before.contact.gone else "changed" if decision.entries else "same"
        self.counted[counted] += 1
        if counted == "changed" and not self.changed.full:
            self.changed.add(_name(asked[0], before, decision.after))
        for entry in decision.entries:
            self._happened(entry.event, asked, decision.after)
        if choice:
            contact = decision.after.known
            names = self.choices.setdefault(carried_out(choice, decision), Names(self.done.most))
            names.add(contact.id, lambda: f"{contact.name} ({contact.id})", before, decision)

    def _happened(self, event: h.Event, asked: Sequence[int | str], after: Dossier) -> None:
        match event:
            case h.Scheduled():
                self._scheduled(event, after)
            case h.Cancelled(action=action) if action not in asked:
                self.cancelled.add(action)
            case h.Completed(action=action):
                self._barred(after.action(action), after, "completed")
            case h.Attempted(action=action, channel=channel):
                self._barred(after.action(action), after, "attempted", channel)
            case h.Rescheduled(action=action):
                self._past(after.action(action))
            case h.Ended(reason="no-more-steps" | "drained"):
                self._stepped_off(event, after)
            case _:
                pass

    def _scheduled(self, event: h.Scheduled, after: Dossier) -> None:
        action = after.action(event.action)
        if action is None or not action.open:  # logged: scheduled and completed at once
            return
        if self.scheduled.full:
            self.scheduled.total += 1
        else:
            self.scheduled.add(shown(action, after))
        if event.why and event.why.get("unknown_holidays"):
            self.notices.add(f"the calendar's holidays end before {event.due[:10]}: check that date")
        if event.enrolment is None or "rebooked" in (event.why or {}):
            self._past(action)
            self._barred(action, after, "scheduled")

    def _past(self, action: Action | None) -> None:
        """C5: a date that was typed is taken, and said where it has passed."""
        if action and self.clock and (how_long := ago(When(action.due, action.at), self.clock(action.owner))):
            self.notices.add(f"action {action.id} is due {readable(action.due)}, which was {how_long}")

    def _barred(self, action: Action | None, after: Dossier, done: str, channel: str | None = None) -> None:
        """E12: people may do it, and are reminded. `channel`: where it isn't that of the action."""
        contact = after.contact
        if action and contact and (flag := barred(channel or action.type, contact.do_not_contact)):
            was = "would be" if self.dry_run else "was"
            self.notices.add(f"{contact.name} is marked '{flag}'. Action {action.id} {was} {done} anyway")

    def _stepped_off(self, event: h.Ended, after: Dossier) -> None:
        """A finished cycle leaves a contact with no next step (F5); for a plan that's intended."""
        contact, ended = after.known, after.enrolment(event.enrolment)
        if ended and ended.kind == CYCLE and after.cycle is None and self.adrift.total <= NAMED:
            fix = f"`followup assign {contact.id} ALIAS`"
            self.notices.add(f"{contact.name} has finished the cycle and has no next step: {fix}")


def carried_out(choice: Choice, decision: Decision) -> CarriedOut:
    """What became of `choice` in the decision that it was part of."""
    events = {type(entry.event) for entry in decision.entries}
    how = PLACED if h.Enrolled in events else CATEGORISED if h.Categorised in events else STAYS
    return CarriedOut(how, choice.alias or choice.cycle or "")


def _met_with(before: Dossier, decision: Decision) -> str:
    """In a word or two, what became of one of many."""
    was, stands = before.cycle, decision.after.cycle
    if (was and was.id) == (stands and stands.id):
        scheduled = any(isinstance(entry.event, h.Scheduled) for entry in decision.entries)
        return "with a next step" if scheduled else "changed"
    if was is None or stands is None:
        return "new on a cycle" if stands else "off their cycle"
    return "restarted" if was.process == stands.process else "from another cycle"


def _is_adrift(dossier: Dossier) -> bool:
    """A lead on no cycle, with no action of a plan, tour or sale that is still to come (F12)."""
    contact = dossier.contact
    if contact is None or contact.gone or contact.stage != LEAD or dossier.cycle:
        return False
    return not any(action.enrolment or action.type in ("tour", "sale") for action in dossier.open_actions)


def _name(asked: int | str, before: Dossier, after: Dossier) -> str:
    contact = after.contact
    action = before.action(asked) if isinstance(asked, int) else None
    if action:
        return f"{action.id} {action.title}" + (f" ({contact.name})" if contact else "")
    return f"{contact.name} ({contact.id})" if contact else str(asked)
