"""The sample office in each store, and on a real server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.conftest import NOW, command
from tests.servers import new_schema, schema_of, server_url


class StoredOffice:
    """The sample office and the url of its store."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url

    def run(self, *words: str, user: str = "tom", tracer: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
        return command(*words, cwd=self.folder, user=user, tracer=tracer, FOLLOWUP_STORE=self.url)

    def start(self, *words: str, user: str = "tom") -> subprocess.Popen[str]:
        """Start the real command."""
        env = {**os.environ, "FOLLOWUP_USER": user, "FOLLOWUP_NOW": NOW, "FOLLOWUP_STORE": self.url}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(
            [sys.executable, "-m", "followup", *words], cwd=self.folder, env=env, text=True, **pipes
        )

    def waits(self) -> list[str | None]:
        """What each connected command waits for."""
        name = f"followup {schema_of(self.url)}"
        rows = self.query(f"SELECT wait_event_type FROM pg_stat_activity WHERE application_name = '{name}'")
        return [row[0] for row in rows]

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(server_url(), autocommit=True) as connection:
            connection.execute(f"SET search_path = {schema_of(self.url)}")
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []


ENGINES = ("sqlite", "csv", "postgres")


@contextmanager
def office_in(engine: str, folder: Path) -> Iterator[StoredOffice]:
    """The sample office in that kind of store; `folder` doesn't exist yet."""
    url = {"sqlite": f"sqlite:///{folder}/followup.db", "csv": f"csv:{folder}/office"}.get(engine) or new_schema()
    result = command("init", folder.name, cwd=folder.parent, FOLLOWUP_STORE=url)
    assert result.returncode == 0, result.stderr
    yield StoredOffice(folder, url)
    if engine == "postgres":
        dropped(url)


def dropped(url: str, *logins: str) -> None:
    """Remove the office from the server, with its roles and these logins."""
    schema = schema_of(url)
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE')
        for role in (*logins, f"{schema}_rep", f"{schema}_worker"):
            connection.execute(f"DROP OWNED BY {role}")
            connection.execute(f"DROP ROLE {role}")


@pytest.fixture
def pg_office(tmp_path: Path) -> Iterator[StoredOffice]:
    """The sample office in PostgreSQL."""
    with office_in("postgres", tmp_path / "kept") as office:
        yield office


@pytest.fixture(params=ENGINES)
def any_office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StoredOffice]:
    """The sample office in each kind of store."""
    with office_in(request.param, tmp_path / "kept") as office:
        yield office
