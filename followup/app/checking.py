"""Doctor: the file is whole, the invariants hold, and the history replays to the rows as they stand."""

from __future__ import annotations

from collections.abc import Iterator

from followup.app.undoing import entries
from followup.app.world import World
from followup.core.evolve import replay
from followup.core.model import Action, Contact, Dossier, Enrolment
from followup.errors import StoreUnreachable


def diagnose(world: World) -> Iterator[str]:
    """One line for each thing that is wrong; nothing for a healthy store. Memory does not grow with the history."""
    lines = [line for (line,) in world.store.ask("lists.integrity")]
    if lines != ["ok"]:
        yield from (f"the file is damaged: {line}" for line in lines)
        return
    for subject in subjects(world):
        if subject.startswith("contact:"):
            yield from _checked(world, subject)


def subjects(world: World) -> Iterator[str]:
    after = ""
    while page := [row[0] for row in world.store.ask("lists.subjects", after=after, limit=1000)]:
        yield from page
        after = page[-1]


def _checked(world: World, subject: str) -> Iterator[str]:
    """What differs; a history that makes no sense at all is one line too, and the next contact is looked at."""
    try:
        yield from _differs(world, subject)
    except (StoreUnreachable, LookupError, TypeError, ValueError, AssertionError) as error:
        yield f"{subject}: its history cannot be read ({type(error).__name__}: {error})"


def _differs(world: World, subject: str) -> Iterator[str]:
    told, kept = replay(entries(world, subject), Dossier(subject)), _kept(world, subject)
    if told.contact != kept.contact:
        yield f"{subject}: the contact's row is not what its history says"
    for id in sorted({action.id for action in set(told.actions) ^ set(kept.actions)}):
        yield f"{subject}: action {id} is not what the history says"
    for id in sorted({enrolment.id for enrolment in set(told.enrolments) ^ set(kept.enrolments)}):
        yield f"{subject}: enrolment {id} is not what the history says"
    if kept.seq != told.seq:
        yield f"{subject}: the row stands at event {kept.seq}, the history at {told.seq}"


def _kept(world: World, subject: str) -> Dossier:
    id = subject.partition(":")[2]
    row = next(world.store.ask("lists.rows_contact", id=id), None)
    if row is None:
        return Dossier(subject)
    actions = tuple(Action._make(r) for r in world.store.ask("lists.rows_action", id=id))
    enrolments = tuple(Enrolment._make(r) for r in world.store.ask("lists.rows_enrolment", id=id))
    return Dossier(subject, row[-2], Contact._make(row[:-2]), enrolments, actions)
