"""A13: a template's file exists, and every token in it is known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from followup.catalog.checks.steps import plan_steps
from followup.catalog.codes import nearest
from followup.catalog.declarations import Declarations, Finding
from followup.catalog.files import attachment
from followup.catalog.source_text import NotText
from followup.catalog.tree import Path
from followup.core.kinds import TEMPLATE

if TYPE_CHECKING:
    from followup.core import catalog_documents as d

CONTACT = (
    *("id", "name", "first_name", "last_name", "email", "phone", "source"),
    *("type", "sales_cycle", "stage", "property", "follow_up"),
)
TOKENS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "contact": CONTACT,
        "user": ("name", "first_name", "last_name", "email", "phone", "signature"),
        "property": ("name", "address", "phone"),
        "office": ("name",),
    }
)
NAMES = tuple(f"{thing}.{field}" for thing, fields in TOKENS.items() for field in fields)
BRACES = re.compile(r"\{\{(?P<inside>[^{}\n]*)\}\}|\{\{|\}\}")


def files(declarations: Declarations) -> Iterator[Finding]:
    for item, document in declarations.documents(TEMPLATE):
        file = document["file"]
        if file and not document["text"]:
            yield Finding("FU215", item, ("file",), f"the file '{file}': {_why(declarations, file)}")


def _why(declarations: Declarations, file: str) -> str:
    try:
        return "is empty" if not attachment(file, declarations.folder) else "changed while it was read"
    except NotText as error:
        return error.message


def tokens(declarations: Declarations) -> Iterator[Finding]:
    for item, document in declarations.documents(TEMPLATE):
        texts = {"subject": document["subject"], "file" if document["file"] else "text": document["text"]}
        for key, text in texts.items():
            for message, hint in _wrong(text or "", document["file"] if key == "file" else None):
                yield Finding("FU214", item, (key,), message, hint)
    yield from _in_webhooks(declarations)


def _in_webhooks(declarations: Declarations) -> Iterator[Finding]:
    for item, _, place, step in plan_steps(declarations):
        for path, text in _texts(step):
            for message, hint in _wrong(text):
                yield Finding("FU214", item, ("steps", place, *path), message, hint)


def _texts(step: d.PlanStepDocument) -> Iterator[tuple[Path, str]]:
    """The texts of a webhook that may have tokens."""
    yield ("url",), step.get("url", "")
    yield from ((("headers", key), value) for key, value in step.get("headers", {}).items())
    payload = step.get("payload")
    if isinstance(payload, dict):
        yield from ((("payload", key), value) for key, value in payload.items() if isinstance(value, str))


def _wrong(text: str, file: str | None = None) -> Iterator[tuple[str, str]]:
    """A message and a hint for every pair of braces that isn't a token."""
    for braces in BRACES.finditer(text):
        inside = braces["inside"]
        where = f", line {text.count(chr(10), 0, braces.start()) + 1} of {file}" if file else ""
        if inside is None:
            yield f"an unclosed or unopened token{where}", "a token looks like {{contact.first_name}}"
        elif inside.strip() not in NAMES:
            yield f"unknown token {braces[0]}{where}{nearest(inside.strip(), NAMES)}", _tokens_like(inside.strip())


def _tokens_like(token: str) -> str:
    """The tokens of the same object; if it is unknown, the objects."""
    thing = token.partition(".")[0]
    if thing in TOKENS:
        return f"{thing}: {', '.join(TOKENS[thing])}"
    return f"tokens start with {', '.join(TOKENS)}, such as {{{{contact.first_name}}}}"
