"""A decision in progress: the events so far and the dossier after them. One draft per decision and subject."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from followup.core import history as h
from followup.core.evolve import evolve
from followup.core.model import Contact, Dossier
from followup.core.office import Calendar, Office, User
from followup.core.timing import When, local, moment
from followup.errors import Conflict


class Stamp(NamedTuple):
    """The change being made: its number, the moment (UTC seconds), and its user."""

    change: int
    at: int
    by: User


class Decision(NamedTuple):
    """The events of a decision, and the dossier after them."""

    entries: tuple[h.Entry, ...]
    after: Dossier


class Draft:
    """A decision in progress. `ids` yields ids for new actions and enrolments.

    `not_before_today`: an edit schedules nothing before today, however old its anchor is (E2, E4).
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

    def living(self) -> Contact:
        """The contact; raises Conflict if it was removed, or if adding it was undone (E10)."""
        contact = self.dossier.known
        if contact.gone:
            raise Conflict(f"{contact.name} is no longer a contact ({contact.gone})")
        return contact

    def calendar(self, owner: str | None) -> Calendar:
        return self.office.calendar(owner)

    def now(self, owner: str | None) -> When:
        """The current moment in the owner's zone."""
        return local(self.stamp.at, self.calendar(owner).zone)

    def when(self, text: str | None, owner: str | None) -> When:
        """Parse local text in the owner's zone; None is now."""
        return self.now(owner) if text is None else moment(text, self.calendar(owner).zone)
