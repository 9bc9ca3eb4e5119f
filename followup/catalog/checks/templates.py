"""A13: what a template says: its file is there, and every token in it is one that somebody will fill in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from followup.catalog.codes import nearest
from followup.catalog.declarations import Declarations, Finding
from followup.catalog.files import attachment
from followup.catalog.source_text import NotText

CONTACT = (
    *("id", "name", "first_name", "last_name", "email", "phone", "source"),
    *("type", "sales_cycle", "stage", "property", "follow_up"),
)
TOKENS: Mapping[str, tuple[str, ...]] = {
    "contact": CONTACT,
    "user": ("name", "first_name", "last_name", "email", "phone", "signature"),
    "property": ("name", "address", "phone"),
    "office": ("name",),
}
KNOWN = tuple(f"{thing}.{field}" for thing, fields in TOKENS.items() for field in fields)
BRACES = re.compile(r"\{\{(?P<inside>[^{}\n]*)\}\}|\{\{|\}\}")


def files(declarations: Declarations) -> Iterator[Finding]:
    for item, document in declarations.documents("template"):
        if not document["text"]:
            yield Finding(
                "FU215", item, ("file",), f"the file '{document['file']}': {_why(declarations, document['file'])}"
            )


def _why(declarations: Declarations, file: str) -> str:
    try:
        return "is empty" if not attachment(file, declarations.folder) else "changed while it was read"
    except NotText as error:
        return error.message


def tokens(declarations: Declarations) -> Iterator[Finding]:
    for item, document in declarations.documents("template"):
        texts = {"subject": document["subject"], "file" if document["file"] else "text": document["text"]}
        for key, text in texts.items():
            for message, hint in _wrong(text or "", document["file"] if key == "file" else None):
                yield Finding("FU214", item, (key,), message, hint)
    yield from _in_webhooks(declarations)


def _in_webhooks(declarations: Declarations) -> Iterator[Finding]:
    for item, document in declarations.documents("plan"):
        for place, step in enumerate(document["steps"]):
            for path, text in _filled_in(step):
                for message, hint in _wrong(text):
                    yield Finding("FU214", item, ("steps", place, *path), message, hint)


def _filled_in(step: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The texts of a webhook that can hold tokens."""
    yield ("url",), step.get("url", "")
    for part in ("headers", "payload"):
        values = step.get(part)
        if isinstance(values, dict):
            yield from (((part, key), value) for key, value in values.items() if isinstance(value, str))


def _wrong(text: str, file: str | None = None) -> Iterator[tuple[str, str]]:
    """Message and hint for every pair of braces that is no token."""
    for found in BRACES.finditer(text):
        inside = found["inside"]
        where = f", line {text.count(chr(10), 0, found.start()) + 1} of {file}" if file else ""
        if inside is None:
            yield f"a token that is not closed, or not opened{where}", "a token looks like {{contact.first_name}}"
        elif inside.strip() not in KNOWN:
            yield f"unknown token {found[0]}{where}{nearest(inside.strip(), KNOWN)}", _tokens_like(inside.strip())


def _tokens_like(token: str) -> str:
    """The tokens of the same thing; of everything, where there is no such thing."""
    thing = token.partition(".")[0]
    if thing in TOKENS:
        return f"{thing}: {', '.join(TOKENS[thing])}"
    return f"tokens are of {', '.join(TOKENS)}, such as {{{{contact.first_name}}}}"
