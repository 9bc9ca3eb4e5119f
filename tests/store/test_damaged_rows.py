"""Damaged rows that are still valid text: no command crashes on one, and each is named."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cli.test_doctor import ACTIVITY
from tests.conftest import Run, command
from tests.properties import examples
from tests.store.damaging import Answer, commands, commands_in, damage, edit_by_hand
from tests.store.faults import one_line

#: how many commands run on each damaged store; a long run damages more stores and runs fewer on each
MANY = 12 if int(os.environ.get("EXAMPLES", "1")) < 5 else 4

#: exit codes that a command may have; 70 is a bug
EXIT_CODES = {0, 1, 3, 4, 5, 65, 66, 69, 73, 75, 78}


@pytest.fixture(scope="module")
def used_office(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office after some activity."""
    office = Path(shutil.copytree(sample, tmp_path_factory.mktemp("lived") / "demo"))
    for user, words in (
        *ACTIVITY,
        ("sue", "complete 10"),
        ("sue", "complete 18"),
        ("sue", "contacts set li-wei --source x"),
    ):
        result = command(*words.split(), cwd=office, user=user)
        assert result.returncode == 0 or user == "sue", result.stderr
    return office


def check(answer: Answer, what: str, words: tuple[str, ...]) -> None:
    context = (what, words, answer.err[-3000:])
    assert answer.code in EXIT_CODES, context
    assert "Traceback" not in answer.err, context
    if answer.code == 69:
        assert answer.err.count("\n") == 1, context


@pytest.mark.slow(60)
@settings(max_examples=examples(200))
@given(st.integers(0, 2**63))
def test_no_command_crashes_on_a_damaged_row(used_office: Path, seed: int) -> None:
    draw, file = Random(seed), used_office / "followup.db"
    original = file.read_bytes()
    try:
        change = damage(file, draw)
        if change is None:
            return
        all_commands = commands(change.contact, change.action)
        with commands_in(used_office) as run_command:
            for words in draw.sample(all_commands, MANY):
                answer = run_command(*words)
                check(answer, change.what, words)
    finally:
        file.write_bytes(original)


@pytest.fixture(scope="module")
def folder(used_office: Path) -> Path:
    """The same office as a folder of CSV files."""
    url = f"csv:{used_office}/office"
    result = command("store", "copy", f"sqlite:///{used_office}/followup.db", url, cwd=used_office, user="sue")
    assert result.returncode == 0, result.stderr
    return used_office / "office"


@pytest.mark.slow(60)
@settings(max_examples=examples(100))
@given(st.integers(0, 2**63))
def test_no_command_crashes_on_a_file_edited_by_hand(folder: Path, seed: int) -> None:
    draw = Random(seed)
    original = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    try:
        what, contact, action = edit_by_hand(folder, draw)
        with commands_in(folder.parent) as run_command:
            for words in draw.sample(commands(contact, action), MANY // 2 + 1):
                answer = run_command(*words, "--store", f"csv:{folder}")
                check(answer, what, words)
    finally:
        for path in set(folder.iterdir()) - set(original):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        for path, content in original.items():
            path.write_bytes(content)


def damage_store(office: Path, sql: str) -> None:
    with closing(sqlite3.connect(office / "followup.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.executescript(sql)


#: kind of damage -> SQL, a command, and how the error names the row
DAMAGE = {
    "a due": ("UPDATE action SET due = '2026-02-30' WHERE id = 2", ["due"], "action 2 of jane-smith: due is '2026-02-30'"),
    "a status": ("UPDATE action SET status = 'x' WHERE id = 2", ["search"], "action 2 of jane-smith: status is 'x'"),
    "an instant": ("UPDATE action SET at = 10000000000000 WHERE id = 2", ["search"], "action 2 of jane-smith: at is 10000000000000"),
    "a contact": ("UPDATE contact SET updated_at = '99' WHERE id = 'jane-smith'", ["contacts", "list"], "contact jane-smith: updated_at is '99'"),
    "an export": ("UPDATE contact SET updated_at = '99' WHERE id = 'jane-smith'", ["contacts", "export"], "contact jane-smith: updated_at is '99'"),
    "a kind": ("UPDATE history SET kind = 'x' WHERE subject = 'contact:jane-smith' AND seq = 2", ["history"], "event 2 of contact:jane-smith: unknown kind of event"),
    "data": ("UPDATE history SET data = '[]' WHERE subject = 'contact:jane-smith' AND seq = 2", ["history", "jane-smith"], "event 2 of contact:jane-smith: "),
    "a change": ("UPDATE change SET at = 10000000000000 WHERE id = 1", ["catalog", "versions"], "catalog version 1: at is 10000000000000"),
}  # fmt: skip


@pytest.mark.parametrize("what", DAMAGE)
def test_10_a_list_skips_a_damaged_row_and_names_it_at_the_end(office: Path, run: Run, what: str) -> None:
    sql, words, name = DAMAGE[what]
    complete = run(*words, user="sue").stdout if what in ("a contact", "an export") else run(*words).stdout
    damage_store(office, sql)
    result = run(*words, user="sue") if what in ("a contact", "an export", "a change") else run(*words)
    assert result.returncode == 69 and one_line(result.stderr) and name in result.stderr, result.stderr
    assert "The store is damaged. Left out here: " in result.stderr and "`followup doctor`" in result.stderr
    if what != "a change":
        assert 0 < len(result.stdout.splitlines()) < len(complete.splitlines()) + 1, "the other rows are listed"
    assert run("doctor", user="sue").returncode == 1


@pytest.mark.parametrize(
    ("sql", "words", "name"),
    [
        ("UPDATE action SET due = 'zzzz' WHERE id = 2", ["complete", "2"], "action 2 of jane-smith: due is 'zzzz'"),
        (
            "UPDATE enrolment SET start = '0001-01-01' WHERE id = 1",
            ["skip", "2"],
            "enrolment 1 of jane-smith: start is",
        ),
        (
            "UPDATE action SET status = 'x' WHERE id = 2",
            ["show", "jane-smith"],
            "action 2 of jane-smith: status is 'x'",
        ),
        ("UPDATE action SET nominal = '' WHERE id = 2", ["explain", "2"], "action 2 of jane-smith: nominal is ''"),
        ("UPDATE change SET at = -1e15 WHERE id = 2", ["explain", "2"], "event 1 of contact:jane-smith: at is"),
        ("UPDATE catalog_item SET document = '[1]' WHERE kind = 'office'", ["due"], "catalog item office"),
        ("UPDATE catalog_item SET document = '{}' WHERE kind = 'user' AND id = 'tom'", ["due"], "catalog version 1: "),
        (
            "UPDATE catalog_item SET document = '-1' WHERE kind = 'alias' AND id = 'toured'",
            ["diff"],
            "catalog item alias",
        ),
        (
            "UPDATE catalog_item SET document = '{\"name\": 5}' WHERE kind = 'alias'",
            ["aliases", "list"],
            "catalog version 1",
        ),
    ],
)
def test_10_a_command_that_depends_on_a_damaged_row_is_refused_and_names_it(
    office: Path, run: Run, sql: str, words: list[str], name: str
) -> None:
    damage_store(office, sql)
    result = run(*words, user="sue" if words == ["diff"] else "tom")
    assert (
        result.returncode == 69
        and (not result.stdout or words == ["diff"])
        and one_line(result.stderr)
        and name in result.stderr
    ), result.stderr


def test_W4_doctor_names_a_change_with_an_impossible_time(office: Path, run: Run) -> None:
    damage_store(office, "UPDATE change SET at = 10000000000000 WHERE id = 1")
    result = run("doctor", user="sue")
    assert result.returncode == 1 and "change 1: its time 10000000000000 isn't possible" in result.stdout
