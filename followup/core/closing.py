"""Operations on one action: complete, skip, no-show, cancel, reschedule, attempt. Rules F4, F10, C5, P7, T7."""

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
        raise Refused(f"--listing is only for a sale, and action {other.id} is a {other.type}")
    closed = [(action, _closing_time(draft, action, wish.on)) for action in actions]
    for action, when in closed:
        draft.add(h.Completed(action.id, when.text, wish.outcome, wish.notes, wish.listing))
    _then(draft, closed, wish.choice, wish.restart)


def _offers_cycle(draft: Draft, actions: list[Action]) -> None:
    if draft.dossier.contact is None:
        raise Refused(f"action {actions[0].id} has no contact, so there is no cycle to choose")
    if not any(draft.office.offers_cycle(action.type) for action in actions):
        raise Refused(f"actions of type {actions[0].type} can't choose a cycle: complete it, then `followup assign`")


def _then(draft: Draft, closed: list[tuple[Action, When]], choice: w.Choice | None, restart: bool) -> None:
    """Start the chosen cycle, or continue the contact's current one: never both (F10)."""
    current = draft.dossier.cycle
    leaves = choice is not None and not stays(draft, choice, restart)
    for action, when in closed:
        if not (leaves and current and action.enrolment == current.id):
            advance(draft, action, when)
    if choice:
        choose(draft, choice, _start(draft, max((when for _, when in closed), key=lambda when: when.at)), restart)


def _start(draft: Draft, closed: When) -> When:
    """The time of the closing on the clock of the contact's owner (T1); a date stays the same date."""
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
    """Close with a reason. If rebooked, the action is tried again, and its cycle waits only then (F4, C5)."""
    action = _open(draft, wish.action, h.NotShown)
    closed = _closing_time(draft, action, wish.on)
    draft.add(h.NotShown(action.id, closed.text, wish.reason))
    if wish.rebook is None:
        advance(draft, action, closed)
        return
    due = moment(wish.rebook, draft.calendar(action.owner).zone)
    draft.add(_rebooked(draft, action, due))


def _rebooked(draft: Draft, action: Action, due: When) -> h.Scheduled:
    """The same action again. Its nominal stays, so that dates that count from it don't move (T2)."""
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
    """Cancel by hand. Refused for an enrolment's last open action, which keeps the contact on the cycle (F4)."""
    action = _open(draft, wish.action, h.Cancelled)
    enrolment = draft.dossier.enrolment(action.enrolment)
    if enrolment and [a.id for a in draft.dossier.of(enrolment) if a.open] == [action.id]:
        stop = f", or `followup stop {enrolment.contact}`" if enrolment.kind == CYCLE else ""
        raise Refused(
            f"can't cancel action {action.id}, the last open one of {enrolment.kind} '{enrolment.process}': use "
            f"`followup skip {action.id}`{stop}"
        )
    draft.add(h.Cancelled(action.id, draft.now(action.owner).text, wish.reason or "by hand"))


def reschedule(draft: Draft, wish: w.Reschedule) -> None:
    """Move only this action (T2, C5)."""
    action = _open(draft, wish.action, h.Rescheduled)
    due = moment(wish.due, draft.calendar(action.owner).zone)
    draft.add(h.Rescheduled(action.id, due.text, due.at, action.due))


def attempt(draft: Draft, wish: w.Attempt) -> None:
    action = _open(draft, wish.action, h.Attempted)
    draft.add(h.Attempted(action.id, draft.now(action.owner).text, wish.channel, wish.notes))


def _open(draft: Draft, id: int, kind: type[ActionEvent]) -> Action:
    """The action, if `kind` is allowed. Raises Conflict if it's closed, with when, how and by which user."""
    action = draft.dossier.action(id)
    if action is None:
        raise NotFound(f"unknown action {id}")
    if allowed(action.status, kind):
        return action
    by = f" by {action.completed_by}" if action.completed_by else ""
    reason = f" ({action.reason})" if action.reason else ""
    raise Conflict(f"action {id} is already {action.status}{reason}{by} on {action.completed_on}. Nothing changed.", id)


def _closing_time(draft: Draft, action: Action, on: str | None) -> When:
    """T7: now or earlier, never in the future."""
    closed = draft.when(on, action.owner)
    if closed.at > draft.stamp.at:
        now = utc_text(draft.stamp.at)
        raise Refused(f"{on} is in the future (now it's {now}): choose today or an earlier day")
    return closed
