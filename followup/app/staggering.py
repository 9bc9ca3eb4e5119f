"""A bulk assign that does not begin on one day for all (G3)."""

from __future__ import annotations

from collections import Counter

from followup.core.model import Dossier
from followup.core.wishes import Assign, Choice


class Staggered:
    """No more than `a_day` contacts of an owner begin on one working day, the first of them today.

    A place of the day is used up by what was decided (`note`), and not by what was wished: a refused contact begins on
    no day. Those who were on the cycle already keep theirs, so that a command that is typed again after a kill gives
    each contact the day that it would have had.
    """

    def __init__(self, choice: Choice, restart: bool, a_day: int) -> None:
        self.choice, self.restart, self.a_day = choice, restart, a_day
        self.assigned: Counter[str | None] = Counter()

    def wish(self, dossier: Dossier) -> Assign:
        return Assign(self.choice, self.restart, self.assigned[_owner(dossier)] // self.a_day)

    def note(self, before: Dossier, after: Dossier) -> None:
        self.assigned[_owner(before)] += 1


def _owner(dossier: Dossier) -> str | None:
    return dossier.contact.owner if dossier.contact else None
