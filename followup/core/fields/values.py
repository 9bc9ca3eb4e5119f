"""What one cell may hold, field by field. A cleaner takes a stripped, non-empty text and returns it as it is stored.

A text that cannot be used raises Unfit with the reason, as the person who mends the file will read it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from followup.core.fields.artifacts import seen, unformula, whole_number, without_kind
from followup.core.model import STAGES
from followup.core.spreadsheet import unguard

LONGEST = 10_000
SEVERAL = ":::"  # what Google writes between the values of one cell

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}")
# Half a surrogate pair is what a byte that is not UTF-8 becomes on the command line.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
LISTED = re.compile(f"[;,]|{SEVERAL}")
MANGLED = re.compile(r"[0-9]([.,][0-9]+)?E\+[0-9]+", re.IGNORECASE)
#: the group of all contacts there, and that of the starred ones
GOOGLES = frozenset(("* mycontacts", "* starred", "* my contacts"))
LINE_END = re.compile(r"\r\n?|[\x85\u2028\u2029]")


class Unfit(ValueError):
    """The reason why a record is refused; `field`: the one that it is about, where it is one."""

    field: str | None = None


def clean_cell(cell: str, lines: bool = False) -> str | None:
    """A cell of a file, first of all: without a spreadsheet's guard, or the formula that it made of a text."""
    # The guard goes first: what it was put before may be nothing but blanks, or compose to something else.
    return clean_text(unguard(unformula(cell)), lines, "a cell")


def clean_text(text: str, lines: bool = False, where: str = "a text") -> str | None:
    """NFC, of bounded length, without controls, on one line (unless `lines`); None if it is blank."""
    if len(text) > LONGEST:
        raise Unfit(f"{where} of {len(text)} characters; {LONGEST} is the most")
    if match := CONTROL.search(text):
        raise Unfit(f"a control character (U+{ord(match[0]):04X}) in {where}")
    text = unicodedata.normalize("NFC", text)
    if lines:
        text = LINE_END.sub("\n", text.replace("_x000D_", "")).strip()
        return text if seen(text) else None
    return " ".join(seen(text).split()) or None


def clean_id(text: str) -> str:
    text = whole_number(without_kind(text))
    if "+" in text:
        refuse_mangled("id", text)
    if not ID.fullmatch(text):
        raise Unfit(f"the id {shown(text)} does not fit: letters, digits and . _ @ + - only, 64 at most")
    return text


def refuse_mangled(field: str, text: str) -> None:
    """A spreadsheet that takes a long number for one to count with keeps its first digits only."""
    if MANGLED.fullmatch(text):
        raise Unfit(f"the {field} {shown(text)} has lost digits in a spreadsheet: format that column as text there")


@lru_cache(maxsize=4096)
def clean_list(text: str) -> str | None:
    """`VIP; Old Clients` -> `old-clients vip`: ids, sorted, each once. Google's own groups are none: it marks them."""
    items = (item for item in LISTED.split(text) if item.strip().casefold() not in GOOGLES)
    return " ".join(sorted({slug(item) for item in items} - {"", "mycontacts"})) or None


@lru_cache(maxsize=256)
def clean_stage(text: str) -> str:
    if text.lower() not in STAGES:
        raise Unfit(f"the stage {shown(text)} is none of {', '.join(STAGES)}")
    return text.lower()


def slug(text: str) -> str:
    """Lower-case letters and digits, hyphens between; accents fall away, letters of other scripts stay."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return "-".join(re.findall(r"[^\W_]+", plain))


def shown(text: str) -> str:
    """A value inside a reason: short, and visibly where it begins and ends."""
    return repr(text if len(text) <= 60 else text[:57] + "...")
