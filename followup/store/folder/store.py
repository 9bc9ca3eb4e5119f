"""The store in a folder of CSV files: a SQLite in memory, read from them under a lock and written to them under one.

A writer has the folder for itself from the moment at which it sees what is there until its change is in the files.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from followup.core import office_documents
from followup.core.draft import Decision, Stamp
from followup.core.model import Dossier
from followup.core.office import Office
from followup.errors import BadInput, Busy, NoProject, Refused, StoreUnreachable
from followup.store import journal
from followup.store.folder import by_hand, commit, instance
from followup.store.folder.fields import lines
from followup.store.folder.places import held, unwritable
from followup.store.folder.reading import ends_a_line, fill, known, line_of, read
from followup.store.folder.table_files import FILES, HISTORY, NAMES, table, written
from followup.store.protocol import Head, Person, Rows
from followup.store.sqlite import store as sqlite
from followup.store.sqlite.schema import migrate
from followup.store.sqlite.store import SCHEMA_VERSION, SqliteChange, SqliteStore
from followup.store.statements import statement

#: as it was when a command last saw that all is as the history tells; of this machine, and not of the office
SEEN = ".seen"
IGNORED = f"{SEEN}\n{commit.STAGING}\n{commit.STAGED}\n"
HandEdits = list[tuple[Dossier, list[by_hand.HandEdit]]]


class _Memory(sqlite3.Connection):
    """Closed by the last who reads in it: when files are read anew, somebody may still be in the middle of the old."""

    def __del__(self) -> None:
        self.close()


class CsvStore(SqliteStore):
    """`_keeps`: a commit reaches the files; `_guessed`: the memory holds edits by hand that no file's history has."""

    def __init__(self, path: str, create: bool = False) -> None:
        self.path, self.url = path, f"csv:{path}"
        self._keeps = self._guessed = False
        if create:
            self._begin()
        if not os.path.isdir(path):
            raise NoProject(f"there is no store in {path}: `followup init` makes one")
        with self._reading():
            self._load()
        self._take_over(None)

    def _begin(self) -> None:
        """An office without anything. A folder of other files is left as it is."""
        with unwritable(self.path, commit.NOTHING_SAVED):
            os.makedirs(self.path, exist_ok=True)
        with self._writing():
            there = set(os.listdir(self.path)) - {commit.STAGING}
            if not there.isdisjoint((instance.OFFICE, *NAMES)):
                return
            if there:
                message = (
                    f"{self.path} has other files in it, and was left as it is: an office takes a folder of its own"
                )
                raise NoProject(message, exists=True)
            self.connection = sqlite3.connect(":memory:", isolation_level=None, factory=_Memory)
            migrate(self.connection)
            commit.commit(self.path, instance.everything(self.connection) | {".gitignore": IGNORED.encode()}, {})

    def _at(self, name: str) -> str:
        return os.path.join(self.path, name)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """The folder for ourselves, with everything in its place."""
        with held(self.path, True, sqlite.WAIT_SECONDS):
            if commit.is_staged(self.path):
                with unwritable(self.path, "what a command saved before it was killed cannot be put in its place"):
                    commit.roll_forward(self.path)
            yield

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Nobody writes meanwhile, and nothing waits to be put in its place."""
        while True:
            with held(self.path, False, sqlite.WAIT_SECONDS):
                if not commit.is_staged(self.path):
                    yield
                    return
            with self._writing():
                pass

    def _load(self) -> None:
        """Afresh, into a memory of its own."""
        office = instance.read_office(self.path)
        self._seen, self._guessed = known(self.path, NAMES), False
        self._older = office["schema"] < SCHEMA_VERSION
        self.connection = sqlite3.connect(":memory:", isolation_level=None, factory=_Memory)
        migrate(self.connection, office["schema"])
        self.connection.execute("BEGIN")
        for name, file in FILES.items():
            fill(self.connection, table(self.connection, name), self._at(file), read(self._at(file)))
        self.connection.execute("CREATE TEMP TABLE unread AS SELECT 1")
        self.connection.execute("UPDATE instance SET id = :instance, created_at = :created_at", office)
        self._count()
        self.connection.execute("COMMIT")
        migrate(self.connection)
        self.connection.execute("UPDATE instance SET numbered_since = ?", [office.get("numbered_since", 0)])
        self._prepare()
        self._edits: HandEdits = [] if self._as_seen() else self._compared()

    def _count(self) -> None:
        """Numbers go on behind the highest that was given: no row is ever taken away."""
        for name, least in self.connection.execute(statement("sqlite", "doctor.needed")).fetchall():
            self.connection.execute("UPDATE counter SET next = ? WHERE name = ?", (least, name))

    def _as_seen(self) -> bool:
        try:
            return bool(json.loads(read(self._at(SEEN))) == self._seen)
        except (StoreUnreachable, ValueError):  # there is none, or only a part: what it would spare is done
            return False

    def _note_seen(self) -> None:
        """Nothing hangs on it: where it cannot be written, the next command compares."""
        with suppress(OSError), open(self._at(SEEN), "w", encoding="ascii") as file:
            json.dump(self._seen, file)

    def _compared(self) -> HandEdits:
        """What was edited by hand since a command wrote, here or elsewhere. The memory has what the history tells."""
        self._read_history()
        stand = {name: self._standing(name) for name in by_hand.TABLES}
        try:
            found = list(by_hand.differences(by_hand.tell(self.ask("doctor.told")), stand))
        except Refused as refusal:
            raise BadInput(f"{self._at(HISTORY)}: {refusal}") from None
        for difference in found:
            self._put_back(difference)
        if not found:
            self._note_seen()
        return by_hand.by_subject(found)

    def _standing(self, name: str) -> dict[Any, tuple[Any, ...]]:
        made = table(self.connection, name)
        return {row[0]: row for row in self.connection.execute(f"SELECT {', '.join(made.columns)} FROM {name}")}

    def _put_back(self, difference: by_hand.HandEdit) -> None:
        if difference.told and difference.stands:
            sql = table(self.connection, difference.table).insert
            self.connection.execute(sql.replace("INSERT", "INSERT OR REPLACE", 1), difference.told)

    def _take_over(self, head: Head | None) -> None:
        """What was edited by hand becomes a change; until `head` is there, one that no file has."""
        if not self._edits:
            return
        at = head.at if head else max(at for _, _, at in self._seen) // 10**9
        version = self.catalog.version()
        self._guessed = not self._keeps
        with super().change(Head(at, by_hand.NOBODY.id, by_hand.COMMAND, version)) as change:
            change.save(self._decided(Stamp(change.id, at, by_hand.NOBODY)))
        self._edits = []

    def _decided(self, stamp: Stamp) -> list[tuple[Dossier, Decision]]:
        """Raises BadInput with the line of each edit that is none."""
        office, problems, decisions = self._applied(), [], []
        for dossier, found in self._edits:
            try:
                decisions.append((dossier, by_hand.decided(dossier, found, office, stamp)))
            except Refused as refusal:
                problems.append(f"{line_of(self._at(FILES[found[0].table]), found[0].id)}: {refusal}")
        if problems:
            raise BadInput("\n".join(problems))
        return decisions

    def _applied(self) -> Office:
        return office_documents.office(0, office_documents.Documents(self.versions.in_force()))

    def ask(self, name: str, /, **values: Any) -> Iterator[tuple[Any, ...]]:
        if re.search(r"\b(history|VACUUM)\b", statement("sqlite", name)):
            self._read_history()
        yield from super().ask(name, **values)

    def _is_unread(self) -> bool:
        return bool(self.connection.execute("SELECT 1 FROM sqlite_temp_master WHERE name = 'unread'").fetchone())

    def _read_history(self) -> None:
        """As it was when the other files were read, whatever was added since."""
        if self._is_unread():
            size = self._seen[-1][1]
            fill(self.connection, table(self.connection, "history"), self._at(HISTORY), read(self._at(HISTORY), size))
            self.connection.execute("DROP TABLE temp.unread")

    @contextmanager
    def change(
        self, head: Head, dry_run: bool = False, resume: int | None = None, alone: bool = False
    ) -> Iterator[SqliteChange]:
        with self._writing():
            if self._guessed or known(self.path, NAMES) != self._seen:
                self._load()
            try:
                self._keeps = not dry_run
                self._take_over(head)
                with super().change(head, dry_run, resume) as change:
                    yield change
            finally:
                self._keeps = False

    def changing(self, connection: sqlite3.Connection, head: Head, resume: int | None) -> CsvChange:
        return CsvChange(connection, head, resume)

    def _commit(self, change: SqliteChange) -> None:
        if self._keeps:
            assert isinstance(change, CsvChange)
            self._write(lines(change.happened))
            if self._is_unread():  # what has been written is no news, and is read with the rest
                self.connection.execute("DELETE FROM history")
        super()._commit(change)

    def _write(self, news: bytes) -> None:
        if self._older:
            self._read_history()
            files, added = instance.everything(self.connection), {}
        else:
            files = {FILES[name]: written(self.connection, name) for name in FILES}
            files = {file: text for file, text in files.items() if text != read(self._at(file))}
            size = self._seen[-1][1]
            begin = b"" if ends_a_line(self._at(HISTORY), size) else b"\n"
            added = {HISTORY: commit.Addition(size, begin + news)}
        if known(self.path, NAMES) != self._seen:  # an editor waits for nobody
            raise Busy(f"a file of {self.path} was saved by hand meanwhile: nothing was changed; run it again")
        commit.commit(self.path, files, added)
        self._seen, self._older = known(self.path, NAMES), False
        self._note_seen()

    def fill(self, tables: Iterable[tuple[str, Rows]], people: Iterable[Person]) -> None:
        with self._writing():
            self._load()
            self._read_history()
            super().fill(tables, people)
            commit.commit(self.path, instance.everything(self.connection), {})

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """The memory is one state; what grew since it was read is not looked at."""
        with self._translated():
            yield


class CsvChange(SqliteChange):
    """What happened is kept, since the file of it grows by that."""

    def __init__(self, connection: sqlite3.Connection, head: Head, resume: int | None) -> None:
        super().__init__(connection, head, resume)
        self.happened: list[journal.HistoryRow] = []

    def save(self, decisions: Iterable[tuple[Dossier, Decision]]) -> None:
        decided = list(decisions)
        self.happened += [journal.row(entry) for _, decision in decided for entry in decision.entries]
        super().save(decided)
