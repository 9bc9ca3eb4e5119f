"""Rows that are damaged and still valid text: no reader falls over one, and each is named."""

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
from tests.store.damaging import Answer, commands, damage, edit_by_hand, here
from tests.store.faults import one_line

#: commands that each damaged store is asked; a long run asks others of each, and fewer
MANY = 12 if int(os.environ.get("EXAMPLES", "1")) < 5 else 4

#: what a command may leave with; 70 is a bug
LEAVES = {0, 1, 3, 4, 5, 65, 66, 69, 73, 75, 78}


@pytest.fixture(scope="module")
def lived(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office in which things have happened."""
    office = Path(shutil.copytree(sample, tmp_path_factory.mktemp("lived") / "demo"))
    for user, words in (
        *ACTIVITY,
        ("sue", "complete 10"),
        ("sue", "complete 18"),
        ("sue", "contacts set li-wei --source x"),
    ):
        done = command(*words.split(), cwd=office, user=user)
        assert done.returncode == 0 or user == "sue", done.stderr
    return office


def check(answer: Answer, what: str, words: tuple[str, ...]) -> None:
    told = (what, words, answer.err[-3000:])
    assert answer.code in LEAVES, told
    assert "Traceback" not in answer.err, told
    if answer.code == 69:
        assert answer.err.count("\n") == 1, told


@pytest.mark.slow(60)
@settings(max_examples=examples(300))
@given(st.integers(0, 2**63))
def test_no_command_falls_over_a_damaged_row(lived: Path, seed: int) -> None:
    draw, file = Random(seed), lived / "followup.db"
    whole = file.read_bytes()
    try:
        damaged = damage(file, draw)
        if damaged is None:
            return
        asked = commands(damaged.contact, damaged.action)
        with here(lived) as answered:
            for words in draw.sample(asked, MANY):
                answer = answered(*words)
                check(answer, damaged.what, words)
    finally:
        file.write_bytes(whole)


@pytest.fixture(scope="module")
def folder(lived: Path) -> Path:
    """The same office as a folder of CSV files."""
    url = f"csv:{lived}/office"
    done = command("store", "copy", f"sqlite:///{lived}/followup.db", url, cwd=lived, user="sue")
    assert done.returncode == 0, done.stderr
    return lived / "office"


@pytest.mark.slow(60)
@settings(max_examples=examples(150))
@given(st.integers(0, 2**63))
def test_no_command_falls_over_a_file_that_was_edited_by_hand(folder: Path, seed: int) -> None:
    draw = Random(seed)
    whole = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    try:
        what, contact, action = edit_by_hand(folder, draw)
        with here(folder.parent) as answered:
            for words in draw.sample(commands(contact, action), MANY // 2 + 1):
                answer = answered(*words, "--store", f"csv:{folder}")
                check(answer, what, words)
    finally:
        for path in set(folder.iterdir()) - set(whole):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        for path, content in whole.items():
            path.write_bytes(content)


def damaged_store(office: Path, sql: str) -> None:
    with closing(sqlite3.connect(office / "followup.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.executescript(sql)


#: what was done, what is asked, and how the row is named
NAMED = {
    "a due": ("UPDATE action SET due = '2026-02-30' WHERE id = 2", ["due"], "action 2 of jane-smith: due is '2026-02-30'"),
    "a status": ("UPDATE action SET status = 'x' WHERE id = 2", ["search"], "action 2 of jane-smith: status is 'x'"),
    "an instant": ("UPDATE action SET at = 10000000000000 WHERE id = 2", ["search"], "action 2 of jane-smith: at is 10000000000000"),
    "a contact": ("UPDATE contact SET updated_at = '99' WHERE id = 'jane-smith'", ["contacts", "list"], "contact jane-smith: updated_at is '99'"),
    "an export": ("UPDATE contact SET updated_at = '99' WHERE id = 'jane-smith'", ["contacts", "export"], "contact jane-smith: updated_at is '99'"),
    "a kind": ("UPDATE history SET kind = 'x' WHERE subject = 'contact:jane-smith' AND seq = 2", ["history"], "event 2 of contact:jane-smith: unknown kind of event"),
    "data": ("UPDATE history SET data = '[]' WHERE subject = 'contact:jane-smith' AND seq = 2", ["history", "jane-smith"], "event 2 of contact:jane-smith: "),
    "a change": ("UPDATE change SET at = 10000000000000 WHERE id = 1", ["catalog", "versions"], "catalog version 1: at is 10000000000000"),
}  # fmt: skip


@pytest.mark.parametrize("what", NAMED)
def test_10_a_list_leaves_a_damaged_row_out_and_names_it_in_the_end(office: Path, run: Run, what: str) -> None:
    sql, words, named = NAMED[what]
    whole = run(*words, user="sue").stdout if what in ("a contact", "an export") else run(*words).stdout
    damaged_store(office, sql)
    done = run(*words, user="sue") if what in ("a contact", "an export", "a change") else run(*words)
    assert done.returncode == 69 and one_line(done.stderr) and named in done.stderr, done.stderr
    assert "The store is damaged. Left out here: " in done.stderr and "`followup doctor`" in done.stderr
    if what != "a change":
        assert 0 < len(done.stdout.splitlines()) < len(whole.splitlines()) + 1, "the other rows are there"
    assert run("doctor", user="sue").returncode == 1


@pytest.mark.parametrize(
    ("sql", "words", "named"),
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
def test_10_what_decides_is_refused_with_the_name_of_the_row(
    office: Path, run: Run, sql: str, words: list[str], named: str
) -> None:
    damaged_store(office, sql)
    done = run(*words, user="sue" if words == ["diff"] else "tom")
    assert (
        done.returncode == 69
        and (not done.stdout or words == ["diff"])
        and one_line(done.stderr)
        and named in done.stderr
    ), done.stderr


def test_W4_a_time_that_is_none_of_a_change_is_named_by_doctor(office: Path, run: Run) -> None:
    damaged_store(office, "UPDATE change SET at = 10000000000000 WHERE id = 1")
    done = run("doctor", user="sue")
    assert done.returncode == 1 and "change 1: its time 10000000000000 isn't possible" in done.stdout
