"""Turns events into state. `evolve` never refuses and never reads the catalog: every accepted history replays."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from typing import assert_never

from followup.core import history as h
from followup.core.model import (
    CANCELLED,
    COMPLETED,
    FAILED,
    NO_SHOW,
    SCHEDULED,
    SKIPPED,
    Action,
    Contact,
    Dossier,
    Enrolment,
)
from followup.core.timing import utc_text


def replay(entries: Iterable[h.Entry], start: Dossier) -> Dossier:
    return reduce(evolve, entries, start)


def evolve(dossier: Dossier, entry: h.Entry) -> Dossier:
    """The dossier after `entry`. Every event of a contact sets its `updated_at` (C2), except an undo."""
    subject, _, contact, enrolments, actions, _ = _changed(dossier, entry)
    now = utc_text(entry.at)
    if contact and contact.updated_at != now and not isinstance(entry.event, h.Undone):
        contact = contact._replace(updated_at=now)
    return Dossier(subject, entry.seq, contact, enrolments, actions)


def _changed(dossier: Dossier, entry: h.Entry) -> Dossier:
    event = entry.event
    match event:
        case h.Scheduled():
            return dossier._replace(actions=(*dossier.actions, _scheduled(dossier, event)))
        case h.Completed():
            notes, listing = event.notes, event.listing
            return _closed(dossier, entry, event, COMPLETED, outcome=event.outcome, notes=notes, listing=listing)
        case h.Skipped():
            return _closed(dossier, entry, event, SKIPPED, reason=event.reason)
        case h.NotShown():
            return _closed(dossier, entry, event, NO_SHOW, reason=event.reason)
        case h.Failed():
            return _closed(dossier, entry, event, FAILED, reason=event.reason)
        case h.Cancelled():
            return _closed(dossier, entry, event, CANCELLED, reason=event.reason)
        case h.Rescheduled(due=due, at=at):
            return _action(dossier, event.action, lambda old: old._replace(due=due, at=at, moved=old.moved + 1))
        case h.Attempted():
            return _action(dossier, event.action, lambda old: old._replace(attempts=old.attempts + 1))
        case h.Reassigned(owner=owner, due=due, nominal=nominal, at=at):
            return _action(
                dossier, event.action, lambda old: old._replace(owner=owner, due=due, nominal=nominal, at=at)
            )
        case h.Redated(due=due, nominal=nominal, at=at):
            return _action(dossier, event.action, lambda old: old._replace(due=due, nominal=nominal, at=at))
        case h.Enrolled():
            return dossier._replace(enrolments=(*dossier.enrolments, _enrolled(dossier, event)))
        case h.RoundBegan(round=round, start=start, start_at=at):
            return _enrolment(
                dossier, event.enrolment, lambda old: old._replace(round=round, round_start=start, round_at=at)
            )
        case h.Ended(on=on, reason=reason):
            return _enrolment(dossier, event.enrolment, lambda old: old._replace(ended=on, reason=reason))
        case h.AliasChosen(alias=alias):
            return _enrolment(dossier, event.enrolment, lambda old: old._replace(alias=alias))
        case h.Added():
            return dossier._replace(contact=_added(event, entry.at))
        case h.Edited(fields=fields):
            return dossier._replace(contact=_with(dossier.known, fields))
        case h.Handed():
            return dossier._replace(contact=dossier.known._replace(owner=event.owner, property=event.property))
        case h.Closed():
            return dossier._replace(contact=dossier.known._replace(stage=event.stage))
        case h.Categorised():
            return dossier._replace(contact=dossier.known._replace(follow_up=event.alias))
        case h.Removed():
            return dossier._replace(contact=dossier.known._replace(gone=event.reason))
        case h.Undone():
            return _undone(dossier, event)
        case h.Applied():
            return dossier
        case _:
            assert_never(event)


def _added(event: h.Added, at: int) -> Contact:
    now = utc_text(at)
    contact = Contact(event.contact, event.contact, created_at=now, updated_at=now)
    return _with(contact, event.fields)


def _with(contact: Contact, fields: h.Fields) -> Contact:
    return Contact._make({**contact._asdict(), **fields}.values())


def _enrolled(dossier: Dossier, event: h.Enrolled) -> Enrolment:
    return Enrolment(
        id=event.enrolment,
        contact=dossier.known.id,
        kind=event.kind,
        process=event.process,
        alias=event.alias,
        version=event.version,
        start=event.start,
        start_at=event.start_at,
        round=1,
        round_start=event.start,
        round_at=event.start_at,
    )


def _scheduled(dossier: Dossier, event: h.Scheduled) -> Action:
    return Action(
        id=event.action,
        contact=dossier.contact.id if dossier.contact else None,
        owner=event.owner,
        type=event.type,
        title=event.title,
        status=SCHEDULED,
        due=event.due,
        nominal=event.nominal,
        at=event.at,
        enrolment=event.enrolment,
        step=event.step,
        round=event.round,
        trial=event.trial,
        position=event.position,
        channel=event.channel,
        category=event.category,
        action_name=event.action_name,
        notes=event.notes,
    )


def _closed(
    dossier: Dossier,
    entry: h.Entry,
    event: h.Closing,
    status: str,
    *,
    outcome: str | None = None,
    notes: str | None = None,
    listing: int | None = None,
    reason: str | None = None,
) -> Dossier:
    def closed(action: Action) -> Action:
        enrolment = dossier.enrolment(action.enrolment)
        return action._replace(
            status=status,
            completed_on=event.on,
            completed_by=entry.by,
            outcome=outcome,
            notes="\n".join(filter(None, (action.notes, notes))) or None,
            listing=listing,
            reason=reason,
            alias=enrolment.alias if enrolment else None,
        )

    return _action(dossier, event.action, closed)


def _action(dossier: Dossier, id: int, changed: Callable[[Action], Action]) -> Dossier:
    """Raises LookupError for an unknown action, which no accepted history contains."""
    before = dossier.action(id)
    if before is None:
        raise LookupError(id)
    after = changed(before)
    return dossier._replace(actions=tuple(after if action is before else action for action in dossier.actions))


def _enrolment(dossier: Dossier, id: int, changed: Callable[[Enrolment], Enrolment]) -> Dossier:
    return dossier._replace(enrolments=tuple(changed(x) if x.id == id else x for x in dossier.enrolments))


def _undone(dossier: Dossier, event: h.Undone) -> Dossier:
    """Rows as the event has them; other rows stay. Columns added since the event get their defaults."""
    actions = {action.id: action for action in dossier.actions}
    actions |= {action.id: action for action in (Action(**(Action._field_defaults | row)) for row in event.actions)}
    enrolments = {enrolment.id: enrolment for enrolment in dossier.enrolments}
    enrolments |= {x.id: x for x in (Enrolment(**(Enrolment._field_defaults | row)) for row in event.enrolments)}
    contact = Contact(**(Contact._field_defaults | event.contact)) if event.contact else dossier.contact
    if event.contact is None and dossier.contact:
        contact = dossier.contact._replace(gone="undone")
    return dossier._replace(
        contact=contact,
        actions=tuple(actions[id] for id in sorted(actions)),
        enrolments=tuple(enrolments[id] for id in sorted(enrolments)),
    )
