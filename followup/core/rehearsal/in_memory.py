"""An in-memory office: the same decide(), and nothing is stored.

`followup test`, the previews of a diff, and simulation all run on this, with different wishes.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count

from followup.core.decide import decide
from followup.core.draft import Decision, Stamp
from followup.core.model import Dossier, contact_subject
from followup.core.office import Office, User
from followup.core.permission import OFFICE
from followup.core.wishes import Wish

#: the single contact of a test or a preview
SOMEBODY = contact_subject("test")


class Rehearsal:
    """`people`: current dossiers by subject, both the initial ones and those added by wishes."""

    def __init__(self, office: Office, people: Iterable[Dossier] = ()) -> None:
        self.office = office
        self.people = {dossier.subject: dossier for dossier in people}
        self._ids = count(1 + max(map(_highest_id, self.people.values()), default=0))
        self._changes = count(1)

    def does(self, subject: str, wish: Wish, at: int, by: User = OFFICE) -> Decision:
        """Carry out `wish` at the moment `at` (UTC seconds). Raises what `decide` raises."""
        before = self.people.get(subject) or Dossier(subject)
        decision = decide(before, wish, self.office, Stamp(next(self._changes), at, by), self._ids)
        self.people[subject] = decision.after
        return decision


def _highest_id(dossier: Dossier) -> int:
    return max([x.id for x in dossier.actions] + [x.id for x in dossier.enrolments], default=0)
