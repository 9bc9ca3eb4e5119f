"""Undoing a change (E11): the subject's rows go back to what they were, and rows that the change created are cancelled.

Nothing is deleted. An action or enrolment that the change created stays, cancelled or ended with the reason `undone`,
so that its id is never reused; doing the same thing again creates a new trial.
"""

from __future__ import annotations

from collections.abc import Sequence

from followup.core import history as h
from followup.core.draft import Decision, Draft, Stamp
from followup.core.evolve import replay
from followup.core.model import CANCELLED, UNDONE, Action, Dossier, Enrolment
from followup.core.office import Office
from followup.core.reassigning import rezone
from followup.core.timing import today, utc_text
from followup.errors import Refused


def undo(
    history: Sequence[h.Entry], change: int, office: Office, stamp: Stamp, then: Office
) -> tuple[Dossier, Decision]:
    """The subject's current state from its full `history`, and the decision that reverses `change`, made as `stamp`.

    `then`: the office that `change` was decided under. If an owner's zone has changed since, actions that reopen are
    converted to the current zone (T1) by separate events, so that the reversal itself stays exact.

    Raises Refused if a later change touched the subject (undo that one first), or if the reversal would put the contact
    back on a cycle, or under an owner, that the office no longer has (F14).
    """
    subject = history[0].subject
    settled = {n for x in history if isinstance(x.event, h.Undone) for n in (x.change, x.event.change)}
    first = next(place for place, entry in enumerate(history) if entry.change == change)
    later = [entry for entry in history[first:] if entry.change not in (change, *settled)]
    if later:
        last = later[-1]
        raise Refused(f"{subject.replace(':', ' ')} has changed since: by {last.by} at {utc_text(last.at)}")
    now = replay(history, Dossier(subject))
    before = replay(history[:first], Dossier(subject))
    _is_there_still(before, now, office)
    owner = now.contact.owner if now.contact else subject.partition(":")[2]
    on = today(stamp.at, office.calendar(owner).zone)
    draft = Draft(now, office, stamp, iter(()))
    draft.add(_reversal(now, before, change, on))
    rezone(draft, office.zones_left(then), [action for action in before.actions if action not in now.actions])
    return now, draft.decision


def _is_there_still(before: Dossier, now: Dossier, office: Office) -> None:
    open_now = {enrolment.id for enrolment in now.enrolments if enrolment.open}
    for back in (enrolment for enrolment in before.enrolments if enrolment.open and enrolment.id not in open_now):
        process = office.process(back.ref)
        if process is None or not process.active:
            was_on = f"{before.known.name} was on {back.kind} '{back.process}'"
            raise Refused(f"{was_on}, which is no longer active")
    owner = before.contact.owner if before.contact else None
    if owner and before.contact != now.contact and owner not in office.users:
        raise Refused(f"{before.known.name} belonged to {owner}, who is no longer a user: choose another owner")


def _reversal(now: Dossier, before: Dossier, change: int, on: str) -> h.Undone:
    actions = {row.id: row for row in before.actions}
    enrolments = {row.id: row for row in before.enrolments}
    return h.Undone(
        change=change,
        contact=before.contact._asdict() if before.contact else None,
        enrolments=[enrolments.get(r.id, _ended(r, on))._asdict() for r in now.enrolments if enrolments.get(r.id) != r],
        actions=[actions.get(r.id, _cancelled(r, on))._asdict() for r in now.actions if actions.get(r.id) != r],
    )


def _ended(row: Enrolment, on: str) -> Enrolment:
    return row._replace(ended=row.ended or on, reason=UNDONE)


def _cancelled(row: Action, on: str) -> Action:
    """Applies even if the same change closed it: what was undone never happened, so no user closed it."""
    return row._replace(status=CANCELLED, reason=UNDONE, completed_on=row.completed_on or on, completed_by=None)
