"""What the words of a command mean in this office: dates, aliases, contacts. Settled before anything is asked for.

A word that wasn't given is None; an empty one counts as not given.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from followup.app import action_lists, lookup
from followup.app.session import Session
from followup.cli.settings import Settings, present
from followup.core.kinds import ALIAS, CYCLE, Kind
from followup.core.list_filters import ContactFilter
from followup.core.timing import local, moment
from followup.errors import NotFound, UsageError

if TYPE_CHECKING:
    from followup.core.office import Office
    from followup.core.wishes import Choice


def day(session: Session, text: str, owner: str | None) -> str:
    """`text` as local text of the owner's clock, as that will show it (T6); of the office's clock, for nobody."""
    from followup.cli.typed_dates import when

    calendar = session.office.calendar(owner)
    return moment(when(text, session.clock(owner), calendar), calendar.zone).text


def day_of(settings: Settings, office: Office, word: str) -> str:
    """A word about a day as a date, in the zone and the calendar of an office."""
    from followup.cli.typed_dates import when

    calendar = office.calendar(None)
    return when(word, local(present(settings, calendar.zone), calendar.zone), calendar)[:10]


def declared(session: Session, kind: str, word: str | None) -> str | None:
    """The item that `word` means in a list of the office; any word, where the office has no such list."""
    return lookup.one(session, kind, word) if word and session.catalog.documents(Kind(kind)) else word or None


def one_of(session: Session, kind: str, word: str | None) -> str | None:
    """The id of the declared item that `word` means."""
    return lookup.one(session, kind, word) if word else None


def optional_choice(session: Session, word: str | None) -> Choice | None:
    return choice(session, word) if word else None


def choice(session: Session, word: str) -> Choice:
    """The alias that `word` means; for an administrator also the id of a cycle (F9)."""
    from followup.core.wishes import Choice

    try:
        return Choice(lookup.one(session, "alias", word))
    except NotFound:
        if not session.catalog.document(CYCLE, word):
            raise
    if session.user.administers():
        return Choice(None, word)
    aliases = session.catalog.documents(ALIAS).items()
    names = [id for id, alias in aliases if alias["cycle"] == word and alias["active"]]
    raise NotFound(f"'{word}' is a cycle, and reps choose an alias: {', '.join(names) or 'none leads to it'} (F9)")


def restarts(cycle: str | None, restart: bool) -> None:
    """Raises UsageError for a restart of nothing."""
    if restart and not cycle:
        raise UsageError("--restart needs --cycle ALIAS. To start the same cycle again, name it")


def listing_sold(session: Session, listing: int | None) -> int | None:
    """The listing that a sale sold (F21); raises NotFound for an action that lists nothing."""
    if listing and action_lists.action(session, listing).type != "listing":
        raise NotFound(f"action {listing} is no listing")
    return listing or None


def contact_filter(session: Session, words: Mapping[str, str | None], closed: bool = False) -> ContactFilter:
    """`words`: by field; users and cycles by their names, too. `closed`: won and lost ones too, as with a stage."""
    return ContactFilter(
        owner=one_of(session, "user", words.get("owner")),
        cycle=one_of(session, "cycle", words.get("cycle")),
        source=words.get("source") or None,
        stage=words.get("stage") or None,
        text=words.get("text") or None,
        closed=closed or bool(words.get("stage")),
    )
