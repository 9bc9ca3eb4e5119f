"""Validates and normalizes one value, field by field. A cleaner takes stripped, non-empty text; returns what to store.

A value that can't be used raises Unfit with the reason, worded for the person who fixes the file.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from followup.core.fields.artifacts import seen, unformula, whole_number, without_kind
from followup.core.model import STAGES
from followup.core.spreadsheet import unguard

LONGEST = 10_000
SEVERAL = ":::"  # Google's separator for several values in one cell

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}")
# Lone surrogates are what bytes that aren't UTF-8 become on the command line.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
LISTED = re.compile(f"[;,]|{SEVERAL}")
MANGLED = re.compile(r"[0-9]([.,][0-9]+)?E\+?[0-9]+", re.IGNORECASE)
#: the group of all contacts there, and that of the starred ones
GOOGLES = frozenset(("* mycontacts", "* starred", "* my contacts"))
LINE_END = re.compile(r"\r\n?|[\x85\u2028\u2029]")


class Unfit(ValueError):
    """The reason why a record is refused; `field`: the one that it is about, where it is one."""

    field: str | None = None


def clean_cell(cell: str, lines: bool = False) -> str | None:
    """A cell of a file, first of all: without a spreadsheet's guard, or the formula that it made of a text."""
    # Remove the guard first: the text after it may be blank, or may normalize to something else.
    return clean_text(unguard(unformula(cell)), lines, "a cell")


def clean_text(text: str, lines: bool = False, where: str = "a text") -> str | None:
    """NFC, limited in length, without control characters, on one line (unless `lines`); None if blank."""
    if len(text) > LONGEST:
        raise Unfit(f"{where} has {len(text)} characters; the maximum is {LONGEST}")
    if match := CONTROL.search(text):
        raise Unfit(f"a control character (U+{ord(match[0]):04X}) in {where}")
    text = unicodedata.normalize("NFC", text)
    if lines:
        text = LINE_END.sub("\n", text.replace("_x000D_", "")).strip()
        return text if seen(text) else None
    return " ".join(seen(text).split()) or None


def clean_id(text: str) -> str:
    text = whole_number(without_kind(text))
    if any(mark in text for mark in "+.,"):  # `4E05` alone may well be an id
        refuse_mangled("id", text)
    if not ID.fullmatch(text):
        raise Unfit(f"invalid id {shown(text)}: use letters, digits and . _ @ + -, at most 64")
    return text


def refuse_mangled(field: str, text: str) -> None:
    """A spreadsheet that treats a long number as numeric keeps only its first digits."""
    if MANGLED.fullmatch(text):
        raise Unfit(
            f"a spreadsheet cut digits off the {field} {shown(text)}: format that column as text and export again"
        )


@lru_cache(maxsize=4096)
def clean_list(text: str) -> str | None:
    """`VIP; Old Clients` -> `old-clients vip`: ids, sorted, each once. Google's own groups are none: it marks them."""
    items = (item for item in LISTED.split(text) if item.strip().casefold() not in GOOGLES)
    return " ".join(sorted({slug(item) for item in items} - {"", "mycontacts"})) or None


@lru_cache(maxsize=256)
def clean_stage(text: str) -> str:
    if text.lower() not in STAGES:
        raise Unfit(f"unknown stage {shown(text)}: choose {', '.join(STAGES)}")
    return text.lower()


def slug(text: str) -> str:
    """Lower-case letters and digits, separated by hyphens; accents are removed, other scripts are kept."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return "-".join(re.findall(r"[^\W_]+", plain))


def shown(text: str) -> str:
    """A value for an error message: shortened and quoted."""
    return repr(text if len(text) <= 60 else text[:57] + "...")
