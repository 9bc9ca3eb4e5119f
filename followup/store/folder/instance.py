"""What the folder is, in a file of its own; it never changes, so that no branch differs in it."""

from __future__ import annotations

import json
import os
import sqlite3
from typing import Any

from followup.errors import NoProject
from followup.store.folder.reading import read
from followup.store.folder.table_files import ALL, NAMES, written
from followup.store.sqlite.version import SCHEMA_VERSION

OFFICE = "office.json"
FORMAT = 1


def read_office(folder: str) -> dict[str, Any]:
    """Raises NoProject where this program cannot go on in it."""
    path = os.path.join(folder, OFFICE)
    if not os.path.exists(path):
        if any(os.path.exists(os.path.join(folder, name)) for name in NAMES):
            raise NoProject(f"{path} is missing, which says whose files these are: put it back", exists=True)
        raise NoProject(f"there is no store in {folder}: `followup init` makes one")
    try:
        office = dict(json.loads(read(path)))
        newer = office["format"] > FORMAT or office["schema"] > SCHEMA_VERSION
        office["instance"], office["created_at"]
    except (KeyError, TypeError, ValueError):
        raise NoProject(f"{path} is not that of a followup store: it was left as it is", exists=True) from None
    if newer:
        raise NoProject(f"{folder} was made by a newer followup: upgrade this program", exists=True)
    return office


def everything(connection: sqlite3.Connection) -> dict[str, bytes]:
    """All files as this program's schema has them."""
    id, at, since = connection.execute("SELECT id, created_at, numbered_since FROM instance").fetchone()
    office = {"format": FORMAT, "schema": SCHEMA_VERSION, "instance": id, "created_at": at, "numbered_since": since}
    files = {file: written(connection, name) for name, file in ALL.items()}
    return {**files, OFFICE: (json.dumps(office, indent=1) + "\n").encode()}
