"""Faults for the real command: calls that fail, file modes that apply to root too, states of the store to compare."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.conftest import NOW
from tests.forking import server

STRACE = shutil.which("strace")

#: a test that needs strace is skipped if strace isn't installed, but never in CI
needs_strace = pytest.mark.skipif(
    STRACE is None and "CI" not in os.environ, reason="strace isn't installed: failing calls are not tested"
)

#: for `prefix`: root without the capabilities to ignore file modes; other users obey them anyway
OBEYING_MODES = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
needs_modes = pytest.mark.skipif(
    bool(OBEYING_MODES) and shutil.which("setpriv") is None and "CI" not in os.environ,
    reason="root, and failed",
)

TABLES = ("contact", "enrolment", "action", "history", "change", "counter", "catalog_version", "catalog_item")
Env = dict[str, str]
State = dict[str, list[tuple[Any, ...]]]


class Call(NamedTuple):
    """A system call, and its count among the calls of that name."""

    name: str
    nth: int


def run_command(
    *words: str,
    cwd: Path,
    prefix: Sequence[str] = (),
    tracer: Sequence[str] = (),
    user: str = "sue",
    env: Env | None = None,
    **more: Any,
) -> subprocess.CompletedProcess[str]:
    """Run the real command to its end. `prefix` starts it; `tracer` (from `failing`) only watches it once Python is up,
    which is ten times as fast; `more` is for subprocess."""
    if not prefix and not more:
        return server().run(words, cwd, _env(user, env), tracer=tracer)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
    return subprocess.run(_args(words, prefix), cwd=cwd, env=_env(user, env), text=True, timeout=120, **pipes)


def started(*words: str, cwd: Path, prefix: Sequence[str] = (), user: str = "sue") -> subprocess.Popen[str]:
    """Start the real command."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(_args(words, prefix), cwd=cwd, env=_env(user), text=True, **pipes)


def _args(words: Sequence[str], prefix: Sequence[str]) -> list[str]:
    return [*prefix, sys.executable, "-m", "followup", *words]


def _env(user: str, more: Env | None = None) -> Env:
    return {**os.environ, "FOLLOWUP_USER": user, "FOLLOWUP_NOW": NOW, "COLUMNS": "80", **(more or {})}


def failing(call: str, how: str, when: int | str, log: str = "/dev/null") -> tuple[str, ...]:
    """For `prefix` or `tracer`: the `when`th system call of that name, counted from 1, gets `how`, such as error=EIO
    or signal=SIGKILL."""
    # stops only at these calls, which is five times as fast, but doesn't deliver signals
    fast = ("--seccomp-bpf",) if how.startswith("error") else ()
    return (str(STRACE), "-f", *fast, "-o", log, f"--trace={call}", f"--inject={call}:{how}:when={when}")


def calls(log: Path) -> list[str]:
    """What a tracer logged, except the call that signals that it is attached."""
    lines = [line.partition(" ")[2].strip() for line in log.read_text().splitlines()]
    return [line for line in lines if not line.startswith("getppid")]


def kill_points(words: Sequence[str], names: str, cwd: Path, log: Path, env: Env | None = None) -> list[Call]:
    """The system calls of these names that the command makes, in order. Runs it to its end."""
    watching = (str(STRACE), "-f", "-o", str(log), f"--trace={names}")
    assert run_command(*words, cwd=cwd, tracer=watching, env=env).returncode == 0
    call_names = [line.partition("(")[0] for line in calls(log) if "(" in line]
    return [Call(name, call_names[:place].count(name)) for place, name in enumerate(call_names, 1)]


def state(folder: Path) -> State:
    """The rows by table, after an integrity check."""
    connection = sqlite3.connect(folder / "followup.db")
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return {table: connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in TABLES}
    finally:
        connection.close()


def query(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(folder / "followup.db")
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def one_line(text: str) -> bool:
    """Whether an error is one line from followup, without a traceback."""
    return text.startswith("followup: ") and text.count("\n") == 1 and "Traceback" not in text


def people(folder: Path, name: str, count: int) -> str:
    """Write a file of contacts to import into the folder, and return its name."""
    lines = "".join(f"p{i},Person {i},p{i}@x.example,tom\n" for i in range(count))
    (folder / name).write_text("id,name,email,owner\n" + lines)
    return name


def as_typed(value: object) -> str:
    """For `ids`: arguments as users type them."""
    return " ".join(value) if isinstance(value, list) else str(value)
