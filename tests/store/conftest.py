"""The sample office on a real server."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.conftest import command
from tests.servers import new_schema, schema_of, server_url


class Kept:
    """The sample office in PostgreSQL."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url

    def run(self, *words: str, user: str = "tom") -> subprocess.CompletedProcess[str]:
        return command(*words, cwd=self.folder, user=user, FOLLOWUP_STORE=self.url)

    def asked(self, sql: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(server_url(), autocommit=True) as connection:
            connection.execute(f"SET search_path = {schema_of(self.url)}")
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    url = new_schema()
    assert command("init", "kept", cwd=tmp_path, FOLLOWUP_STORE=url).returncode == 0
    yield Kept(tmp_path / "kept", url)
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA {schema_of(url)} CASCADE")
