"""An undo leaves everything as it was before the change that it takes back, and what that had made as undone (E11)."""

from __future__ import annotations

from collections.abc import Iterator

from followup.core.model import UNDONE, Action, Dossier, Enrolment


def not_put_back(before: Dossier, now: Dossier, after: Dossier) -> Iterator[str]:
    """The rows of which that is not true. `before` the change, `now` before its undoing, `after` that."""
    if before.contact and after.contact != before.contact:
        yield "the contact"
    if before.contact is None and after.contact and after.contact.gone != UNDONE:
        yield "the contact"
    for action in now.actions:
        then, left = before.action(action.id), after.action(action.id)
        if left is None or not (left == then if then else _is_undone(left, action)):
            yield f"action {action.id}"
    for enrolment in now.enrolments:
        was, stays = before.enrolment(enrolment.id), after.enrolment(enrolment.id)
        if stays is None or not (stays == was if was else _has_ended(stays, enrolment)):
            yield f"enrolment {enrolment.id}"


def _is_undone(left: Action, made: Action) -> bool:
    closed = made._replace(status=left.status, completed_on=left.completed_on, completed_by=None, reason=UNDONE)
    return left == closed and not left.open


def _has_ended(stays: Enrolment, made: Enrolment) -> bool:
    return stays == made._replace(ended=stays.ended, reason=UNDONE) and not stays.open
