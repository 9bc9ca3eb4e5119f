"""Rows that were edited by hand, held against the history: what is decided about them is what a command would decide.

What only a command may say (stages, statuses, cycles, numbers) is refused: more hangs on it than one row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import reduce
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from followup.core import history as h
from followup.core import people
from followup.core import wishes as w
from followup.core.closing import reschedule
from followup.core.draft import Decision, Draft, Stamp
from followup.core.evolve import evolve
from followup.core.fields.cleaning import clean_typed
from followup.core.fields.values import Unfit
from followup.core.model import Action, Contact, Dossier, Enrolment
from followup.core.office import Office, User
from followup.errors import FollowupError, Refused
from followup.store import journal

COMMAND = "edited-by-hand"
#: nobody knows who it was
NOBODY = User("office", "the office", "")
OF_CONTACTS = frozenset(
    ("name", "first_name", "last_name", "email", "phone", "owner", "property", "source", "type", "sales_cycle")
    + ("groups", "do_not_contact")
)
TABLES = CONTACT, ENROLMENT, ACTION = "contact", "enrolment", "action"
#: what replaying raises where somebody has edited what happened
DAMAGE = (FollowupError, AssertionError, AttributeError, LookupError, TypeError, ValueError)
Row = tuple[Any, ...]
Rows = Mapping[str, Mapping[Any, Row]]


class HandEdit(NamedTuple):
    """A row that is not what the history tells: None where there is none."""

    dossier: Dossier
    table: str
    id: Any
    told: Row | None
    stands: Row | None


def tell(history: Iterator[Row]) -> Iterator[Dossier]:
    """Every subject as its history tells it: rows of doctor.told. Raises Refused where it does not add up."""
    for subject, rows in groupby(history, itemgetter(0)):
        try:
            yield reduce(_next, rows, Dossier(subject))
        except DAMAGE:
            message = f"what happened to {subject} does not add up, and is not edited: take it back (`git checkout`)"
            raise Refused(message) from None


def _next(dossier: Dossier, row: Row) -> Dossier:
    if row[1] != dossier.seq + 1:
        raise ValueError(row[1])
    subject, seq, change, at, by, *event = row
    return evolve(dossier, h.Entry(subject, seq, change, at, by, journal.event(*event)))


def differences(told: Iterable[Dossier], stand: Rows) -> Iterator[HandEdit]:
    """`stand`: the rows of the files, by table and id."""
    left = {table: dict(rows) for table, rows in stand.items()}
    for dossier in told:
        for table, row in _rows(dossier):
            stands = left[table].pop(row[0], None)
            if stands != row:
                yield HandEdit(dossier, table, row[0], row, stands)
    for table, rows in left.items():
        for id, row in rows.items():
            yield HandEdit(Dossier(""), table, id, None, row)


def _rows(dossier: Dossier) -> Iterator[tuple[str, Row]]:
    if dossier.contact:
        yield CONTACT, (*dossier.contact, dossier.seq, dossier.next_action)
    for enrolment in dossier.enrolments:
        yield ENROLMENT, enrolment
    for action in dossier.actions:
        yield ACTION, action


def decided(dossier: Dossier, found: list[HandEdit], office: Office, stamp: Stamp) -> Decision:
    """What the edits of one subject make of it. Raises Refused with what is wrong of the first that may not be."""
    draft = Draft(dossier, office, stamp, iter(()))
    for difference in found:
        _carry_out(draft, difference)
    return draft.decision


def _carry_out(draft: Draft, difference: HandEdit) -> None:
    edits = _edits(difference)
    if difference.table == CONTACT:
        people.change(draft, w.Set(_clean(edits, draft.office)))
    else:
        due = edits["due"] or ""
        if not _is_date(due):
            raise Refused(f"due '{due}' is no date: 2026-05-03, or 2026-05-03T14:00")
        reschedule(draft, w.Reschedule(difference.id, due))


def _edits(difference: HandEdit) -> dict[str, str | None]:
    """The columns that were edited. Raises Refused for what is no matter of hands."""
    table, id, told, stands = difference[1:]
    if told is None:
        raise Refused(f"no command has made {table} {id}: add one with a command")
    if stands is None:
        raise Refused(f"the line of {table} {id} is missing: nothing that was is taken out; put it back")
    kind: Any = {CONTACT: Contact, ENROLMENT: Enrolment, ACTION: Action}[table]
    names = (*kind._fields, "seq", "next_action")
    edits = {name: new for name, old, new in zip(names, told, stands, strict=False) if new != old}
    kept = edits.keys() - {CONTACT: OF_CONTACTS, ACTION: {"due"}}.get(table, set())
    if kept:
        raise Refused(f"{', '.join(sorted(kept))} of {table} {id} is written by commands only: put it back")
    return edits


def _clean(edits: Mapping[str, str | None], office: Office) -> dict[str, str | None]:
    try:
        fields = {name: clean_typed(name, value or "") for name, value in edits.items()}
    except Unfit as unfit:
        raise Refused(str(unfit)) from None
    fields |= {name: fields[name] or "" for name in ("groups", "do_not_contact") if name in fields}
    if "name" in fields and not fields["name"]:
        raise Refused("a contact has a name")
    owner = fields.get("owner")
    if owner and not (owner in office.users and office.users[owner].active):
        raise Refused(f"owner '{owner}' is nobody who works here")
    return fields


def _is_date(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).isoformat(timespec="minutes")[: len(text)] == text and len(text) in (10, 16)
    except ValueError:
        return False


def by_subject(found: Iterable[HandEdit]) -> list[tuple[Dossier, list[HandEdit]]]:
    grouped: dict[str, tuple[Dossier, list[HandEdit]]] = {}
    for difference in found:
        subject = difference.dossier.subject or f"{difference.table} {difference.id}"
        grouped.setdefault(subject, (difference.dossier, []))[1].append(difference)
    return list(grouped.values())
