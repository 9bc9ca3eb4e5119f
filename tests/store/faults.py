"""Faults for the real command: calls that fail, modes that hold for root too, states of the store to compare."""

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

#: a test that needs strace is skipped where it is not, but never in CI
needs_strace = pytest.mark.skipif(
    STRACE is None and "CI" not in os.environ, reason="strace is not here: calls that fail are not tested"
)

#: for `prefix`: root without what lets it pass over the modes of files; anybody else obeys them anyway
OBEYING_MODES = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
needs_modes = pytest.mark.skipif(
    bool(OBEYING_MODES) and shutil.which("setpriv") is None and "CI" not in os.environ,
    reason="root, and failed",
)

TABLES = ("contact", "enrolment", "action", "history", "change", "counter", "catalog_version", "catalog_item")
Env = dict[str, str]
State = dict[str, list[tuple[Any, ...]]]


class Call(NamedTuple):
    """A system call, and how many of its name have come by then."""

    name: str
    nth: int


def ran(
    *words: str,
    cwd: Path,
    prefix: Sequence[str] = (),
    tracer: Sequence[str] = (),
    user: str = "sue",
    env: Env | None = None,
    **more: Any,
) -> subprocess.CompletedProcess[str]:
    """The real command, run to its end; `prefix` is what starts it, `tracer` (as `failing` makes it) what watches it
    once Python is up, which is ten times as fast; `more` is for subprocess."""
    if not prefix and not more:
        return server().run(words, cwd, _env(user, env), tracer=tracer)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
    return subprocess.run(_args(words, prefix), cwd=cwd, env=_env(user, env), text=True, timeout=120, **pipes)


def started(*words: str, cwd: Path, prefix: Sequence[str] = (), user: str = "sue") -> subprocess.Popen[str]:
    """The real command, under way."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(_args(words, prefix), cwd=cwd, env=_env(user), text=True, **pipes)


def _args(words: Sequence[str], prefix: Sequence[str]) -> list[str]:
    return [*prefix, sys.executable, "-m", "followup", *words]


def _env(user: str, more: Env | None = None) -> Env:
    return {**os.environ, "FOLLOWUP_USER": user, "FOLLOWUP_NOW": NOW, "COLUMNS": "80", **(more or {})}


def failing(call: str, how: str, when: int | str, log: str = "/dev/null") -> tuple[str, ...]:
    """For `prefix` or `tracer`: the `when`th system call of that name, counted from 1, meets `how`, such as error=EIO
    or signal=SIGKILL."""
    # only these calls stop, which is five times as fast; a signal is not delivered so
    fast = ("--seccomp-bpf",) if how.startswith("error") else ()
    return (str(STRACE), "-f", *fast, "-o", log, f"--trace={call}", f"--inject={call}:{how}:when={when}")


def calls(log: Path) -> list[str]:
    """What a tracer wrote down, but for the call by which it said that it was there."""
    lines = [line.partition(" ")[2].strip() for line in log.read_text().splitlines()]
    return [line for line in lines if not line.startswith("getppid")]


def places_to_die(words: Sequence[str], names: str, cwd: Path, log: Path, env: Env | None = None) -> list[Call]:
    """The system calls of these names that the command makes, in order. It is run to its end."""
    watching = (str(STRACE), "-f", "-o", str(log), f"--trace={names}")
    assert ran(*words, cwd=cwd, tracer=watching, env=env).returncode == 0
    made = [line.partition("(")[0] for line in calls(log) if "(" in line]
    return [Call(name, made[:place].count(name)) for place, name in enumerate(made, 1)]


def state(folder: Path) -> State:
    """The rows by table; the file is whole."""
    connection = sqlite3.connect(folder / "followup.db")
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return {table: connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in TABLES}
    finally:
        connection.close()


def asked(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(folder / "followup.db")
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def one_line(text: str) -> bool:
    """What a failing command says: one line, from us, and no traceback."""
    return text.startswith("followup: ") and text.count("\n") == 1 and "Traceback" not in text


def people(folder: Path, name: str, count: int) -> str:
    """A file of contacts to import, in the folder."""
    lines = "".join(f"p{i},Person {i},p{i}@x.example,tom\n" for i in range(count))
    (folder / name).write_text("id,name,email,owner\n" + lines)
    return name


def typed(value: object) -> str:
    """For `ids`: words as they are typed."""
    return " ".join(value) if isinstance(value, list) else str(value)
