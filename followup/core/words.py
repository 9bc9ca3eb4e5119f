"""Matches typed words to names, ignoring case and accents, and suggests the nearest names if none matches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from unicodedata import combining, normalize


def folded(text: str) -> str:
    """The form used for comparing: no case, no accents, single spaces."""
    plain = "".join(c for c in normalize("NFKD", text) if not combining(c))
    return " ".join(plain.casefold().split())


def id_key(id: str) -> str:
    """What a contact's id is told apart by: ids are one regardless of case, and only ASCII is in them."""
    return id.lower() if id.isascii() else id


def meant(word: str, names: Mapping[str, str]) -> list[str]:
    """The ids that match `word`, from id -> name: the id itself, else every id with that id or name when folded."""
    if word in names:
        return [word]
    wanted = folded(word)
    return [id for id, name in names.items() if wanted in (folded(id), folded(name))]


def nearest(word: str, words: Iterable[str]) -> str:
    """`; did you mean 'x' or 'y'?`, or an empty text. Always one line, even if a name has line breaks. An id and a name
    that read alike, as 'call' and 'Call', are one suggestion: the nearer one."""
    from difflib import get_close_matches

    matches = get_close_matches(word, list(words), 6, 0.5)
    alike = {folded(match.replace("-", " ")): match for match in reversed(matches)}
    close = [match for match in matches if match in alike.values()][:3]
    return "; did you mean " + " or ".join(f"'{' '.join(name.split())}'" for name in close) + "?" if close else ""
