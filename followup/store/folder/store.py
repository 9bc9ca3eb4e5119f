"""The store in a folder of CSV files: an in-memory SQLite, loaded from them and written to them under a lock.

A writer locks the folder from when it checks the current files until its change is in them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TypeAlias

from followup.errors import BadInput, Busy, NoProject, Refused
from followup.store.asking import MISSING, AnyRow, Argument
from followup.store.folder import commit, hand_edits
from followup.store.folder.change import CsvChange
from followup.store.folder.fields import lines
from followup.store.folder.hand_edits import EditedSubject, HandEdit
from followup.store.folder.instance import Instance, begin, everything, is_older, memory, read_instance
from followup.store.folder.office_folder import Folder
from followup.store.folder.reading import ends_a_line, fill, line_of, read
from followup.store.folder.table_files import FILES, HISTORY_FILE, content, table_file
from followup.store.heads import Head, Person
from followup.store.sqlite.change import SqliteChange
from followup.store.sqlite.schema import migrate
from followup.store.sqlite.store import SqliteStore
from followup.store.tables import HISTORY, Row, Table, Value, insert

Decide: TypeAlias = Callable[["CsvStore", int], None]


class CsvStore(SqliteStore):
    """`_keeps`: commits reach the files; `_guessed`: the memory has edits by hand that no file's history has yet."""

    def __init__(self, path: str, create: bool = False) -> None:
        self.path, self.url = path, f"csv:{path}"
        self.folder = Folder(path)
        self._keeps = self._guessed = False
        self._decide: Decide = _undecided
        if create:
            begin(self.folder)
        if not os.path.isdir(path):
            raise NoProject(MISSING.format(path))
        with self.folder.reading():
            self._load()

    def _load(self) -> None:
        """Load the files into a new in-memory database."""
        instance = read_instance(self.folder)
        self._seen, self._guessed = self.folder.stamps(), False
        self._older = is_older(instance)
        self.connection = memory()
        migrate(self.connection, instance.schema)  # the files have the columns of their schema
        self._read_files(instance)
        migrate(self.connection)
        self.connection.execute("UPDATE instance SET numbered_since = ?", [instance.numbered_since])
        self._prepare()
        self._edited = () if self.folder.is_as_seen(self._seen) else tuple(self._compare())

    def _read_files(self, instance: Instance) -> None:
        """All but the history, which few commands need."""
        self.connection.execute("BEGIN")
        for table, file in FILES.items():
            fill(self.connection, table_file(self.connection, table), self.folder.at(file), read(self.folder.at(file)))
        self.connection.execute("CREATE TEMP TABLE unread AS SELECT 1")
        self.connection.execute("UPDATE instance SET id = ?, created_at = ?", (instance.id, instance.created_at))
        self._count()
        self.connection.execute("COMMIT")

    def _compare(self) -> list[EditedSubject]:
        """Edits by hand since the last write of a command, here or elsewhere. The memory then matches the history."""
        self._read_history()
        files = {table: self._by_id(table) for table in hand_edits.TABLES}
        try:
            edited = list(hand_edits.edited_subjects(hand_edits.dossiers_of(self.ask("doctor.told")), files))
        except Refused as refusal:
            raise BadInput(f"{self.folder.at(HISTORY_FILE)}: {refusal}") from None
        for subject in edited:
            self._put_back(subject.edits)
        if not edited:
            self.folder.note_seen(self._seen)
        return edited

    def _by_id(self, table: Table) -> dict[Value, Row]:
        return {row[0]: row for row in self.rows_of(table)}

    def _put_back(self, edits: Iterable[HandEdit]) -> None:
        """Decisions start from the rows that the history produces, and write what they change."""
        for edit in edits:
            if edit.history_row and edit.file_row:
                sql = insert(edit.table).sql.replace("INSERT", "INSERT OR REPLACE", 1)
                self.connection.execute(sql, edit.history_row)

    def decide_edits(self, decide: Decide) -> None:
        """From now on, `decide(self, at)` makes a `hand_change` of the edits by hand: now, in memory only, and again as
        part of each change, before it. `at`: UTC seconds."""
        self._decide = decide
        self._take_over(max(at for _, _, at in self._seen) // 10**9)

    def edited_by_hand(self) -> Sequence[EditedSubject]:
        """The edits by hand that aren't decided yet."""
        return self._edited

    def hand_change(self, head: Head) -> AbstractContextManager[SqliteChange]:
        """The change for `decide` to use: the folder is already locked and loaded."""
        return super().change(head)

    def line_of(self, edit: HandEdit) -> str:
        """The edit's `file:line`."""
        return line_of(self.folder.at(FILES[edit.table]), edit.id)

    def _take_over(self, at: int) -> None:
        if self._edited:
            self._guessed = not self._keeps
            self._decide(self, at)
            self._edited = ()

    def _rows(self, sql: str, values: Mapping[str, Argument]) -> Iterator[AnyRow]:
        if re.search(r"\b(history|VACUUM)\b", sql):
            self._read_history()
        yield from super()._rows(sql, values)

    def _is_unread(self) -> bool:
        return bool(self.connection.execute("SELECT 1 FROM sqlite_temp_master WHERE name = 'unread'").fetchone())

    def _read_history(self) -> None:
        """The history as of when the other files were read, without later additions."""
        if self._is_unread():
            size = self._seen[-1][1]
            file = self.folder.at(HISTORY_FILE)
            fill(self.connection, table_file(self.connection, HISTORY), file, read(file, size))
            self.connection.execute("DROP TABLE temp.unread")

    @contextmanager
    def change(
        self, head: Head, dry_run: bool = False, resume: int | None = None, alone: bool = False
    ) -> Iterator[SqliteChange]:
        with self.folder.writing():
            if self._guessed or self.folder.stamps() != self._seen:
                self._load()
            try:
                self._keeps = not dry_run
                self._take_over(head.at)
                with super().change(head, dry_run, resume) as change:
                    yield change
            finally:
                self._keeps = False

    def _begin_change(self, head: Head, resume: int | None) -> CsvChange:
        return CsvChange(self.connection, head, resume)

    def _commit(self, change: SqliteChange) -> None:
        if self._keeps:
            assert isinstance(change, CsvChange)
            self._write(lines(change.happened, sealed=True))
            if self._is_unread():  # the new rows are in the file now, and will be loaded with the rest
                self.connection.execute("DELETE FROM history")
        super()._commit(change)

    def _write(self, news: bytes) -> None:
        if self._older:
            self._read_history()
            files, added = everything(self.connection), {}
        else:
            files = {file: content(self.connection, table) for table, file in FILES.items()}
            files = {file: text for file, text in files.items() if text != read(self.folder.at(file))}
            size = self._seen[-1][1]
            begin = b"" if ends_a_line(self.folder.at(HISTORY_FILE), size) else b"\n"
            added = {HISTORY_FILE: commit.Addition(size, begin + news)}
        if self.folder.stamps() != self._seen:  # editors ignore our lock
            raise Busy(f"a file of {self.path} was edited at the same time. Nothing changed, try again")
        commit.commit(self.path, files, added)
        self._seen, self._older = self.folder.stamps(), False
        self.folder.note_seen(self._seen)

    def fill(self, tables: Iterable[tuple[Table, Iterable[Row]]], people: Iterable[Person]) -> None:
        with self.folder.writing():
            self._load()
            self._read_history()
            super().fill(tables, people)
            commit.commit(self.path, everything(self.connection), {})

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """The memory is one state; later additions to the files are ignored."""
        with self._translated():
            yield


def _undecided(store: CsvStore, at: int) -> None:
    raise BadInput(f"{store.path} was edited by hand: run a command of followup first")
