"""Contact ids in a file: made for files without ids, and checked for duplicates.

A made id depends only on the key, so the same file gives the same ids; it changes when the key's cells change.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

ENTRY = 10  # bytes


def made_id(kind: str, key: Iterable[str]) -> str:
    """`k` and 16 hex digits (64 bits: with fewer, two of a million contacts could share an id). Ignores case."""
    text = "\x1f".join((kind, *key)).casefold()
    return "k" + blake2b(text.encode(), digest_size=8).hexdigest()


def id_of(email: str | None, phone: str | None, name: str | None) -> tuple[str, str]:
    """The source of the id, and the id: the e-mail, else the phone's digits, else the name; at least one is given."""
    if email:
        return "e-mail", made_id("email", (email,))
    digits = "".join(filter(str.isdigit, phone or ""))
    if digits:
        return "phone", made_id("phone", (digits,))
    return "name", made_id("name", (name or phone or "",))


class Seen:
    """The ids so far, each with its line: 16 bytes where a dict takes 200. Buckets of a 48-bit hash and 32 bits.

    The chance of mistaking an id for another is one in a hundred thousand for a file of eight million rows.
    """

    def __init__(self) -> None:
        self.buckets = [b""] * 0x10000

    def add(self, id: str, line: int) -> int:
        """The earlier line with this id; or 0 if there is none, and `line` is stored."""
        number = hash(id.lower())  # ids are one regardless of case
        place, rest = number & 0xFFFF, (number >> 16).to_bytes(6, "little", signed=True)
        bucket = self.buckets[place]
        at = bucket.find(rest)
        while at > 0 and at % ENTRY:
            at = bucket.find(rest, at + 1)
        if at >= 0:
            return int.from_bytes(bucket[at + 6 : at + ENTRY], "little")
        self.buckets[place] = bucket + rest + line.to_bytes(4, "little")
        return 0
