"""kill -9 at every write: the old state or the new one, never between; running again finishes.

strace stops the command at its Nth system call that writes, for N = 1, 2, ... until it runs to its end.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import NOW, Run
from tests.forking import server

CALLS = "pwrite64,fdatasync,fsync,unlink,ftruncate"
STRACE = shutil.which("strace")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(STRACE is None and "CI" not in os.environ, reason="strace is not here: kills are not tested"),
]

#: what is compared: everything but the journal of pages
TABLES = ("contact", "enrolment", "action", "history", "change", "counter", "catalog_version", "catalog_item")


def dump(folder: Path) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(folder / "followup.db")
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return [(table, *row) for table in TABLES for row in connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2")]
    finally:
        connection.close()


def killed(folder: Path, words: list[str], when: int) -> bool:
    """Whether the command died at its `when`th write; False once it has fewer."""
    env = {**os.environ, "FOLLOWUP_USER": "sue", "FOLLOWUP_NOW": NOW}
    inject = [f"--inject={call}:signal=SIGKILL:when={when}" for call in CALLS.split(",")]
    command = [
        str(STRACE),
        "-f",
        "-o",
        "/dev/null",
        f"--trace={CALLS}",
        *inject,
        sys.executable,
        "-m",
        "followup",
        *words,
    ]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, timeout=120).returncode != 0


COMMANDS = {
    "assign": ["assign", "li-wei", "toured"],
    "complete": ["complete", "10"],
    "import": ["contacts", "import", "more.csv", "--cycle", "referral", "-q"],
    "apply": ["apply", "--yes", "-q"],
    "undo": ["undo", "-q"],
}

#: an edit that moves some people and takes the step of others away
EDIT = [("long-term.yaml", "template: keep-in-touch}", "template: keep-in-touch, offset: 3 days}")]
CHOICES = "migrate:\n  - {step: future-prospect/intro-letter, dates: recompute}\n"


def edited(office: Path) -> None:
    for file, old, new in EDIT:
        path = office / "cycles" / file
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))
    (office / "cycles" / "choices.yaml").write_text(CHOICES)


@pytest.mark.parametrize("name", COMMANDS)
def test_killed_at_any_write_it_is_the_old_state_or_the_new(name: str, office: Path, run: Run, tmp_path: Path) -> None:
    words = COMMANDS[name]
    lines = "".join(f"p{i},Person {i},p{i}@x.example,tom\n" for i in range(300))
    (office / "more.csv").write_text("id,name,email,owner\n" + lines)
    if name in ("apply", "undo"):
        edited(office)
    if name == "undo":  # of that apply
        run_in(office, COMMANDS["apply"])
    old = dump(office)
    finished = Path(shutil.copytree(office, tmp_path / "finished"))
    run_in(finished, words)
    new = dump(finished)
    seen = set()
    for when in range(1, 400):
        copy = Path(shutil.copytree(office, tmp_path / "copy"))
        died = killed(copy, words, when)
        state = dump(copy)
        assert state in (old, new), f"{name} killed at write {when} left something between"
        seen.add(state == new)
        if state == old:
            run_in(copy, words)
            assert dump(copy) == new
        shutil.rmtree(copy)
        if not died:
            break
    assert when > 4 and seen == {True, False}


def run_in(folder: Path, words: list[str]) -> None:
    env = {**os.environ, "FOLLOWUP_USER": "sue", "FOLLOWUP_NOW": NOW}
    assert server().run(words, folder, env).returncode == 0
