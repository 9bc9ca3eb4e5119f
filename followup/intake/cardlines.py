"""A vCard line, `group.NAME;PARAMETERS:value`, read as text in any vCard version.

Only the names in READ are parsed. Common mistakes are tolerated, unless the text might come out wrong.
"""

from __future__ import annotations

import re
from binascii import a2b_qp
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from followup.core.fields.values import Unfit, shown
from followup.intake.folding import BYTES, LONGEST, QUOTED, encoded

#: The names that are read, and the marks that separate parts of their values.
READ: Mapping[str, str] = MappingProxyType(
    {
        "N": ";",
        "ORG": ";",
        "ADR": ";",
        "CATEGORIES": ";,",
        **dict.fromkeys(("FN", "EMAIL", "TEL", "TITLE", "NOTE", "UID", "BDAY", "URL"), ""),
        **dict.fromkeys(("KIND", "X-ADDRESSBOOKSERVER-KIND"), ""),
    }
)

TOO_LONG = "is too long, even without its photos"
# A colon inside a parameter's quotes doesn't end the head. An unclosed quote doesn't count.
TO_COLON = re.compile(r'((?:[^":]++|"[^"]*+")*+):')
NAME = re.compile(r'\s*+(?:[^\s;"]+\.)?([^\s;."\0]++)\s*+(;.*)?', re.DOTALL)
PARAMETER = re.compile(r';\s*+([^=;"]*+)(=?)((?:"[^"]*+"|[^;"]++)*+)')
ESCAPE = re.compile(r"\\([\\;,:nN])")
SEPARATORS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {marks: re.compile(rf"\\.|[{marks}]", re.DOTALL) for marks in {*READ.values()} - {""}}
)


class CardLine(NamedTuple):
    """`types` are uppercase; of several lines with the same name, the lowest `rank` is preferred."""

    name: str
    parts: list[str]
    types: tuple[str, ...]
    rank: int


class Head(NamedTuple):
    """The part before the value."""

    name: str
    types: tuple[str, ...]
    rank: int
    charset: str
    quoted: bool


def read_line(line: str, encoding: str) -> CardLine | None:
    """Parse a line of bytes; None if its name isn't in READ. Raises Unfit.

    `encoding`: for values without a CHARSET.
    """
    front, colon, value = line.partition(":")
    if '"' in front and (longer := TO_COLON.match(line)):
        front, value = longer[1], line[longer.end() :]
    head = _head(front) if len(front) < 200 else _head.__wrapped__(front)
    if head is None or not colon:
        raise Unfit(f"doesn't belong to a card: {shown(line.encode(BYTES).decode(encoding, 'replace'))}")
    if head.name not in READ:
        return None
    if len(line) >= LONGEST:
        raise Unfit(TOO_LONG)
    parts = _parts(value, READ[head.name], head.charset or encoding, head.quoted)
    if "\0" in "".join(parts):
        raise Unfit("has a NUL byte")
    return CardLine(head.name, parts, head.types, head.rank)


@lru_cache(maxsize=1024)
def _head(text: str) -> Head | None:
    """Parse the head; cached, because most cards of a file have the same heads."""
    match = NAME.fullmatch(text)
    if match is None:
        return None
    values = parameters(match[2] or "")
    charset = values.get("CHARSET", [""])[0]
    return Head(match[1].upper(), tuple(values.get("TYPE", ())), _rank(values), charset, encoded(text + ":") == QUOTED)


def parameters(text: str) -> dict[str, list[str]]:
    """`;TYPE=work,voice;CHARSET=UTF-8` as values by name, uppercase; a word without a name, as in 2.1, is a type."""
    by_name: dict[str, list[str]] = {}
    for name, equals, value in PARAMETER.findall(text.upper()):
        values = value.replace('"', "").split(",") if equals else [name]
        by_name.setdefault(name.strip() if equals else "TYPE", []).extend(word.strip() for word in values)
    return by_name


def _rank(values: dict[str, list[str]]) -> int:
    """The preference: 4.0 has numbers from 1 to 100, older versions have PREF or nothing."""
    numbers = [int(word) for word in values.get("PREF", []) if word.isdecimal() and len(word) < 4]
    return min(numbers, default=1 if "PREF" in values.get("TYPE", []) else 101)


def _parts(value: str, marks: str, charset: str, quoted: bool) -> list[str]:
    """The parts of a value. Quoted-printable is split before decoding: in it, =3B is a mark that isn't a separator."""
    if quoted:
        parts = _parted(value.replace("=\n", ""), marks)
        return [_decoded(a2b_qp(_plain(part).encode(BYTES)), charset) for part in parts]
    text = value if value.isascii() else _decoded(value.encode(BYTES), charset)
    return [_plain(part) for part in _parted(text, marks)]


def _parted(value: str, marks: str) -> list[str]:
    parts, start = [], 0
    for mark in SEPARATORS[marks].finditer(value) if marks else ():
        if not mark[0].startswith("\\"):
            parts.append(value[start : mark.start()])
            start = mark.end()
    return [*parts, value[start:]]


def _plain(text: str) -> str:
    return ESCAPE.sub(lambda escape: "\n" if escape[1] in "nN" else escape[1], text) if "\\" in text else text


def _decoded(data: bytes, charset: str) -> str:
    try:
        text = data.decode(charset)
        text.encode()  # half of a surrogate pair isn't text, even if the codec accepts it
    except LookupError:
        raise Unfit(f"names the unknown encoding {shown(charset)}") from None
    except ValueError:
        raise Unfit(f"isn't {shown(charset)}: fix its CHARSET, or use --encoding") from None
    return text
