"""The one write path: gather dossiers, decide, save events and rows together. For one contact or for a million."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple, TypeAlias

from followup.app.outcome import NAMED, Outcome
from followup.app.session import Session
from followup.core.decide import decide
from followup.core.draft import Decision, Stamp
from followup.core.model import Dossier
from followup.core.timing import local
from followup.core.wishes import Wish
from followup.errors import FollowupError, NotFound
from followup.store.protocol import Change

#: contacts in one transaction: a few hundredths of a second under the write lock
BATCH = 2000


class TakenUp(NamedTuple):
    """The change that batches belong to: its number, None before the first; and its moment."""

    id: int | None
    at: int


#: a wish, or what makes one for the contact that it is about
Asked: TypeAlias = Wish | Callable[[Dossier], Wish]
Watch: TypeAlias = Callable[[Dossier, Dossier], None]


def for_contacts(
    session: Session,
    wishes: Iterable[tuple[str, Asked]],
    most: int | None = NAMED,
    progress: Callable[[int], None] = lambda _: None,
    watch: Watch = lambda _, __: None,
) -> Outcome:
    """Each wish about the contact named with it; what is refused does not stop the rest. `watch` is shown each contact
    before it and after it."""
    outcome = Outcome(most)
    for _ in _batches(session, wishes, lambda: outcome, watch):
        progress(outcome.done.total)
    return outcome


def in_batches(session: Session, wishes: Iterable[tuple[str, Asked]]) -> Iterator[Outcome]:
    """The same, an outcome for each batch: memory stays flat for a million."""
    return _batches(session, wishes, Outcome)


def _batches(
    session: Session,
    wishes: Iterable[tuple[str, Asked]],
    noted_in: Callable[[], Outcome],
    watch: Watch = lambda _, __: None,
) -> Iterator[Outcome]:
    """All under one change, in a transaction each; what a batch did is noted in the outcome that `noted_in` gives.

    While more may come the change keeps what was typed, so that typing it again takes up what a kill has left.
    """
    wishes, change = iter(wishes), _taken_up(session)
    more = change.id is not None
    while batch := list(islice(wishes, BATCH)):
        outcome, more = noted_in(), len(batch) == BATCH
        with session.store.change(session.head(), session.dry_run, change.id) as writing:
            dossiers = session.store.dossiers([contact for contact, _ in batch])
            stamp = Stamp(writing.id, change.at, session.user)
            writing.save(_decided(session, writing, stamp, dossiers, batch, outcome, watch))
            if more or change.id:
                writing.leave_unfinished(session.typed if more else None)
        if writing.saved and not session.dry_run:
            change = change._replace(id=writing.id)
        yield outcome
    if more and change.id and not session.dry_run:
        with session.store.change(session.head(), resume=change.id) as writing:
            writing.leave_unfinished(None)


def _taken_up(session: Session) -> TakenUp:
    """What the same user left unfinished today by the same words: its dates are today's, so it can be gone on with."""
    zone, version = session.office.calendar(session.user.id).zone, session.office.version
    for id, at in session.store.history.unfinished(session.user.id, session.typed, version):
        if at <= session.now and local(at, zone).day == session.today:
            return TakenUp(id, at)
    return TakenUp(None, session.now)


def _decided(
    session: Session,
    writing: Change,
    stamp: Stamp,
    dossiers: dict[str, Dossier],
    batch: Sequence[tuple[str, Asked]],
    outcome: Outcome,
    watch: Watch,
) -> Iterator[tuple[Dossier, Decision]]:
    office = session.office
    for contact, asked in batch:
        dossier = dossiers[contact]
        try:
            wish = asked(dossier) if callable(asked) else asked
            decision = decide(dossier, wish, office, stamp, writing.ids)
        except FollowupError as refusal:
            outcome.refused.append((contact, refusal))
            continue
        dossiers[contact] = decision.after
        outcome.note([contact], dossier, decision)
        watch(dossier, decision.after)
        yield dossier, decision


def for_actions(
    session: Session, wishes: Iterable[tuple[Sequence[int], Sequence[Wish]]], most: int | None = NAMED
) -> Outcome:
    """Wishes about the actions of one subject named with them, together or not at all.

    What is refused does not stop the rest. One transaction.
    """
    outcome, about = Outcome(most), list(wishes)
    with session.store.change(session.head(), session.dry_run) as writing:
        writing.hold(action for actions, _ in about for action in actions)
        for actions, wanted in about:
            try:
                _one(session, writing, actions, _holding(session, actions), wanted, outcome)
            except FollowupError as refusal:
                outcome.refused += [(action, refusal) for action in actions]
    return outcome


def _holding(session: Session, actions: Sequence[int]) -> Dossier:
    dossier = session.store.dossier_of(actions)
    if dossier is None:
        raise NotFound(f"no action {actions[0]}")
    return dossier


def for_user(session: Session, user: str, wish: Wish, most: int | None = NAMED) -> Outcome:
    """A wish about a user's own tasks."""
    outcome = Outcome(most)
    with session.store.change(session.head(), session.dry_run) as writing:
        _one(session, writing, [user], session.store.tasks(user), [wish], outcome)
    return outcome


def _one(
    session: Session,
    writing: Change,
    asked: Sequence[int | str],
    before: Dossier,
    wishes: Sequence[Wish],
    outcome: Outcome,
) -> None:
    """Decide and save at once: the next wish may be about the same dossier."""
    decision, stamp = Decision((), before), Stamp(writing.id, session.now, session.user)
    for wish in wishes:
        next = decide(decision.after, wish, session.office, stamp, writing.ids)
        decision = Decision(decision.entries + next.entries, next.after)
    writing.save([(before, decision)])
    outcome.note(asked, before, decision)
