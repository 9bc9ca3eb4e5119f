"""Undo: reverse a change, the user's latest or a given one (E11)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from followup.app.deciding import BATCH
from followup.app.outcome import NAMED
from followup.app.restoring import migrate_the_rest, restore
from followup.app.session import Session
from followup.core import history as h
from followup.core import office_documents
from followup.core.draft import Decision, Stamp
from followup.core.evolve import replay
from followup.core.model import OFFICE_SUBJECT, Dossier
from followup.core.office import Office
from followup.core.reach import reach, sees
from followup.core.timing import utc_text
from followup.core.undo import undo
from followup.errors import FollowupError, NotFound, Refused
from followup.store.questions.history_questions import ChangeHead

UNSEEN = Refused("you don't have access to a contact that it changed: ask an administrator to undo it by its number")


class Reversal(NamedTuple):
    """`subjects`: those that are as they were; of an apply, as far as the user may see them. Of an apply, `version` is
    the one that is applied in its place, and `met` are the other subjects that it changed, as a normal apply would
    have. (These names are keys of `undo@1`.) `names`: what people call the first few contacts of each.
    """

    change: int
    command: str
    at: str
    by: str
    subjects: list[str]
    refused: list[tuple[str, FollowupError]]
    met: list[str]
    names: dict[str, str]
    version: int | None = None

    def note(self, subjects: list[str], dossier: Dossier) -> None:
        """`subjects`: either list."""
        if len(subjects) < NAMED and dossier.contact:
            self.names[dossier.subject] = f"{dossier.contact.name} ({dossier.contact.id})"
        subjects.append(dossier.subject)


def change_to_undo(session: Session, number: int | None = None) -> ChangeHead:
    """The change with this number: the user's own, or with the permission `apply-catalog` any; without a number their
    latest that isn't undone. Raises NotFound for one that isn't theirs (F20)."""
    latest = session.store.history.last_change_of(session.user.id) if number is None else number
    if latest is None:
        raise Refused(f"{session.user.id} has nothing to undo")
    change = session.store.history.change(latest)
    if change is None or (change.by != session.user.id and not session.user.administers()):
        raise NotFound(f"unknown change {latest}: `followup history` lists the changes")
    if change.undoes is not None:
        undid = f"change {latest} undid change {change.undoes}"
        raise Refused(f"{undid}, and can't be undone itself: make that change again")
    return change


def undo_change(session: Session, number: int | None = None, partial: bool = False) -> Reversal:
    """Reverse a change, chosen as by `change_to_undo`. Refuse it, by name, where later changes touched the same.

    `partial`: reverse what can be reversed; refused if that is nothing.
    """
    change = change_to_undo(session, number)
    subjects = session.store.history.touched(change.id)
    reversal = Reversal(change.id, change.command, utc_text(change.at), change.by, [], [], [], {})
    with session.store.change(session.head(change.id), session.dry_run, alone=OFFICE_SUBJECT in subjects) as writing:
        stamp = Stamp(writing.id, session.now, session.user)
        restored = restore(session, writing, change.id) if OFFICE_SUBJECT in subjects else None
        office, settled = restored.edition.office if restored else session.office, set[str]()
        undoing = Undoing(change.id, office, stamp, _office_of(session, change.version), restored is not None)
        touched = (subject for subject in subjects if subject != OFFICE_SUBJECT)
        while batch := list(islice(touched, BATCH)):
            decisions = _reversed(session, batch, undoing, reversal)
            writing.save(decisions)
            settled.update(now.subject for now, _ in decisions)
            for now, decision in decisions:
                if not restored or sees(session.reach, now):
                    reversal.note(reversal.subjects, decision.after)
        rest = bool(settled or restored)
        if reversal.refused and not (partial and rest):
            raise Refused(_refusal(reversal, rest))
        if restored:
            for dossier in migrate_the_rest(session, writing, restored, settled):
                reversal.note(reversal.met, dossier)
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
            if not entries:  # row security hides it once it went out of the user's sight
                raise UNSEEN
            now, decision = undo(entries, *undoing)
            if not (undoing.of_apply or sees(session.reach, now) or _took_away(entries, undoing)):
                raise UNSEEN
            decisions.append((now, decision))
        except Refused as refusal:
            reversal.refused.append(_as_seen(session, subject, refusal))
    return decisions


def _took_away(entries: Sequence[h.Entry], undoing: Undoing) -> bool:
    """Whether this change, the user's own, took the contact out of their sight, as handing over does, or completing the
    only action that they hold on a colleague's contact: it is theirs to undo. Sight is that of the office of then."""
    last = max(place for place, entry in enumerate(entries) if entry.change == undoing.change)
    if entries[last].by != undoing.stamp.by.id:
        return False
    users = undoing.then.users
    left = replay(entries[: last + 1], Dossier(entries[0].subject))
    return not sees(reach(users[undoing.stamp.by.id], users), left)


def _as_seen(session: Session, subject: str, refusal: Refused) -> tuple[str, Refused]:
    """What became of a contact since it went out of the user's sight isn't theirs to know, nor by whom (F20)."""
    kind, _, id = subject.partition(":")
    if kind == "contact" and session.store.dossiers([id], session.reach)[id].contact is None:
        return kind, UNSEEN
    return subject, refusal


def _refusal(reversal: Reversal, rest: bool) -> str:
    """`rest`: whether there is something that could be undone."""
    first = "; ".join(str(refusal) for _, refusal in reversal.refused[:3])
    more = f" and {len(reversal.refused) - 3} more" if len(reversal.refused) > 3 else ""
    way_out = "; use --partial to undo the rest" if rest else ""
    return f"change {reversal.change} ({reversal.command}) can't be undone: {first}{more}{way_out}"
