"""What spreadsheets and databases leave in cells: invisible characters, words for nothing, formulas, prefixes.

Each function takes a text and returns what the person who typed it meant; none refuses anything.
"""

from __future__ import annotations

import re
import unicodedata

#: zero-width spaces, direction marks, soft hyphens, byte order marks. Joiners stay: names and emoji need them inside
UNSEEN = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
#: letters and symbols that are drawn as nothing
FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
INVISIBLE = frozenset(("Cc", "Cf", "Co", "Zs", "Zl", "Zp", "Mn", "Me"))
#: `="0730"` keeps a spreadsheet from dropping the zero
FORMULA = re.compile(r'=\s*"((?:[^"]|"")*)"')
#: a link in a cell shows its label, or where it leads
LINK = re.compile(r'=\s*HYPERLINK\(\s*("(?:[^"]|"")*")(?:\s*[,;]\s*("(?:[^"]|"")*"))?\s*\)', re.IGNORECASE)
#: a number that was taken for one to count with
DECIMAL = re.compile(r"(\+?[0-9]+)[.,]0{1,2}")
#: what a failed formula shows, and a column that is too narrow
FAILED = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|ERROR!|SPILL!|CALC!|#+)")
#: no name is written like these, so that they mean nothing in any field
NOTHING = frozenset(
    ("n/a", "N/A", "N/a", "n.a.", "N.A.", "NULL", "null", "(null)", "<null>", "[null]", "\\N", "NaN", "undefined")
    + ("(blank)", "(none)", "(empty)", "(not set)", "[blank]", "[none]", "k.A.", "k. A.")
)
#: the same where only an address or a number is allowed
NO_ADDRESS = frozenset(
    ("na", "none", "nil", "nan", "no", "unknown", "blank", "empty", "missing", "tbd", "tba", "x", "xx", "xxx", "nope")
    + ("noemail", "nophone", "nomail", "notprovided", "notavailable", "notapplicable", "notset", "private", "withheld")
    + ("keine", "keiner", "unbekannt", "aucun", "aucune", "inconnu", "ninguno", "ninguna", "desconocido", "false")
)
#: `l:`, `p:` and the like say of which kind a value is in exports of lead forms
KIND = re.compile(r"[a-z]{1,2}:(?=\+?[0-9])")


def seen(text: str) -> str:
    """Without invisible characters; empty where nothing is left to see."""
    if text.isascii():
        return text
    text = UNSEEN.sub("", text)
    return text if any(map(_is_visible, text)) else ""


def _is_visible(character: str) -> bool:
    return unicodedata.category(character) not in INVISIBLE and character not in FILLERS


def unformula(text: str) -> str:
    """The text of a formula that is nothing but a text in quotes, or a link."""
    if link := LINK.fullmatch(text.strip()):
        text = f"={link[2] or link[1]}"
    match = FORMULA.fullmatch(text.strip())
    return match[1].replace('""', '"') if match else text


def says_nothing(text: str) -> bool:
    """Whether a whole cell is a stand-in for an empty one: `-`, `N/A`, `NULL`, `#REF!`."""
    return text in NOTHING or (not any(map(str.isalnum, text)) and _is_dash(text)) or FAILED.fullmatch(text) is not None


def _is_dash(text: str) -> bool:
    return not text.strip("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212_./?*' ")


def is_no_address(text: str) -> bool:
    """The same of a cell for an e-mail address or a phone number."""
    word = "".join(filter(str.isalnum, text.casefold()))
    return says_nothing(text) or not word.strip("0") or ("@" not in text and word in NO_ADDRESS)


def without_kind(text: str) -> str:
    return KIND.sub("", text, count=1) if ":" in text else text


def whole_number(text: str) -> str:
    """`6045550108.0` -> `6045550108`."""
    match = DECIMAL.fullmatch(text)
    return match[1] if match else text
