"""Files that are no table and no vCards, by what they begin with: each is named for what it is, and what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import BinaryIO

from followup.errors import BadInput
from followup.intake.encoding import marked

HEAD = 4096
AS_CSV = "Export the contacts as CSV or vCard, and import that file."

#: first bytes -> what the file is
MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel, Word or Outlook file (.xls, .doc, .msg)"),
    (b"{\\rtf", "a rich text document (RTF)"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"\x1f\x8b", "compressed with gzip"),
    (b"BZh91AY&SY", "compressed with bzip2"),
    (b"\xfd7zXZ\0", "compressed with xz"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"PAR1", "a Parquet file"),
    (b"bplist0", "a property list of macOS"),
    (b"!BDN", "an Outlook data file (.pst)"),
    (b"\x7fELF", "a program"),
)
#: parts of a zip -> what it is
ZIPPED: tuple[tuple[bytes, str], ...] = (
    (b"xl/", "an Excel workbook (.xlsx)"),
    (b"word/", "a Word document (.docx)"),
    (b"ppt/", "a PowerPoint presentation (.pptx)"),
    (b"opendocument.spreadsheet", "a LibreOffice spreadsheet (.ods)"),
    (b"opendocument", "a LibreOffice document"),
    (b"Index/", "an Apple Numbers or Pages document"),
    (b"[Content_Types].xml", "a Microsoft Office document"),
)
#: how a text begins -> what it is
TEXTS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), what)
    for pattern, what in (
        (r"BEGIN:VCALENDAR\b", "an iCalendar file, which holds events rather than contacts"),
        (r"[\[{]\s*(?:[\[{\"\]}]|\Z)", "a JSON file"),
        (r"dn::? \S|version: [0-9]\s", "an LDIF address book"),
        (
            r"From \S+ .*[0-9]:[0-9]|(?:Return-Path|Received|Delivered-To|MIME-Version|Message-ID): ",
            "an e-mail or a mailbox",
        ),
        (r"(?:CREATE TABLE|INSERT INTO|DROP TABLE|PRAGMA) |-- .*\bdump\b", "SQL statements"),
        (r"-----BEGIN ", "a key or a certificate"),
        (r"#!|---\s*[\r\n]", "a script or a settings file"),
    )
)
#: the root of an XML text -> what it is
ROOTS: Mapping[str, str] = MappingProxyType(
    {"adf": "a lead in ADF/XML", "plist": "a property list of macOS"}
    | dict.fromkeys(("html", "table", "body", "head", "div"), "a web page (HTML)")
)
ROOT = re.compile(r"<([A-Za-z_][\w.:-]*)[\s/>]")


def refuse_others(file: BinaryIO, name: str, encoding: str | None) -> None:
    """Raises BadInput for a file that is something else than a table, with what it is."""
    file.seek(0)
    head = file.read(HEAD)
    kind = next((what for magic, what in MAGIC if head.startswith(magic)), None) or _zipped(file, head)
    if kind is None and (kind := _text_kind(_text(head, marked(file) or encoding or "utf-8"))) is None:
        return
    raise BadInput(f"{name} is {kind}, so it has no rows to import. {AS_CSV}")


def _zipped(file: BinaryIO, head: bytes) -> str | None:
    if not head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return None
    file.seek(0)
    start = file.read(1 << 20)
    return next((what for part, what in ZIPPED if part in start), "a ZIP archive")


def _text(head: bytes, encoding: str) -> str:
    try:
        return head.decode(encoding, "ignore").lstrip("\ufeff \t\r\n")
    except (LookupError, ValueError):  # some codecs ignore nothing
        return ""  # named as it should be where the encoding is settled


def _text_kind(text: str) -> str | None:
    if text.startswith("<"):
        return _xml_kind(text)
    return next((what for pattern, what in TEXTS if pattern.match(text)), None)


def _xml_kind(text: str) -> str | None:
    """By its first element; what comes before that only says that it is XML."""
    kind = None
    while text.startswith(("<?", "<!")):
        kind = ROOTS["html"] if text[:14].lower() == "<!doctype html" else kind or "an XML file"
        end = "-->" if text.startswith("<!--") else ">"
        text = text.partition(end)[2].lstrip()
    root = ROOT.match(text)
    return ROOTS.get(root[1].lower(), "an XML file") if root else kind
