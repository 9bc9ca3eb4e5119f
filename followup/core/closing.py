"""What is done with one action: complete, skip, no-show, cancel, reschedule, attempt. Rules F4, F10, C5, P7, T7."""

from __future__ import annotations

from followup.core import history as h
from followup.core import wishes as w
from followup.core.draft import Draft
from followup.core.kinds import CYCLE
from followup.core.model import Action
from followup.core.process.course import Course
from followup.core.process.placing import advance, choose, stays
from followup.core.timing import When, local, moment, utc_text
from followup.core.transitions import ActionEvent, allowed
from followup.errors import Conflict, NotFound, Refused


def complete(draft: Draft, wish: w.Complete) -> None:
    actions = [_open(draft, id, h.Completed) for id in (wish.action, *wish.others)]
    if wish.choice:
        _offers_cycle(draft, actions)
    if wish.listing and (other := next((action for action in actions if action.type != "sale"), None)):
        raise Refused(f"only a sale sells a listing, and action {other.id} is a {other.type} (F21)")
    closed = [(action, _closing_time(draft, action, wish.on)) for action in actions]
    for action, when in closed:
        draft.add(h.Completed(action.id, when.text, wish.outcome, wish.notes, wish.listing))
    _then(draft, closed, wish.choice, wish.restart)


def _offers_cycle(draft: Draft, actions: list[Action]) -> None:
    if draft.dossier.contact is None:
        raise Refused(f"action {actions[0].id} has no contact to place on a cycle")
    if not any(draft.office.offers_cycle(action.type) for action in actions):
        raise Refused(f"completing a {actions[0].type} offers no cycle: complete it, then `followup assign` (F10)")


def _then(draft: Draft, closed: list[tuple[Action, When]], choice: w.Choice | None, restart: bool) -> None:
    """Onto the chosen cycle, or on with the one that the contact is on: never both (F10)."""
    current = draft.dossier.cycle
    leaves = choice is not None and not stays(draft, choice, restart)
    for action, when in closed:
        if not (leaves and current and action.enrolment == current.id):
            advance(draft, action, when)
    if choice:
        choose(draft, choice, _start(draft, max((when for _, when in closed), key=lambda when: when.at)), restart)


def _start(draft: Draft, closed: When) -> When:
    """When the closing was, as the clock of the contact's owner shows it (T1): a day stays that day."""
    zone = draft.calendar(draft.dossier.known.owner).zone
    return moment(closed.text, zone) if len(closed.text) == 10 else local(closed.at, zone)


def skip(draft: Draft, wish: w.Skip) -> None:
    action = _open(draft, wish.action, h.Skipped)
    closed = _closing_time(draft, action, wish.on)
    draft.add(h.Skipped(action.id, closed.text, wish.reason))
    advance(draft, action, closed)


def fail(draft: Draft, wish: w.Fail) -> None:
    action = _open(draft, wish.action, h.Failed)
    closed = draft.now(action.owner)
    draft.add(h.Failed(action.id, closed.text, wish.reason))
    advance(draft, action, closed)


def no_show(draft: Draft, wish: w.NoShow) -> None:
    """Closed with a reason; rebooked it is tried again, and only then the cycle waits (F4, C5)."""
    action = _open(draft, wish.action, h.NotShown)
    closed = _closing_time(draft, action, wish.on)
    draft.add(h.NotShown(action.id, closed.text, wish.reason))
    if wish.rebook is None:
        advance(draft, action, closed)
        return
    due = moment(wish.rebook, draft.calendar(action.owner).zone)
    draft.add(_rebooked(draft, action, due))


def _rebooked(draft: Draft, action: Action, due: When) -> h.Scheduled:
    """The same action once more. Its nominal stays: what chains from it does not move (T2)."""
    enrolment = draft.dossier.enrolment(action.enrolment)
    return h.Scheduled(
        action=next(draft.ids),
        type=action.type,
        title=action.title,
        owner=action.owner,
        due=due.text,
        nominal=action.nominal if enrolment else due.text,
        at=due.at,
        enrolment=action.enrolment,
        step=action.step,
        round=action.round,
        trial=Course(draft, enrolment).next_trial(action.step, action.round) if enrolment else action.trial + 1,
        position=action.position,
        channel=action.channel,
        category=action.category,
        action_name=action.action_name,
        why={"rebooked": action.id},
    )


def cancel(draft: Draft, wish: w.Cancel) -> None:
    """By hand. The last open action of an enrolment keeps its contact on the cycle, so it is refused (F4)."""
    action = _open(draft, wish.action, h.Cancelled)
    enrolment = draft.dossier.enrolment(action.enrolment)
    if enrolment and [a.id for a in draft.dossier.of(enrolment) if a.open] == [action.id]:
        stop = f", or `followup stop {enrolment.contact}`" if enrolment.kind == CYCLE else ""
        raise Refused(
            f"action {action.id} is the last open one of {enrolment.kind} '{enrolment.process}': "
            f"`followup skip {action.id}`{stop} (F4)"
        )
    draft.add(h.Cancelled(action.id, draft.now(action.owner).text, wish.reason or "by hand"))


def reschedule(draft: Draft, wish: w.Reschedule) -> None:
    """Moves this action only (T2, C5)."""
    action = _open(draft, wish.action, h.Rescheduled)
    due = moment(wish.due, draft.calendar(action.owner).zone)
    draft.add(h.Rescheduled(action.id, due.text, due.at, action.due))


def attempt(draft: Draft, wish: w.Attempt) -> None:
    action = _open(draft, wish.action, h.Attempted)
    draft.add(h.Attempted(action.id, draft.now(action.owner).text, wish.channel, wish.notes))


def _open(draft: Draft, id: int, kind: type[ActionEvent]) -> Action:
    """The action, if `kind` may happen to it; a closed one names who closed it, when, and how."""
    action = draft.dossier.action(id)
    if action is None:
        raise NotFound(f"no action {id}")
    if allowed(action.status, kind):
        return action
    by = f" by {action.completed_by}" if action.completed_by else ""
    reason = f" ({action.reason})" if action.reason else ""
    raise Conflict(
        f"action {id} is already {action.status}{reason}{by} on {action.completed_on}: nothing was changed", id
    )


def _closing_time(draft: Draft, action: Action, on: str | None) -> When:
    """T7: today or earlier, never the future."""
    closed = draft.when(on, action.owner)
    if closed.at > draft.stamp.at:
        now = utc_text(draft.stamp.at)
        raise Refused(f"{on} is in the future (it is {now}): an action is closed today or earlier (T7)")
    return closed
