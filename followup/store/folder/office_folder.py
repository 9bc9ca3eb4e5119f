"""The folder of an office: where its files are, when they may be read or written, whether a command has seen them."""

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

#: the stamps of the files when a command last saw that all is as the history tells; this machine's, not the office's
SEEN = ".seen"
IGNORED = f"{SEEN}\n{commit.STAGING}\n{commit.STAGED}\n"

#: of each file, in the order of NAMES, what changes when it does: its inode, its size and when it was written (ns)
Stamps: TypeAlias = list[list[int]]


class Folder(NamedTuple):
    """At `path`. It keeps nothing in memory."""

    path: str

    def at(self, name: str) -> str:
        return os.path.join(self.path, name)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """The folder for ourselves, with everything in its place."""
        with locked(self.path, True, sqlite.WAIT_SECONDS):
            if commit.is_staged(self.path):
                with unwritable(self.path, "what a command saved before it was killed cannot be put in its place"):
                    commit.roll_forward(self.path)
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Nobody writes meanwhile, and nothing waits to be put in its place."""
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
        except (StoreUnreachable, ValueError):  # there is none, or only a part: what it would spare is done
            return False

    def note_seen(self, stamps: Stamps) -> None:
        """Nothing hangs on it: where it cannot be written, the next command compares."""
        with suppress(OSError), open(self.at(SEEN), "w", encoding="ascii") as file:
            json.dump(stamps, file)
