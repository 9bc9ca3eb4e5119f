"""The one write path: gather dossiers, decide, save events and rows together. For one contact or for a million."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from followup.app.world import World
from followup.core import events as e
from followup.core.decide import decide
from followup.core.draft import Decision
from followup.core.model import Dossier
from followup.core.wishes import Wish
from followup.errors import FollowupError, NotFound
from followup.store import Change

#: contacts in one transaction: a few hundredths of a second under the write lock
BATCH = 2000


class Outcome(NamedTuple):
    """What a command did: what it was asked for and is done, actions scheduled and cancelled, what was refused."""

    done: list[str]
    scheduled: list[int]
    cancelled: list[int]
    refused: list[tuple[str, FollowupError]]
    notices: set[str]
    counted: dict[str, int]


def blank() -> Outcome:
    return Outcome([], [], [], [], set(), {"new": 0, "changed": 0, "same": 0})


def for_contacts(world: World, wishes: Iterable[tuple[str, Wish]]) -> Outcome:
    """Each wish about the contact named with it; what is refused does not stop the rest."""
    outcome = blank()
    for _ in _batches(world, wishes, lambda: outcome):
        pass
    return outcome


def in_batches(world: World, wishes: Iterable[tuple[str, Wish]]) -> Iterator[Outcome]:
    """The same, an outcome for each batch: memory stays flat for a million."""
    return _batches(world, wishes, blank)


def _batches(world: World, wishes: Iterable[tuple[str, Wish]], noted_in: Callable[[], Outcome]) -> Iterator[Outcome]:
    """All under one change; what a batch did is noted in the outcome that `noted_in` gives for it."""
    wishes, change = iter(wishes), None
    while batch := list(islice(wishes, BATCH)):
        outcome = noted_in()
        with world.store.change(world.head(), world.dry_run, change) as writing:
            dossiers = world.store.dossiers([contact for contact, _ in batch])
            writing.save(_decided(world, writing, dossiers, batch, outcome))
        if writing.saved and not world.dry_run:
            change = writing.id
        yield outcome


def _decided(
    world: World, writing: Change, dossiers: dict[str, Dossier], batch: Sequence[tuple[str, Wish]], outcome: Outcome
) -> Iterator[tuple[Dossier, Decision]]:
    office, stamp = world.office, world.stamp(writing.id)
    for contact, wish in batch:
        dossier = dossiers[contact]
        try:
            decision = decide(dossier, wish, office, stamp, writing.ids)
        except FollowupError as refusal:
            outcome.refused.append((contact, refusal))
            continue
        dossiers[contact] = decision.after
        outcome.done.append(contact)
        outcome.counted["new" if dossier.contact is None else "changed" if decision.entries else "same"] += 1
        _note(decision.entries, outcome)
        yield dossier, decision


def _note(entries: Iterable[e.Entry], outcome: Outcome) -> None:
    closed = set()
    for entry in entries:
        event = entry.event
        if isinstance(event, e.Scheduled):
            outcome.scheduled.append(event.action)
            if event.why and event.why.get("unknown_holidays"):
                outcome.notices.add(f"holidays are not declared as far as {event.due[:10]}: check that date (T9)")
        elif isinstance(event, e.Cancelled):
            outcome.cancelled.append(event.action)
        elif isinstance(event, e.Completed):
            closed.add(event.action)
    if closed:  # logged: scheduled and completed in one breath
        outcome.scheduled[:] = [id for id in outcome.scheduled if id not in closed]


def for_actions(world: World, wishes: Iterable[tuple[int, Wish]]) -> Outcome:
    """Each wish about the action named with it: one change, one transaction; what is refused does not stop the rest."""
    outcome = blank()
    with world.store.change(world.head(), world.dry_run) as writing:
        for action, wish in wishes:
            try:
                _one(world, writing, str(action), _holding(world, action), wish, outcome)
            except FollowupError as refusal:
                outcome.refused.append((str(action), refusal))
    return outcome


def _holding(world: World, action: int) -> Dossier:
    dossier = world.store.dossier_of_action(action)
    if dossier is None:
        raise NotFound(f"no action {action}")
    return dossier


def for_user(world: World, user: str, wish: Wish) -> Outcome:
    """A wish about a user's own tasks."""
    outcome = blank()
    with world.store.change(world.head(), world.dry_run) as writing:
        _one(world, writing, user, world.store.tasks(user), wish, outcome)
    return outcome


def _one(world: World, writing: Change, name: str, dossier: Dossier, wish: Wish, outcome: Outcome) -> None:
    """Decide and save at once: the next wish may be about the same dossier."""
    decision = decide(dossier, wish, world.office, world.stamp(writing.id), writing.ids)
    writing.save([(dossier, decision)])
    outcome.done.append(name)
    _note(decision.entries, outcome)
