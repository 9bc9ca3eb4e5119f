"""The PostgreSQL store: each office has its own schema, with separate roles for its owner, workers and reps.

A change locks its contacts in the order of their ids, and decides on what it reads after that. Several changes can run
at once; an apply runs alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from itertools import count
from json import dumps

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow

from followup.core.model import Dossier, user_subject
from followup.core.reach import Reach
from followup.core.words import id_key
from followup.errors import Busy, NoProject, Overtaken, StoreUnreachable, UsageError
from followup.store.answering import Answering
from followup.store.asking import AnyRow, Argument
from followup.store.contents import must_be_empty
from followup.store.heads import OVERTAKEN, Head, Person
from followup.store.postgres.bulk import copy_table
from followup.store.postgres.change import PostgresChange, admit
from followup.store.postgres.placeholders import driver_statement
from followup.store.postgres.server import address, connect, first_line, translated
from followup.store.tables import Row, Table
from followup.store.urls import display_url

SCHEMA_VERSION = 7
WAIT_SECONDS = 10.0
#: rows are read again after they are locked, so this level is needed whatever the server's default is
BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED"

#: results that may not fit in memory: they are fetched as they are read
LONG = frozenset({"lists.history", "doctor.others_history"})


class PostgresStore(Answering):
    """The store in one schema of a database."""

    def __init__(self, url: str, create: bool = False) -> None:
        self.url, self._typed = display_url(url), url
        self.address, self.schema = address(url)
        self._holding = False  # whether a change is in progress that locks single subjects
        self._names = count()
        with self._translated():
            self.connection = connect(
                self.address,
                WAIT_SECONDS,
                client_encoding="utf-8",
                application_name=f"followup {self.schema}",  # shown in pg_stat_activity
            )
            try:
                self._check(create)
            except BaseException:
                self.connection.close()
                raise

    def _check(self, create: bool) -> None:
        from followup.store.postgres import schema

        self.connection.execute(f'SET search_path = "{self.schema}", pg_temp')
        self.connection.execute(f"SET lock_timeout = '{WAIT_SECONDS}s'")
        number = schema.number(self.connection, self.schema)
        if number == 0 and create:
            schema.create(self.connection, self.schema)
        elif number == 0:
            raise NoProject(
                f"no office in the schema {self.schema} of {self.url}: create one with `followup store create`"
            )
        elif number > SCHEMA_VERSION:
            message = f"{self.url} was made by a newer followup (schema {number}): upgrade this program"
            raise NoProject(message, exists=True)
        elif number < SCHEMA_VERSION and not create:
            raise NoProject(
                f"{self.url} was made by an older followup: its owner must run `followup store upgrade`", exists=True
            )
        elif number < SCHEMA_VERSION:
            schema.upgrade(self.connection, self.schema)

    @property
    def account(self) -> str:
        return self.connection.info.user

    def believes(self, login: str | None) -> bool:
        """A worker may act as any user."""
        if login == self.account:
            return True
        worker = f"SELECT pg_has_role(session_user, '{self.schema}_worker', 'MEMBER')"
        return self.connection.execute(worker).fetchone() == (True,)

    def _translated(self) -> AbstractContextManager[None]:
        return translated(self._typed)

    def ask(self, name: str, /, **values: Argument) -> Iterator[AnyRow]:
        with self._translated():
            if name in LONG:
                yield from self._long(driver_statement(name), values)
            else:
                yield from self._asking.execute(driver_statement(name), values).fetchall()

    def rows_of(self, table: Table) -> Iterator[Row]:
        with self._translated():
            yield from self._long(table.select, {})

    @cached_property
    def _asking(self) -> psycopg.ClientCursor[TupleRow]:
        """Puts values into the SQL text, so that the planner sees which filters are set. All questions share it,
        because a cursor refers to itself, and garbage collection is off."""
        return psycopg.ClientCursor(self.connection)

    def _long(self, sql: str, values: Mapping[str, Argument]) -> Iterator[AnyRow]:
        """Through a server-side cursor, in its own transaction if there is none yet."""
        idle = self.connection.info.transaction_status is TransactionStatus.IDLE
        long, cursor = f"long_{next(self._names)}", psycopg.ClientCursor(self.connection)
        if idle:
            cursor.execute("BEGIN READ ONLY")
        try:
            cursor.execute(f"DECLARE {long} NO SCROLL CURSOR FOR {sql}", values)
            while rows := cursor.execute(f"FETCH 2000 FROM {long}").fetchall():
                yield from rows
            cursor.execute(f"CLOSE {long}")
        finally:
            if idle:
                cursor.execute("ROLLBACK")

    def dossiers(self, contacts: Sequence[str], reach: Reach) -> dict[str, Dossier]:
        """In a change, lock the contacts first, then read them, so that decisions use the latest state. A contact that
        doesn't exist yet has no row to lock, so changes that add contacts take turns."""
        if not self._holding:
            return super().dossiers(contacts, reach)
        keys = dumps([*dict.fromkeys(map(id_key, contacts))])
        adding = next(self.ask("dossiers.missing", keys=keys))[0]
        if adding:
            self.hold_adding()
        list(self.ask("dossiers.hold", keys=keys))
        hidden = {key for (key,) in self.ask("dossiers.hidden", keys=keys)} if adding else ()
        dossiers = super().dossiers(contacts, reach)
        return {id: Dossier(x.subject, hidden=True) if id_key(id) in hidden else x for id, x in dossiers.items()}

    def tasks(self, user: str, reach: Reach) -> Dossier:
        if self._holding:
            self._hold_user(user)
        return super().tasks(user, reach)

    def hold(self, actions: Iterable[int]) -> None:
        """See Change.hold. Locks contacts before users, each in order, so that two changes of the same subjects can't
        deadlock."""
        ids = dumps(list(actions))
        list(self.ask("dossiers.hold_of_actions", ids=ids))
        for (user,) in self.ask("dossiers.users_of_actions", ids=ids):
            self._hold_user(user)

    def hold_adding(self) -> None:
        """See Change.hold_adding."""
        list(self.ask("write.adding", office=self._office))

    def _hold_user(self, user: str) -> None:
        list(self.ask("write.hold_user", office=self._office, subject=user_subject(user)))

    def _lock_office(self, alone: bool) -> None:
        """Lock the office until the transaction ends."""
        list(self.ask("write.alone" if alone else "write.beside", office=self._office))

    @cached_property
    def _office(self) -> int:
        """The key of this office's locks."""
        return int(next(self.ask("write.office", schema=self.schema))[0])

    @contextmanager
    def change(
        self, head: Head, dry_run: bool = False, resume: int | None = None, alone: bool = False
    ) -> Iterator[PostgresChange]:
        with self._transaction(BEGIN) as end:
            self._holding = not alone
            self._lock_office(alone)  # from here on, no apply can change the version
            if self.catalog.version() != head.catalog_version:
                raise (Busy if resume else Overtaken)(OVERTAKEN)  # don't restart a change whose first batches are saved
            change = PostgresChange(self.connection, head, resume, self.hold, self.hold_adding)
            yield change
            end("COMMIT" if change.saved and not dry_run else "ROLLBACK")

    def fill(self, tables: Iterable[tuple[Table, Iterable[Row]]], people: Iterable[Person]) -> None:
        """See Store.fill."""
        with self._transaction(BEGIN) as end:
            self._lock_office(alone=True)
            must_be_empty(self)
            for table, rows in tables:
                copy_table(self.connection, table, rows)
            list(self.ask("write.count"))  # set the counters after the highest copied numbers
            admit(self.connection, people)
            end("COMMIT")
        with self._translated():
            self.connection.execute("ANALYZE")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        with self._transaction("BEGIN ISOLATION LEVEL REPEATABLE READ"):
            yield

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Callable[[str], None]]:
        """Rolls back at the end, unless the yielded function has ended the transaction."""
        with self._translated():
            self.connection.execute(begin)
            try:
                yield self._end
            finally:
                self._holding = False
                if self.connection.info.transaction_status is not TransactionStatus.IDLE and not self.connection.closed:
                    self.connection.execute("ROLLBACK")

    def _end(self, how: str) -> None:
        # the server would accept a COMMIT of a failed transaction and roll back
        if self.connection.info.transaction_status is TransactionStatus.INERROR:
            raise StoreUnreachable("an error occurred while writing. Nothing changed.")
        try:
            self.connection.execute(how)
        except psycopg.OperationalError as error:
            if not self.connection.closed:
                raise
            lost = (
                "the connection was lost while saving: check with `followup history -n 5` whether the change was saved"
            )
            raise StoreUnreachable(f"{lost} ({self.url}: {first_line(error)})") from error

    @property
    def sees_all(self) -> bool:
        """Only for the owner, who may also create the schema that the doctor compares with."""
        mine = "SELECT pg_has_role(session_user, nspowner, 'MEMBER') FROM pg_namespace WHERE nspname = %s"
        return self.connection.execute(mine, [self.schema]).fetchone() == (True,)

    def back_up(self, path: str) -> None:
        raise UsageError(f"back up a server with its own tool: pg_dump -n {self.schema}")

    def renew(self) -> None:
        raise UsageError("an office on a server is copied by the server's own tools")

    def schema_faults(self) -> Iterator[str]:
        from followup.store.postgres import schema

        with self._translated():
            yield from schema.faults(self.connection, self.schema)

    def tolerate(self) -> None:
        """Not needed: the server rejects text that isn't UTF-8."""

    def close(self) -> None:
        self.connection.close()
