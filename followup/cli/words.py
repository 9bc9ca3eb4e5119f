"""What the words of a command mean in this office: dates, aliases, contacts. Settled before anything is asked for."""

from __future__ import annotations

from collections.abc import Mapping

from followup.app import action_lists
from followup.app.session import Session
from followup.cli.dates import when
from followup.cli.settings import Settings, present
from followup.core.list_filters import ContactFilter
from followup.core.office import Office
from followup.core.timing import local, moment
from followup.core.wishes import Choice
from followup.errors import NotFound


def day(here: Session, text: str, owner: str | None) -> str:
    """`text` as local text of the owner's clock, as that will show it (T6); of the office's clock, for nobody."""
    calendar = here.office.calendar(owner)
    return moment(when(text, here.clock(owner), calendar), calendar.zone).text


def day_of(settings: Settings, office: Office, word: str) -> str:
    """A word about a day as a date, in the zone and the calendar of an office."""
    calendar = office.calendar(None)
    return when(word, local(present(settings, calendar.zone), calendar.zone), calendar)[:10]


def declared(here: Session, kind: str, word: str) -> str | None:
    """The item that `word` means in a list of the office; any word, where the office has no such list."""
    return here.one(kind, word) if word and here.documents(kind) else word or None


def choice(here: Session, word: str) -> Choice | None:
    """The alias that `word` means; for an administrator also the id of a cycle (F9)."""
    if not word:
        return None
    try:
        return Choice(here.one("alias", word))
    except NotFound:
        if not here.document("cycle", word):
            raise
    if here.user.administers():
        return Choice(None, word)
    names = [id for id, alias in here.documents("alias").items() if alias["cycle"] == word and alias["active"]]
    raise NotFound(f"'{word}' is a cycle, and reps choose an alias: {', '.join(names) or 'none leads to it'} (F9)")


def owner_of(here: Session, action: int) -> str | None:
    """Whose action it is: their clock reads the dates that are typed for it."""
    return action_lists.action(here, action).owner


def listed(here: Session, listing: int) -> int | None:
    """The listing that a sale sold (F21); raises NotFound for an action that lists nothing."""
    if listing and action_lists.action(here, listing).type != "listing":
        raise NotFound(f"action {listing} is no listing")
    return listing or None


def contact_filter(here: Session, words: Mapping[str, str]) -> ContactFilter:
    """What of `words` was given, with names of users and cycles as their ids."""
    owner, cycle = words.get("owner"), words.get("cycle")
    return ContactFilter(
        here.one("user", owner) if owner else None,
        here.one("cycle", cycle) if cycle else None,
        words.get("source") or None,
        words.get("stage") or None,
        words.get("text") or None,
    )
