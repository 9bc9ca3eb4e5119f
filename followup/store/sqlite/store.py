"""The SQLite store. Rollback journal, EXTRA sync, IMMEDIATE transactions: a commit is durable, readers wait for a
writer only during its commit, and two writers queue.

WAL isn't used: two connections can corrupt it in the SQLite version that current Pythons include (fixed in 3.51.3).
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

#: messages that mean the tables don't match the schema's number, or a text isn't valid
MISSHAPEN = (
    "no such table",
    "no such column",
    "already exists",
    "duplicate column",
    "Could not decode to UTF-8",
    "malformed",
)

#: prefix of SQLite's error name -> the error and message for the user
KINDS: tuple[tuple[str, type[FollowupError], str], ...] = (
    ("SQLITE_BUSY", Busy, "the database is busy: try again"),
    ("SQLITE_LOCKED", Busy, "the database is busy"),
    ("SQLITE_FULL", CannotWrite, "the disk is full. Nothing changed: free some space and try again"),
    ("SQLITE_READONLY_DBMOVED", Busy, "the store was replaced or moved meanwhile: nothing was changed; run it again"),
    ("SQLITE_READONLY", CannotWrite, "the database can't be written: its file or folder is read-only"),
    # the change is saved, but the sync of its folder was not confirmed
    (
        "SQLITE_IOERR_DIR_FSYNC",
        CannotWrite,
        "the disk reported an error while saving: check whether the change was saved",
    ),
    ("SQLITE_IOERR", CannotWrite, "the disk reported an error: nothing was changed"),
    ("SQLITE_CANTOPEN", StoreUnreachable, "the database can't be opened"),
    ("SQLITE_CORRUPT", StoreUnreachable, DAMAGED),
    ("SQLITE_NOTADB", StoreUnreachable, "the file isn't a followup database"),
)
NOT_CREATED = ("SQLITE_CANTOPEN", CannotWrite, "the store cannot be created there: is its folder there, and writable?")


class SqliteStore(Answering):
    """The store in one file."""

    def __init__(self, path: str, create: bool = False) -> None:
        self.path, self.url = path, f"sqlite:///{path}"
        if not create and not os.path.exists(path):
            raise NoProject(MISSING.format(path))
        if create:
            from followup.disk import check_output

            check_output(path, is_store=True)
        with self._translated(create):
            # mode=rw: a typo in the path must not create an empty store
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
        # a bulk write that spills its cache would lock out readers until it ends
        self.connection.execute("PRAGMA cache_spill = OFF")
        self.connection.execute("PRAGMA synchronous = EXTRA")
        self.connection.execute("PRAGMA foreign_keys = OFF")  # decide and doctor check them; each check costs a seek

    def _check(self, create: bool) -> None:
        version = self.connection.execute("PRAGMA user_version").fetchone()[0]
        application = self.connection.execute("PRAGMA application_id").fetchone()[0]
        if create and version == 0 and application == 0:
            from followup.store.sqlite.schema import migrate

            migrate(self.connection)
        elif application != APPLICATION_ID:
            # no tables: creating it was killed at the start
            begun = self.connection.execute("SELECT EXISTS (SELECT 1 FROM sqlite_master)").fetchone() == (1,)
            raise NoProject(f"{self.path} isn't a followup database", exists=begun)
        elif version > SCHEMA_VERSION:
            message = f"{self.path} was made by a newer followup (schema {version}): upgrade this program"
            raise NoProject(message, exists=True)
        elif version < SCHEMA_VERSION:
            from followup.store.sqlite.schema import migrate

            migrate(self.connection)

    @contextmanager
    def _translated(self, creating: bool = False) -> Iterator[None]:
        """Translate SQLite's errors to ours: one line, an exit code; unknown ones stay bugs."""
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
        except UnicodeDecodeError as error:  # from SQLite's own message, which quotes the damaged text
            raise StoreUnreachable(f"{DAMAGED} ({self.path})") from error

    def ask(self, name: str, /, **values: Argument) -> Iterator[AnyRow]:
        return self._rows(statement("sqlite", name), values)

    def rows_of(self, table: Table) -> Iterator[Row]:
        return self._rows(table.select, {})

    def _rows(self, sql: str, values: Mapping[str, Argument]) -> Iterator[AnyRow]:
        with self._translated():
            # `yield from` would close an abandoned generator's cursor, maybe after the connection
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
        # read-only commands don't load the code that decides and writes
        from followup.store.sqlite.change import SqliteChange

        return SqliteChange(self.connection, head, resume)

    def _commit(self, change: SqliteChange) -> None:
        self.connection.execute("COMMIT")

    def fill(self, tables: Iterable[tuple[Table, Iterable[Row]]], people: Iterable[Person]) -> None:
        """See Store.fill. An empty office has no readers to lock out, so the cache may spill to disk."""
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
        """Set the counters after the highest numbers in use; rows are never deleted."""
        for name, least in list(self.ask("doctor.needed")):
            self.connection.execute(statement("sqlite", "write.set_counter"), {"name": name, "next": least})

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        with self._transaction("BEGIN"):
            yield

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        """Rolls back at the end, unless already committed."""
        with self._translated():
            self.connection.execute(begin)
            try:
                yield
            finally:
                # after a full disk SQLite has already rolled back
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
        """Any account that can open the file could write anything to it."""
        return True


def file_uri(path: str, mode: str) -> str:
    """Three characters are quoted that a file: URI reads otherwise."""
    return f"file:{os.path.abspath(path).replace('%', '%25').replace('?', '%3f').replace('#', '%23')}?mode={mode}"
