"""Undoing a change (E11): what it touched goes back to what it was, and what it created is cancelled.

Nothing is deleted. An action or enrolment that the change created stays, cancelled or ended with the reason `undone`,
so that its id is never reused; doing the same thing again creates a new trial.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from followup.core import history as h
from followup.core.draft import Decision, Draft, Stamp
from followup.core.evolve import replay
from followup.core.kinds import CYCLE
from followup.core.model import CANCELLED, UNDONE, Action, Contact, Dossier, Enrolment
from followup.core.office import Office
from followup.core.process.course import Course
from followup.core.reassigning import rezone, take_over
from followup.core.timing import today, utc_text
from followup.core.touching import Key, Touched, conflicts, touched_by
from followup.errors import Refused


def undo(
    history: Sequence[h.Entry], change: int, office: Office, stamp: Stamp, then: Office, of_apply: bool = False
) -> tuple[Dossier, Decision]:
    """The subject whose whole history is given as it stands, and what reverses `change`, as the change of `stamp`.

    `then`: the office that `change` was decided under. Where an owner's zone is another by now, what comes back open is
    read again in the zone of today (T1), and where the contact has another owner by now, they take it over (F20): by
    events of its own, so that the reversal itself stays exact. `of_apply`: the office goes back, too, and whatever was
    done with actions and enrolments since was done under the one that goes.

    Raises Refused where a later change touched the same, for that change comes first; and where something would go back
    onto a cycle or a step, or to an owner, that the office no longer has (F14). A cycle that was draining already takes
    back those who were on it.
    """
    subject = history[0].subject
    first = next(place for place, entry in enumerate(history) if entry.change == change)
    now, before = replay(history, Dossier(subject)), replay(history[:first], Dossier(subject))
    own = [entry for entry in history[first:] if entry.change == change]
    touched = touched_by(own, now)
    later = _later(history[first:], change)
    _is_latest(touched, later, now, of_apply)
    draft = Draft(now, office, stamp, iter(()))
    _is_there_still(touched, before, draft, None if of_apply else then)
    draft.add(_reversal(touched, before, change, draft, bool(later)))
    reopened = [action.id for action in draft.dossier.open_actions if action not in now.actions]
    _follow_the_times(draft, reopened, before.contact, office.zones_left(then))
    _is_followed_up(draft, now.contact)
    _are_possible_still(draft, reopened, then)
    return now, draft.decision


def _later(history: Sequence[h.Entry], change: int) -> list[h.Entry]:
    """What others did since, but for what was taken back again."""
    settled = {n for x in history if isinstance(x.event, h.Undone) for n in (x.change, x.event.change)}
    return [entry for entry in history if entry.change not in (change, *settled)]


def _is_latest(touched: Touched, later: Sequence[h.Entry], now: Dossier, of_apply: bool) -> None:
    """Names what was touched since, by whom and when."""
    others = [(entry, touched_by([entry], now)) for entry in later]
    since = [(entry, keys) for entry, other in others if (keys := conflicts(touched, other))]
    since = since or [(entry, keys) for entry, other in others if of_apply and (keys := other.work)]
    if not since:
        return
    last, _ = since[-1]
    names = dict.fromkeys(_named(key, now) for _, keys in since for key in keys)
    subject, named = now.subject.replace(":", " "), ", ".join(filter(None, names))
    what = f"{named} of {subject}" if named else subject
    raise Refused(f"{what} has changed since: by {last.by} at {utc_text(last.at)}")


def _named(key: Key, now: Dossier) -> str:
    """What it is called; nothing, where it is the whole subject."""
    kind, id = key
    if kind == "enrolment":
        enrolment = next(x for x in now.enrolments if x.id == id)
        return f"{enrolment.kind} '{enrolment.process}'"
    if kind == "place":
        return "the cycle" if id == CYCLE else "the plan"
    return f"action {id}" if kind == "action" else str(id).replace("_", " ")


def _is_there_still(touched: Touched, before: Dossier, draft: Draft, then: Office | None) -> None:
    """Raises Refused where the contact would go back onto what is gone or takes no contacts (F14). `then`: as in
    `undo`; None for an apply, which brings back the office that the contact was on it in."""
    open_now = {enrolment.id for enrolment in draft.dossier.enrolments if enrolment.open}
    for back in before.enrolments:
        if back.open and back.id not in open_now and touched.enrolment(back.id) and not _takes_back(draft, back, then):
            was_on = f"{before.known.name} was on {back.kind} '{back.process}'"
            raise Refused(f"{was_on}, which is no longer active")


def _takes_back(draft: Draft, back: Enrolment, then: Office | None) -> bool:
    """Whether the enrolment can go on: contacts on a cycle that drains finish their round (E6)."""
    process = draft.office.process(back.ref)
    if process is None or process.active:
        return process is not None
    was = then.process(back.ref) if then else process
    return was is not None and was.is_draining


def _reversal(touched: Touched, before: Dossier, change: int, draft: Draft, updated: bool) -> h.Undone:
    """`updated`: whether something else happened since."""
    now = draft.dossier
    owner = now.contact.owner if now.contact else now.subject.partition(":")[2]
    on = today(draft.stamp.at, draft.calendar(owner).zone)
    actions = {row.id: row for row in before.actions}
    enrolments = {row.id: row for row in before.enrolments}
    contact = _contact(touched, before.contact, now.contact, updated)
    return h.Undone(
        change=change,
        contact=contact._asdict() if contact else None,
        enrolments=[
            enrolments.get(row.id, _ended(row, on))._asdict()
            for row in now.enrolments
            if touched.enrolment(row.id) and enrolments.get(row.id) != row
        ],
        actions=[
            actions.get(row.id, _cancelled(row, on))._asdict()
            for row in now.actions
            if touched.action(row) and actions.get(row.id) != row
        ],
    )


def _contact(touched: Touched, before: Contact | None, now: Contact | None, updated: bool) -> Contact | None:
    """The fields that were touched, as they were; and the time of the last update, where there was none since (C2)."""
    if before is None or now is None or touched.everything:
        return before
    names = touched.fields if updated else [*touched.fields, "updated_at"]
    return now._replace(**{name: getattr(before, name) for name in names})


def _ended(row: Enrolment, on: str) -> Enrolment:
    return row._replace(ended=row.ended or on, reason=UNDONE)


def _cancelled(row: Action, on: str) -> Action:
    """Also where it was closed since by the same change: what was undone never happened, so nobody closed it."""
    return row._replace(status=CANCELLED, reason=UNDONE, completed_on=row.completed_on or on, completed_by=None)


def _follow_the_times(
    draft: Draft, reopened: Collection[int], before: Contact | None, zones: dict[str | None, str]
) -> None:
    """What comes back open is read on the clock, and goes to the owner, of today."""
    rezone(draft, zones, _open_of(draft, reopened))
    if before and draft.dossier.known.owner != before.owner:
        take_over(draft, before.owner, _open_of(draft, reopened))


def _open_of(draft: Draft, ids: Collection[int]) -> list[Action]:
    return [action for action in draft.dossier.open_actions if action.id in ids]


def _is_followed_up(draft: Draft, now: Contact | None) -> None:
    """Raises Refused where somebody comes back to an owner who has left (F20); who is won or lost may stay theirs."""
    back = draft.dossier.contact
    if back is None or now is None or back.closed() or back.gone or draft.office.is_active(back.owner):
        return
    if (back.owner, back.stage, back.gone) != (now.owner, now.stage, now.gone):
        raise Refused(f"{back.name} was {back.owner}'s, who is no longer active: choose another owner")


def _are_possible_still(draft: Draft, reopened: Collection[int], then: Office) -> None:
    """Raises Refused where nobody would see what comes back (F20), or its step was turned off since (E4)."""
    for action in _open_of(draft, reopened):
        if not draft.office.is_active(action.owner):
            raise Refused(f"{action.title} was {action.owner}'s, who is no longer active")
        enrolment = draft.dossier.enrolment(action.enrolment)
        if enrolment and _went_off(draft, enrolment, action, then):
            raise Refused(f"step '{action.step}' of {enrolment.kind} '{enrolment.process}' is no longer active")


def _went_off(draft: Draft, enrolment: Enrolment, action: Action, then: Office) -> bool:
    """Whether a step that was active then is not by now; what was open of one that was off already was kept (E4)."""
    course, process = Course(draft, enrolment), then.process(enrolment.ref)
    id = then.step_id(enrolment.process, action.step)
    was_on = process is not None and id in {step.id for step in process.active_steps}
    step = course.step_of(action)
    return was_on and course.process is not None and not (step and step.active)
