"""The SQLite store. Rollback journal, EXTRA sync, IMMEDIATE transactions: a commit is durable, a reader never waits
for a writer that has not reached its commit, and two writers queue.

WAL is not used: the SQLite that today's Pythons link can corrupt it with two connections (fixed in 3.51.3).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from json import dumps
from typing import Any

from followup.core.model import Action, Contact, Dossier, Enrolment, contact_subject, user_subject
from followup.core.words import folded
from followup.errors import Busy, CannotWrite, FollowupError, NoProject, StoreUnreachable
from followup.store import DAMAGED, Head
from followup.store.saving import SqliteChange
from followup.store.statements import statement

APPLICATION_ID = 0x464F4C57  # "FOLW"
SCHEMA_VERSION = 4
WAIT_SECONDS = 10.0

#: what messages say where the tables are not those of the schema's number, or a text is none
MISSHAPEN = (
    "no such table",
    "no such column",
    "already exists",
    "duplicate column",
    "Could not decode to UTF-8",
    "malformed",
)

#: first characters of SQLite's error name -> what the user is told
KINDS: tuple[tuple[str, type[FollowupError], str], ...] = (
    ("SQLITE_BUSY", Busy, "the store is busy: somebody has been writing for longer than it was worth waiting"),
    ("SQLITE_LOCKED", Busy, "the store is busy"),
    ("SQLITE_FULL", CannotWrite, "the disk is full: nothing is half saved; free some space and run it again"),
    ("SQLITE_READONLY", CannotWrite, "the store cannot be written: its file or folder is read-only"),
    # the change stands; only that its folder is on the disk was not confirmed
    ("SQLITE_IOERR_DIR_FSYNC", CannotWrite, "the disk reported an error at the very end: see whether it was made"),
    ("SQLITE_IOERR", CannotWrite, "the disk reported an error: nothing is half saved"),
    ("SQLITE_CANTOPEN", StoreUnreachable, "the store cannot be opened"),
    ("SQLITE_CORRUPT", StoreUnreachable, DAMAGED),
    ("SQLITE_NOTADB", StoreUnreachable, "the file is not a followup store"),
)


class SqliteStore:
    """A store in one file."""

    def __init__(self, path: str, create: bool = False) -> None:
        self.path, self.url = path, f"sqlite:///{path}"
        if not create and not os.path.exists(path):
            raise NoProject(f"there is no store at {path}: `followup init` makes one")
        with self._translated():
            # mode=rw: a typing error must not make an empty store
            uri = f"file:{_quoted(os.path.abspath(path))}?mode=rw" + ("c" if create else "")
            self.connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=WAIT_SECONDS)
            try:
                self._check(create)
                self._prepare()
            except BaseException:
                self.connection.close()
                raise

    def _prepare(self) -> None:
        self.connection.create_function("fold", 1, folded, deterministic=True)
        # a bulk write that spills its cache shuts readers out for its whole length
        self.connection.execute("PRAGMA cache_spill = OFF")
        self.connection.execute("PRAGMA synchronous = EXTRA")
        self.connection.execute("PRAGMA foreign_keys = OFF")  # decide and doctor hold them; each check is a seek

    def _check(self, create: bool) -> None:
        version = self.connection.execute("PRAGMA user_version").fetchone()[0]
        application = self.connection.execute("PRAGMA application_id").fetchone()[0]
        if create and version == 0 and application == 0:
            from followup.store.migrating import migrate

            migrate(self.connection)
        elif application != APPLICATION_ID:
            raise NoProject(f"{self.path} is not a followup store: it was left as it is", exists=True)
        elif version > SCHEMA_VERSION:
            message = f"{self.path} was made by a newer followup (schema {version}): upgrade this program"
            raise NoProject(message, exists=True)
        elif version < SCHEMA_VERSION:
            from followup.store.migrating import migrate

            migrate(self.connection)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """SQLite's errors as ours: one line, an exit code; anything unknown stays a bug."""
        try:
            yield
        except sqlite3.Error as error:
            name = getattr(error, "sqlite_errorname", "")
            for prefix, kind, message in KINDS:
                if name.startswith(prefix):
                    raise kind(f"{message} ({self.path})") from error
            if any(words in str(error) for words in MISSHAPEN):
                raise StoreUnreachable(f"{DAMAGED} ({self.path}: {error})") from error
            raise
        except UnicodeDecodeError as error:  # of SQLite's own message, which names what is damaged
            raise StoreUnreachable(f"{DAMAGED} ({self.path})") from error

    def ask(self, name: str, /, **values: Any) -> Iterator[tuple[Any, ...]]:
        with self._translated():
            # `yield from` would close the cursor of a generator left half-way, maybe after the connection
            for row in self.connection.execute(statement("sqlite", name), values):  # noqa: UP028
                yield row

    def dossiers(self, contacts: Sequence[str]) -> dict[str, Dossier]:
        ids = dumps(contacts)
        found = {id: Dossier(contact_subject(id)) for id in contacts}
        for row in self.ask("dossiers.contacts", ids=ids):
            found[row[0]] = Dossier(contact_subject(row[0]), row[-1], Contact._make(row[:-1]))
        enrolments: dict[str, list[Enrolment]] = {}
        for row in self.ask("dossiers.enrolments", ids=ids):
            enrolments.setdefault(row[1], []).append(Enrolment._make(row))
        actions: dict[str, list[Action]] = {}
        for row in self.ask("dossiers.actions", ids=ids):
            actions.setdefault(row[1], []).append(Action._make(row))
        for id in actions.keys() | enrolments.keys():
            found[id] = found[id]._replace(enrolments=tuple(enrolments.get(id, ())), actions=tuple(actions.get(id, ())))
        return found

    def dossier_of(self, actions: Sequence[int]) -> Dossier | None:
        found = [Action._make(row) for id in actions for row in self.ask("dossiers.one_action", id=id)]
        if not found or found[0].id != actions[0]:
            return None
        contact, owner = found[0].contact, found[0].owner
        dossier = self.dossiers([contact])[contact] if contact else self.tasks(owner or "")
        more = [a for a in found if (a.contact, a.contact or a.owner) == (contact, contact or owner)]
        missing = [action for action in more if dossier.action(action.id) is None]
        return dossier._replace(actions=tuple(sorted((*dossier.actions, *missing)))) if missing else dossier

    def tasks(self, user: str) -> Dossier:
        subject = user_subject(user)
        seq = next(self.ask("dossiers.last_seq", subject=subject))[0]
        actions = tuple(Action._make(row) for row in self.ask("dossiers.tasks", user=user))
        return Dossier(subject, seq, actions=actions)

    @contextmanager
    def change(self, head: Head, dry_run: bool = False, resume: int | None = None) -> Iterator[SqliteChange]:
        with self._translated():
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                change = SqliteChange(self.connection, head, resume)
                yield change
                change.finish()
                self.connection.execute("COMMIT" if change.saved and not dry_run else "ROLLBACK")
            finally:
                # SQLite has already rolled back what met a full disk
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        with self._translated():
            self.connection.execute("BEGIN")
            try:
                yield
            finally:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")

    def schema_faults(self) -> Iterator[str]:
        from followup.store.migrating import schema_faults

        with self._translated():
            yield from schema_faults(self.connection)

    def tolerate(self) -> None:
        self.connection.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")

    def close(self) -> None:
        self.connection.close()


def _quoted(path: str) -> str:
    """The three characters that a file: URI reads otherwise."""
    return path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
