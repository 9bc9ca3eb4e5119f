"""Ids that can be read and typed: a name in plain letters, with a number where that is taken."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from followup.core.words import folded

INSIDE_WORDS, BETWEEN_WORDS = re.compile("['\u2019`]"), re.compile("[^a-z0-9]+")
#: characters of a name that an id is made of
LONGEST_ID = 48
#: the id of a contact whose name has no letters
NAMELESS = "contact"
#: numbers that are tried one by one; behind them they double, since a name may be that of thousands
STEPS = 8
#: names whose last number is remembered
REMEMBERED = 20_000


def plain(name: str) -> str:
    """`José Núñez` -> `jose-nunez`, `李伟` -> `li-wei`; empty for a name without letters."""
    return "-".join(_letters(name if name.isascii() else _romanized(folded(name))).split())[:LONGEST_ID].strip("-")


def _letters(text: str) -> str:
    return BETWEEN_WORDS.sub(" ", INSIDE_WORDS.sub("", text.lower()))


def _romanized(name: str) -> str:
    """In Latin letters; each Chinese character is a word of its own."""
    if name.isascii():
        return name
    from anyascii import anyascii

    return "".join(f" {anyascii(c)} " if "\u2e80" <= c <= "\u9fff" else anyascii(c) for c in name if not is_symbol(c))


def is_symbol(character: str) -> bool:
    """Pictures have names too, which are no part of a person's."""
    return not character.isascii() and not character.isalnum()


class UnusedIds:
    """Ids for new contacts. `taken`: which of some ids are in use."""

    def __init__(self, taken: Callable[[Iterable[str]], set[str]]) -> None:
        self._taken = taken
        self._last: dict[str, int] = {}  # the number that was tried last, by name

    def ids(self, names: Sequence[str]) -> list[str]:
        """One for each name, none twice."""
        if len(self._last) > REMEMBERED:
            self._last.clear()
        bases = [plain(name) or NAMELESS for name in names]
        found = [""] * len(bases)
        left = list(range(len(bases)))
        while left:
            for place in left:
                found[place] = self._next(bases[place])
            taken = self._taken(found[place] for place in left)
            left = [place for place in left if found[place] in taken]
            for base in {bases[place] for place in left}:
                self._leap(base)
        return found

    def _next(self, base: str) -> str:
        number = self._last[base] = self._last.get(base, 0) + 1
        return base if number == 1 and base != NAMELESS else f"{base}-{number}"

    def _leap(self, base: str) -> None:
        if self._last[base] >= STEPS:
            self._last[base] *= 2
