"""A line of a card, `group.NAME;PARAMETERS:value`: what it says as text, whichever version it is written in.

Only what READ names is looked into. Everybody's mistakes are put up with, as long as no text can come out wrong.
"""

from __future__ import annotations

import re
from binascii import a2b_qp
from functools import lru_cache
from typing import NamedTuple

from followup.core.fields.values import Unfit, shown
from followup.intake.folding import BYTES, LONGEST, QUOTED, encoded

#: The names, and the marks that separate the parts of the value.
READ = {
    "N": ";",
    "ORG": ";",
    "ADR": ";",
    "CATEGORIES": ";,",
    **dict.fromkeys(("FN", "EMAIL", "TEL", "TITLE", "NOTE", "UID", "BDAY", "URL"), ""),
    **dict.fromkeys(("KIND", "X-ADDRESSBOOKSERVER-KIND"), ""),
}

TOO_LONG = "is too much: even without its photos this card is far too long"
# Where a parameter has quotes: a colon between them is no end. A quote that stays open is none.
TO_COLON = re.compile(r'((?:[^":]++|"[^"]*+")*+):')
NAME = re.compile(r'\s*+(?:[^\s;"]+\.)?([^\s;."\0]++)\s*+(;.*)?', re.DOTALL)
PARAMETER = re.compile(r';\s*+([^=;"]*+)(=?)((?:"[^"]*+"|[^;"]++)*+)')
ESCAPE = re.compile(r"\\([\\;,:nN])")
SEPARATORS = {marks: re.compile(rf"\\.|[{marks}]", re.DOTALL) for marks in {*READ.values()} - {""}}


class CardLine(NamedTuple):
    """`types` are in upper case; of several lines of one name, that of the lowest `rank` is preferred."""

    name: str
    parts: list[str]
    types: tuple[str, ...]
    rank: int


class Head(NamedTuple):
    """What stands before the value."""

    name: str
    types: tuple[str, ...]
    rank: int
    charset: str
    quoted: bool


def read_line(line: str, encoding: str) -> CardLine | None:
    """What a line of bytes says, None for one that is not READ. Raises Unfit.

    `encoding` is that of a value which does not say its own.
    """
    front, colon, value = line.partition(":")
    if '"' in front and (longer := TO_COLON.match(line)):
        front, value = longer[1], line[longer.end() :]
    head = _head(front) if len(front) < 200 else _head.__wrapped__(front)
    if head is None or not colon:
        raise Unfit(f"is no part of a card: {shown(line.encode(BYTES).decode(encoding, 'replace'))}")
    if head.name not in READ:
        return None
    if len(line) >= LONGEST:
        raise Unfit(TOO_LONG)
    parts = _parts(value, READ[head.name], head.charset or encoding, head.quoted)
    if "\0" in "".join(parts):
        raise Unfit("holds a NUL byte")
    return CardLine(head.name, parts, head.types, head.rank)


@lru_cache(maxsize=1024)
def _head(text: str) -> Head | None:
    """Remembered, since most cards of a file have the same."""
    found = NAME.fullmatch(text)
    if found is None:
        return None
    given = parameters(found[2] or "")
    charset = given.get("CHARSET", [""])[0]
    return Head(found[1].upper(), tuple(given.get("TYPE", ())), _rank(given), charset, encoded(text + ":") == QUOTED)


def parameters(text: str) -> dict[str, list[str]]:
    """`;TYPE=work,voice;CHARSET=UTF-8` by name, in upper case; a bare word, as in 2.1, is a type."""
    found: dict[str, list[str]] = {}
    for name, equals, value in PARAMETER.findall(text.upper()):
        values = value.replace('"', "").split(",") if equals else [name]
        found.setdefault(name.strip() if equals else "TYPE", []).extend(word.strip() for word in values)
    return found


def _rank(given: dict[str, list[str]]) -> int:
    """4.0 counts from 1 to 100; the others know PREF or nothing."""
    numbers = [int(word) for word in given.get("PREF", []) if word.isdecimal() and len(word) < 4]
    return min(numbers, default=1 if "PREF" in given.get("TYPE", []) else 101)


def _parts(value: str, marks: str, charset: str, quoted: bool) -> list[str]:
    """Quoted-printable is parted before it is decoded: a mark that is no separator is =3B there."""
    if quoted:
        parts = _parted(value.replace("=\n", ""), marks)
        return [_decoded(a2b_qp(_plain(part).encode(BYTES)), charset) for part in parts]
    text = value if value.isascii() else _decoded(value.encode(BYTES), charset)
    return [_plain(part) for part in _parted(text, marks)]


def _parted(value: str, marks: str) -> list[str]:
    parts, start = [], 0
    for found in SEPARATORS[marks].finditer(value) if marks else ():
        if not found[0].startswith("\\"):
            parts.append(value[start : found.start()])
            start = found.end()
    return [*parts, value[start:]]


def _plain(text: str) -> str:
    return ESCAPE.sub(lambda found: "\n" if found[1] in "nN" else found[1], text) if "\\" in text else text


def _decoded(data: bytes, charset: str) -> str:
    try:
        text = data.decode(charset)
        text.encode()  # half a surrogate pair is no text, whatever decodes to it
    except LookupError:
        raise Unfit(f"names an encoding that there is not: {shown(charset)}") from None
    except ValueError:
        raise Unfit(f"is not {shown(charset)}: mend its CHARSET, or name the encoding with --encoding") from None
    return text
