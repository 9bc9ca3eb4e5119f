"""Compare stored rows with the rows replayed from history; and check that an undo restored the rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from followup.core.model import UNDONE, Action, Contact, Dossier, Enrolment
from followup.core.touching import Touched
from followup.store.asking import AnyRow

#: identifies a row in its table
RowId: TypeAlias = int | str
RowsById: TypeAlias = Mapping[RowId, AnyRow]


def differences(subject: str, noun: str, columns: Sequence[str], expected: RowsById, stored: RowsById) -> Iterator[str]:
    """One line for each row that differs, with the columns; `noun` and the row's id name it."""
    if expected == stored:
        return
    for id in sorted(expected.keys() | stored.keys(), key=lambda id: (str(type(id)), id)):
        replayed, row = expected.get(id), stored.get(id)
        name = subject if subject == f"{noun}:{id}" else f"{subject}: {noun} {id}"
        if row is None:
            yield f"{name} is in the history but has no row"
        elif replayed is None:
            yield f"{name} is a row without history"
        elif replayed != row:
            yield f"{name}: {'; '.join(_columns(columns, replayed, row))}"


def _columns(columns: Sequence[str], expected: AnyRow, stored: AnyRow) -> Iterator[str]:
    for column, replayed, value in zip(columns, expected, stored, strict=True):
        if replayed != value:
            yield f"{column} is {_short(value)}, the history says {_short(replayed)}"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def not_put_back(touched: Touched, before: Dossier, now: Dossier, after: Dossier) -> Iterator[str]:
    """Rows that an undo left wrong (E11): what the change touched must be as before it, or undone if the change
    created it; the rest unchanged. States: `before` the change, `now` before the undo, `after` the undo."""
    if not _contact_is_back(touched, before, now, after):
        yield "the contact"
    for action in now.actions:
        then, left = before.action(action.id) if touched.action(action) else action, after.action(action.id)
        if left is None or not (left == then if then else _is_undone(left, action)):
            yield f"action {action.id}"
    for enrolment in now.enrolments:
        was = before.enrolment(enrolment.id) if touched.enrolment(enrolment.id) else enrolment
        stays = after.enrolment(enrolment.id)
        if stays is None or not (stays == was if was else _has_ended(stays, enrolment)):
            yield f"enrolment {enrolment.id}"


def _contact_is_back(touched: Touched, before: Dossier, now: Dossier, after: Dossier) -> bool:
    """The time of the last update is derived (C2), and may be either."""
    if before.contact is None or now.contact is None or after.contact is None:
        return after.contact is None or after.contact.gone == UNDONE
    fields = Contact._fields if touched.everything else touched.fields
    expected = now.contact._replace(**{name: getattr(before.contact, name) for name in fields})
    return after.contact._replace(updated_at=expected.updated_at) == expected


def _is_undone(left: Action, before: Action) -> bool:
    closed = before._replace(status=left.status, completed_on=left.completed_on, completed_by=None, reason=UNDONE)
    return left == closed and not left.open


def _has_ended(left: Enrolment, before: Enrolment) -> bool:
    return left == before._replace(ended=left.ended, reason=UNDONE) and not left.open
