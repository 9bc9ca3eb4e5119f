"""SQL lives in .sql files, by name. `-- name: NAME` begins a statement; the comment under it says what it is for.

A question is written once for every engine. What one engine says in its own way stands in its own folder, under the
same file name, and goes before. `{NAME}` in a statement stands for another one of the two files.
"""

from __future__ import annotations

import os
import re
from functools import cache

FOLDER = os.path.join(os.path.dirname(__file__), "sql")
_PART = re.compile(r"\{(\w+)\}")


@cache
def statements(engine: str, file: str) -> dict[str, str]:
    """The statements of one file, by name."""
    found = _read(file + ".sql") | _read(os.path.join(engine, file + ".sql"))
    return {name: _whole(body, found) for name, body in found.items()}


def _read(path: str) -> dict[str, str]:
    try:
        with open(os.path.join(FOLDER, path), encoding="utf-8") as source:
            parts = source.read().split("-- name: ")[1:]
    except FileNotFoundError:
        return {}
    return {name: body for name, _, body in (part.partition("\n") for part in parts)}


def _whole(body: str, found: dict[str, str]) -> str:
    return _PART.sub(lambda part: _whole(found[part[1]], found), body)


def statement(engine: str, name: str) -> str:
    """`file.name` -> its SQL."""
    file, _, name = name.partition(".")
    return statements(engine, file)[name]


def migrations(engine: str) -> list[tuple[int, str]]:
    """Number and SQL of every migration, in order."""
    folder = os.path.join(FOLDER, engine, "migrations")
    numbered = []
    for file in sorted(os.listdir(folder)):
        with open(os.path.join(folder, file), encoding="utf-8") as source:
            numbered.append((int(file[:3]), source.read()))
    return numbered
