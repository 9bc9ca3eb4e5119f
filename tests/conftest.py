"""What every test has: no way to touch the home directory or a real project, a clock that stands, and the command."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.forking import server

NOW = "2026-05-04T09:00"
ROOT = Path(__file__).parent.parent


def few(examples: int) -> int:
    """So many examples of a property; a fifth of them in `make check`, which is to be over within a minute."""
    return examples // 5 if "QUICK" in os.environ else examples


Run = Callable[..., subprocess.CompletedProcess[str]]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="rewrite the transcripts with what is printed now")


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A test that forgets its project finds none, rather than somebody's."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "YouForgotToChooseAProject"))
    for name in list(os.environ):
        if name.startswith("FOLLOWUP_"):
            monkeypatch.delenv(name)


def command(
    *words: str, cwd: Path, user: str = "tom", now: str = NOW, tracer: Sequence[str] = (), **env: str
) -> subprocess.CompletedProcess[str]:
    """The real command, as a process of its own."""
    full = {**os.environ, "FOLLOWUP_USER": user, "FOLLOWUP_NOW": now, "COLUMNS": "80", **env}
    return server().run(words, cwd, full, tracer=tracer)


def all_shown(terminal: int) -> str:
    """All that a pseudo-terminal was told by those who have left it; one read gives what has come so far."""
    told = b"".join(iter(lambda: _read(terminal), b""))
    os.close(terminal)
    return told.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # how a pseudo-terminal says that the other side is gone
        return b""


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample office, started once; tests copy it."""
    folder = tmp_path_factory.mktemp("sample") / "demo"
    made = command("init", "demo", cwd=folder.parent)
    assert made.returncode == 0, made.stderr
    return folder


@pytest.fixture
def office(sample: Path, tmp_path: Path) -> Path:
    """A copy of the sample office, this test's own."""
    import shutil

    return Path(shutil.copytree(sample, tmp_path / "demo"))


@pytest.fixture
def run(office: Path) -> Run:
    """run("due", ...) in this test's own office; `user` and `now` as keywords."""

    def runs(*words: str, **options: str) -> subprocess.CompletedProcess[str]:
        return command(*words, cwd=office, **options)

    return runs
