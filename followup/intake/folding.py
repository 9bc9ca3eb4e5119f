"""Unfolds the lines of a vCard text in flat memory: lines are cut at LONGEST.

Lines are unfolded as bytes, one character each, because some programs fold inside a character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TextIO

#: The length at which a line is cut: only photos are longer, and these aren't read.
LONGEST = 1 << 17
#: An encoding in which every byte is a character.
BYTES = "latin-1"

MARK = re.compile(r"\s*(BEGIN|END)\s*:\s*VCARD\s*", re.IGNORECASE)
ENCODING = re.compile(r'[^:]*;(?:ENCODING="?)?(QUOTED-PRINTABLE|BASE64|B)(?=[";:])', re.IGNORECASE)
QUOTED = "QUOTED-PRINTABLE"


def unfolded(text: TextIO) -> Iterator[tuple[int, str]]:
    """Every unfolded line, with the number of its first source line, from 1. An empty line comes first."""
    start, pieces, size, last, code = 1, [""], 0, "", ""
    for number, line in _lines(text):
        if code and _goes_on(code, last, line):
            piece = "\n" + line
        elif line.startswith((" ", "\t")):
            piece = line[1:]
        else:
            yield start, "".join(pieces)
            start, pieces, size, piece, code = number, [], 0, line, encoded(line)
        if size < LONGEST:
            pieces.append(piece)
            size += len(piece)
        last = line
    yield start, "".join(pieces)


def encoded(line: str) -> str:
    """The encoding of this line's value: QUOTED, a name for base 64, or empty."""
    match = ENCODING.match(line)
    return match[1].upper() if match else ""


def _goes_on(code: str, last: str, line: str) -> bool:
    """Whether a line continues the previous one without folding, as in 2.1. BEGIN and END lines never do."""
    if code == QUOTED:
        return last.endswith("=") and not MARK.fullmatch(line)
    return ":" not in line


def _lines(text: TextIO) -> Iterator[tuple[int, str]]:
    number = 0
    while line := text.readline(LONGEST):
        number += 1
        rest = line
        while rest and not rest.endswith("\n"):
            rest = text.readline(LONGEST)
        line = line.removesuffix("\n")
        yield number, line if text.encoding == BYTES else line.encode().decode(BYTES)
