"""How a change is written to SQLite: its head, the history, and the current rows that it makes different."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import Any

from followup.core.draft import Decision
from followup.core.model import SCHEDULED, Action, Contact, Dossier, Enrolment
from followup.store import Head, journal
from followup.store.statements import statement, statements

#: the last fields of a contact's row that every event of it changes
UPDATED_AT = Contact._fields.index("updated_at")


class SqliteChange:
    """A change inside its transaction. What was handed out is counted when it finishes."""

    def __init__(self, connection: sqlite3.Connection, head: Head, resume: int | None) -> None:
        self.connection = connection
        self.id, self.resumed = resume or self._next("change"), resume is not None
        if resume is None:
            connection.execute(statement("sqlite", "write.change"), {"id": self.id, **head._asdict()})
            self._set("change", self.id + 1)
        self.ids: Iterator[int] = count(self._next("action"))
        self.saved = False  # a change that changed nothing leaves no trace

    def _next(self, name: str) -> int:
        row = self.connection.execute(statement("sqlite", "write.counter"), {"name": name}).fetchone()
        return int(row[0])

    def _set(self, name: str, next: int) -> None:
        self.connection.execute(statement("sqlite", "write.set_counter"), {"name": name, "next": next})

    def execute(self, name: str, rows: Iterable[Sequence[Any]]) -> None:
        self.connection.executemany(statement("sqlite", "catalog." + name), rows)

    def save(self, decisions: Iterable[tuple[Dossier, Decision]]) -> None:
        rows: dict[str, list[Sequence[Any]]] = {name: [] for name in WRITES}
        for before, decision in decisions:
            rows["history"] += map(journal.row, decision.entries)
            _contact_rows(before, decision.after, rows)
            _enrolment_rows(before, decision.after, rows)
            _action_rows(before, decision.after, rows)
        rows["update_enrolment"].sort(key=lambda row: row[-3] is None)  # what ends, before what opens again:
        rows["update_action"].sort(key=lambda row: row[1] == SCHEDULED)  # an undo may do both
        self.saved = self.saved or bool(rows["history"])
        sql = statements("sqlite", "write")
        for name in WRITES:
            if rows[name]:
                self.connection.executemany(sql[name], rows[name])

    def leave_unfinished(self, typed: str | None) -> None:
        self.connection.execute(statement("sqlite", "write.unfinished"), {"id": self.id, "typed": typed})
        self.saved = self.saved or self.resumed

    def finish(self) -> None:
        self._set("action", next(self.ids))


#: in the order they are executed: what is closed first, so that no two tries or cycles are open at any moment
WRITES = (
    "history",
    "insert_contact",
    "update_contact",
    "touch_contact",
    "update_enrolment",
    "insert_enrolment",
    "update_action",
    "insert_action",
)

Rows = dict[str, list[Sequence[Any]]]


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
            rows["update_enrolment"].append(_changing_enrolment(row))


def _action_rows(before: Dossier, after: Dossier, rows: Rows) -> None:
    old = {row.id: row for row in before.actions}
    for row in after.actions:
        known = old.get(row.id)
        if known is None:
            rows["insert_action"].append(row)
        elif known is not row:
            rows["update_action"].append(_changing_action(row))


def _changing_enrolment(e: Enrolment) -> tuple[Any, ...]:
    return e.alias, e.round, e.round_start, e.round_at, e.paused_until, e.ended, e.reason, e.id


def _changing_action(a: Action) -> tuple[Any, ...]:
    return (
        a.owner, a.status, a.due, a.nominal, a.at, a.moved, a.attempts, a.outcome, a.notes,
        a.listing, a.completed_on, a.completed_by, a.reason, a.id,
    )  # fmt: skip
