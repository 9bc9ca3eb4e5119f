"""A validated catalog against the one in force, and the people in between: shown (diff), or put in force (apply)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import count

from followup.app.catalog_diff import acted, edits, of_users, said, shown
from followup.app.migrating import meetings
from followup.app.session import Session
from followup.app.versions import Version, noted, record, version_of
from followup.core import history as h
from followup.core import office as o
from followup.core import office_documents
from followup.core.draft import Stamp
from followup.core.migration.compare import edition
from followup.core.migration.edition import Edition
from followup.core.migration.summary import NAMED_LINES, CatalogDiff, Impact, ItemChange
from followup.errors import Conflict, Refused
from followup.store import Head, Store


def difference(session: Session, wanted: Version, by: str, most: int | None = NAMED_LINES) -> CatalogDiff:
    """What an apply would do now. Each stretch of contacts is read at one moment, and nobody waits for it."""
    store, version = session.store, version_of(session.store)
    changed = edits(store, wanted.documents)
    account = Impact(most)
    if changed and version:
        made, processes = edition_of(session, wanted, changed, version + 1)
        stamp = Stamp(0, session.now, administrator(made.office, by))
        met = meetings(store, made, processes, stamp, count(1 << 62))
        while True:
            with store.snapshot():
                stretch = next(met, None)
            if stretch is None:
                break
            for one in stretch:
                account.note(one.effects)
    return _told(store, wanted, changed, version, account)


def apply(
    session: Session, wanted: Version, by: str, expected: str | None = None, most: int | None = NAMED_LINES
) -> CatalogDiff:
    """Put `wanted` in force and do what the difference says, in one transaction; nothing where nothing differs.

    Raises Refused where it may not be, and Conflict where what it does is not what was `expected` (a digest).
    """
    store, at = session.store, session.now
    with store.change(Head(at, by, "apply", version_of(store)), session.dry_run, alone=True) as writing:
        version, changed, account = version_of(store), edits(store, wanted.documents), Impact(most)
        made = edition_of(session, wanted, changed, version + 1) if changed and version else None
        if changed:
            record(writing, wanted, version + 1, changed)
            writing.save([noted(store, writing.id, at, by, h.Applied(version + 1, wanted.digest, wanted.git))])
        if made:
            stamp = Stamp(writing.id, at, administrator(made[0].office, by))
            for stretch in meetings(store, *made, stamp, writing.ids):
                writing.save((met.before, met.decision) for met in stretch)
                for met in stretch:
                    account.note(met.effects)
        told = _told(store, wanted, changed, version, account)
        if expected is not None and expected != told.digest:
            raise Conflict("the store or the files have changed since that was shown: look at `followup diff` again")
        if told.refused:
            raise Refused("\n".join(told.refused))
        return told


def administrator(office: o.Office, by: str) -> o.User:
    """Who applies; the account of whoever sets an office up need not be a user of it."""
    return office.users.get(by) or o.User(by, by, "administrator")


def edition_of(
    session: Session, wanted: Version, changed: Sequence[ItemChange], version: int
) -> tuple[Edition, list[str]]:
    before, after = session.office, office_documents.office(version, office_documents.Documents(wanted.documents))
    processes = [row[0] for row in session.store.ask("catalog.processes")]
    return edition(before, after, said(changed), processes), processes


def _told(store: Store, wanted: Version, changed: tuple[ItemChange, ...], version: int, account: Impact) -> CatalogDiff:
    unused = said(changed).keys() - account.used
    warnings = [f"migrate {shown(id)} has nothing to do: nobody stands there" for id in sorted(unused)]
    digest = sha256(f"{version} {wanted.digest} {account.digest}".encode()).hexdigest()[:16]
    return CatalogDiff(
        version + 1 if changed else version,
        changed,
        account,
        (*refusals(account), *of_users(store, changed)),
        (*warnings, *acted(wanted.documents, changed)),
        digest,
    )


#: what is refused -> why, and what would do
REFUSALS = {
    "homeless": (
        "cycle '{cycle}' goes while contacts are on it: {who}. Say `migrate: [{{cycle: {cycle}, move_to: ALIAS}}]`, or "
        "leave it declared with `active: false` and say `drain: true` (F14, E6)"
    ),
    "stranded": (
        "step '{cycle}/{step}' goes while it is open for {who}, and nothing follows it. Say `migrate: [{{step: "
        "{cycle}/{step}, open: redirect, to: STEP}}]`, or `open: advance` to let them step off (E4, F12)"
    ),
    "waiting": (
        "cycle '{cycle}' is a hold: its new steps would never start for {who}. Say `migrate: [{{step: {cycle}/{step}, "
        "backfill: true}}]`, or place them on another cycle first (F8, F12)"
    ),
    "unkept": (
        "step '{cycle}/{step}' is open for {who}, and `open: keep` needs it to stay declared: say `active: false` "
        "instead of taking it out (E4)"
    ),
    "protected": (
        "cycle '{cycle}' is protected, and this edit touches {who}: take `protect` off in an apply of its own first"
    ),
}


def refusals(account: Impact) -> Iterator[str]:
    for (what, cycle, step), who in account.refused.items():
        more = who.total - len(who)
        named = ", ".join(who) + (f" and {more} more" if more else "")
        yield REFUSALS[what].format(cycle=cycle, step=step, who=named)
