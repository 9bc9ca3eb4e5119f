"""Operations on a contact: add, change, hand over, transfer, close, remove. Rules F11, F19 to F21, T1, E10."""

from __future__ import annotations

from datetime import date

from followup.core import history as h
from followup.core import wishes as w
from followup.core.draft import Draft
from followup.core.model import LEAD, LOST, PROSPECT, UNDONE, WON
from followup.core.permission import taken
from followup.core.process.course import Course
from followup.core.process.placing import choose
from followup.core.reassigning import take_over
from followup.core.timing import When, add_business_days, moment
from followup.errors import Conflict, Refused


def add(draft: Draft, wish: w.Add) -> None:
    """F11: requires a first cycle, or explicitly none. An alias that only categorises isn't a cycle."""
    contact = draft.dossier.contact
    id = draft.dossier.subject.partition(":")[2]
    if contact and contact.gone is None:
        raise Conflict(
            f"contact '{id}' already exists ({contact.name}): choose another id, or use `followup contacts set`"
        )
    if contact and contact.gone != UNDONE:
        raise taken(id)
    _follows_up(wish.fields, id)
    draft.add(h.Added(id, filled(wish.fields)))
    first_cycle(draft, wish.choice, wish.without_cycle)


def first_cycle(draft: Draft, choice: w.Choice | None, without_cycle: bool) -> None:
    if choice:
        choose(draft, choice, draft.now(draft.dossier.known.owner))
    if draft.dossier.cycle or without_cycle:
        return
    if choice:
        raise Refused(f"alias '{choice.alias}' has no cycle: choose another, or use --no-cycle")
    raise Refused("a new contact needs a first cycle: use --cycle ALIAS, or --no-cycle")


def _follows_up(fields: w.Fields, contact: str) -> None:
    """Won and lost are set only by closing (F21)."""
    stage = fields.get("stage") or LEAD
    if stage in (WON, LOST):
        raise Refused(f"use `followup close {contact} {stage}` to mark a contact as {stage}")
    if stage not in (LEAD, PROSPECT):
        raise Refused(f"unknown stage '{stage}': choose lead or prospect")


def filled(fields: w.Fields) -> h.Fields:
    return {name: value for name, value in fields.items() if value not in (None, "")}


def change(draft: Draft, wish: w.Set) -> None:
    """Only what differs is an event; a change of owner hands over (F20), one of property transfers (F19)."""
    contact = draft.living()
    fields = {name: value for name, value in wish.fields.items() if getattr(contact, name) != value}
    _follows_up(fields, contact.id)
    hand = {name: fields.pop(name) for name in ("owner", "property") if name in fields}
    if fields:
        draft.add(h.Edited(fields, {name: getattr(contact, name) for name in fields}))
    owner, place = hand.get("owner", contact.owner), hand.get("property", contact.property)
    if "property" in hand and contact.property:  # who had none is given one, and moves nowhere
        _move(draft, owner, place)
    elif hand:
        hand_over(draft, owner, place)


def hand_over(draft: Draft, owner: str | None, property: str | None) -> None:
    """The new owner takes over the old owner's open actions of enrolments; one-off actions stay (F20)."""
    contact = draft.dossier.known
    draft.add(h.Handed(owner, property, {"owner": contact.owner, "property": contact.property}))
    if owner == contact.owner:
        return
    take_over(draft, contact.owner, draft.dossier.open_actions)


def transfer(draft: Draft, wish: w.Transfer) -> None:
    """F19: ends the old cycle, keeps the history, and records the move as an action of type `transfer` (F1)."""
    draft.living()
    _move(draft, wish.owner, wish.property)
    if wish.choice:
        choose(draft, wish.choice, draft.now(wish.owner))


def _move(draft: Draft, owner: str | None, property: str | None) -> None:
    contact = draft.dossier.known
    _end_all(draft, draft.now(contact.owner), "transferred")
    now = draft.now(owner)
    hand_over(draft, owner, property)
    id = next(draft.ids)
    title = f"Transfer to {property or owner or 'no owner'}"
    draft.add(h.Scheduled(id, "transfer", title, owner, now.text, now.text, now.at))
    draft.add(h.Completed(id, now.text, notes=f"from {contact.property or '-'}, {contact.owner or 'no owner'}"))


def close(draft: Draft, wish: w.Close) -> None:
    """F21: won or lost ends the enrolments; one-off actions stay."""
    contact = draft.living()
    if contact.closed():
        raise Conflict(f"{contact.name} is already {contact.stage}")
    draft.add(h.Closed(wish.stage, contact.stage))
    _end_all(draft, draft.now(contact.owner), "closed")


def remove(draft: Draft) -> None:
    """E10: cancel every open action, one-off or not, since there is no contact left."""
    contact = draft.living()
    now = draft.now(contact.owner)
    _end_all(draft, now, "removed")
    for action in draft.dossier.open_actions:
        draft.add(h.Cancelled(action.id, now.text, "removed"))
    draft.add(h.Removed("removed"))


def assign(draft: Draft, wish: w.Assign) -> None:
    contact = draft.living()
    now, calendar = draft.now(contact.owner), draft.calendar(contact.owner)
    begins = now
    if wish.later:
        day = add_business_days(date.fromisoformat(now.day), wish.later, calendar)
        begins = moment(day.isoformat(), calendar.zone)
    choose(draft, wish.choice, now, wish.restart, begins)


def stop(draft: Draft) -> None:
    contact = draft.living()
    if draft.dossier.cycle is None:
        raise Refused(f"{contact.name} isn't on a cycle")
    Course(draft, draft.dossier.cycle).end(draft.now(contact.owner), "stopped")


def _end_all(draft: Draft, on: When, reason: str) -> None:
    for enrolment in draft.dossier.enrolments:
        if enrolment.open:
            Course(draft, enrolment).end(on, reason)
