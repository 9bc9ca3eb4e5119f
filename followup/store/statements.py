"""SQL is in .sql files, by name. `-- name: NAME` starts a statement; the comment below it says what it is for.

A question is written once for all engines. An engine's own version is in its folder, under the same file name, and
overrides the shared one. `{NAME}` in a statement inserts another statement of the two files; `{c.contact}` inserts the
columns of the table `contact` with the alias `c`.
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
    """`file.name` -> its SQL, with all parts inserted."""
    file, _, name = name.partition(".")
    texts = statements(engine, file)
    return _expanded(texts[name], texts)


def _expanded(text: str, texts: Mapping[str, str]) -> str:
    def part(match: re.Match[str]) -> str:
        alias, name = match.groups()
        return _columns(name, alias) if alias else _expanded(texts[name], texts)

    return _PART.sub(part, text)


def _columns(table: str, alias: str) -> str:
    # only a few statements need this: `due` doesn't load it
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
