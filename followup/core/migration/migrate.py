"""What becomes of a contact when the cycle that they are on is edited (E2 to E6): the one function of diff and apply.

Each contact is placed or advanced at most once, and nothing is scheduled before today.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from followup.core import history as h
from followup.core.draft import Decision, Draft, Stamp
from followup.core.migration.context import Migration
from followup.core.migration.edition import KEEP, REDIRECT, UNTOUCHED, Edition, Effect, Heap, Reasons
from followup.core.migration.inserting import insert
from followup.core.migration.redating import redate
from followup.core.model import Action, Dossier
from followup.core.office import Cycle, Step
from followup.core.people import rezone
from followup.core.process.placing import choose, end, nothing_open
from followup.core.process.rounds import action_before, action_of, begin, create, up_to_loop, walk
from followup.core.timing import When
from followup.core.wishes import Choice
from followup.errors import Refused


def migrate(
    dossier: Dossier, edition: Edition, stamp: Stamp, ids: Iterator[int], why: Reasons, heap: Heap
) -> tuple[Decision, tuple[Effect, ...]]:
    """What `edition` does to this subject, and a line for each thing that it does, or leaves.

    Raises Refused where a choice cannot be carried out.
    """
    draft = Draft(dossier, edition.office, stamp, ids, not_before_today=True)
    effects: tuple[Effect, ...] = ()
    if edition.zones:
        rezone(draft, edition.zones)
        effects = tuple(_rezoned(dossier, draft))
    enrolment = draft.dossier.cycle
    edit = edition.cycles.get(edition.office.cycle_id(enrolment.process)) if enrolment else None
    if enrolment and edit:
        effects += _effects(Migration(draft, enrolment, edit, why, heap))
    return draft.decision, effects


def _rezoned(before: Dossier, draft: Draft) -> Iterator[Effect]:
    contact = before.contact
    for entry in draft.entries:
        if isinstance(entry.event, h.Reassigned):
            was, event = before.action(entry.event.action), entry.event
            assert was is not None
            if was.due == event.due:  # a date stays as it reads: only its instant is another
                continue
            who = (contact.id, contact.name) if contact else ("", was.title)
            yield Effect(*who, event.owner, "", "rezoned", action=was.id, was=was.due, becomes=event.due)


def _effects(meeting: Migration) -> tuple[Effect, ...]:
    found = tuple(_of_cycle(meeting))
    if meeting.edit.protected and not UNTOUCHED.issuperset(effect.what for effect in found):
        return (*found, meeting.effect("protected"))
    return found


def _of_cycle(meeting: Migration) -> Iterator[Effect]:
    """E6 where the cycle goes; else, and for who may finish it, E2 to E4."""
    before, after = meeting.edit.before, meeting.edit.after
    if after is None or (not after.active and (before is None or before.active)):
        if meeting.edit.move_to:
            yield _moved_over(meeting, meeting.edit.move_to)
            return
        drains = meeting.edit.drain and after is not None
        yield meeting.effect("drains" if drains else "homeless", entry=meeting.edit.entry)
    if after is not None:
        yield from _of_steps(meeting, after)


def _moved_over(meeting: Migration, alias: str) -> Effect:
    draft, was = meeting.draft, min((action.due for action in meeting.actions), default=None)
    now = draft.now(draft.dossier.known.owner)
    end(draft, meeting.enrolment, now, "moved")
    choose(draft, Choice(alias), now)
    if draft.dossier.cycle is None:
        raise Refused(f"migrate {meeting.edit.id}: alias '{alias}' has no cycle to move contacts to (E6)")
    becomes = min((a.due for a in draft.dossier.of(draft.dossier.cycle) if a.open), default=None)
    return meeting.effect("moves", to=alias, was=was, becomes=becomes, entry=meeting.edit.entry)


def _of_steps(meeting: Migration, after: Cycle) -> Iterator[Effect]:
    steps = {step.id: step for step in after.steps}
    lost = [action for action in meeting.actions if _is_lost(meeting, action, steps)]
    for action in meeting.actions:
        if action not in lost:
            yield redate(meeting, after, steps[meeting.step(action)], action)
    yield from insert(meeting, after, lost)
    yield from _lost(meeting, after, lost, steps)


def _is_lost(meeting: Migration, action: Action, steps: Mapping[str, Step]) -> bool:
    """E4: its step is taken out, or turned off by this edit; of one that was off already it was kept."""
    step = steps.get(meeting.step(action))
    return step is None or (not step.active and meeting.edit.was_active(step.id))


def _lost(meeting: Migration, after: Cycle, lost: Sequence[Action], steps: Mapping[str, Step]) -> Iterator[Effect]:
    going = []
    for action in lost:
        said = meeting.edit.directive(meeting.step(action))
        if said.open == KEEP:  # of a step that is taken out, nobody could say what follows
            yield meeting.effect("kept" if meeting.step(action) in steps else "unkept", action, entry=said.entry)
        else:
            going.append(action)
    if going:
        yield from _advanced(meeting, after, going)


def _advanced(meeting: Migration, after: Cycle, going: Sequence[Action]) -> Iterator[Effect]:
    """All that goes is cancelled first; then something follows the first of it, once."""
    draft, first = meeting.draft, going[0]
    known, start = {a.id for a in draft.dossier.actions}, meeting.original(first)
    said = meeting.edit.directive(meeting.step(first))
    now = draft.now(draft.dossier.known.owner)
    for action in going:
        draft.add(h.Cancelled(action.id, now.text, "step-removed"))
    if said.open == REDIRECT:
        _redirected(meeting, after, said.to or "", start)
    elif after.active_steps:
        _followed(meeting, after, first, start)
    made = sorted((a for a in draft.dossier.actions if a.id not in known), key=lambda action: (action.at, action.id))
    for action in going:
        yield _gone(meeting, action, made[0] if made and action is first else None)
    yield from map(meeting.gained, made[1:])


def _gone(meeting: Migration, action: Action, next: Action | None) -> Effect:
    said = meeting.edit.directive(meeting.step(action))
    if next:
        what = "redirects" if said.open == REDIRECT else "advances"
        to, past = meeting.step(next), meeting.became_today(next.id)
        return meeting.effect(what, action, to=to, becomes=next.due, past=past, entry=said.entry)
    return meeting.effect(_left(meeting, said.entry), action, entry=said.entry)


def _left(meeting: Migration, entry: str | None) -> str:
    """What is left to somebody whose step is gone and followed by nothing."""
    if meeting.actions:
        return "cancels"
    if meeting.enrolment.open:
        return "rests"
    return "ends" if entry else "stranded"


def _redirected(meeting: Migration, after: Cycle, to: str, start: When) -> None:
    """On in this round; into a new one, where the step has had its turn in this."""
    draft, enrolment = meeting.draft, meeting.enrolment
    target = next((step for step in after.active_steps if step.id == to), None)
    if target is None:
        raise Refused(f"migrate: cycle '{meeting.edit.id}' has no active step '{to}' to redirect to (E4)")
    had = action_of(draft, enrolment, target)
    if had is None:
        create(draft, enrolment, target, target.anchor, start, action_before(draft, enrolment, after, target))
    elif not had.open:
        draft.add(h.RoundBegan(enrolment.id, enrolment.round + 1, start.text, start.at))
        begin(draft, enrolment.id, after, target)


def _followed(meeting: Migration, after: Cycle, gone: Action, start: When) -> None:
    """By the next active step, counted from the anchor of the one that is gone; maybe in a new round (E4)."""
    place = meeting.edit.place_of(meeting.step(gone))
    before = next((s for s in reversed(after.active_steps) if s.position < place), None)
    if before is None or not before.loop_to:
        rest = up_to_loop(tuple(s for s in after.active_steps if s.position >= place))
        walk(meeting.draft, meeting.enrolment, after, rest, start)
    if not meeting.actions:
        nothing_open(meeting.draft, meeting.enrolment, after, start)
