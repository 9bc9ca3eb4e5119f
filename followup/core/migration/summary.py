"""What differs between two versions of the catalog and what that does to contacts: exact counts, a few names."""

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

#: number of lines listed per process, unless all are requested
NAMED_LINES = 20


class ItemChange(NamedTuple):
    """One item that differs: `before` is None for a new item, `after` for a removed one."""

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
    """What an edition does to the contacts on one process: exact counts; only the first few are listed."""

    def __init__(self, most: int | None) -> None:
        self.standing, self.past, self.counts = 0, 0, Counter[str]()
        self.named: Few[Effect] = Few(most)

    def note(self, effects: Sequence[Effect], named: bool = True) -> None:
        """Of one contact. `named`: whether whoever reads it may see them (F20); they count all the same."""
        self.standing += 1
        for effect in effects:
            self.counts[effect.what] += 1
            self.past += effect.past
            if effect.what != "same" and named:
                self.named.add(effect)


class RefusedEffect(NamedTuple):
    """An effect that an apply refuses: see KINDS in effects.py."""

    what: str
    process: Ref
    step: str | None


class Impact:
    """What an edition does, by process (None: a new zone), for the contacts added so far."""

    def __init__(self, most: int | None = NAMED_LINES) -> None:
        self.processes: dict[Ref | None, Tally] = {}
        self.refused: dict[RefusedEffect, Few[str]] = {}
        self.used: set[str] = set()
        self._most, self._digest = most, sha256()

    @property
    def digest(self) -> str:
        """Equal for equal effects on the same contacts, so that an apply can be checked against its diff."""
        return self._digest.hexdigest()

    @property
    def tallies(self) -> list[tuple[str, Tally]]:
        """In display order, by id; "" for a new zone."""
        ids = ((process.id if process else "", tally) for process, tally in self.processes.items())
        return sorted(ids, key=lambda pair: pair[0])

    def note(self, effects: Sequence[Effect], named: bool = True) -> None:
        """Of one contact. `named`: see Tally.note."""
        by_process: dict[Ref | None, list[Effect]] = {}
        for effect in effects:
            by_process.setdefault(effect.process, []).append(effect)
            self._digest.update(repr(tuple(effect)).encode())
            if effect.entry and effect.what != "same":
                self.used.add(effect.entry)
            if effect.process and effect.what in REFUSED:
                refusal = RefusedEffect(effect.what, effect.process, effect.step)
                self.refused.setdefault(refusal, Few(5)).add(effect.contact, named)
        for process, own in by_process.items():
            self.processes.setdefault(process, Tally(self._most)).note(own, named)


class CatalogDiff(NamedTuple):
    """What differs from the live catalog, and what it does to contacts. `version`: the number it would get.

    `refused`: why it cannot be applied as it stands; `warnings`: `migrate:` entries that do nothing, and removed items
    whose ids rows still have. `digest`: the same as long as the files, the live version and the effects are the same.
    `renames`: what may belong under `moved`. `drop_offs`: contacts whose cycle ends by it.
    """

    version: int
    item_changes: tuple[ItemChange, ...]
    impact: Impact
    refused: tuple[str, ...]
    warnings: tuple[str, ...]
    digest: str
    renames: tuple[Rename, ...]
    drop_offs: DropOffs
