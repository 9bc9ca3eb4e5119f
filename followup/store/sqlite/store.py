"""The SQLite store. Rollback journal, EXTRA sync, IMMEDIATE transactions: a commit is durable, a reader never waits
for a writer that has not reached its commit, and two writers queue.

WAL is not used: the SQLite that today's Pythons link can corrupt it with two connections (fixed in 3.51.3).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import count
from typing import Any

from followup.core.draft import Decision
from followup.core.model import Dossier
from followup.core.words import folded
from followup.errors import Busy, CannotWrite, FollowupError, NoProject, Overtaken, StoreUnreachable
from followup.store.answering import Answering
from followup.store.asking import DAMAGED
from followup.store.protocol import OVERTAKEN, Head, Person, Rows
from followup.store.saving import WRITES, rows_of
from followup.store.statements import statement, statements

APPLICATION_ID = 0x464F4C57  # "FOLW"
SCHEMA_VERSION = 5
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


class SqliteStore(Answering):
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
            from followup.store.sqlite.schema import migrate

            migrate(self.connection)
        elif application != APPLICATION_ID:
            # one whose making was killed at its start is nobody's
            begun = self.connection.execute("SELECT EXISTS (SELECT 1 FROM sqlite_master)").fetchone() == (1,)
            raise NoProject(f"{self.path} is not a followup store: it was left as it is", exists=begun)
        elif version > SCHEMA_VERSION:
            message = f"{self.path} was made by a newer followup (schema {version}): upgrade this program"
            raise NoProject(message, exists=True)
        elif version < SCHEMA_VERSION:
            from followup.store.sqlite.schema import migrate

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

    @contextmanager
    def change(
        self, head: Head, dry_run: bool = False, resume: int | None = None, alone: bool = False
    ) -> Iterator[SqliteChange]:
        with self._translated():
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                change = self.changing(self.connection, head, resume)
                yield change
                change.finish()
                if change.saved and not dry_run:
                    self._commit(change)
            finally:
                # SQLite has already rolled back what met a full disk
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")

    def changing(self, connection: sqlite3.Connection, head: Head, resume: int | None) -> SqliteChange:
        return SqliteChange(connection, head, resume)

    def _commit(self, change: SqliteChange) -> None:
        self.connection.execute("COMMIT")

    def fill(self, tables: Iterable[tuple[str, Rows]], people: Iterable[Person]) -> None:
        """See Store.fill. Nobody reads an office that is not there yet: what memory cannot hold may go to the disk."""
        from followup.store import whole

        with self._translated():
            self.connection.execute("PRAGMA cache_spill = ON")
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                whole.must_be_empty(self)
                for table, rows in tables:
                    self.connection.executemany(whole.insert(table), rows)
                self.connection.execute(statement("sqlite", "write.numbered"))
                for name, least in list(self.ask("doctor.needed")):
                    self.connection.execute(statement("sqlite", "write.set_counter"), {"name": name, "next": least})
                self.connection.execute("COMMIT")
            finally:
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

    @property
    def sees_all(self) -> bool:
        return True

    def back_up(self, path: str) -> None:
        list(self.ask("lists.backup", path=path))

    def schema_faults(self) -> Iterator[str]:
        from followup.store.sqlite.schema import schema_faults

        with self._translated():
            yield from schema_faults(self.connection)

    def tolerate(self) -> None:
        self.connection.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")

    def close(self) -> None:
        self.connection.close()

    @property
    def account(self) -> str | None:
        from followup.store.accounts import system_account

        return system_account()

    def believes(self, login: str | None) -> bool:
        """Whoever can open the file could write anything into it."""
        return True


class SqliteChange:
    """A change inside its transaction. What was handed out is counted when it finishes."""

    def __init__(self, connection: sqlite3.Connection, head: Head, resume: int | None) -> None:
        self.connection = connection
        if self._one("catalog.version") != head.catalog_version:
            raise (Busy if resume else Overtaken)(OVERTAKEN)  # of batches that are saved none is begun anew
        self.id, self.resumed = resume or self._one("write.counter", name="change"), resume is not None
        if resume is None:
            connection.execute(statement("sqlite", "write.change"), {"id": self.id, **head._asdict()})
            self._set("change", self.id + 1)
        self.ids: Iterator[int] = count(self._one("write.counter", name="action"))
        self.saved = False  # a change that changed nothing leaves no trace

    def _one(self, name: str, /, **values: Any) -> int:
        return int(self.connection.execute(statement("sqlite", name), values).fetchone()[0])

    def _set(self, name: str, next: int) -> None:
        self.connection.execute(statement("sqlite", "write.set_counter"), {"name": name, "next": next})

    def hold(self, actions: Iterable[int]) -> None:
        """Whoever changes this store holds all of it."""

    def execute(self, name: str, rows: Iterable[Sequence[Any]]) -> None:
        self.connection.executemany(statement("sqlite", "catalog." + name), rows)

    def admit(self, people: Iterable[Person]) -> None:
        """A file cannot guard itself."""

    def save(self, decisions: Iterable[tuple[Dossier, Decision]]) -> None:
        rows = rows_of(decisions)
        self.saved = self.saved or bool(rows["history"])
        sql = statements("sqlite", "write")
        for name, statement_ in WRITES.items():
            if rows[name]:
                self.connection.executemany(sql[statement_], rows[name])

    def leave_unfinished(self, typed: str | None) -> None:
        self.connection.execute(statement("sqlite", "write.unfinished"), {"id": self.id, "typed": typed})
        self.saved = self.saved or self.resumed

    def finish(self) -> None:
        self._set("action", next(self.ids))


def _quoted(path: str) -> str:
    """The three characters that a file: URI reads otherwise."""
    return path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
