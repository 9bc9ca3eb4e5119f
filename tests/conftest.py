"""What every test has: no way to touch the home directory or a real project, a clock that stands, and the command."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests import properties as properties  # whose profile everything that is imported later goes by
from tests.forking import server

NOW = "2026-05-04T09:00"
ROOT = Path(__file__).parent.parent


Run = Callable[..., subprocess.CompletedProcess[str]]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="rewrite the transcripts with what is printed now")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """One seed for all properties and workers, before Hypothesis looks for it. And commands under test can be
    interrupted: a shell that runs the tests in the background starts them with SIGINT ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if config.option.hypothesis_seed is None:
        of_the_run = getattr(config, "workerinput", {}).get("seed")
        config.option.hypothesis_seed = of_the_run or str(secrets.randbelow(2**32))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["seed"] = node.config.option.hypothesis_seed


def pytest_sessionstart(session: pytest.Session) -> None:
    if terminal := session.config.pluginmanager.getplugin("terminalreporter"):
        terminal.write_line(f"properties draw with --hypothesis-seed={session.config.option.hypothesis_seed}")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = longest_first(items, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


def longest_first(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """In as many parts as xdist has workers, for whom each part begins with its share of the longest tests. Those who
    are through with theirs take from the end of another's, so that all end together."""
    longest = sorted(filter(seconds, items), key=seconds, reverse=True)
    others = [item for item in items if not seconds(item)]
    parts = []
    for worker in range(workers):
        part = longest[worker::workers]
        room = max(0, len(items) // workers - len(part))
        parts += part + others[:room]
        others = others[room:]
    return parts + others


def seconds(item: pytest.Item) -> float:
    """How long it takes, as its mark `slow` says; 0 if it need not begin early."""
    mark = item.get_closest_marker("slow")
    return float(mark.args[0]) if mark and mark.args else 0


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
