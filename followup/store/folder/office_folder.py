"""An office's folder: its paths, its locks for reading and writing, and whether its files have been checked."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple, TypeAlias

from followup.errors import StoreUnreachable
from followup.store.folder import commit
from followup.store.folder.places import locked, unreadable, unwritable
from followup.store.folder.reading import read
from followup.store.folder.table_files import NAMES
from followup.store.sqlite import store as sqlite

#: the stamps of the files when a command last found them consistent with the history; for this machine only
SEEN = ".seen"
IGNORED = f"{SEEN}\n{commit.STAGING}\n{commit.STAGED}\n"

#: for each file, in the order of NAMES, values that change with it: inode, size and time of the last write (ns)
Stamps: TypeAlias = list[list[int]]


class Folder(NamedTuple):
    """The folder at `path`. Keeps nothing in memory."""

    path: str

    def at(self, name: str) -> str:
        return os.path.join(self.path, name)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Lock the folder for writing, after finishing an interrupted commit."""
        with locked(self.path, True, sqlite.WAIT_SECONDS):
            if commit.is_staged(self.path):
                with unwritable(self.path, "the work of an interrupted command can't be finished"):
                    commit.roll_forward(self.path)
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Lock the folder against writers, with no commit left unfinished."""
        while True:
            with locked(self.path, False, sqlite.WAIT_SECONDS):
                if not commit.is_staged(self.path):
                    yield
                    return
            with self.writing():
                pass

    def stamps(self) -> Stamps:
        with unreadable(self.path):
            files = [os.stat(self.at(name)) for name in NAMES]
        return [[stat.st_ino, stat.st_size, stat.st_mtime_ns] for stat in files]

    def is_as_seen(self, stamps: Stamps) -> bool:
        try:
            return bool(json.loads(read(self.at(SEEN))) == stamps)
        except (StoreUnreachable, ValueError):  # missing or incomplete: compare again
            return False

    def note_seen(self, stamps: Stamps) -> None:
        """Optional: if this fails, the next command compares again."""
        with suppress(OSError), open(self.at(SEEN), "w", encoding="ascii") as file:
            json.dump(stamps, file)
