"""The only write path: gather dossiers, decide, save events and rows together. For one contact or a million."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, TypeVar

from followup.app.outcome import NAMED, Outcome
from followup.app.session import Session
from followup.core import history as h
from followup.core.decide import decide
from followup.core.draft import Decision, Stamp
from followup.core.model import Dossier
from followup.core.timing import local
from followup.core.wishes import Wish, choice_of
from followup.errors import Conflict, FollowupError, NotFound

if TYPE_CHECKING:
    from followup.store.protocol import Change

#: contacts per transaction: it holds the write lock for some tenths of a second
BATCH = 2000

#: a wish, or a function that makes the wish for a contact
Asked: TypeAlias = Wish | Callable[[Dossier], Wish]
#: what a wish is made of
Item = TypeVar("Item")
#: called with each contact before and after the decision about it
Watch: TypeAlias = Callable[[Dossier, Dossier], None]


class Resumable(NamedTuple):
    """The change that the batches belong to: its number, None before the first batch; and its UTC second."""

    id: int | None
    at: int


class Transaction(NamedTuple):
    """One transaction of a change. Its decisions are noted in `outcome`."""

    session: Session
    change: Change
    stamp: Stamp
    outcome: Outcome

    def decide(self, dossier: Dossier, wish: Wish) -> Decision:
        return decide(dossier, wish, self.session.office, self.stamp, self.change.ids)

    def each(self, batch: Sequence[tuple[str, Asked]], watch: Watch) -> Iterator[tuple[Dossier, Decision]]:
        """Decide about each contact; a refusal doesn't stop the rest."""
        dossiers = self.session.store.dossiers([contact for contact, _ in batch], self.session.reach)
        latest = {dossier.subject: dossier for dossier in dossiers.values()}
        for contact, asked in batch:
            dossier = latest[dossiers[contact].subject]
            try:
                wish = asked(dossier) if callable(asked) else asked
                decision = self.decide(dossier, wish)
            except FollowupError as refusal:
                self.outcome.refused.append((contact, refusal))
                continue
            latest[dossier.subject] = decision.after  # the same contact may come again
            self.outcome.note([contact], dossier, decision, choice_of(wish))
            watch(dossier, decision.after)
            yield dossier, decision

    def together(self, asked: Sequence[int | str], before: Dossier, wishes: Sequence[Wish]) -> set[int]:
        """All wishes about one subject, or none; saved at once, because the next wishes may be about the same one.

        Returns the ids of the actions that this created."""
        decision = Decision((), before)
        for wish in wishes:
            later = self.decide(decision.after, wish)
            decision = Decision(decision.entries + later.entries, later.after)
        self.change.save([(before, decision)])
        self.outcome.note(asked, before, decision, next(filter(None, map(choice_of, wishes)), None))
        return {entry.event.action for entry in decision.entries if isinstance(entry.event, h.Scheduled)}


def for_contacts(
    session: Session,
    wishes: Iterable[tuple[str, Asked]],
    most: int | None = NAMED,
    progress: Callable[[int], None] = lambda _: None,
    watch: Watch = lambda _, __: None,
) -> Outcome:
    """Decide each wish about its contact; a refusal doesn't stop the rest."""
    outcome = Outcome(most, session.clock, session.dry_run)
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
    """Save all batches under one change, in a transaction each. `outcomes`: returns the outcome for a batch.

    While more batches may follow, the change stores the command line, so that the same command resumes it after a kill.
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
    """The unfinished change of the same user and command line, if it is from today: its dates are still right."""
    zone, version = session.office.calendar(session.user.id).zone, session.office.version
    for id, at in session.store.history.unfinished(session.user.id, session.typed, version):
        if at <= session.now and local(at, zone).day == session.today:
            return Resumable(id, at)
    return Resumable(None, session.now)


def for_actions(
    session: Session, wishes: Iterable[tuple[Sequence[int], Sequence[Wish]]], most: int | None = NAMED
) -> Outcome:
    """Decide groups of wishes, each about one subject's actions, all or nothing per group.

    A refusal doesn't stop the other groups. One transaction. An action that it creates is unknown to it: an id
    is of an action that was there before.
    """
    outcome, groups, created = Outcome(most, session.clock, session.dry_run), list(wishes), set[int]()
    with session.store.change(session.head(), session.dry_run) as change:
        transaction = Transaction(session, change, Stamp(change.id, session.now, session.user), outcome)
        change.hold(action for actions, _ in groups for action in actions)
        for actions, wanted in groups:
            try:
                created |= transaction.together(actions, _dossier_of(session, actions, created), wanted)
            except FollowupError as refusal:
                outcome.refused += [(action, _refusal_of(action, refusal)) for action in actions]
    return outcome


def _refusal_of(action: int, refusal: FollowupError) -> FollowupError:
    """Of one action among those that are done together: it may be refused for another one's sake."""
    if isinstance(refusal, Conflict) and refusal.action not in (None, action):
        return Conflict(f"not changed, because action {refusal.action} can't be completed with it", action)
    return refusal


def _dossier_of(session: Session, actions: Sequence[int], created: Container[int]) -> Dossier:
    dossier = session.store.dossier_of(actions, session.reach)
    if dossier is None or actions[0] in created:
        raise NotFound(f"unknown action {actions[0]}")
    return dossier


def for_user(session: Session, user: str, wish: Wish, most: int | None = NAMED) -> Outcome:
    """Decide a wish about a user's own tasks."""
    outcome = Outcome(most, session.clock, session.dry_run)
    with session.store.change(session.head(), session.dry_run) as change:
        transaction = Transaction(session, change, Stamp(change.id, session.now, session.user), outcome)
        transaction.together([user], session.store.tasks(user, session.reach), [wish])
    return outcome
