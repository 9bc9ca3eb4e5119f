"""What differs between two versions of the catalog, and what that does to people: exact counts, a few names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from followup.core.few import Few
from followup.core.migration.dropping_off import DropOffs
from followup.core.migration.effects import REFUSED, Effect
from followup.core.office import Ref

if TYPE_CHECKING:
    from followup.core.catalog_documents import Document

#: lines of each process that are named, unless all are asked for
NAMED_LINES = 20


class ItemChange(NamedTuple):
    """One item that differs: `before` is None for a new one, `after` for one that was taken out."""

    kind: str
    id: str
    before: Document | None
    after: Document | None

    @property
    def what(self) -> str:
        return "add" if self.before is None else "remove" if self.after is None else "change"


class Rename(NamedTuple):
    """An id that is gone, and the new one of the same or like content. `kind`: cycle, plan, step or alias; a step
    goes by PROCESS/STEP. `ties`: other pairs of one of the two, just as much alike."""

    kind: str
    old: str
    new: str
    ties: tuple[tuple[str, str], ...] = ()


class Tally:
    """What an edition does to those on one process: everything counted, the first few named."""

    def __init__(self, most: int | None) -> None:
        self.standing, self.past, self.counts = 0, 0, Counter[str]()
        self.named: Few[Effect] = Few(most)

    def note(self, effects: Sequence[Effect]) -> None:
        """Of one contact."""
        self.standing += 1
        for effect in effects:
            self.counts[effect.what] += 1
            self.past += effect.past
            if effect.what != "same":
                self.named.add(effect)


class RefusedEffect(NamedTuple):
    """What an apply may not do: see KINDS of effects."""

    what: str
    process: Ref
    step: str | None


class Impact:
    """What an edition does, process by process (None: a new zone), as far as contacts have been noted."""

    def __init__(self, most: int | None = NAMED_LINES) -> None:
        self.processes: dict[Ref | None, Tally] = {}
        self.refused: dict[RefusedEffect, Few[str]] = {}
        self.used: set[str] = set()
        self._most, self._digest = most, sha256()

    @property
    def digest(self) -> str:
        """The same for the same effects on the same people, in a diff as in the apply that follows it."""
        return self._digest.hexdigest()

    @property
    def tallies(self) -> list[tuple[str, Tally]]:
        """In the order in which they are shown, by id; "" for a new zone."""
        ids = ((process.id if process else "", tally) for process, tally in self.processes.items())
        return sorted(ids, key=lambda pair: pair[0])

    def note(self, effects: Sequence[Effect]) -> None:
        """Of one contact."""
        by_process: dict[Ref | None, list[Effect]] = {}
        for effect in effects:
            by_process.setdefault(effect.process, []).append(effect)
            self._digest.update(repr(tuple(effect)).encode())
            if effect.entry and effect.what != "same":
                self.used.add(effect.entry)
            if effect.process and effect.what in REFUSED:
                refusal = RefusedEffect(effect.what, effect.process, effect.step)
                self.refused.setdefault(refusal, Few(5)).add(effect.contact)
        for process, own in by_process.items():
            self.processes.setdefault(process, Tally(self._most)).note(own)


class CatalogDiff(NamedTuple):
    """What differs from the catalog in force, and what it does to people. `version`: the one that it would be.

    `refused`: why it cannot be applied as it stands; `warnings`: `migrate:` entries that do nothing. `digest`: the same
    as long as the files, the version in force and the effects are the same. `renames`: what may belong under `moved`.
    `drop_offs`: contacts whose cycle ends by it.
    """

    version: int
    item_changes: tuple[ItemChange, ...]
    impact: Impact
    refused: tuple[str, ...]
    warnings: tuple[str, ...]
    digest: str
    renames: tuple[Rename, ...]
    drop_offs: DropOffs
