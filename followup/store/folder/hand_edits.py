"""Finds edits by hand: compares the rows in the files with the rows that the history produces.

app/by_hand decides what happens to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from followup.core import history as h
from followup.core.evolve import evolve
from followup.core.model import Dossier
from followup.errors import FollowupError, Refused
from followup.store import journal
from followup.store.asking import AnyRow
from followup.store.tables import ACTION, CONTACT, ENROLMENT, Row, Table, Value, contact_row

#: the tables whose rows are compared
TABLES = (CONTACT, ENROLMENT, ACTION)
#: what replaying raises if the history itself was edited
DAMAGE = (FollowupError, AssertionError, AttributeError, LookupError, TypeError, ValueError)


class HandEdit(NamedTuple):
    """A row that differs: as the history produces it, and as in the file; None where it's missing."""

    table: Table
    id: Value
    history_row: Row | None
    file_row: Row | None


class EditedSubject(NamedTuple):
    """A subject according to its history, and its edited rows. The subject is empty for a row that the history doesn't
    know."""

    dossier: Dossier
    edits: tuple[HandEdit, ...]


def dossiers_of(history: Iterable[AnyRow]) -> Iterator[Dossier]:
    """Every subject, replayed from rows of doctor.told. Raises Refused if its history isn't consistent."""
    for subject, rows in groupby(history, itemgetter(0)):
        try:
            yield reduce(_next, rows, Dossier(subject))
        except DAMAGE:
            message = f"the history of {subject} was edited, which isn't allowed: restore it (`git checkout`)"
            raise Refused(message) from None


def _next(dossier: Dossier, row: AnyRow) -> Dossier:
    if row[1] != dossier.seq + 1:
        raise ValueError(row[1])
    subject, seq, change, at, by, *event = row
    return evolve(dossier, h.Entry(subject, seq, change, at, by, journal.event(*event)))


def edited_subjects(dossiers: Iterable[Dossier], files: Mapping[Table, Mapping[Value, Row]]) -> Iterator[EditedSubject]:
    """`dossiers`: all subjects. `files`: the rows of each of TABLES, by id."""
    left = {table: dict(rows) for table, rows in files.items()}
    for dossier in dossiers:
        rows = [(table, row, left[table].pop(row[0], None)) for table, row in _rows(dossier)]
        edits = tuple(HandEdit(table, row[0], row, file_row) for table, row, file_row in rows if file_row != row)
        if edits:
            yield EditedSubject(dossier, edits)
    for table, more in left.items():
        for id, row in more.items():
            yield EditedSubject(Dossier(""), (HandEdit(table, id, None, row),))


def _rows(dossier: Dossier) -> Iterator[tuple[Table, Row]]:
    if dossier.contact:
        yield CONTACT, contact_row(dossier.contact, dossier)
    for enrolment in dossier.enrolments:
        yield ENROLMENT, enrolment
    for action in dossier.actions:
        yield ACTION, action
