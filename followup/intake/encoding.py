"""Which encoding a file has, decided from every byte of it: text is never half right, and a guess is said.

A byte order mark decides; without one it is UTF-8 if all of it is, and Windows-1252 if none of its accents are UTF-8.
A mixture is refused with its place: whichever way it were read, some names would come out wrong.
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

# UTF-32's mark begins with UTF-16's, so it is tried first.
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def detect(file: BinaryIO, name: str, override: str | None = None, by_piece: bool = False) -> tuple[str, str]:
    """The encoding of `file`, and a note for the person if it was a guess. Raises BadInput with byte and line.

    `override` is what the person says that it is; a mark knows better. A file that is decoded `by_piece`, where each
    bad piece is refused on its own, may be a mixture and hold NUL.
    """
    if encoding := marked(file) or override:
        require(file, name, encoding)
        return encoding, ""
    if not by_piece:
        refuse_binary(file, name)
    bad = first_bad_byte(file, "utf-8")
    if bad is None:
        return "utf-8", ""
    # Windows-1252 reads nearly any bytes, so that it fits proves nothing. What does: accents that are valid UTF-8 are
    # next to impossible by chance, so a file that has some besides a bad byte is two files stuck together.
    if by_piece and (has_multibyte(file) or first_bad_byte(file, "cp1252") is not None):
        return "utf-8", ""
    if has_multibyte(file):
        raise BadInput(
            f"{name}: {place(file, bad)} is not UTF-8, and other accents in it are: "
            "fix that line, or name the encoding of the whole file with --encoding"
        )
    require(file, name, "cp1252")
    return "cp1252", "Read as Windows-1252 (the file isn't UTF-8). Check a name with accents."


def marked(file: BinaryIO) -> str | None:
    """The encoding that the file's byte order mark tells."""
    file.seek(0)
    head = file.read(4)
    return next((encoding for mark, encoding in MARKS if head.startswith(mark)), None)


def require(file: BinaryIO, name: str, encoding: str) -> None:
    """Refuse a file that is not wholly in `encoding`. A name that is no encoding is a UsageError."""
    try:
        "a".encode(encoding)
    except (LookupError, ValueError):
        raise UsageError(f"no encoding is called {encoding!r}: try utf-8, cp1252, latin-1 or utf-16") from None
    bad = first_bad_byte(file, encoding)
    if bad is not None:
        raise BadInput(f"{name}: {place(file, bad)} is not {encoding}: name the right encoding with --encoding")


def refuse_binary(file: BinaryIO, name: str) -> None:
    """Refuse what holds NUL bytes: no text without a byte order mark does."""
    at = 0
    for chunk in chunks(file):
        if (nul := chunk.find(b"\0")) >= 0:
            raise BadInput(
                f"{name}: {place(file, at + nul)} is NUL, so this is not a plain text file: "
                "export it as CSV (UTF-8), or say --encoding utf-16-le if it is UTF-16 without its mark"
            )
        at += len(chunk)


def first_bad_byte(file: BinaryIO, encoding: str) -> int | None:
    """The offset from 0 of the first byte that `encoding` cannot read."""
    decoder = codecs.getincrementaldecoder(encoding)()
    end = 0
    try:
        for chunk in chunks(file):
            end += len(chunk)
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        # The decoder was given what it had kept of the chunk before, too.
        return end - len(error.object) + error.start
    except UnicodeError:  # some codecs (utf-16 without a mark, idna) say no more than that they can't
        return 0
    return None


def has_multibyte(file: BinaryIO) -> bool:
    """Whether any accent in the file is good UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")("ignore")
    return any(not decoder.decode(chunk).isascii() for chunk in chunks(file))


def place(file: BinaryIO, offset: int) -> str:
    """Where a byte is, in words: both counts as an editor shows them, lines from 1, bytes from 0."""
    file.seek(0)
    lines, left, before = 1, offset, b""
    while left and (chunk := file.read(min(CHUNK, left))):
        # A CR LF that two chunks share is one line end, not two.
        lines += len(NEWLINE.findall(chunk)) - (before.endswith(b"\r") and chunk.startswith(b"\n"))
        left, before = left - len(chunk), chunk
    return f"line {lines}: byte {offset} (0x{file.read(1).hex()})"


def chunks(file: BinaryIO) -> Iterator[bytes]:
    """The file from its start."""
    file.seek(0, os.SEEK_SET)
    while chunk := file.read(CHUNK):
        yield chunk
