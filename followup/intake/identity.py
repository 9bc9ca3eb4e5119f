"""Who is who in a file: the ids that are made for files without any, and which ids have been there already.

A made id depends on the key alone, so the same file gives the same ids again; it changes when the key's cells do.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b


def made_id(kind: str, key: Iterable[str]) -> str:
    """`k` and 16 hex digits (64 bits: with fewer, two of a million people could share an id). Case does not count."""
    text = "\x1f".join((kind, *key)).casefold()
    return "k" + blake2b(text.encode(), digest_size=8).hexdigest()


def id_of(email: str | None, phone: str | None, name: str | None) -> str:
    """The id made from the e-mail, else from the phone's digits, else from the name; at least one is given."""
    if email:
        return made_id("email", (email,))
    digits = "".join(filter(str.isdigit, phone or ""))
    if digits:
        return made_id("phone", (digits,))
    return made_id("name", (name or phone or "",))


class Seen:
    """The ids met so far, as 64-bit hashes in buckets: 12 MB for a million of them, where a set takes 120.

    That an id is taken for another is one chance in a hundred thousand for a file of eight million.
    """

    def __init__(self) -> None:
        self.buckets = [b""] * 0x10000

    def add(self, id: str) -> bool:
        """Whether the id is new."""
        number = hash(id)
        bucket, rest = number & 0xFFFF, (number >> 16).to_bytes(6, "little", signed=True)
        if rest in self.buckets[bucket]:
            return False
        self.buckets[bucket] += rest
        return True
