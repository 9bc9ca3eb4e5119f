"""What an import makes of a contact: a new one, or one that is known and is what the file says from now on (F11)."""

from __future__ import annotations

from followup.core import history as h
from followup.core import wishes as w
from followup.core.draft import Draft
from followup.core.model import LEAD, LOST, PROSPECT, UNDONE, WON, Contact
from followup.core.people import add, change, filled, first_cycle
from followup.core.permission import taken
from followup.core.process.placing import choose
from followup.core.same_person import alike, compared, same_name
from followup.errors import Refused


def bring(draft: Draft, wish: w.Bring) -> None:
    """An import says what it knows; what it leaves blank, and the cycle of a known contact, stay as they are."""
    contact, was_on_a_cycle = draft.dossier.contact, draft.dossier.cycle is not None
    if contact is None or contact.gone == UNDONE:
        _bring_new(draft, wish)
        return
    if contact.gone:
        raise _removed(contact, wish.evidence)
    fields = filled(wish.fields)
    _is_meant(contact, fields, wish.evidence)
    fields = _joined(contact, fields)
    change(draft, w.Set(fields))
    if contact.stage == PROSPECT and draft.dossier.known.stage == LEAD and draft.dossier.cycle is None:
        first_cycle(draft, wish.choice, wish.without_cycle)
    elif wish.choice and was_on_a_cycle and draft.dossier.cycle is None:  # a transfer has ended it (F19)
        choose(draft, wish.choice, draft.now(draft.dossier.known.owner))


def _removed(contact: Contact, evidence: w.Evidence) -> Refused:
    """Of an id in the file it is said that it is taken (F20, E10). One who is known by a key has none there to change,
    and only a user who sees them gets here."""
    if evidence is w.Evidence.ALIKE:
        return taken(contact.id)
    return Refused(
        f"this row is {contact.name} ({contact.id}), who was removed: leave the row out. If they should come back, the "
        f"user who removed them can run `followup undo`, as long as it is their latest change "
        f"(see `followup history {contact.id}`)"
    )


def _is_meant(contact: Contact, fields: h.Fields, evidence: w.Evidence) -> None:
    """Two people share an address, a line was copied with its id, or two systems count from 1: neither of the two must
    become the other."""
    name = fields.get("name") or contact.name
    if name == contact.name and "name" in fields:  # as nearly every row has it
        return
    if evidence is w.Evidence.SAME_NAME and not same_name(contact, name):
        raise Refused(
            f"{contact.id} is {contact.name} already. If {name} is someone else, give them an id of their own, or use "
            f"a --key that tells them apart. If not, run `followup contacts set {contact.id} --name NAME` first"
        )
    if evidence is w.Evidence.ALIKE and (others := compared(fields)) and not alike(contact, fields):
        raise Refused(
            f"{contact.id} is {contact.name} already, and this row has {others}. If the ids in this file are "
            "another system's, import it with `--system NAME`. If it is the same person, add a column with the name, "
            f"or run `followup contacts set {contact.id}` with the new values first"
        )


def _joined(contact: Contact, fields: h.Fields) -> h.Fields:
    """What a file may say of a contact who is known: their stage is closed by hand alone, a key that they have stays,
    and who is reached by what was a further address has it once. A channel that is closed here stays closed, since a
    file may not have heard of it (E10: any no is a no)."""
    joined = dict(fields)
    if closed := joined.get("do_not_contact"):
        joined["do_not_contact"] = " ".join(sorted({*closed.split(), *contact.do_not_contact.split()}))
    joined.pop("created_at", None)
    if contact.closed():
        joined.pop("stage", None)
    if contact.external:
        joined.pop("external", None)
    for one, more in (("email", "emails"), ("phone", "phones")):
        further = joined.get(more) or getattr(contact, more)
        if further and joined.get(one):
            joined[more] = "\n".join(each for each in further.split("\n") if each != joined[one])
    return joined


def _bring_new(draft: Draft, wish: w.Bring) -> None:
    """Who is won or lost already needs no cycle: nobody follows up with them (F21)."""
    fields = filled(wish.fields)
    fields = {**fields, **{name: value for name, value in wish.at_first.items() if name not in fields}}
    stage = fields.get("stage")
    if stage in (WON, LOST):
        add(draft, w.Add({**fields, "stage": LEAD}, None, True))
        draft.add(h.Closed(stage, LEAD))
    else:
        add(draft, w.Add(fields, wish.choice, wish.without_cycle))
