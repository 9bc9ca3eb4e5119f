"""What is being decided: the events so far and the dossier as they leave it; lives for one decision on one subject."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from followup.core import history as h
from followup.core.evolve import evolve
from followup.core.model import Dossier
from followup.core.office import Calendar, Office, User
from followup.core.timing import When, local, moment


class Stamp(NamedTuple):
    """The change that is being made: its number, the moment (UTC seconds), and who makes it."""

    change: int
    at: int
    by: User


class Decision(NamedTuple):
    """The events that were decided upon, and the dossier after them."""

    entries: tuple[h.Entry, ...]
    after: Dossier


class Draft:
    """A decision in the making. `ids` gives the ids of new actions and enrolments.

    `not_before_today`: what an edited process schedules lies in the future, however long ago it counts from (E2, E4).
    """

    def __init__(
        self, dossier: Dossier, office: Office, stamp: Stamp, ids: Iterator[int], not_before_today: bool = False
    ) -> None:
        self.dossier, self.office, self.stamp, self.ids = dossier, office, stamp, ids
        self.not_before_today = not_before_today
        self.entries: list[h.Entry] = []

    def add(self, event: h.Event) -> None:
        dossier, stamp = self.dossier, self.stamp
        entry = h.Entry(dossier.subject, dossier.seq + 1, stamp.change, stamp.at, stamp.by.id, event)
        self.dossier = evolve(dossier, entry)
        self.entries.append(entry)

    @property
    def decision(self) -> Decision:
        return Decision(tuple(self.entries), self.dossier)

    def calendar(self, owner: str | None) -> Calendar:
        return self.office.calendar(owner)

    def now(self, owner: str | None) -> When:
        """This moment, as the owner's clock shows it."""
        return local(self.stamp.at, self.calendar(owner).zone)

    def when(self, text: str | None, owner: str | None) -> When:
        """Local text in the owner's zone; None is now."""
        return self.now(owner) if text is None else moment(text, self.calendar(owner).zone)
