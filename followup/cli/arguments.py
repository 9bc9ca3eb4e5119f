"""Resolve a command's arguments in this office before it does anything: dates, aliases, contacts.

An option that wasn't given is None; an empty one counts as not given.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import TYPE_CHECKING

from followup.app import action_lists, lookup
from followup.app.session import Session
from followup.cli.settings import Settings, present
from followup.core.kinds import ALIAS, CYCLE, PLAN, PROPERTY, Kind
from followup.core.list_filters import ContactFilter
from followup.core.office import INBOUND_CHANNELS
from followup.core.timing import local, moment
from followup.core.words import meant
from followup.errors import NotFound, UsageError

if TYPE_CHECKING:
    from followup.core.office import Office
    from followup.core.wishes import Choice


def day(session: Session, text: str, owner: str | None) -> str:
    """`text` as a local date or time on the owner's clock, never in a daylight-saving gap (T6); None: the office's."""
    from followup.cli.typed_dates import when

    calendar = session.office.calendar(owner)
    return moment(when(text, session.clock(owner), calendar), calendar.zone).text


def day_of(settings: Settings, office: Office, word: str) -> str:
    """`word` as a date in the office's zone and calendar."""
    from followup.cli.typed_dates import when

    calendar = office.calendar(None)
    return when(word, local(present(settings, calendar.zone), calendar.zone), calendar)[:10]


def declared(session: Session, kind: str, word: str | None) -> str | None:
    """The id that `word` means in one of the office's lists; any text if the office has no such list."""
    return lookup.one(session, kind, word) if word and session.catalog.documents(Kind(kind)) else word or None


def one_of(session: Session, kind: str, word: str | None) -> str | None:
    """The id of the declared item that `word` means."""
    return lookup.one(session, kind, word) if word else None


def among(words: Collection[str], kind: str, word: str | None) -> str | None:
    """The one of a fixed list that `word` means."""
    return lookup.word_of(words, kind, word) if word else None


def channel_of(word: str | None) -> str | None:
    """A channel in any case; a word that is none stays as it is, for those that take any."""
    return next(iter(meant(word, dict.fromkeys(INBOUND_CHANNELS, ""))), word) if word else None


def one_step(session: Session, word: str) -> str:
    """The id of the step of any process that `word` means: by its id, or by one that it had (E5)."""
    cycles, plans = session.catalog.documents(CYCLE), session.catalog.documents(PLAN)
    steps = {step["id"] for cycle in cycles.values() for step in cycle["steps"]}
    steps |= {step["id"] for plan in plans.values() for step in plan["steps"]}
    if word not in steps:
        old = (old for old in session.office.moved if old.partition("/")[2] == word)
        if today := next((today for today in map(partial(lookup.moved, session), old) if today), None):
            return today.rpartition("/")[2]
    return lookup.word_of(sorted(steps), "step", word)


def _source(session: Session, word: str | None) -> str | None:
    """A declared source, or one that contacts have: an import takes any, and an edit may have removed it since. Its
    exact word goes before another source's name, so that contacts are found after their source gets a new id."""
    if word is None or session.catalog.document(Kind("source"), word):
        return word
    brought = session.store.contacts.sources(session.reach)
    if word in brought:
        return word
    try:
        return lookup.one(session, "source", word)
    except NotFound:
        if not meant(word, dict.fromkeys(brought, "")):
            raise
        return lookup.word_of(brought, "source", word)


def _property(session: Session, word: str | None) -> str | None:
    """The id of a declared property; any word if the office declares none."""
    return lookup.one_if_declared(session, PROPERTY, word) if word else None


def optional_choice(session: Session, word: str | None) -> Choice | None:
    return choice(session, word) if word else None


def choice(session: Session, word: str) -> Choice:
    """The alias that `word` means; for an administrator also a cycle id (F9)."""
    from followup.core.wishes import Choice

    try:
        return Choice(lookup.one(session, "alias", word))
    except NotFound:
        cycle = word if session.catalog.document(CYCLE, word) else lookup.moved(session, word)
        if not (cycle and session.catalog.document(CYCLE, cycle)):
            raise
    if session.user.administers():
        return Choice(None, cycle)
    aliases = session.catalog.documents(ALIAS).items()
    names = [id for id, alias in aliases if alias["cycle"] == cycle and alias["active"]]
    raise NotFound(f"'{word}' is a cycle: choose an alias instead ({', '.join(names) or 'none points to it'})")


def restarts(cycle: str | None, restart: bool) -> None:
    """Raises UsageError for a restart of nothing."""
    if restart and not cycle:
        raise UsageError("--restart needs --cycle ALIAS. To start the same cycle again, name it")


def listing_sold(session: Session, listing: int | None) -> int | None:
    """The listing that a sale is about (F21). Raises NotFound if the action isn't a listing."""
    if listing and action_lists.action(session, listing).type != "listing":
        raise NotFound(f"action {listing} isn't a listing")
    return listing or None


def contact_filter(session: Session, words: Mapping[str, str | None], closed: bool = False) -> ContactFilter:
    """`words`: by field; users and cycles by id or name. `closed`: include won and lost ones, as with a stage."""
    from followup.core.model import STAGES

    return ContactFilter(
        owner=one_of(session, "user", words.get("owner")),
        cycle=one_of(session, "cycle", words.get("cycle")),
        source=_source(session, words.get("source")),
        site=_property(session, words.get("property")),
        stage=among(STAGES, "stage", words.get("stage")),
        text=words.get("text") or None,
        closed=closed or bool(words.get("stage")),
    )
