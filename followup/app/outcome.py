"""What a command did, for its answer: counted whole, kept only as far as somebody reads it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from followup.core import history as h
from followup.core.draft import Decision
from followup.core.few import Few
from followup.core.kinds import CYCLE
from followup.core.list_rows import ActionRow, shown
from followup.core.model import LEAD, Dossier
from followup.errors import FollowupError

#: how many are named one by one in a line
NAMED = 5


class Outcome:
    """`done`: ids of the actions or contacts asked for; `named`: the first few of them, for people; `rest`: how many of
    the others met with what. `adrift`: the contacts whom it leaves with nothing next (F12)."""

    def __init__(self, most: int | None = NAMED) -> None:
        self.done: Few[int | str] = Few(most)
        self.named: Few[str] = Few(NAMED)
        self.rest: Counter[str] = Counter()
        self.adrift: Few[str] = Few(NAMED)
        self.scheduled: Few[ActionRow] = Few(most)
        self.cancelled: Few[int] = Few(most)
        self.refused: list[tuple[int | str, FollowupError]] = []
        self.notices: set[str] = set()
        self.counted = {"new": 0, "changed": 0, "same": 0}

    def note(self, asked: Sequence[int | str], before: Dossier, decision: Decision) -> None:
        """What was decided about the actions, the contact or the user `asked`."""
        for id in asked:
            self.done.add(id)
            if self.named.full:
                self.rest[_met_with(before, decision)] += 1
            else:
                self.named.add(_name(id, before, decision.after))
        if before.contact and _is_adrift(decision.after) and not _is_adrift(before):
            self.adrift.add(f"{before.contact.name} ({before.contact.id})")
        self.counted["new" if before.contact is None else "changed" if decision.entries else "same"] += 1
        for entry in decision.entries:
            if isinstance(entry.event, h.Scheduled):
                self._scheduled(entry.event, decision.after)
            elif isinstance(entry.event, h.Cancelled):
                self.cancelled.add(entry.event.action)
            elif isinstance(entry.event, h.Ended) and entry.event.reason == "no-more-steps":
                self._stepped_off(entry.event, decision.after)

    def _scheduled(self, event: h.Scheduled, after: Dossier) -> None:
        action = after.action(event.action)
        if action is None or not action.open:  # logged: scheduled and completed in one breath
            return
        if self.scheduled.full:
            self.scheduled.total += 1
        else:
            self.scheduled.add(shown(action, after))
        if event.why and event.why.get("unknown_holidays"):
            self.notices.add(f"holidays are not declared as far as {event.due[:10]}: check that date (T9)")

    def _stepped_off(self, event: h.Ended, after: Dossier) -> None:
        """A cycle that ran out leaves a contact with nothing next (F5); a plan is meant to."""
        contact, ended = after.known, after.enrolment(event.enrolment)
        if ended and ended.kind == CYCLE and after.cycle is None and self.adrift.total <= NAMED:
            mend = f"`followup assign {contact.id} ALIAS`"
            self.notices.add(f"{contact.name} has stepped off the cycle, nothing comes next: {mend} (F5)")


def _met_with(before: Dossier, decision: Decision) -> str:
    """In a word or two, what became of one of many."""
    was, stands = before.cycle, decision.after.cycle
    if not decision.entries:
        return "unchanged"
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
