"""What the words of a command mean in this office: dates, aliases, contacts. Settled before anything is asked for."""

from __future__ import annotations

from collections.abc import Mapping

from followup.app import lists
from followup.app.world import World
from followup.cli.dates import when
from followup.core.wishes import Choice
from followup.errors import NotFound


def day(here: World, text: str, owner: str | None) -> str:
    """`text` as local text of the owner's clock; of the office's, for nobody."""
    return when(text, here.clock(owner), here.office.calendar(owner))


def choice(here: World, word: str) -> Choice | None:
    """The alias that `word` means; for an administrator also the id of a cycle (F9)."""
    if not word:
        return None
    try:
        return Choice(here.one("alias", word))
    except NotFound:
        if here.user.administers() and here.document("cycle", word):
            return Choice(None, word)
        raise


def owner_of(here: World, action: int) -> str | None:
    """Whose action it is: their clock reads the dates that are typed for it."""
    return lists.action(here, action).owner


def listed(here: World, listing: int) -> int | None:
    """The listing that a sale sold (F21); raises NotFound for an action that lists nothing."""
    if listing and lists.action(here, listing).type != "listing":
        raise NotFound(f"action {listing} is no listing")
    return listing or None


def contact_filters(here: World, words: Mapping[str, str]) -> dict[str, str]:
    """What of `words` was given, with names of users and cycles as their ids."""
    kinds = {"owner": "user", "cycle": "cycle"}
    return {key: here.one(kinds[key], word) if key in kinds else word for key, word in words.items() if word}
