"""What is done with a contact: add, change, hand over, transfer, close, remove. Rules F11, F19 to F21, T1, E10."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from followup.core import history as h
from followup.core import wishes as w
from followup.core.draft import Draft
from followup.core.model import LEAD, LOST, PROSPECT, UNDONE, WON, Action, Contact
from followup.core.office import ELAPSED_MINUTES
from followup.core.process.course import Course, nominal_in
from followup.core.process.placing import choose
from followup.core.timing import When, add_business_days, local, moment
from followup.core.words import folded
from followup.errors import Conflict, Refused


def add(draft: Draft, wish: w.Add) -> None:
    """F11: with a first cycle, unless it is said outright that there is none. A categorising alias is not a cycle."""
    contact = draft.dossier.contact
    id = draft.dossier.subject.partition(":")[2]
    if contact and contact.gone is None:
        raise Conflict(f"contact '{id}' exists already ({contact.name}): choose another id, or `followup contacts set`")
    if contact and contact.gone != UNDONE:
        raise Refused(f"the id '{id}' was that of {contact.name}, {contact.gone} since: no id is used again (E10)")
    _follows_up(wish.fields, id)
    draft.add(h.Added(id, _filled(wish.fields)))
    _first_cycle(draft, wish.choice, wish.without_cycle)


def _first_cycle(draft: Draft, choice: w.Choice | None, without_cycle: bool) -> None:
    if choice:
        choose(draft, choice, draft.now(draft.dossier.known.owner))
    if draft.dossier.cycle or without_cycle:
        return
    if choice:
        raise Refused(f"alias '{choice.alias}' has no cycle: choose another, or --no-cycle (F11)")
    raise Refused("a new contact needs a first cycle: --cycle ALIAS, or --no-cycle to say that it has none (F11)")


def bring(draft: Draft, wish: w.Bring) -> None:
    """An import says what it knows; what it leaves blank, and the cycle of a known contact, stay as they are."""
    contact = draft.dossier.contact
    if contact is None or contact.gone == UNDONE:
        _bring_new(draft, wish)
        return
    fields = _filled(wish.fields)
    if wish.same_name and (name := fields.get("name")):
        _is_called(contact, name)
    fields.pop("created_at", None)
    if contact.closed():
        fields.pop("stage", None)
    change(draft, w.Set(fields))
    if contact.stage == PROSPECT and draft.dossier.known.stage == LEAD and draft.dossier.cycle is None:
        _first_cycle(draft, wish.choice, wish.without_cycle)


def _is_called(contact: Contact, name: str) -> None:
    """Two people share an address, or a line was copied with its id: neither must become the other."""
    unnamed = (contact.id, contact.email, contact.phone)
    if name != contact.name and folded(name) != folded(contact.name) and contact.name not in unnamed:
        raise Refused(
            f"{contact.id} is {contact.name} already: if {name} is somebody else, give an id of their own, or a --key "
            f"that tells them apart; if not, `followup contacts set {contact.id} --name` comes first"
        )


def _bring_new(draft: Draft, wish: w.Bring) -> None:
    """Who is won or lost already needs no cycle: nobody follows up with them (F21)."""
    fields = _filled(wish.fields)
    fields = {**fields, **{name: value for name, value in wish.at_first.items() if name not in fields}}
    stage = fields.get("stage")
    if stage in (WON, LOST):
        add(draft, w.Add({**fields, "stage": LEAD}, None, True))
        draft.add(h.Closed(stage, LEAD))
    else:
        add(draft, w.Add(fields, wish.choice, wish.without_cycle))


def _follows_up(fields: w.Fields, contact: str) -> None:
    """Won and lost are reached by closing alone (F21)."""
    stage = fields.get("stage") or LEAD
    if stage in (WON, LOST):
        raise Refused(f"a contact becomes {stage} by `followup close {contact} {stage}` (F21)")
    if stage not in (LEAD, PROSPECT):
        raise Refused(f"no stage '{stage}': a contact is a lead or a prospect")


def _filled(fields: w.Fields) -> h.Fields:
    return {name: value for name, value in fields.items() if value not in (None, "")}


def change(draft: Draft, wish: w.Set) -> None:
    """Only what differs is an event; a change of owner hands over (F20)."""
    contact = draft.living()
    fields = {name: value for name, value in wish.fields.items() if getattr(contact, name) != value}
    _follows_up(fields, contact.id)
    hand = {name: fields.pop(name) for name in ("owner", "property") if name in fields}
    if fields:
        draft.add(h.Edited(fields, {name: getattr(contact, name) for name in fields}))
    if hand:
        hand_over(draft, hand.get("owner", contact.owner), hand.get("property", contact.property))


def hand_over(draft: Draft, owner: str | None, property: str | None) -> None:
    """The new owner takes over the old one's open actions of enrolments; what was added by hand stays (F20)."""
    contact = draft.dossier.known
    draft.add(h.Handed(owner, property, {"owner": contact.owner, "property": contact.property}))
    if owner == contact.owner:
        return
    take_over(draft, contact.owner, draft.dossier.open_actions)


def take_over(draft: Draft, before: str | None, actions: Iterable[Action]) -> None:
    """F20: those of `actions` that an enrolment made for the owner `before` go to the contact's owner of now."""
    owner = draft.dossier.known.owner
    for action in actions:
        if action.enrolment and action.owner == before:
            draft.add(_reassigned(draft, action, owner, draft.calendar(action.owner).zone))


def rezone(draft: Draft, before: Mapping[str | None, str], actions: Iterable[Action]) -> None:
    """T1: `actions` that are open follow their owner's clock; only what is rewritten is an event.

    `before`: owners whose zone has changed -> the zone that these actions read in until now.
    """
    for action in actions:
        if action.open and action.owner in before:
            event = _reassigned(draft, action, action.owner, before[action.owner])
            if (event.due, event.nominal, event.at) != (action.due, action.nominal, action.at):
                draft.add(event)


def _reassigned(draft: Draft, action: Action, owner: str | None, read_in: str) -> h.Reassigned:
    """T1: dates and `at:` times stay as they read; another timed due keeps its instant and reads anew."""
    zone, declared = draft.calendar(owner).zone, _has_declared_time(draft, action)
    by_hand = action.due[10:] != action.nominal[10:]
    due = _read_in(zone, When(action.due, action.at), declared and not by_hand)
    nominal = _read_in(zone, nominal_in(read_in, action), declared)
    before = {"owner": action.owner, "due": action.due}
    return h.Reassigned(action.id, owner, due.text, nominal.text, due.at, before)


def _read_in(zone: str, when: When, as_it_reads: bool) -> When:
    return moment(when.text, zone) if as_it_reads or len(when.text) == 10 else local(when.at, zone)


def _has_declared_time(draft: Draft, action: Action) -> bool:
    """Whether the nominal's time of day comes from the step's `at:`, which hours and minutes pass over."""
    enrolment = draft.dossier.enrolment(action.enrolment)
    step = Course(draft, enrolment).step_of(action) if enrolment else None
    return bool(step and step.at and step.offset.unit not in ELAPSED_MINUTES)


def transfer(draft: Draft, wish: w.Transfer) -> None:
    """F19: the old cycle is cancelled, history stays; recorded as an action of its own type (F1)."""
    contact = draft.living()
    _end_all(draft, draft.now(contact.owner), "transferred")
    now = draft.now(wish.owner)
    hand_over(draft, wish.owner, wish.property)
    id = next(draft.ids)
    title = f"Transfer to {wish.property or wish.owner}"
    draft.add(h.Scheduled(id, "transfer", title, wish.owner, now.text, now.text, now.at))
    draft.add(h.Completed(id, now.text, notes=f"from {contact.property or '-'}, {contact.owner or 'nobody'}"))
    if wish.choice:
        choose(draft, wish.choice, now)


def close(draft: Draft, wish: w.Close) -> None:
    """F21: won or lost ends the enrolments; actions made by hand stay."""
    contact = draft.living()
    if contact.closed():
        raise Conflict(f"{contact.name} is already {contact.stage}")
    draft.add(h.Closed(wish.stage, contact.stage))
    _end_all(draft, draft.now(contact.owner), "closed")


def remove(draft: Draft) -> None:
    """E10: everything open is cancelled, made by hand or not: nobody is left to do it for."""
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
        raise Refused(f"{contact.name} is on no cycle")
    Course(draft, draft.dossier.cycle).end(draft.now(contact.owner), "stopped")


def _end_all(draft: Draft, on: When, reason: str) -> None:
    for enrolment in draft.dossier.enrolments:
        if enrolment.open:
            Course(draft, enrolment).end(on, reason)
