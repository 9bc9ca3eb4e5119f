"""Decisions as rows to write, whatever the engine: the history, and the current rows that it makes different."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from followup.core.draft import Decision
from followup.core.model import Action, Contact, Dossier, Enrolment
from followup.store import journal

#: the last fields of a contact's row that every event of it changes
UPDATED_AT = Contact._fields.index("updated_at")

#: what is written -> its statement in write.sql, in the order in which it is: the history first, for whoever has told
#: what happened may write the rows; what is closed before what is opened, so that no two tries or cycles are open at
#: any moment, since an undo may do both
WRITES = {
    "history": "history",
    "insert_contact": "insert_contact",
    "update_contact": "update_contact",
    "touch_contact": "touch_contact",
    "end_enrolment": "update_enrolment",
    "update_enrolment": "update_enrolment",
    "insert_enrolment": "insert_enrolment",
    "close_action": "update_action",
    "update_action": "update_action",
    "insert_action": "insert_action",
}

Rows = dict[str, list[Sequence[Any]]]


def rows_of(decisions: Iterable[tuple[Dossier, Decision]]) -> Rows:
    """What is to be written for each dossier as it was, and what was decided about it; by the names of WRITES."""
    rows: Rows = {name: [] for name in WRITES}
    for before, decision in decisions:
        rows["history"] += map(journal.row, decision.entries)
        _contact_rows(before, decision.after, rows)
        _enrolment_rows(before, decision.after, rows)
        _action_rows(before, decision.after, rows)
    return rows


def _contact_rows(before: Dossier, after: Dossier, rows: Rows) -> None:
    old, new = before.contact, after.contact
    if new is None or before.seq == after.seq:
        return
    if old is None:
        rows["insert_contact"].append((*new, after.seq, after.next_action))
    elif old[:UPDATED_AT] == new[:UPDATED_AT] and old.gone == new.gone:
        rows["touch_contact"].append((new.updated_at, after.seq, after.next_action, new.id))
    else:
        rows["update_contact"].append((*new[1:], after.seq, after.next_action, new.id))


def _enrolment_rows(before: Dossier, after: Dossier, rows: Rows) -> None:
    old = {row.id: row for row in before.enrolments}
    for row in after.enrolments:
        known = old.get(row.id)
        if known is None:
            rows["insert_enrolment"].append(row)
        elif known is not row:
            rows["update_enrolment" if row.open else "end_enrolment"].append(_changing_enrolment(row))


def _action_rows(before: Dossier, after: Dossier, rows: Rows) -> None:
    old = {row.id: row for row in before.actions}
    for row in after.actions:
        known = old.get(row.id)
        if known is None:
            rows["insert_action"].append(row)
        elif known is not row:
            rows["update_action" if row.open else "close_action"].append(_changing_action(row))


def _changing_enrolment(e: Enrolment) -> tuple[Any, ...]:
    return e.alias, e.round, e.round_start, e.round_at, e.paused_until, e.ended, e.reason, e.id


def _changing_action(a: Action) -> tuple[Any, ...]:
    return (
        a.owner, a.status, a.due, a.nominal, a.at, a.moved, a.attempts, a.outcome, a.notes,
        a.listing, a.completed_on, a.completed_by, a.reason, a.id,
    )  # fmt: skip
