"""What every test gets: no access to the home directory or a real project, a fixed clock, and the real command."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests import properties as properties  # sets the Hypothesis profile for everything that is imported later
from tests.forking import server

NOW = "2026-05-04T09:00"
ROOT = Path(__file__).parent.parent


Run = Callable[..., subprocess.CompletedProcess[str]]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="rewrite the transcripts with what is printed now")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Choose one seed for all properties and workers before Hypothesis reads it. Restore SIGINT, too: a shell that runs
    the tests in the background ignores it, but commands under test must be interruptible."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if config.option.hypothesis_seed is None:
        run_seed = getattr(config, "workerinput", {}).get("seed")
        config.option.hypothesis_seed = run_seed or str(secrets.randbelow(2**32))


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
    """One part for each xdist worker, which starts with its share of the longest tests. Workers that finish early take
    tests from the end of another part, so that all finish together."""
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
    """How long the test takes according to its mark `slow`; 0 if it doesn't have to start early."""
    mark = item.get_closest_marker("slow")
    return float(mark.args[0]) if mark and mark.args else 0


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A test that forgets to choose a project finds none, rather than a real one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "YouForgotToChooseAProject"))
    for name in list(os.environ):
        if name.startswith("FOLLOWUP_"):
            monkeypatch.delenv(name)


def command(
    *words: str, cwd: Path, user: str = "tom", now: str = NOW, tracer: Sequence[str] = (), **env: str
) -> subprocess.CompletedProcess[str]:
    """Run the real command as a separate process."""
    full = {**os.environ, "FOLLOWUP_USER": user, "FOLLOWUP_NOW": now, "COLUMNS": "80", **env}
    return server().run(words, cwd, full, tracer=tracer)


def all_shown(terminal: int) -> str:
    """Everything that was written to a pseudo-terminal until it closed; a single read may return only a part."""
    output = b"".join(iter(lambda: _read(terminal), b""))
    os.close(terminal)
    return output.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # a pseudo-terminal reports the end of its input this way
        return b""


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample office, created once; tests copy it."""
    folder = tmp_path_factory.mktemp("sample") / "demo"
    result = command("init", "demo", cwd=folder.parent)
    assert result.returncode == 0, result.stderr
    return folder


@pytest.fixture
def office(sample: Path, tmp_path: Path) -> Path:
    """This test's own copy of the sample office."""
    import shutil

    return Path(shutil.copytree(sample, tmp_path / "demo"))


@pytest.fixture
def run(office: Path) -> Run:
    """run("due", ...) in this test's own office; `user` and `now` as keywords."""

    def runs(*words: str, **options: str) -> subprocess.CompletedProcess[str]:
        return command(*words, cwd=office, **options)

    return runs
