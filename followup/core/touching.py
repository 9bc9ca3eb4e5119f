"""What events touch of a subject: two changes are in each other's way where they touch the same (E11).

An enrolment is one thing with all its actions, since what follows from one of them hangs on the others. Beside it there
are actions made by hand, fields of the contact, and the place for one open enrolment on a process (F6). What is
derived, such as the time of the last update, counts for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

from followup.core import history as h
from followup.core.kinds import CYCLE
from followup.core.model import Action, Dossier, Enrolment

#: what kind of thing, and which: ("enrolment", 7), ("action", 12), ("field", "phone"), ("place", ("plan", "welcome"))
Key: TypeAlias = tuple[str, object]

#: of a contact that is added or removed, nothing is left alone
EVERYTHING: Key = ("subject", "")


class Touched(NamedTuple):
    keys: frozenset[Key]

    @property
    def everything(self) -> bool:
        return EVERYTHING in self.keys

    @property
    def fields(self) -> list[str]:
        return sorted(str(name) for kind, name in self.keys if kind == "field")

    @property
    def work(self) -> list[Key]:
        """All but fields."""
        return sorted(key for key in self.keys if key[0] != "field")

    def enrolment(self, id: int) -> bool:
        return self.everything or ("enrolment", id) in self.keys

    def action(self, action: Action) -> bool:
        return self.everything or _of_action(action) in self.keys


def touched_by(entries: Iterable[h.Entry], now: Dossier) -> Touched:
    """`now`: the subject with all that it ever had."""
    return Touched(frozenset(key for entry in entries for key in _touched(entry.event, now)))


def conflicts(one: Touched, other: Touched) -> list[Key]:
    """What both touch, in an order of its own; the whole subject, where one of them touches everything."""
    if one.everything or other.everything:
        return [EVERYTHING]
    return sorted(one.keys & other.keys)


def _touched(event: h.Event, now: Dossier) -> Iterator[Key]:
    match event:
        case h.Added() | h.Removed() | h.Undone():
            yield EVERYTHING
        case h.Edited(fields=fields):
            yield from (("field", name) for name in fields)
        case h.Handed(owner=owner, property=property, before=before):
            new = {"owner": owner, "property": property}
            yield from (("field", name) for name in new if new[name] != before.get(name))
        case h.Closed():
            yield "field", "stage"
            yield from map(_place, now.enrolments)
        case h.Categorised():
            yield "field", "follow_up"
        case h.Enrolled(enrolment=id) | h.Ended(enrolment=id):
            yield "enrolment", id
            yield from (_place(enrolment) for enrolment in now.enrolments if enrolment.id == id)
        case h.RoundBegan(enrolment=id) | h.AliasChosen(enrolment=id):
            yield "enrolment", id
        case h.Applied():
            return
        case _:
            yield from (_of_action(action) for action in now.actions if action.id == event.action)


def _of_action(action: Action) -> Key:
    return ("action", action.id) if action.enrolment is None else ("enrolment", action.enrolment)


def _place(enrolment: Enrolment) -> Key:
    """One cycle at a time, and one enrolment on a plan."""
    return "place", CYCLE if enrolment.kind == CYCLE else enrolment.ref
