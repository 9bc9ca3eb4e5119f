"""The lines of a vCard text as they were before they were folded, in flat memory: none is held beyond LONGEST.

They are unfolded as bytes, each a character, because some programs fold inside a character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TextIO

#: Where a line is cut: nothing that is read is longer, only photos are.
LONGEST = 1 << 17
#: The encoding in which every byte is a character.
BYTES = "latin-1"

MARK = re.compile(r"\s*(BEGIN|END)\s*:\s*VCARD\s*", re.IGNORECASE)
ENCODING = re.compile(r'[^:]*;(?:ENCODING="?)?(QUOTED-PRINTABLE|BASE64|B)(?=[";:])', re.IGNORECASE)
QUOTED = "QUOTED-PRINTABLE"


def unfolded(text: TextIO) -> Iterator[tuple[int, str]]:
    """Every line, with the number of the first that it was folded into, from 1. An empty one comes first."""
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
    """How the value on this line is encoded: QUOTED, a name of base 64, or not at all."""
    match = ENCODING.match(line)
    return match[1].upper() if match else ""


def _goes_on(code: str, last: str, line: str) -> bool:
    """Whether a line belongs to the one above as it stands, as in 2.1. What closes a card never does."""
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
