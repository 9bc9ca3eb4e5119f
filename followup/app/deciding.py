"""The one write path: gather dossiers, decide, save events and rows together. For one contact or for a million."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, TypeVar

from followup.app.outcome import NAMED, Outcome
from followup.app.session import Session
from followup.core.decide import decide
from followup.core.draft import Decision, Stamp
from followup.core.model import Dossier
from followup.core.timing import local
from followup.core.wishes import Wish
from followup.errors import FollowupError, NotFound

if TYPE_CHECKING:
    from followup.store.protocol import Change

#: contacts in one transaction: a few hundredths of a second under the write lock
BATCH = 2000

#: a wish, or what makes one for the contact that it is about
Asked: TypeAlias = Wish | Callable[[Dossier], Wish]
#: what a wish is made of
Item = TypeVar("Item")
#: is shown each contact before a decision about it and after
Watch: TypeAlias = Callable[[Dossier, Dossier], None]


class Resumable(NamedTuple):
    """The change that batches belong to: its number, None before the first; and its moment."""

    id: int | None
    at: int


class Transaction(NamedTuple):
    """One transaction of a change. What is decided in it is noted in `outcome`."""

    session: Session
    change: Change
    stamp: Stamp
    outcome: Outcome

    def decide(self, dossier: Dossier, wish: Wish) -> Decision:
        return decide(dossier, wish, self.session.office, self.stamp, self.change.ids)

    def each(self, batch: Sequence[tuple[str, Asked]], watch: Watch) -> Iterator[tuple[Dossier, Decision]]:
        """A decision about each contact; what is refused does not stop the rest."""
        dossiers = self.session.store.dossiers([contact for contact, _ in batch])
        for contact, asked in batch:
            dossier = dossiers[contact]
            try:
                decision = self.decide(dossier, asked(dossier) if callable(asked) else asked)
            except FollowupError as refusal:
                self.outcome.refused.append((contact, refusal))
                continue
            dossiers[contact] = decision.after  # it may be named twice
            self.outcome.note([contact], dossier, decision)
            watch(dossier, decision.after)
            yield dossier, decision

    def together(self, asked: Sequence[int | str], before: Dossier, wishes: Sequence[Wish]) -> None:
        """All about one subject, or nothing; saved at once, since the next wishes may be about the same subject."""
        decision = Decision((), before)
        for wish in wishes:
            next = self.decide(decision.after, wish)
            decision = Decision(decision.entries + next.entries, next.after)
        self.change.save([(before, decision)])
        self.outcome.note(asked, before, decision)


def for_contacts(
    session: Session,
    wishes: Iterable[tuple[str, Asked]],
    most: int | None = NAMED,
    progress: Callable[[int], None] = lambda _: None,
    watch: Watch = lambda _, __: None,
) -> Outcome:
    """Each wish about the contact named with it; what is refused does not stop the rest."""
    outcome = Outcome(most)
    for _ in _batches(session, wishes, lambda _, batch: batch, lambda: outcome, watch):
        progress(outcome.done.total)
    return outcome


def in_batches(
    session: Session, items: Iterable[Item], settle: Callable[[Change, Sequence[Item]], Sequence[tuple[str, Asked]]]
) -> Iterator[Outcome]:
    """The same, an outcome for each batch: memory stays flat for a million. `settle`: which contact each item is about,
    and what is wished, asked inside the transaction, where no other command can change it."""
    return _batches(session, items, settle, Outcome)


def _batches(
    session: Session,
    items: Iterable[Item],
    settle: Callable[[Change, Sequence[Item]], Sequence[tuple[str, Asked]]],
    outcomes: Callable[[], Outcome],
    watch: Watch = lambda _, __: None,
) -> Iterator[Outcome]:
    """All under one change, in a transaction each. `outcomes`: gives the one in which a batch is noted.

    While more may come the change keeps what was typed, so that typing it again resumes what a kill has left.
    """
    items, resumable = iter(items), _resumable(session)
    more = resumable.id is not None
    while batch := list(islice(items, BATCH)):
        outcome, more = outcomes(), len(batch) == BATCH
        with session.store.change(session.head(), session.dry_run, resumable.id) as change:
            stamp = Stamp(change.id, resumable.at, session.user)
            change.save(Transaction(session, change, stamp, outcome).each(settle(change, batch), watch))
            if more or resumable.id:
                change.leave_unfinished(session.typed if more else None)
        if change.saved and not session.dry_run:
            resumable = resumable._replace(id=change.id)
        yield outcome
    if more and resumable.id and not session.dry_run:
        with session.store.change(session.head(), resume=resumable.id) as change:
            change.leave_unfinished(None)


def _resumable(session: Session) -> Resumable:
    """What the same user left unfinished today by the same words: its dates are today's, so that it can be resumed."""
    zone, version = session.office.calendar(session.user.id).zone, session.office.version
    for id, at in session.store.history.unfinished(session.user.id, session.typed, version):
        if at <= session.now and local(at, zone).day == session.today:
            return Resumable(id, at)
    return Resumable(None, session.now)


def for_actions(
    session: Session, wishes: Iterable[tuple[Sequence[int], Sequence[Wish]]], most: int | None = NAMED
) -> Outcome:
    """Wishes about the actions of one subject named with them, together or not at all.

    What is refused does not stop the rest. One transaction.
    """
    outcome, groups = Outcome(most), list(wishes)
    with session.store.change(session.head(), session.dry_run) as change:
        transaction = Transaction(session, change, Stamp(change.id, session.now, session.user), outcome)
        change.hold(action for actions, _ in groups for action in actions)
        for actions, wanted in groups:
            try:
                transaction.together(actions, _dossier_of(session, actions), wanted)
            except FollowupError as refusal:
                outcome.refused += [(action, refusal) for action in actions]
    return outcome


def _dossier_of(session: Session, actions: Sequence[int]) -> Dossier:
    dossier = session.store.dossier_of(actions)
    if dossier is None:
        raise NotFound(f"no action {actions[0]}")
    return dossier


def for_user(session: Session, user: str, wish: Wish, most: int | None = NAMED) -> Outcome:
    """A wish about a user's own tasks."""
    outcome = Outcome(most)
    with session.store.change(session.head(), session.dry_run) as change:
        transaction = Transaction(session, change, Stamp(change.id, session.now, session.user), outcome)
        transaction.together([user], session.store.tasks(user), [wish])
    return outcome
