"""The SQLite store. Rollback journal, EXTRA sync, IMMEDIATE transactions: a commit is durable, a reader never waits
for a writer that has not reached its commit, and two writers queue.

WAL is not used: the SQLite that today's Pythons link can corrupt it with two connections (fixed in 3.51.3).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from followup.core.words import folded
from followup.errors import Busy, CannotWrite, FollowupError, NoProject, StoreUnreachable
from followup.store.answering import Answering
from followup.store.asking import DAMAGED, MISSING, AnyRow, Argument
from followup.store.sqlite.version import APPLICATION_ID, SCHEMA_VERSION
from followup.store.statements import statement

if TYPE_CHECKING:
    from followup.store.heads import Head, Person
    from followup.store.sqlite.change import SqliteChange
    from followup.store.tables import Row, Table

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
    ("SQLITE_READONLY_DBMOVED", Busy, "the store was replaced or moved meanwhile: nothing was changed; run it again"),
    ("SQLITE_READONLY", CannotWrite, "the store cannot be written: its file or folder is read-only"),
    # the change stands; only that its folder is on the disk was not confirmed
    ("SQLITE_IOERR_DIR_FSYNC", CannotWrite, "the disk reported an error at the very end: see whether it was made"),
    ("SQLITE_IOERR", CannotWrite, "the disk reported an error: nothing is half saved"),
    ("SQLITE_CANTOPEN", StoreUnreachable, "the store cannot be opened"),
    ("SQLITE_CORRUPT", StoreUnreachable, DAMAGED),
    ("SQLITE_NOTADB", StoreUnreachable, "the file is not a followup store"),
)
NOT_CREATED = ("SQLITE_CANTOPEN", CannotWrite, "the store cannot be created there: is its folder there, and writable?")


class SqliteStore(Answering):
    """A store in one file."""

    def __init__(self, path: str, create: bool = False) -> None:
        self.path, self.url = path, f"sqlite:///{path}"
        if not create and not os.path.exists(path):
            raise NoProject(MISSING.format(path))
        if create:
            from followup.disk import check_output

            check_output(path, is_store=True)
        with self._translated(create):
            # mode=rw: a typing error must not make an empty store
            uri = file_uri(path, "rwc" if create else "rw")
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
    def _translated(self, creating: bool = False) -> Iterator[None]:
        """SQLite's errors as ours: one line, an exit code; anything unknown stays a bug."""
        try:
            yield
        except sqlite3.Error as error:
            name = getattr(error, "sqlite_errorname", "")
            for prefix, kind, message in (NOT_CREATED, *KINDS) if creating else KINDS:
                if name.startswith(prefix):
                    raise kind(f"{message} ({self.path})") from error
            if any(words in str(error) for words in MISSHAPEN):
                raise StoreUnreachable(f"{DAMAGED} ({self.path}: {error})") from error
            raise
        except UnicodeDecodeError as error:  # of SQLite's own message, which names what is damaged
            raise StoreUnreachable(f"{DAMAGED} ({self.path})") from error

    def ask(self, name: str, /, **values: Argument) -> Iterator[AnyRow]:
        return self._rows(statement("sqlite", name), values)

    def rows_of(self, table: Table) -> Iterator[Row]:
        return self._rows(table.select, {})

    def _rows(self, sql: str, values: Mapping[str, Argument]) -> Iterator[AnyRow]:
        with self._translated():
            # `yield from` would close the cursor of a generator left half-way, maybe after the connection
            for row in self.connection.execute(sql, values):  # noqa: UP028
                yield row

    @contextmanager
    def change(
        self, head: Head, dry_run: bool = False, resume: int | None = None, alone: bool = False
    ) -> Iterator[SqliteChange]:
        with self._transaction("BEGIN IMMEDIATE"):
            change = self._begin_change(head, resume)
            yield change
            change.finish()
            if change.saved and not dry_run:
                self._commit(change)

    def _begin_change(self, head: Head, resume: int | None) -> SqliteChange:
        # whoever only asks loads nothing of what decides and writes
        from followup.store.sqlite.change import SqliteChange

        return SqliteChange(self.connection, head, resume)

    def _commit(self, change: SqliteChange) -> None:
        self.connection.execute("COMMIT")

    def fill(self, tables: Iterable[tuple[Table, Iterable[Row]]], people: Iterable[Person]) -> None:
        """See Store.fill. Nobody reads an office that is not there yet: what memory cannot hold may go to the disk."""
        from followup.store.contents import must_be_empty
        from followup.store.tables import insert

        with self._transaction("BEGIN IMMEDIATE"):
            self.connection.execute("PRAGMA cache_spill = ON")
            must_be_empty(self)
            for table, rows in tables:
                self.connection.executemany(insert(table).sql, rows)
            self.connection.execute(statement("sqlite", "write.numbered"))
            self._count()
            self.connection.execute("COMMIT")

    def _count(self) -> None:
        """Numbers go on behind the highest that was given: no row is ever taken away."""
        for name, least in list(self.ask("doctor.needed")):
            self.connection.execute(statement("sqlite", "write.set_counter"), {"name": name, "next": least})

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        with self._transaction("BEGIN"):
            yield

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        """Rolled back at its end, unless it was committed before that."""
        with self._translated():
            self.connection.execute(begin)
            try:
                yield
            finally:
                # SQLite has already rolled back what met a full disk
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")

    @property
    def sees_all(self) -> bool:
        return True

    def back_up(self, path: str) -> None:
        list(self.ask("lists.backup", path=path))

    def renew(self) -> None:
        with self._translated():
            self.connection.execute(statement("sqlite", "write.new_instance"))

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


def file_uri(path: str, mode: str) -> str:
    """Three characters are quoted that a file: URI reads otherwise."""
    return f"file:{os.path.abspath(path).replace('%', '%25').replace('?', '%3f').replace('#', '%23')}?mode={mode}"
