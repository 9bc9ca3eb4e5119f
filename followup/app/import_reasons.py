"""Why rows were refused, for a person to read: like reasons together, the commonest first, however many there were."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from followup.core.few import Few
from followup.intake.refusals import Refusal

#: reasons that are told apart; what goes beyond is counted together
KEPT = 200
#: reasons of one form that are shown one by one
LIKE = 3
#: lines that are named
LINES = 5
VALUE = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|\b[0-9][0-9.,:-]*\b")
OTHER = "other reasons, which the refused file has"


class Reason(NamedTuple):
    """`lines`: the first of them, and how many there are in all."""

    text: str
    lines: Few[int]


class Reasons:
    """`fields`: how many rows were refused for each."""

    def __init__(self) -> None:
        self._by_form: dict[str, dict[str, Few[int]]] = {}
        self._all: dict[str, Few[int]] = {}
        self.fields: dict[str, int] = {}

    def add(self, refusal: Refusal) -> None:
        if refusal.field:
            self.fields[refusal.field] = self.fields.get(refusal.field, 0) + 1
        form = VALUE.sub("\u2026", refusal.reason)
        if form not in self._by_form and len(self._by_form) >= KEPT:
            form = OTHER
        alike = self._by_form.setdefault(form, {})
        text = OTHER if form == OTHER else refusal.reason
        if len(alike) <= LIKE:
            alike.setdefault(text, Few(LINES)).add(refusal.line)
        self._all.setdefault(form, Few(LINES)).add(refusal.line)

    def __iter__(self) -> Iterator[Reason]:
        """The commonest first."""
        return iter(sorted(self._reasons(), key=lambda reason: (-reason.lines.total, reason.lines[0])))

    def _reasons(self) -> Iterable[Reason]:
        for form, alike in self._by_form.items():
            if len(alike) <= LIKE:
                yield from (Reason(text, lines) for text, lines in alike.items())
            else:
                yield Reason(f"{next(iter(alike))}; and others like it", self._all[form])
