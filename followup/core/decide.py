"""Turns wishes into events, or refuses them. Every change goes through `decide`.

decide(dossier, wish, office, stamp, ids) reads only its arguments; its result is saved unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from followup.core import closing
from followup.core import history as h
from followup.core import wishes as w
from followup.core.draft import Decision, Draft, Stamp
from followup.core.model import Dossier
from followup.core.office import INBOUND_CHANNELS, Office
from followup.core.permission import check
from followup.errors import Refused


def decide(dossier: Dossier, wish: w.Wish, office: Office, stamp: Stamp, ids: Iterator[int]) -> Decision:
    """What `wish` does to `dossier`.

    Raises Refused where a rule or a permission says no, Conflict where somebody was first, NotFound for an id that is
    not there, or not the user's to see. `ids` yields unused ids, for actions and enrolments alike.
    """
    check(dossier, wish, office, stamp.by)
    draft = Draft(dossier, office, stamp, ids)
    _carry_out(draft, wish)
    return draft.decision


def _carry_out(draft: Draft, wish: w.Wish) -> None:
    match wish:
        case w.Complete():
            closing.complete(draft, wish)
        case w.Skip():
            closing.skip(draft, wish)
        case w.NoShow():
            closing.no_show(draft, wish)
        case w.Fail():
            closing.fail(draft, wish)
        case w.Cancel():
            closing.cancel(draft, wish)
        case w.Reschedule():
            closing.reschedule(draft, wish)
        case w.Attempt():
            closing.attempt(draft, wish)
        case w.Schedule():
            _schedule(draft, wish)
        case w.Log():
            _log(draft, wish)
        case _:
            _about_contact(draft, wish)


def _about_contact(draft: Draft, wish: w.AboutContact) -> None:
    # imported here because daily work on actions doesn't need it: it would be a tenth of the core that `complete` loads
    from followup.core import people

    match wish:
        case w.Assign():
            people.assign(draft, wish)
        case w.Add():
            people.add(draft, wish)
        case w.Bring():
            from followup.core.bringing import bring

            bring(draft, wish)
        case w.Set():
            people.change(draft, wish)
        case w.Transfer():
            people.transfer(draft, wish)
        case w.Close():
            people.close(draft, wish)
        case w.Remove():
            people.remove(draft)
        case w.Stop():
            people.stop(draft)
        case _:
            assert_never(wish)


def _schedule(draft: Draft, wish: w.Schedule) -> None:
    """A follow-up to come. An inbound can't be planned (F1)."""
    if wish.type == "inbound":
        log = f"`followup log {draft.dossier.subject.partition(':')[2]} inbound`"
        raise Refused(f"An inbound can't be scheduled. When it has happened: {log}")
    _make(draft, wish)


def _make(draft: Draft, wish: w.Schedule) -> int:
    """An action by hand: no cycle ever touches it (F7). Its id. A transfer does more than an action says (F19)."""
    if wish.type == "transfer":
        transfer = f"`followup contacts transfer {draft.dossier.subject.partition(':')[2]}`"
        raise Refused(f"A transfer moves the contact to another property. Use {transfer}")
    if draft.dossier.contact:
        draft.living()
    elif wish.type != "task":
        raise Refused(f"actions of type {wish.type} need a contact; use `task` for your own to-do")
    if wish.type == "inbound" and wish.channel not in (None, *INBOUND_CHANNELS):
        raise Refused(f"unknown channel '{wish.channel}': choose {', '.join(INBOUND_CHANNELS)}")
    owner = wish.owner or draft.stamp.by.id
    if draft.dossier.contact is None:  # a task is in its owner's history: under another user it would be lost
        owner = draft.dossier.subject.partition(":")[2]
    due = draft.when(wish.due, owner)
    id = next(draft.ids)
    draft.add(
        h.Scheduled(
            action=id,
            type=wish.type,
            title=wish.title,
            owner=owner,
            due=due.text,
            nominal=due.text,
            at=due.at,
            channel=wish.channel,
            category=wish.category,
            action_name=wish.action_name,
            notes=wish.notes,
        )
    )
    return id


def _log(draft: Draft, wish: w.Log) -> None:
    """Something already done: schedule and complete it in one step, so that every rule of completing applies."""
    id = _make(draft, w.Schedule(wish.type, wish.on, wish.title, channel=wish.channel))
    closing.complete(
        draft,
        w.Complete(id, wish.on, wish.outcome, wish.notes, wish.listing, wish.choice, wish.restart),
    )
