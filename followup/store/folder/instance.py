"""What the folder is, in a file of its own; it never changes, so that no branch differs in it."""

from __future__ import annotations

import json
import os
import sqlite3
from typing import NamedTuple

from followup.errors import NoProject
from followup.store.asking import MISSING
from followup.store.folder import commit
from followup.store.folder.office_folder import IGNORED, Folder
from followup.store.folder.places import unwritable
from followup.store.folder.reading import read
from followup.store.folder.table_files import ALL, NAMES, content
from followup.store.sqlite.schema import migrate
from followup.store.sqlite.version import SCHEMA_VERSION

OFFICE_FILE = "office.json"
FORMAT = 2  # 1 had no seals


class Instance(NamedTuple):
    """`schema`: that of the files; `created_at`: UTC seconds; `numbered_since`: changes after this one have no gap."""

    format: int
    schema: int
    id: str
    created_at: int
    numbered_since: int


class _Memory(sqlite3.Connection):
    """Closed by the last who reads in it: when files are read anew, somebody may still be in the middle of the old."""

    def __del__(self) -> None:
        self.close()


def memory() -> sqlite3.Connection:
    """A database without any table, for an office to be read into."""
    return sqlite3.connect(":memory:", isolation_level=None, factory=_Memory)


def begin(folder: Folder) -> None:
    """An office without anything. A folder of other files is left as it is."""
    with unwritable(folder.path, commit.NOTHING_SAVED):
        os.makedirs(folder.path, exist_ok=True)
    with folder.writing():
        if not check_ours(folder):
            return
        connection = memory()
        migrate(connection)
        commit.commit(folder.path, everything(connection) | {".gitignore": IGNORED.encode()}, {})


def check_ours(folder: Folder) -> bool:
    """Whether it is empty. Raises NoProject for a folder of other files."""
    names = set(os.listdir(folder.path)) - {commit.STAGING}
    if names and names.isdisjoint((OFFICE_FILE, *NAMES)):
        message = f"{folder.path} has other files in it, and was left as it is: an office takes a folder of its own"
        raise NoProject(message, exists=True)
    return not names


def read_instance(folder: Folder) -> Instance:
    """Raises NoProject where this program cannot go on in it."""
    path = folder.at(OFFICE_FILE)
    if not os.path.exists(path):
        if any(os.path.exists(folder.at(name)) for name in NAMES):
            raise NoProject(f"{path} is missing, which says whose files these are: put it back", exists=True)
        raise NoProject(MISSING.format(folder.path))
    try:
        text = dict(json.loads(read(path)))
        since = text.get("numbered_since", 0)
        instance = Instance(text["format"], text["schema"], text["instance"], text["created_at"], since)
        if [type(value) for value in instance] != [int, int, str, int, int] or instance.schema < 1:
            raise ValueError(instance)
    except (KeyError, RecursionError, TypeError, ValueError):
        raise NoProject(f"{path} is not that of a followup store: it was left as it is", exists=True) from None
    if instance.format > FORMAT or instance.schema > SCHEMA_VERSION:
        raise NoProject(f"{folder.path} was made by a newer followup: upgrade this program", exists=True)
    return instance


def is_older(instance: Instance) -> bool:
    """Whether the next command that changes something rewrites every file."""
    return instance.schema < SCHEMA_VERSION or instance.format < FORMAT


def everything(connection: sqlite3.Connection) -> dict[str, bytes]:
    """All files as this program's schema has them."""
    id, at, since = connection.execute("SELECT id, created_at, numbered_since FROM instance").fetchone()
    office = {"format": FORMAT, "schema": SCHEMA_VERSION, "instance": id, "created_at": at, "numbered_since": since}
    files = {file: content(connection, table) for table, file in ALL.items()}
    return {**files, OFFICE_FILE: (json.dumps(office, indent=1) + "\n").encode()}
