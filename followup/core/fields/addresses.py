"""E-mail addresses and phone numbers: one as it is stored, and all that a cell holds, the first being the contact's.

Several of them are one text with a line each.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

from followup.core.fields.artifacts import is_no_address, seen, whole_number, without_kind
from followup.core.fields.values import SEVERAL, Unfit, refuse_mangled, shown

#: one address, and nothing else
EMAIL = re.compile(r"""[^\s@<>()\[\]\\,;:"]+@(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W_](?:[\w-]*[^\W_])?""")
#: `mailto:a@b.example?subject=...`
MAILTO = re.compile(r"(?:mailto|smtp|e-?mail)\s*:\s*([^?]*).*", re.IGNORECASE)
IN_ANGLES = re.compile(r"<\s*([^<>\s]+@[^<>\s]+)\s*>")
BETWEEN_EMAILS = re.compile(
    rf"{SEVERAL}|[,;|\n]|\s+(?=\S+@)|/(?=[^/@\s]+@)|\s(?:or|and|und|et|y|&)(?=\s)", re.IGNORECASE
)
PHONE = re.compile(r"(?:tel|phone|callto|sms|whatsapp)\s*:\s*(?=[+(0-9])", re.IGNORECASE)
DASH = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
ALWAYS_BETWEEN_PHONES = re.compile(rf"{SEVERAL}|\n")
#: they also occur inside one number: `604 555 0101, ext. 5`, `030/5550101`
SOMETIMES_BETWEEN_PHONES = re.compile(r"([,;|/&]|\s(?:or|and|und|et|y|oder|ou|o)\s)", re.IGNORECASE)
#: digits that make a number of its own
ENOUGH = 6


def clean_email(text: str) -> str | None:
    """One address; its domain, which no mail system tells apart by case, in lower case. An apostrophe in front is a
    guard of another program."""
    text = text.strip("'")
    if EMAIL.fullmatch(text) is None or not text.isascii():
        text = _bare_email(text)
    if is_no_address(text) or text.startswith("/"):  # /o=ExchangeLabs/... means something inside of one company only
        return None
    if not EMAIL.fullmatch(text) or len(text) > 254:
        many = text.count("@") > 1
        raise Unfit(f"{shown(text)} is {'more than one' if many else 'not an'} e-mail address")
    if text.islower():
        return text
    mailbox, _, domain = text.rpartition("@")
    return f"{mailbox}@{domain.lower()}"


def _bare_email(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).strip()
    found = IN_ANGLES.findall(text)
    text = found[0] if len(found) == 1 else text
    match = MAILTO.fullmatch(text)
    return (match[1] if match else text).strip()


def clean_phone(text: str) -> str | None:
    """As it is. Other programs guard +1... with an apostrophe, which is never part of a number, and leave a mark behind
    the last of several."""
    text = text.lstrip("'").strip(" ,;|/") or text
    if text.startswith("="):
        raise Unfit(f"{shown(text)} is a formula, not a phone number: export the column as values")
    if not text.isascii():
        text = DASH.sub("-", unicodedata.normalize("NFKC", text))
    text = whole_number(without_kind(PHONE.sub("", text, count=1).strip()))
    if "E" in text or "e" in text:
        refuse_mangled("phone", text)
    digits = _digits(text)
    if not digits.strip("0") and (digits or is_no_address(text)):
        return None
    if not digits:
        raise Unfit(f"{shown(text)} is not a phone number")
    return text


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def emails_in(text: str) -> list[str]:
    """The addresses of one cell or several, in their order, each once. Raises Unfit for one that is none."""
    in_angles = IN_ANGLES.findall(text)
    parts = in_angles if len(in_angles) > 1 else [text] if in_angles else BETWEEN_EMAILS.split(text)
    return _cleaned(parts, clean_email)


def phones_in(text: str) -> list[str]:
    return _cleaned((part for each in ALWAYS_BETWEEN_PHONES.split(text) for part in _numbers(each)), clean_phone)


def _numbers(text: str) -> Iterable[str]:
    """Parted where both sides have digits enough to be called."""
    number, *more = SOMETIMES_BETWEEN_PHONES.split(text)
    for between, part in zip(more[::2], more[1::2], strict=True):
        if len(_digits(number)) >= ENOUGH and len(_digits(part)) >= ENOUGH:
            yield number
            number = part
        else:
            number += between + part
    yield number


def _cleaned(parts: Iterable[str], clean: Callable[[str], str | None]) -> list[str]:
    values: dict[str, str] = {}
    for part in parts:
        part = " ".join(seen(part).split())
        if part and (value := clean(part)):
            values.setdefault(value.casefold(), value)
    return list(values.values())


def clean_emails(text: str) -> str | None:
    return "\n".join(emails_in(text)) or None


def clean_phones(text: str) -> str | None:
    """A list of them as it was typed or exported: a semicolon is always between two."""
    return "\n".join(phones_in(text.replace(";", "\n"))) or None


def same_email(one: str | None, other: str | None) -> bool:
    return bool(one and other) and str(one).casefold() == str(other).casefold()


def same_phone(one: str | None, other: str | None) -> bool:
    """By the digits at the end: with and without the country's and the area's code."""
    first, second = sorted((_digits(one or ""), _digits(other or "")), key=len)
    return bool(first) and (first == second or (len(first) >= 7 and second.endswith(first.lstrip("0"))))
