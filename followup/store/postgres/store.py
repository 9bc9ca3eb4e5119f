"""The PostgreSQL store: an office is a schema of its own, which is owned, worked and looked at by roles of its own.

Whoever changes holds the contacts concerned, in the order of their ids, and decides on what is read after that. Many
change at once; an apply is alone.
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

SCHEMA_VERSION = 5
WAIT_SECONDS = 10.0
#: what was decided on is read after it is held, whatever the server's own default is
BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED"

#: answers that may be longer than memory: they are fetched as they are read
LONG = frozenset({"lists.history", "doctor.others_history"})


class PostgresStore(Answering):
    """A schema of a database."""

    def __init__(self, url: str, create: bool = False) -> None:
        self.url = display_url(url)
        self.address, self.schema = address(url)
        self._holding = False  # whether a change is under way that others may go on beside
        self._names = count()
        with self._translated():
            self.connection = connect(
                self.address,
                WAIT_SECONDS,
                client_encoding="utf-8",
                application_name=f"followup {self.schema}",  # what the server's own lists say
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
            raise NoProject(f"there is no office in the schema {self.schema} of {self.url}: `followup store create`")
        elif number > SCHEMA_VERSION:
            message = f"{self.url} was made by a newer followup (schema {number}): upgrade this program"
            raise NoProject(message, exists=True)
        elif number < SCHEMA_VERSION and not create:
            raise NoProject(f"{self.url} is of an older followup: its owner runs `followup store upgrade`", exists=True)
        elif number < SCHEMA_VERSION:
            schema.upgrade(self.connection, self.schema)

    @property
    def account(self) -> str:
        return self.connection.info.user

    def believes(self, login: str | None) -> bool:
        """A worker may speak for anybody."""
        if login == self.account:
            return True
        worker = f"SELECT pg_has_role(session_user, '{self.schema}_worker', 'MEMBER')"
        return self.connection.execute(worker).fetchone() == (True,)

    def _translated(self) -> AbstractContextManager[None]:
        return translated(self.url)

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
        """Writes values into the text, so that the planner sees which filters are given. It is one for all questions,
        since a cursor refers to itself, and this program collects no garbage."""
        return psycopg.ClientCursor(self.connection)

    def _long(self, sql: str, values: Mapping[str, Argument]) -> Iterator[AnyRow]:
        """Through a cursor of the server's, in a transaction of its own where there is none."""
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

    def dossiers(self, contacts: Sequence[str]) -> dict[str, Dossier]:
        """In a change they are held first and read then: what is decided on is what the last writer left. A contact
        that is not there yet has no row to hold, so those who add take turns."""
        if not self._holding:
            return super().dossiers(contacts)
        ids = dumps(contacts)
        adding = next(self.ask("dossiers.missing", ids=ids))[0]
        if adding:
            list(self.ask("write.adding", office=self._office))
        list(self.ask("dossiers.hold", ids=ids))
        dossiers = super().dossiers(contacts)
        for (id,) in self.ask("dossiers.hidden", ids=ids) if adding else ():
            dossiers[id] = dossiers[id]._replace(hidden=True)
        return dossiers

    def tasks(self, user: str) -> Dossier:
        if self._holding:
            self._hold_user(user)
        return super().tasks(user)

    def hold(self, actions: Iterable[int]) -> None:
        """See Change.hold. Contacts before users, and each in order: of any two who change the same, one waits for the
        other, and never each for the other."""
        ids = dumps(list(actions))
        list(self.ask("dossiers.hold_of_actions", ids=ids))
        for (user,) in self.ask("dossiers.users_of_actions", ids=ids):
            self._hold_user(user)

    def _hold_user(self, user: str) -> None:
        list(self.ask("write.hold_user", office=self._office, subject=user_subject(user)))

    def _lock_office(self, alone: bool) -> None:
        """Until the transaction ends."""
        list(self.ask("write.alone" if alone else "write.beside", office=self._office))

    @cached_property
    def _office(self) -> int:
        """What the locks of this office are told apart by."""
        return int(next(self.ask("write.office", schema=self.schema))[0])

    @contextmanager
    def change(
        self, head: Head, dry_run: bool = False, resume: int | None = None, alone: bool = False
    ) -> Iterator[PostgresChange]:
        with self._transaction(BEGIN) as end:
            self._holding = not alone
            self._lock_office(alone)  # from here on no apply changes the version
            if self.catalog.version() != head.catalog_version:
                raise (Busy if resume else Overtaken)(OVERTAKEN)  # of batches that are saved none is begun anew
            change = PostgresChange(self.connection, head, resume, self.hold)
            yield change
            end("COMMIT" if change.saved and not dry_run else "ROLLBACK")

    def fill(self, tables: Iterable[tuple[Table, Iterable[Row]]], people: Iterable[Person]) -> None:
        """See Store.fill."""
        with self._transaction(BEGIN) as end:
            self._lock_office(alone=True)
            must_be_empty(self)
            for table, rows in tables:
                copy_table(self.connection, table, rows)
            list(self.ask("write.count"))  # numbers go on behind the rows that are there now
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
        """Rolled back at its end, unless what it gives was told otherwise."""
        with self._translated():
            self.connection.execute(begin)
            try:
                yield self._end
            finally:
                self._holding = False
                if self.connection.info.transaction_status is not TransactionStatus.IDLE and not self.connection.closed:
                    self.connection.execute("ROLLBACK")

    def _end(self, how: str) -> None:
        # a COMMIT of what has failed would be taken, and be a ROLLBACK
        if self.connection.info.transaction_status is TransactionStatus.INERROR:
            raise StoreUnreachable("something went wrong while it was written: nothing was changed")
        try:
            self.connection.execute(how)
        except psycopg.OperationalError as error:
            if not self.connection.closed:
                raise
            lost = "the connection was lost at the very end: see whether it was made (`followup history -n 5`)"
            raise StoreUnreachable(f"{lost} ({self.url}: {first_line(error)})") from error

    @property
    def sees_all(self) -> bool:
        """To the owner, who may also make the schema that a doctor compares with."""
        mine = "SELECT pg_has_role(session_user, nspowner, 'MEMBER') FROM pg_namespace WHERE nspname = %s"
        return self.connection.execute(mine, [self.schema]).fetchone() == (True,)

    def back_up(self, path: str) -> None:
        raise UsageError(f"a server's office is backed up by the server's own tool: pg_dump -n {self.schema}")

    def schema_faults(self) -> Iterator[str]:
        from followup.store.postgres import schema

        with self._translated():
            yield from schema.faults(self.connection, self.schema)

    def tolerate(self) -> None:
        """The server lets nothing in that is not UTF-8."""

    def close(self) -> None:
        self.connection.close()
