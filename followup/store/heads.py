"""The values that a change starts and ends with, in a separate module so that they load without the protocol."""

from __future__ import annotations

from typing import NamedTuple

OVERTAKEN = "another version of the catalog was applied at the same time. Nothing changed, try again"

UNDONE_ALREADY = "Change {} is already undone. Nothing changed."


class ItemId(NamedTuple):
    """Identifies an item of the catalog."""

    kind: str
    id: str


class Person(NamedTuple):
    """A user with access to a server, by `login`, and what they can see (F20), as in core/reach."""

    login: str
    user: str
    everything: bool
    team: list[str]
    property: str | None


class Head(NamedTuple):
    """The header of a change: the moment (UTC seconds), the user, the command, and the catalog version."""

    at: int
    by: str
    command: str
    catalog_version: int = 0
    undoes: int | None = None
