"""The cards of a vCard text (2.1, 3.0, 4.0), streamed. Each is yielded once: complete, or with its fault."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import TextIO

from followup.core.fields.values import Unfit
from followup.intake.cardlines import TOO_LONG, CardLine, read_line
from followup.intake.folding import BYTES, LONGEST, MARK, unfolded


class Card:
    """A card being read. `line`: its first line, from 1; `fault`: the first reason why it can't be used."""

    def __init__(self, number: int, line: int, fault: str | None = None) -> None:
        self.number, self.line, self.fault = number, line, fault
        self.size = 0
        self.lines: dict[str, list[CardLine]] = {}

    def add(self, line: int, content: str, encoding: str) -> None:
        """Add a line. If it can't be read, the card gets a fault, and keeps its other lines."""
        try:
            card_line = read_line(content, encoding)
            if card_line is None:
                return
            self.size += len(content)
            if self.size >= LONGEST:
                raise Unfit(TOO_LONG)
            self.lines.setdefault(card_line.name, []).append(card_line)
        except Unfit as unfit:
            self.fail(f"line {line} {unfit}")

    def fail(self, fault: str) -> None:
        self.fault = self.fault or fault

    def texts(self, name: str) -> list[str]:
        return texts(self.lines.get(name, ()))


def texts(lines: Iterable[CardLine]) -> list[str]:
    """The values of lines with the same name, preferred ones first, without duplicates; parts are joined by ", "."""
    values = (", ".join(filter(None, map(str.strip, line.parts))) for line in sorted(lines, key=attrgetter("rank")))
    return list(dict.fromkeys(filter(None, values)))


def read_cards(text: TextIO, encoding: str) -> Iterator[Card]:
    """Every card from the start, numbered from 1. Lines outside of cards become a card with a fault.

    `encoding`: for values without a CHARSET, if the text is BYTES; other text is already decoded.
    """
    text.seek(0)
    encoding = encoding if text.encoding == BYTES else "utf-8"
    number, card = 0, None
    for line, content in unfolded(text):
        mark = MARK.fullmatch(content)
        if mark is None and not content.strip():
            continue
        begins = mark is not None and mark[1].upper() == "BEGIN"
        if begins and card is not None:
            yield _unclosed(card)
        if begins or card is None:
            number += 1
            card = Card(number, line, None if begins else "BEGIN:VCARD is missing above it")
        if mark is None:
            card.add(line, content, encoding)
        elif not begins:
            yield card
            card = None
    if card is not None:
        yield _unclosed(card)


def _unclosed(card: Card) -> Card:
    card.fail("END:VCARD is missing below it: the next card may be lost")
    return card
