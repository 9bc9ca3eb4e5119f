"""What a list is narrowed to. Whatever is None does not narrow it; a filter with a misspelled name is no filter at all,
so that neither the type checker nor the call lets it pass."""

from __future__ import annotations

from typing import NamedTuple


class DueFilter(NamedTuple):
    """Of a due list: ids of an action type, a category, a cycle; `since`: a local day, inclusive."""

    type: str | None = None
    category: str | None = None
    cycle: str | None = None
    since: str = ""


class ActionFilter(NamedTuple):
    """Of an action search: ids of today (E5), a status, `since` (inclusive) and `before` (exclusive) as local days, and
    a text that is looked for in titles, notes, attempts and names."""

    contact: str | None = None
    type: str | None = None
    status: str | None = None
    owner: str | None = None
    since: str | None = None
    before: str | None = None
    step: str | None = None
    category: str | None = None
    cycle: str | None = None
    text: str | None = None


class ContactFilter(NamedTuple):
    """Of a list of contacts: ids, a stage, and a text that is looked for in name, e-mail and phone. `closed`: the won
    and lost ones too."""

    owner: str | None = None
    cycle: str | None = None
    source: str | None = None
    stage: str | None = None
    text: str | None = None
    closed: bool = False
