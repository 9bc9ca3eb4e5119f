"""What a new contact who starts on a given day would get if every action were done on its day (E1, G3)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from followup.core import wishes as w
from followup.core.kinds import CYCLE
from followup.core.migration.summary import ItemChange, Rename
from followup.core.model import SCHEDULED, Action, Dossier
from followup.core.office import Office, Ref
from followup.core.rehearsal.cases import Line, Pair, pairs
from followup.core.rehearsal.in_memory import SOMEBODY, Rehearsal
from followup.core.timing import moment

#: how far a preview goes: a loop never ends
ROUNDS, MOST = 2, 400


class Preview(NamedTuple):
    """A cycle, or an alias that now leads to another cycle, that gives new contacts something else than before.

    `kind`: cycle or alias; `became`: its new id. `pairs`: expected is before, got is after.
    """

    kind: str
    id: str
    became: str
    pairs: tuple[Pair, ...]


class Comparison(NamedTuple):
    """`before` and `after`: how the two are called. `start`: the day (a date) on which somebody begins. `renames`:
    what may belong under `moved`."""

    before: str
    after: str
    start: str
    item_changes: Sequence[ItemChange]
    previews: Sequence[Preview]
    renames: Sequence[Rename] = ()


class Side(NamedTuple):
    """An office, and the ids that it declares."""

    office: Office
    cycles: Collection[str]
    aliases: Collection[str]


def previews(before: Side, after: Side, start: str) -> Iterator[Preview]:
    """What changes for contacts who start on `start` (a date), cycles first."""
    today = {after.office.current_id(id): id for id in before.cycles}  # by their new ids (E5)
    for id in sorted({*today, *after.cycles}):
        yield from _of_cycle(before.office, after.office, today.get(id, id), id, start)
    for id in sorted({*before.aliases} & {*after.aliases}):
        was, becomes = before.office.aliases[id].cycle, after.office.aliases[id].cycle
        if (was and after.office.current_id(was)) != becomes:
            old, new = timeline(before.office, w.Choice(id), start), timeline(after.office, w.Choice(id), start)
            yield from _differing("alias", id, id, old, new)


def _of_cycle(before: Office, after: Office, was: str, id: str, start: str) -> Iterator[Preview]:
    """Compares steps under their new ids."""
    old = timeline(before, w.Choice(None, was), start)
    today = [line._replace(step=after.step_id(was, line.step) or line.step) for line in old]
    yield from _differing("cycle", was, id, today, timeline(after, w.Choice(None, id), start))


def _differing(kind: str, was: str, id: str, old: Sequence[Line], new: Sequence[Line]) -> Iterator[Preview]:
    lines = tuple(pairs(old, new))
    if any(pair.expected != pair.got for pair in lines):
        yield Preview(kind, was, id, lines)


def timeline(office: Office, choice: w.Choice, start: str) -> list[Line]:
    """The actions of the first rounds, by due. `start`: a date. Empty if contacts can't be put on that cycle."""
    if not _is_open(office, choice):
        return []
    rehearsal, calendar = Rehearsal(office), office.calendar(None)
    now = moment(f"{start}T{calendar.opens}", calendar.zone).at
    rehearsal.does(SOMEBODY, w.Add({"name": "Test contact"}, choice), now)
    while action := _next(rehearsal.people[SOMEBODY]):
        now = max(now, action.at)
        rehearsal.does(SOMEBODY, w.Complete(action.id, action.due), now)
    lines = [Line(x.step or x.title, x.due, SCHEDULED, x.round) for x in rehearsal.people[SOMEBODY].actions]
    return sorted((line for line in lines if (line.round or 1) <= ROUNDS), key=lambda line: line.due)


def _is_open(office: Office, choice: w.Choice) -> bool:
    alias = office.aliases[choice.alias] if choice.alias else None
    id = alias.cycle if alias else choice.cycle
    cycle = office.process(Ref(CYCLE, id)) if id else None
    return bool((alias is None or alias.active) and cycle and cycle.active)


def _next(dossier: Dossier) -> Action | None:
    """The action due first, if it is in one of the previewed rounds."""
    action = min(dossier.open_actions, key=lambda action: (action.at, action.position), default=None)
    return action if action and action.round <= ROUNDS and len(dossier.actions) < MOST else None
