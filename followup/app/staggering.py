"""A bulk assign that does not begin on one day for all (G3)."""

from __future__ import annotations

from collections import Counter

from followup.core.model import Dossier
from followup.core.wishes import Assign, Choice


class Staggered:
    """Makes the wish for each contact: no more than `a_day` of an owner's begin on one working day, the first today."""

    def __init__(self, choice: Choice, restart: bool, a_day: int) -> None:
        self.choice, self.restart, self.a_day = choice, restart, a_day
        self.begun: Counter[str | None] = Counter()

    def __call__(self, dossier: Dossier) -> Assign:
        owner = dossier.contact.owner if dossier.contact else None
        self.begun[owner] += 1
        return Assign(self.choice, self.restart, (self.begun[owner] - 1) // self.a_day)
