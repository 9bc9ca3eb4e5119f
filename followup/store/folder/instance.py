"""The identity of the folder, in a separate file that only upgrades change, so that git branches don't differ in it."""

from __future__ import annotations

import json
import os
import sqlite3
from typing import NamedTuple

from followup.disk import check_output, is_office
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
    """`schema`: of the files; `created_at`: UTC seconds; `numbered_since`: changes after this one have no gaps."""

    format: int
    schema: int
    id: str
    created_at: int
    numbered_since: int


class _Memory(sqlite3.Connection):
    """Closed when its last reader is done: after a reload, a reader may still be using the old database."""

    def __del__(self) -> None:
        self.close()


def memory() -> sqlite3.Connection:
    """An empty database to load an office into."""
    return sqlite3.connect(":memory:", isolation_level=None, factory=_Memory)


def begin(folder: Folder) -> None:
    """Create an empty office. Leaves a folder with other files unchanged."""
    check_output(folder.path, is_store=True)
    with unwritable(folder.path, commit.NOTHING_SAVED):
        os.makedirs(folder.path, exist_ok=True)
    with folder.writing():
        if not check_ours(folder):
            return
        connection = memory()
        migrate(connection)
        commit.commit(folder.path, everything(connection) | {".gitignore": IGNORED.encode()}, {})


def check_ours(folder: Folder) -> bool:
    """Whether it is empty. Raises NoProject for a folder of other files, some of which may be called like ours. A store
    is known by its identity, or where that was lost by having all its tables."""
    names = set(os.listdir(folder.path)) - {commit.STAGING}
    if names and not is_office(folder.path) and not names.issuperset(NAMES):
        message = f"{folder.path} has other files in it: an office needs its own folder"
        raise NoProject(f"{message}. Name another one, or move this one away first.", exists=True)
    return not names


def read_instance(folder: Folder) -> Instance:
    """Raises NoProject if this program can't use the folder."""
    path = folder.at(OFFICE_FILE)
    if not os.path.exists(path):
        if any(os.path.exists(folder.at(name)) for name in NAMES):
            raise NoProject(f"{path} is missing: put it back, it identifies the office", exists=True)
        raise NoProject(MISSING.format(folder.path))
    try:
        text = dict(json.loads(read(path)))
        since = text.get("numbered_since", 0)
        instance = Instance(text["format"], text["schema"], text["instance"], text["created_at"], since)
        if [type(value) for value in instance] != [int, int, str, int, int] or instance.schema < 1:
            raise ValueError(instance)
    except (KeyError, RecursionError, TypeError, ValueError):
        raise NoProject(f"{path} isn't part of a followup database: it was left unchanged", exists=True) from None
    if instance.format > FORMAT or instance.schema > SCHEMA_VERSION:
        raise NoProject(f"{folder.path} was made by a newer followup: upgrade this program", exists=True)
    return instance


def is_older(instance: Instance) -> bool:
    """Whether the next command that changes something rewrites every file."""
    return instance.schema < SCHEMA_VERSION or instance.format < FORMAT


def everything(connection: sqlite3.Connection) -> dict[str, bytes]:
    """All files, in the format of this program's schema."""
    id, at, since = connection.execute("SELECT id, created_at, numbered_since FROM instance").fetchone()
    office = {"format": FORMAT, "schema": SCHEMA_VERSION, "instance": id, "created_at": at, "numbered_since": since}
    files = {file: content(connection, table) for table, file in ALL.items()}
    return {**files, OFFICE_FILE: (json.dumps(office, indent=1) + "\n").encode()}
