r"""Converts values to CSV fields and back without loss. One row is always one line.

An empty field is null; in a column that is never null it is the empty text, which is `\e` elsewhere. `\n`, `\r`,
`\t` and `\\` are as in C; other line ends and invisible characters are written like `\u0085`. Text that a spreadsheet
could run as a formula is guarded, as in all other files.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from hashlib import sha256
from io import StringIO
from types import MappingProxyType

from followup.core.spreadsheet import guard, unguard
from followup.store.tables import Value

EMPTY = r"\e"
_ESCAPES = MappingProxyType({"\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t"})
_MEANINGS = MappingProxyType({escape[1]: character for character, escape in _ESCAPES.items()} | {"e": ""})
_LETTERS = str.maketrans("0123456789", "ghijklmnop")
_UNSEEN = re.compile("[\\\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_WRITTEN = re.compile(r"\\(u[0-9a-f]{4}|.?)", re.DOTALL)


def lines(rows: Iterable[Sequence[Value]], sealed: bool = False) -> bytes:
    """A line for each row; each ends with a line feed. `sealed`: with a seal behind its fields."""
    out = StringIO()
    fields = ([_field(value) for value in row] for row in rows)
    csv.writer(out, lineterminator="\n").writerows([*row, seal(row)] if sealed else row for row in fields)
    return out.getvalue().encode()


def seal(fields: Iterable[Value]) -> str:
    """By which a line that was edited by hand is told from one that a command wrote. Letters only: a spreadsheet takes
    some words with digits for numbers."""
    text = "\x1f".join("" if field is None else str(field) for field in fields)
    return sha256(text.encode()).hexdigest()[:12].translate(_LETTERS)


def _field(value: Value) -> Value:
    if not isinstance(value, str):
        return value
    return guard(_UNSEEN.sub(_escape, value)) or EMPTY


def _escape(character: re.Match[str]) -> str:
    return _ESCAPES.get(character[0]) or f"\\u{ord(character[0]):04x}"


def value_of(field: str, blank: str | None) -> str | None:
    """The value of a field; `blank`: the value of an empty field. Raises ValueError for an invalid escape."""
    plain = unguard(field)
    return (_WRITTEN.sub(_meaning, plain) if "\\" in plain else plain) if plain else blank


def _meaning(escape: re.Match[str]) -> str:
    code = escape[1]
    if len(code) == 5:
        return chr(int(code[1:], 16))
    if code not in _MEANINGS:
        raise ValueError(f"'\\{code}' isn't an escape: write a backslash twice")
    return _MEANINGS[code]
