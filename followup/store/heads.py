"""What a change is given when it begins and ends: values apart from the protocol, which nothing loads to run."""

from __future__ import annotations

from typing import NamedTuple

OVERTAKEN = "another version of the catalog came in force this moment: nothing was changed; run it again"

UNDONE_ALREADY = "Change {} was undone by another command at the same moment. Nothing was changed."


class ItemId(NamedTuple):
    """What tells an item of the catalog from the others."""

    kind: str
    id: str


class Person(NamedTuple):
    """Whom a server that guards itself lets in, by `login`, and what they see (F20), as core/permission has it."""

    login: str
    user: str
    everything: bool
    team: list[str]
    property: str | None


class Head(NamedTuple):
    """What heads a change: the moment (UTC seconds), who, with which command, under which catalog version."""

    at: int
    by: str
    command: str
    catalog_version: int = 0
    undoes: int | None = None
