"""The sample office on a real server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.conftest import NOW, command
from tests.servers import new_schema, schema_of, server_url


class Kept:
    """The sample office in PostgreSQL."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url

    def run(self, *words: str, user: str = "tom") -> subprocess.CompletedProcess[str]:
        return command(*words, cwd=self.folder, user=user, FOLLOWUP_STORE=self.url)

    def started(self, *words: str, user: str = "tom") -> subprocess.Popen[str]:
        """The real command, under way."""
        env = {**os.environ, "FOLLOWUP_USER": user, "FOLLOWUP_NOW": NOW, "FOLLOWUP_STORE": self.url}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(
            [sys.executable, "-m", "followup", *words], cwd=self.folder, env=env, text=True, **pipes
        )

    def there(self) -> list[str | None]:
        """What each command that is connected waits for."""
        name = f"followup {schema_of(self.url)}"
        rows = self.asked(f"SELECT wait_event_type FROM pg_stat_activity WHERE application_name = '{name}'")
        return [row[0] for row in rows]

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
