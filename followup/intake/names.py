"""Full names and their parts: if a file has only one of them, the other is made from it.

The first word is the first name, the rest the last name; "Reed, Sue" is reversed. Names that may not be a person's
(one word, a company) stay as they are and get no parts.
"""

from __future__ import annotations

#: After a comma, or at the end, these aren't a first name.
SUFFIXES = frozenset(
    (
        *("inc", "ltd", "limited", "llc", "llp", "corp", "co", "company", "plc", "gmbh", "ag", "sa", "bv", "trust"),
        *("jr", "sr", "ii", "iii", "iv", "md", "phd", "esq"),
    )
)

Parts = tuple[str | None, str | None, str | None]


def split_name(name: str) -> Parts:
    """(name, first name, last name)."""
    last, comma, first = (part.strip() for part in name.partition(","))
    if comma:
        return (f"{first} {last}", first, last) if _is_given(last, first) else (name, None, None)
    first, _, last = name.partition(" ")
    if not last or _is_suffix(last.rpartition(" ")[2]):
        return name, None, None
    return name, first, last


def join_name(first: str | None, last: str | None) -> str | None:
    return f"{first} {last}" if first and last else first or last


def _is_given(last: str, first: str) -> bool:
    return bool(last and first) and "," not in first and not _is_suffix(first.rpartition(" ")[2])


def _is_suffix(word: str) -> bool:
    return word.rstrip(".").casefold() in SUFFIXES
