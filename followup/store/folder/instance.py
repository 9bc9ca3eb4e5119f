"""What the folder is, in a file of its own; it never changes, so that no branch differs in it."""

from __future__ import annotations

import json
import os
import sqlite3
from typing import NamedTuple

from followup.errors import NoProject
from followup.store.folder.reading import read
from followup.store.folder.table_files import ALL, NAMES, content
from followup.store.sqlite.version import SCHEMA_VERSION

OFFICE_FILE = "office.json"
FORMAT = 1


class Instance(NamedTuple):
    """`schema`: that of the files; `created_at`: UTC seconds; `numbered_since`: changes after this one have no gap."""

    schema: int
    id: str
    created_at: int
    numbered_since: int


def read_instance(folder: str) -> Instance:
    """Raises NoProject where this program cannot go on in it."""
    path = os.path.join(folder, OFFICE_FILE)
    if not os.path.exists(path):
        if any(os.path.exists(os.path.join(folder, name)) for name in NAMES):
            raise NoProject(f"{path} is missing, which says whose files these are: put it back", exists=True)
        raise NoProject(f"there is no store in {folder}: `followup init` makes one")
    try:
        text = dict(json.loads(read(path)))
        newer = text["format"] > FORMAT or text["schema"] > SCHEMA_VERSION
        instance = Instance(text["schema"], text["instance"], text["created_at"], text.get("numbered_since", 0))
    except (KeyError, TypeError, ValueError):
        raise NoProject(f"{path} is not that of a followup store: it was left as it is", exists=True) from None
    if newer:
        raise NoProject(f"{folder} was made by a newer followup: upgrade this program", exists=True)
    return instance


def everything(connection: sqlite3.Connection) -> dict[str, bytes]:
    """All files as this program's schema has them."""
    id, at, since = connection.execute("SELECT id, created_at, numbered_since FROM instance").fetchone()
    office = {"format": FORMAT, "schema": SCHEMA_VERSION, "instance": id, "created_at": at, "numbered_since": since}
    files = {file: content(connection, table) for table, file in ALL.items()}
    return {**files, OFFICE_FILE: (json.dumps(office, indent=1) + "\n").encode()}
