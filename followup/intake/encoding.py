"""Detects a file's encoding from all of its bytes: no text is half right, and a guess is reported.

A byte order mark decides; without one it's UTF-8 if all of it is valid, and Windows-1252 if no accents are UTF-8.
A mixture is refused with its place: in either encoding, some names would be wrong.
"""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Iterator
from typing import BinaryIO

from followup.errors import BadInput, UsageError

CHUNK = 1 << 20
NEWLINE = re.compile(rb"\r\n?|\n")

# UTF-32's mark starts with UTF-16's, so it comes first.
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def detect(file: BinaryIO, name: str, override: str | None = None, by_piece: bool = False) -> tuple[str, str]:
    """The encoding of `file`, and a note for the user if it was a guess. Raises BadInput with byte and line.

    `override`: the user's choice; a byte order mark overrides it. A file decoded `by_piece`, where each bad piece is
    refused alone, may be a mixture and contain NUL.
    """
    if encoding := marked(file) or override:
        require(file, name, encoding)
        return encoding, ""
    if not by_piece:
        refuse_binary(file, name)
    bad = first_bad_byte(file, "utf-8")
    if bad is None:
        return "utf-8", ""
    # Windows-1252 can decode nearly any bytes, so success proves nothing. But accents are almost never valid UTF-8 by
    # chance: a file with some, and with an invalid byte, is two files stuck together.
    if by_piece and (has_multibyte(file) or first_bad_byte(file, "cp1252") is not None):
        return "utf-8", ""
    if has_multibyte(file):
        raise BadInput(
            f"{name}: {place(file, bad)} isn't UTF-8, although the rest of the file is: "
            "fix that line, or name the encoding of the file with --encoding"
        )
    require(file, name, "cp1252")
    return "cp1252", "Read as Windows-1252 (the file isn't UTF-8). Check a name with accents."


def marked(file: BinaryIO) -> str | None:
    """The encoding of the file's byte order mark, or None."""
    file.seek(0)
    head = file.read(4)
    return next((encoding for mark, encoding in MARKS if head.startswith(mark)), None)


def require(file: BinaryIO, name: str, encoding: str) -> None:
    """Refuse a file that isn't valid in `encoding`. Raises UsageError for an unknown encoding."""
    try:
        "a".encode(encoding)
    except (LookupError, ValueError):
        raise UsageError(f"unknown encoding {encoding!r}: try utf-8, cp1252, latin-1 or utf-16") from None
    bad = first_bad_byte(file, encoding)
    if bad is not None:
        raise BadInput(f"{name}: {place(file, bad)} isn't {encoding}: choose another --encoding")


def refuse_binary(file: BinaryIO, name: str) -> None:
    """Refuse NUL bytes: no text without a byte order mark has them."""
    at = 0
    for chunk in chunks(file):
        if (nul := chunk.find(b"\0")) >= 0:
            wide = _wide(chunk)
            fix = (
                f"use --encoding {wide}, since it looks like it"
                if wide
                else "delete it, or export the file as CSV (UTF-8)"
            )
            raise BadInput(f"{name}: {place(file, at + nul)} is NUL, which plain text doesn't have: {fix}")
        at += len(chunk)


def _wide(text: bytes) -> str | None:
    """The UTF-16 that some bytes look like: where they are in pairs, it's always the same one of two that is NUL."""
    first, second = text[::2].count(0), text[1::2].count(0)
    if max(first, second) * 8 < len(text) or min(first, second) * 10 > max(first, second):
        return None
    return "utf-16-be" if first > second else "utf-16-le"


def first_bad_byte(file: BinaryIO, encoding: str) -> int | None:
    """The offset from 0 of the first byte that isn't valid in `encoding`; None if all are."""
    decoder = codecs.getincrementaldecoder(encoding)()
    end = 0
    try:
        for chunk in chunks(file):
            end += len(chunk)
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        # error.object also has the bytes that the decoder kept from the previous chunk.
        return end - len(error.object) + error.start
    except UnicodeError:  # some codecs (utf-16 without a mark, idna) don't give a position
        return 0
    return None


def has_multibyte(file: BinaryIO) -> bool:
    """Whether the file has any accent in valid UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")("ignore")
    return any(not decoder.decode(chunk).isascii() for chunk in chunks(file))


def place(file: BinaryIO, offset: int) -> str:
    """The place of a byte as text: lines from 1 and bytes from 0, as editors show them."""
    file.seek(0)
    lines, left, before = 1, offset, b""
    while left and (chunk := file.read(min(CHUNK, left))):
        # A CR LF split between two chunks is one line end, not two.
        lines += len(NEWLINE.findall(chunk)) - (before.endswith(b"\r") and chunk.startswith(b"\n"))
        left, before = left - len(chunk), chunk
    return f"line {lines}: byte {offset} (0x{file.read(1).hex()})"


def chunks(file: BinaryIO) -> Iterator[bytes]:
    """The file's content from its start."""
    file.seek(0, os.SEEK_SET)
    while chunk := file.read(CHUNK):
        yield chunk
