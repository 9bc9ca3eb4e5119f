"""Converts decisions to rows to write, for every engine: the history, and the current rows that changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter
from types import MappingProxyType
from typing import NamedTuple

from followup.core.draft import Decision
from followup.core.model import Contact, Dossier
from followup.store import journal
from followup.store.tables import ACTION, CONTACT, ENROLMENT, HISTORY, Row, Table, Write, contact_row, insert, update


class Batch(NamedTuple):
    """The rows of some decisions, in the order in which they must be written.

    History comes first: PostgreSQL lets a rep write a subject's rows only in the transaction that wrote its history.
    Closings come before openings: the indexes that allow one open cycle per contact and one open trial per step check
    each row as it is written, and an undo closes one and opens another.
    """

    history: list[Row]
    new_contacts: list[Row]
    changed_contacts: list[Row]
    touched_contacts: list[Row]
    ended_enrolments: list[Row]
    changed_enrolments: list[Row]
    new_enrolments: list[Row]
    closed_actions: list[Row]
    changed_actions: list[Row]
    new_actions: list[Row]

    def writes(self) -> Iterator[tuple[Write, list[Row]]]:
        """Each statement that has rows, in that order."""
        return ((WRITES[name], rows) for name, rows in zip(self._fields, self, strict=True) if rows)


WRITES: Mapping[str, Write] = MappingProxyType(
    {
        "history": insert(HISTORY),
        "new_contacts": insert(CONTACT),
        "changed_contacts": update(CONTACT),
        # most events leave the rest of their contact's row, and its indexes, unchanged
        "touched_contacts": update(CONTACT, ("updated_at", "seq", "next_action")),
        "ended_enrolments": update(ENROLMENT),
        "changed_enrolments": update(ENROLMENT),
        "new_enrolments": insert(ENROLMENT),
        "closed_actions": update(ACTION),
        "changed_actions": update(ACTION),
        "new_actions": insert(ACTION),
    }
)


def _values_of(table: Table, name: str) -> itemgetter[Row]:
    """A getter for the values that a write needs from a full row of the table."""
    return itemgetter(*map(table.columns.index, WRITES[name].names))


_changed_contact = _values_of(CONTACT, "changed_contacts")
_touched_contact = _values_of(CONTACT, "touched_contacts")
_changed_enrolment = _values_of(ENROLMENT, "changed_enrolments")
_changed_action = _values_of(ACTION, "changed_actions")

UPDATED_AT = Contact._fields.index("updated_at")


def batch_of(decisions: Iterable[tuple[Dossier, Decision]]) -> Batch:
    """The rows to write for each dossier as it was and the decision about it."""
    batch = Batch(*([] for _ in Batch._fields))
    for before, decision in decisions:
        batch.history.extend(map(journal.row, decision.entries))
        _add_contact(batch, before, decision.after)
        _add_enrolments(batch, before, decision.after)
        _add_actions(batch, before, decision.after)
    return batch


def _add_contact(batch: Batch, before: Dossier, after: Dossier) -> None:
    old, new = before.contact, after.contact
    if new is None or before.seq == after.seq:
        return
    row = contact_row(new, after)
    if old is None:
        batch.new_contacts.append(row)
    elif old[:UPDATED_AT] == new[:UPDATED_AT] and old[UPDATED_AT + 1 :] == new[UPDATED_AT + 1 :]:
        batch.touched_contacts.append(_touched_contact(row))
    else:
        batch.changed_contacts.append(_changed_contact(row))


def _add_enrolments(batch: Batch, before: Dossier, after: Dossier) -> None:
    old = {row.id: row for row in before.enrolments}
    for row in after.enrolments:
        was = old.get(row.id)
        if was is None:
            batch.new_enrolments.append(row)
        elif was is not row:  # a row that no event changed is the same object
            (batch.changed_enrolments if row.open else batch.ended_enrolments).append(_changed_enrolment(row))


def _add_actions(batch: Batch, before: Dossier, after: Dossier) -> None:
    old = {row.id: row for row in before.actions}
    for row in after.actions:
        was = old.get(row.id)
        if was is None:
            batch.new_actions.append(row)
        elif was is not row:
            (batch.changed_actions if row.open else batch.closed_actions).append(_changed_action(row))
