"""A bulk assign that spreads start days (G3)."""

from __future__ import annotations

from collections import Counter

from followup.core.model import Dossier
from followup.core.wishes import Assign, Choice


class Staggered:
    """Start at most `a_day` contacts per owner and working day, beginning today.

    Only decisions use up a day's places (`note`), not wishes: a refused contact starts on no day. Contacts already on
    the cycle keep their places, so that a repeated command after a kill gives each contact the same day.
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
