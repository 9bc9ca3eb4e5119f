"""Where a YAML parser stopped, with the text around: what the advice about it looks at."""

from __future__ import annotations

import json
import re
from typing import NamedTuple, Protocol

import yaml

from followup.catalog.tree import TOP, Place

KEYED = re.compile(r"\s*(?:- +)*(?P<key>[\w./-]+):\s+(?P<value>[^\s'\"].*)")
IN_QUOTES = "put the text into quotes"
LONGEST = 60  # characters of a line that a hint repeats


class Mark(Protocol):
    """Where something is, counted from 0; each parser has its own."""

    line: int
    column: int


class Scalar(NamedTuple):
    """A text that was read: where it begins and ends. `style`: its quote, | or >, or nothing."""

    begins: Place
    ends: Place
    style: str

    @property
    def quoted(self) -> bool:
        return self.style in ("'", '"')


class Slip(NamedTuple):
    """`says`: the parser's words. `start`: where what it was reading begins. `before`: the text right before.
    `around`: where the mapping or the list begins that is open."""

    lines: tuple[str, ...]
    says: str
    at: Place
    start: Place
    before: Scalar | None
    around: Place | None

    def line(self, number: int) -> str:
        return self.lines[number - 1] if number <= len(self.lines) else ""

    def rest(self, place: Place) -> str:
        """The line from `place` on."""
        return self.line(place.line)[place.column - 1 :]

    def up_to(self, place: Place) -> str:
        """The line before `place`."""
        return self.line(place.line)[: place.column - 1]

    @property
    def end(self) -> Place:
        """Right behind the last word of the text."""
        last = max((number for number, line in enumerate(self.lines, 1) if line.strip()), default=1)
        return Place(last, len(self.line(last).rstrip()) + 1)

    def indent(self, number: int) -> int:
        line = self.line(number)
        return len(line) - len(line.lstrip())

    def in_quotes(self, number: int) -> str:
        """A line's key with its value in quotes, where it has both."""
        keyed = KEYED.match(self.line(number))
        value = re.split(r"\s#", keyed["value"])[0].rstrip() if keyed else ""
        return f"write `{keyed['key']}: {quoted(value)}`" if keyed and len(value) <= LONGEST else IN_QUOTES


def slip(error: yaml.MarkedYAMLError, text: str, last: yaml.Event | None, around: Place | None) -> Slip:
    """`last`: the event before the error."""
    at = _place(error.problem_mark or error.context_mark)
    start = _place(error.context_mark) if error.context_mark else at
    before = None
    if isinstance(last, yaml.ScalarEvent):
        before = Scalar(_place(last.start_mark), _place(last.end_mark), last.style or "")
    lines = tuple(line.removesuffix("\r") for line in text.split("\n"))
    return Slip(lines, f"{error.problem} | {error.context}", at, start, before, around)


def _place(mark: Mark | None) -> Place:
    return Place(mark.line + 1, mark.column + 1) if mark else TOP


def quoted(text: str) -> str:
    """As YAML takes it for text, whatever it says."""
    return json.dumps(text, ensure_ascii=False)


def short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."
