"""Decode bytes: UTF-8 with or without a byte order mark, and without characters that editors don't show.

Characters that are line breaks only in YAML 1.1 (U+0085, U+2028) are refused too, so that line numbers agree.
"""

from __future__ import annotations

import re

from followup.catalog.tree import TOP, Place

INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]|\r(?!\n)")
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class NotText(Exception):
    """The bytes are not such a text: code, place, message and hint of the problem; `text`, as far as it can be read."""

    def __init__(self, code: str, place: Place, message: str, hint: str = "", text: str = "") -> None:
        super().__init__(message)
        self.code, self.place, self.message, self.hint, self.text = code, place, message, hint, text


def decode(data: bytes) -> str:
    """The text of a file. Raises NotText with the first problem."""
    _refuse_utf16(data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = _end(error.object[: error.start].decode("utf-8", "replace"))
        byte = error.object[error.start]
        readable = data.decode("utf-8-sig", "replace")
        message, hint = f"the byte {byte:#04x} isn't UTF-8", "save the file as UTF-8"
        raise NotText("FU005", place, message, hint, readable) from None
    if match := INVISIBLE.search(text):
        message = f"the text has {invisible(match[0])}"
        raise NotText("FU006", _end(text[: match.start()]), message, "remove it", text)
    return text


def invisible(character: str) -> str:
    """The name of an invisible character."""
    if character == "\r":
        return "a carriage return without a line feed"
    return f"the invisible character U+{ord(character):04X}"


def visible(text: str) -> str:
    """Text to print: characters that are invisible, or would move the text around them, become escapes."""
    return text if text.isprintable() else "".join(c if c.isprintable() else _escape(c) for c in text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode()


def _refuse_utf16(data: bytes) -> None:
    start = data[:4]
    if start.startswith(UTF16_MARKS) or (len(start) == 4 and start.count(0) in (2, 3)):
        raise NotText("FU005", TOP, "the file is UTF-16 or UTF-32, not UTF-8", "save the file as UTF-8")


def _end(text: str) -> Place:
    """The place just after `text`."""
    return Place(text.count("\n") + 1, len(text) - text.rfind("\n"))
