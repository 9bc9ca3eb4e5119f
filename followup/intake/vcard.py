"""Turns a card into a record with the cells of HEADER, so that later code can treat it as a table row.

The preferred e-mail and phone are the contact's, the others are further ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TextIO
from urllib.parse import unquote

from followup.core.fields.values import ID
from followup.core.spreadsheet import guard
from followup.intake.cardlines import CardLine
from followup.intake.cards import Card, read_cards, texts
from followup.intake.identity import made_id
from followup.intake.names import split_name
from followup.intake.records import Record

#: Names that `columns` knows, so that refused cards, which are written as CSV, are mapped the same way.
HEADER: tuple[str, ...] = ("card", "id", "name", "first_name", "last_name", "email", "phone")
HEADER += ("groups", "notes", "other_emails", "other_phones", "organization")
HEADER += ("fax", "title", "address", "birthday", "website")
MOBILE = frozenset(("CELL", "MOBILE"))
#: Numbers that can't be called.
SILENT = frozenset(("FAX", "PAGER"))
UUID = re.compile(r"\Aurn:uuid:", re.IGNORECASE)


def card_records(text: TextIO, encoding: str) -> Iterator[Record]:
    """A record for each card, with the card's first line."""
    for card in read_cards(text, encoding):
        if "group" in _kinds(card):
            card.fail("it's a group of contacts, not a person")
        # A leading quote that isn't a guard against spreadsheets, but looks like one, gets a real one to lose.
        yield Record(card.line, [guard(cell) if cell[:1] == "'" else cell for cell in _cells(card)], card.fault)


def _cells(card: Card) -> list[str]:
    emails, (phones, silent) = card.texts("EMAIL"), _numbers(card.lines.get("TEL", []))
    cells = [str(card.number), _id(_first(card.texts("UID"))), *_names(card), _first(emails), _first(phones)]
    groups = _groups(card.lines.get("CATEGORIES", []))
    cells += [groups, *map("\n".join, (card.texts("NOTE"), emails[1:], phones[1:], card.texts("ORG"), silent))]
    return cells + ["\n".join(card.texts(name)) for name in ("TITLE", "ADR", "BDAY", "URL")]


def _first(values: list[str]) -> str:
    return values[0] if values else ""


def _kinds(card: Card) -> list[str]:
    return [kind.lower() for kind in card.texts("KIND") + card.texts("X-ADDRESSBOOKSERVER-KIND")]


def _id(uid: str) -> str:
    """The UID, if it is a valid id; else an id made from it, as from any other key."""
    uid = UUID.sub("", uid)
    return uid if not uid or ID.fullmatch(uid) else made_id("key", [uid])


def _names(card: Card) -> tuple[str, str, str]:
    """(name, first name, last name). A name without parts is split, unless it may be a company's."""
    name, firm = " ".join(_first(card.texts("FN")).split()), _first(card.texts("ORG"))
    last, first, *_ = [part for each in card.lines.get("N", []) for part in each.parts] + ["", ""]
    if first.strip() or last.strip():
        return name, first, last
    if not name or firm or "org" in _kinds(card):
        return name or firm, "", ""
    whole, given, family = split_name(name)
    return whole or "", given or "", family or ""


def _numbers(lines: list[CardLine]) -> tuple[list[str], list[str]]:
    """Numbers to call, with mobiles first among equals, and numbers that can't be called."""
    calls = [each for each in lines if not SILENT.intersection(each.types)]
    silent = [each for each in lines if SILENT.intersection(each.types)]
    calls.sort(key=lambda each: MOBILE.isdisjoint(each.types))
    return [_dialled(text) for text in texts(calls)], [_dialled(text) for text in texts(silent)]


def _dialled(text: str) -> str:
    """`tel:+1-604-555-0101;ext=5` -> `+1-604-555-0101 ext. 5`; other text is left as it is."""
    if text[:4].lower() != "tel:" or "%00" in text:
        return text
    number, *more = unquote(text[4:]).split(";")
    extension = _first([each[4:] for each in more if each[:4].lower() == "ext="])
    return f"{number} ext. {extension}" if extension else number


def _groups(lines: list[CardLine]) -> str:
    """The groups, joined by a mark that isn't in any group's name."""
    return ";".join(re.sub("[;,]", " ", part) for each in lines for part in each.parts)
