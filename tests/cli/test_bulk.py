"""Bulk work in batches: one change however often it is interrupted, counted in full and undone as one."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from followup.app.deciding import BATCH
from tests.conftest import NOW, Run, command

pytestmark = pytest.mark.slow  # starts dozens of processes


PEOPLE = 2 * BATCH + 10
IMPORT = ["contacts", "import", "more.csv", "--cycle", "referral", "-q"]


def rows(office: Path, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(office / "followup.db")
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


@pytest.fixture
def crowd(office: Path) -> Path:
    """The sample office, with a file of more contacts than fit in two batches."""
    lines = "".join(f"p{i:05},Person {i},p{i}@x.example,tom\n" for i in range(PEOPLE))
    (office / "more.csv").write_text("id,name,email,owner\n" + lines)
    return office


def kill_after_first_batch(office: Path, words: list[str], now: str = NOW) -> None:
    """Run the command and kill it when it reads past its first batch."""
    code = (
        "import os, sys\n"
        "from followup.app import deciding\n"
        "taken = deciding.islice\n"
        "left = [2]\n"
        "def stop(*words):\n"
        "    left[0] -= 1\n"
        "    return taken(*words) if left[0] >= 0 and left[0] != 0 else os.kill(os.getpid(), 9)\n"
        "deciding.islice = stop\n"
        f"sys.argv = ['followup', *{words!r}]\n"
        "from followup.__main__ import main; main()"
    )
    env = {**os.environ, "FOLLOWUP_USER": "sue", "FOLLOWUP_NOW": now}
    assert subprocess.run([sys.executable, "-c", code], cwd=office, env=env, capture_output=True).returncode == -9


TABLES = ("contact", "enrolment", "action", "history", "change", "counter")


def dump(office: Path) -> list[list[tuple[object, ...]]]:
    return [rows(office, f"SELECT * FROM {table} ORDER BY 1, 2") for table in TABLES]


def test_P4_a_killed_import_resumes_as_the_same_change_with_the_same_result(crowd: Path, tmp_path: Path) -> None:
    import shutil

    uninterrupted = Path(shutil.copytree(crowd, tmp_path / "whole"))
    assert command(*IMPORT, cwd=uninterrupted, user="sue").returncode == 0
    kill_after_first_batch(crowd, IMPORT)
    assert rows(crowd, "SELECT count(*) FROM contact WHERE id LIKE 'p0%'") == [(BATCH,)]
    assert command(*IMPORT, cwd=crowd, user="sue", now="2026-05-04T17:00").returncode == 0
    assert dump(crowd) == dump(uninterrupted)
    assert "undone: change 3" in command("undo", cwd=crowd, user="sue").stdout
    assert rows(crowd, "SELECT count(*) FROM contact WHERE id LIKE 'p0%' AND gone IS NULL") == [(0,)]


@pytest.mark.parametrize("later", ["2026-05-05T09:00", "2026-05-04T08:00"])
def test_an_import_left_unfinished_on_another_day_continues_as_a_new_change(crowd: Path, later: str) -> None:
    kill_after_first_batch(crowd, IMPORT)
    assert command(*IMPORT, cwd=crowd, user="sue", now=later).returncode == 0
    changes = rows(crowd, "SELECT change, count(*) FROM history WHERE kind = 'added' AND change > 2 GROUP BY 1")
    assert changes == [(3, BATCH), (4, PEOPLE - BATCH)]


def test_an_undone_import_is_not_resumed(crowd: Path) -> None:
    kill_after_first_batch(crowd, IMPORT)
    assert command("undo", cwd=crowd, user="sue").returncode == 0
    assert command(*IMPORT, cwd=crowd, user="sue").returncode == 0
    assert rows(crowd, "SELECT DISTINCT change FROM history WHERE kind = 'added' AND change > 2") == [(3,), (5,)]
    assert rows(crowd, "SELECT count(*) FROM change WHERE unfinished IS NOT NULL AND id > 3") == [(0,)]


def test_a_bulk_change_is_finished_even_if_its_last_batch_is_full(run: Run, crowd: Path) -> None:
    text = (crowd / "more.csv").read_text().splitlines(keepends=True)
    (crowd / "more.csv").write_text("".join(text[: BATCH + 1]))
    assert run(*IMPORT, user="sue").returncode == 0
    assert rows(crowd, "SELECT count(*), sum(unfinished IS NOT NULL) FROM change") == [(3, 0)]


def test_C4_a_bulk_assign_by_filter_reaches_every_contact_once_and_counts_them(run: Run, crowd: Path) -> None:
    assert run(*IMPORT, user="sue").returncode == 0
    result = run("assign", "--where", "cycle=introduction-referral", "toured", user="sue")
    count = f"{PEOPLE:,}"
    assert result.stdout.startswith("placed on toured: Aisha Khan (aisha-khan), George Papadakis (george-papadakis), ")
    assert f" and {count} more ({count} from another cycle); cancelled {PEOPLE + 5:,}; next: " in result.stdout
    dry_run = run("assign", "--where", "cycle=after-tour", "referral", "--format", "json", "--dry-run", user="sue")
    answer = json.loads(dry_run.stdout)
    assert len(answer["done"]) == len(set(answer["done"])) > PEOPLE
    assert {item["cycle"] for item in answer["scheduled"]} == {"introduction-referral"}
