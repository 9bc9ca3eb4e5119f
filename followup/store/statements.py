"""SQL lives in .sql files, by name. `-- name: NAME` begins a statement; the comment under it says what it is for.

A question is written once for every engine. What one engine says in its own way stands in its own folder, under the
same file name, and goes before. `{NAME}` in a statement stands for another one of the two files; `{c.contact}` for the
columns of the table `contact`, whose alias there is `c`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import cache

FOLDER = os.path.join(os.path.dirname(__file__), "sql")
_PART = re.compile(r"\{(?:(\w+)\.)?(\w+)\}")


@cache
def statements(engine: str, file: str) -> Mapping[str, str]:
    """The text of each statement of one file, by name."""
    return _read(file + ".sql") | _read(os.path.join(engine, file + ".sql"))


def _read(path: str) -> dict[str, str]:
    try:
        with open(os.path.join(FOLDER, path), encoding="utf-8") as source:
            parts = source.read().split("-- name: ")[1:]
    except FileNotFoundError:
        return {}
    return {name: body for name, _, body in (part.partition("\n") for part in parts)}


@cache
def statement(engine: str, name: str) -> str:
    """`file.name` -> its SQL, with every part in its place."""
    file, _, name = name.partition(".")
    texts = statements(engine, file)
    return _expanded(texts[name], texts)


def _expanded(text: str, texts: Mapping[str, str]) -> str:
    def part(match: re.Match[str]) -> str:
        alias, name = match.groups()
        return _columns(name, alias) if alias else _expanded(texts[name], texts)

    return _PART.sub(part, text)


def _columns(table: str, alias: str) -> str:
    # only a few statements need them: `due` starts without
    from followup.store.tables import table as declared

    return declared(table).aliased(alias)


def migrations(engine: str) -> list[tuple[int, str]]:
    """Number and SQL of every migration, in order."""
    folder = os.path.join(FOLDER, engine, "migrations")
    numbered = []
    for file in sorted(os.listdir(folder)):
        with open(os.path.join(folder, file), encoding="utf-8") as source:
            numbered.append((int(file[:3]), source.read()))
    return numbered
