"""Who drops off a cycle by an edit: it ends for them, now or after a step, where it went on before (F5, F12).

An edit can do that without touching any of their actions: the last step goes, and with it the loop that fed them on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from followup.core.few import Few
from followup.core.migration.edition import Edition, ProcessEdit
from followup.core.model import Dossier, Enrolment
from followup.core.office import Process, Step
from followup.core.process.rounds import up_to_loop

#: contacts of each kind that are named, unless all are asked for
NAMED = 5


class DropOff(NamedTuple):
    """`cycle`: its id. `after`: the name of the last step that comes; None: it ends with the edit."""

    cycle: str
    after: str | None


class DropOffs(dict[DropOff, Few[tuple[str, str]]]):
    """Ids and names of the contacts, in the order in which they were noted. `most`: how many are kept; None: all."""

    def __init__(self, most: int | None) -> None:
        super().__init__()
        self._most = most

    def sorted(self) -> list[tuple[DropOff, Few[tuple[str, str]]]]:
        """By cycle, those who leave at once first."""
        return sorted(self.items(), key=lambda pair: (pair[0].cycle, pair[0].after or ""))

    def note(self, before: Dossier, after: Dossier, edition: Edition, named: bool = True) -> None:
        """One subject, as it was and as the edition leaves it. `named`: see Few.add."""
        drop = _drop_off(before, after, edition)
        if drop:
            contact = before.known
            self.setdefault(drop, Few(self._most)).add((contact.id, contact.name), named)


def _drop_off(before: Dossier, after: Dossier, edition: Edition) -> DropOff | None:
    """Of a cycle that ended anyway, only where it ends sooner: its last step is gone, with no other in place."""
    was = before.cycle
    edit = edition.processes.get(edition.office.current(was.ref)) if was else None
    if was is None or edit is None or edit.before is None or _leads_on_as_before(edit):
        return None
    stands = after.cycle
    if stands is None or (stands.id == was.id and _is_left(edit)):
        return DropOff(edit.ref.id, None)
    process = edition.office.process(stands.ref)
    if process is None:
        return None
    stays = stands.id == was.id
    last = _last(process, _places(process, after, stands, edition), drains=edit.drain and stays)
    ended = _last(edit.before, _places(edit.before, before, was, edition))
    if last is None or (ended and not (stays and _has(edit.before, last) and not _has(process, ended))):
        return None
    return DropOff(process.id, last.name)


def _leads_on_as_before(edit: ProcessEdit) -> bool:
    """An edit of dates and words, as most are: it is told from the process, without a look at the contact."""
    if edit.goes or edit.before is None or edit.after is None:
        return False
    before, after = (tuple((s.id, s.loop_to) for s in each.active_steps) for each in (edit.before, edit.after))
    return before == after


def _is_left(edit: ProcessEdit) -> bool:
    """They stay on a cycle that goes, which an apply refuses."""
    return edit.goes and not edit.drain


def _has(process: Process, step: Step) -> bool:
    return any(each.id == step.id for each in process.active_steps)


def _places(process: Process, dossier: Dossier, enrolment: Enrolment, edition: Edition) -> Sequence[int]:
    """The positions of the steps that are open, under their ids of today."""
    open_steps = {
        edition.office.step_id(enrolment.process, action.step) for action in dossier.of(enrolment) if action.open
    }
    return [step.position for step in process.steps if step.id in open_steps]


def _last(process: Process, places: Sequence[int], drains: bool = False) -> Step | None:
    """The step behind which nothing comes; None where the cycle goes on, or rests."""
    if not places:
        return None
    ahead = up_to_loop(tuple(step for step in process.active_steps if step.position >= min(places)))
    last = ahead[-1] if ahead else process.steps[max(places)]  # one that is off, whose action was kept
    return None if process.is_hold or (ahead and last.loop_to and not drains) else last
