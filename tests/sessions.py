"""Sessions for tests that use a store as the commands do."""

from __future__ import annotations

from followup.app.session import Session, Visit, session_of
from followup.store.protocol import Store
from followup.store.questions.catalog_questions import AppliedCatalog


def visit_of(store: Store, now: int, user: str | None, command: str = "", dry_run: bool = False) -> Visit:
    return Visit(store, AppliedCatalog(store.catalog), now, user, command, dry_run)


def session_in(store: Store, now: int, user: str, command: str = "", dry_run: bool = False, typed: str = "") -> Session:
    return session_of(visit_of(store, now, user, command, dry_run)._replace(typed=typed))
