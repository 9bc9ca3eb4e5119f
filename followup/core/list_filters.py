"""Filters of lists. A field that is None doesn't filter. Filters are types, so that the type checker and the call both
reject a misspelled name."""

from __future__ import annotations

from typing import NamedTuple


class DueFilter(NamedTuple):
    """For a due list: ids of an action type, a category and a cycle; `since`: a local day, inclusive."""

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
    """For a list of contacts: ids, a stage, and a text to find in name, e-mail and phone. `closed`: also list won and
    lost contacts. `site`: their property; `property` is the user's, which limits what they see (Reach)."""

    owner: str | None = None
    cycle: str | None = None
    source: str | None = None
    stage: str | None = None
    text: str | None = None
    closed: bool = False
    site: str | None = None
