"""Files to import, written as a test needs them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from followup.intake.mapping import map_columns
from followup.intake.refusals import Refusal
from followup.intake.rows import Row, rows
from followup.intake.sheet import open_table

Write = Callable[..., str]
Read = Callable[..., list[Row | Refusal]]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write text (or bytes) to a file and return its path."""

    def write(content: str | bytes, encoding: str = "utf-8") -> str:
        path = tmp_path / "contacts.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return str(path)

    return write


@pytest.fixture
def read(write: Write) -> Read:
    """What an import of this content yields."""

    def read(
        content: str | bytes, *pairs: str, key: tuple[str, ...] = (), day_first: bool | None = None
    ) -> list[Row | Refusal]:
        with open_table(write(content)) as table:
            return list(rows(table, map_columns(table.header, pairs, key), day_first))

    return read
