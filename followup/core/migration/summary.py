"""What differs between two versions of the catalog, and what that does to people: counted whole, named in part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

from followup.core.few import Few
from followup.core.migration.edition import REFUSED, Effect
from followup.core.office import Document

#: lines of each cycle that are named, unless all are asked for
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


class Tally:
    """What an edition does to those on one cycle: everything counted, the first few named."""

    def __init__(self, most: int | None) -> None:
        self.standing, self.past, self.counts = 0, 0, Counter[str]()
        self.named: Few[Effect] = Few(most)

    def note(self, effects: Sequence[Effect]) -> None:
        self.standing += 1
        for effect in effects:
            self.counts[effect.what] += 1
            self.past += effect.past
            if effect.what != "same":
                self.named.add(effect)


class Impact:
    """What an edition does, cycle by cycle ("" for what is of none), as it was told so far."""

    def __init__(self, most: int | None = NAMED_LINES) -> None:
        self.cycles: dict[str, Tally] = {}
        self.refused: dict[tuple[str, str, str | None], Few[str]] = {}
        self.used: set[str] = set()
        self._most, self._digest = most, sha256()

    @property
    def digest(self) -> str:
        """The same for the same effects on the same people."""
        return self._digest.hexdigest()

    def note(self, effects: Sequence[Effect]) -> None:
        by_cycle: dict[str, list[Effect]] = {}
        for effect in effects:
            by_cycle.setdefault(effect.cycle, []).append(effect)
            self._digest.update(repr(tuple(effect)).encode())
            if effect.entry and effect.what != "same":
                self.used.add(effect.entry)
            if effect.what in REFUSED:
                self.refused.setdefault((effect.what, effect.cycle, effect.step), Few(5)).add(effect.contact)
        for cycle, found in by_cycle.items():
            self.cycles.setdefault(cycle, Tally(self._most)).note(found)


class CatalogDiff(NamedTuple):
    """What differs from the catalog in force, and what it does to people. `version`: the one that it would be.

    `refused`: why it cannot be applied as it stands; `warnings`: `migrate:` entries that do nothing. `digest`: the same
    as long as the files, the version in force and the effects are the same.
    """

    version: int
    edits: tuple[ItemChange, ...]
    account: Impact
    refused: tuple[str, ...]
    warnings: tuple[str, ...]
    digest: str
