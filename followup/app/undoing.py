"""Undo: the user's latest change is reversed (E11)."""

from __future__ import annotations

from itertools import islice
from typing import NamedTuple

from followup.app.deciding import BATCH
from followup.app.restoring import migrate_the_rest, restore
from followup.app.session import Session
from followup.core import office_documents
from followup.core.draft import Decision, Stamp
from followup.core.model import OFFICE_SUBJECT, Dossier
from followup.core.office import Office
from followup.core.timing import utc_text
from followup.core.undo import undo
from followup.errors import FollowupError, Refused


class Reversal(NamedTuple):
    """`subjects`: those that are as they were. Of an apply, `version` is the one that is applied in its place, and
    `met` are the other subjects that it changed, as a normal apply would have. (These names are keys of `undo@1`.)
    """

    change: int
    command: str
    at: str
    subjects: list[str]
    refused: list[tuple[str, FollowupError]]
    met: list[str]
    version: int | None = None


def undo_last(session: Session, partial: bool = False) -> Reversal:
    """Reverses the user's highest change that is not undone. Refuses, naming it, what later changes touched.

    `partial`: what can be reversed is; refused where that is nothing.
    """
    number = session.store.history.last_change_of(session.user.id)
    if number is None:
        raise Refused(f"{session.user.id} has nothing to undo")
    change, subjects = session.store.history.change(number), session.store.history.touched(number)
    assert change is not None, "it is the user's own"
    reversal = Reversal(number, change.command, utc_text(change.at), [], [], [])
    with session.store.change(session.head(number), session.dry_run, alone=OFFICE_SUBJECT in subjects) as writing:
        stamp = Stamp(writing.id, session.now, session.user)
        restored = restore(session, writing, number) if OFFICE_SUBJECT in subjects else None
        office = restored.edition.office if restored else session.office
        undoing = Undoing(number, office, stamp, _office_of(session, change.version), restored is not None)
        touched = (subject for subject in subjects if subject != OFFICE_SUBJECT)
        while batch := list(islice(touched, BATCH)):
            writing.save(_reversed(session, batch, undoing, reversal))
        rest = bool(reversal.subjects or restored)
        if reversal.refused and not (partial and rest):
            raise Refused(_refusal(reversal, rest))
        if restored:
            reversal.met.extend(migrate_the_rest(session, writing, restored, frozenset(reversal.subjects)))
            reversal = reversal._replace(version=office.version)
    return reversal


def _office_of(session: Session, version: int) -> Office:
    if version == session.office.version:
        return session.office
    return office_documents.office(version, office_documents.Documents(session.store.versions.documents(version)))


class Undoing(NamedTuple):
    """What `undo` is given beside each history."""

    change: int
    office: Office
    stamp: Stamp
    then: Office
    of_apply: bool


def _reversed(
    session: Session, subjects: list[str], undoing: Undoing, reversal: Reversal
) -> list[tuple[Dossier, Decision]]:
    decisions = []
    for subject in subjects:
        try:
            entries = session.store.history.entries(subject)
            if not entries:  # a server hides it from a user who handed it over
                raise Refused(f"{subject.replace(':', ' ')} is not yours to see any more (F20)")
            decisions.append(undo(entries, *undoing))
        except Refused as refusal:
            reversal.refused.append((subject, refusal))
            continue
        reversal.subjects.append(subject)
    return decisions


def _refusal(reversal: Reversal, rest: bool) -> str:
    """`rest`: whether there is something that could be undone."""
    first = "; ".join(str(refusal) for _, refusal in reversal.refused[:3])
    more = f" and {len(reversal.refused) - 3} more" if len(reversal.refused) > 3 else ""
    way_out = "; --partial undoes the rest" if rest else ""
    return f"change {reversal.change} ({reversal.command}) can't be undone: {first}{more}{way_out}"
