"""The SQLite store: what is not ours is left alone, what goes wrong is one line, the database holds its rules."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from followup.errors import NoProject
from followup.store.opening import open_store
from followup.store.statements import FOLDER, migrations, statement
from tests.conftest import NOW, Run


@pytest.mark.parametrize(
    "url", ["sqlite:///", "sqlite:x.db", "sqlite://x.db", "csv:", "mysql://x", "x", "postgresql:x"]
)
def test_what_is_no_url_of_a_store_is_told_what_one_looks_like(url: str, run: Run) -> None:
    told = run("--store", url, "due")
    assert told.returncode == 2 and "sqlite:///FILE, csv:FOLDER or postgresql://HOST/DATABASE" in told.stderr


def test_a_file_that_is_not_ours_is_left_as_it_is(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE theirs (x)")
    connection.commit()
    connection.close()
    before = other.read_bytes()
    with pytest.raises(NoProject, match="isn't a followup database"):
        open_store(f"sqlite:///{other}")
    assert other.read_bytes() == before


def test_a_newer_store_is_refused_untouched(office: Path, run: Run) -> None:
    connection = sqlite3.connect(office / "followup.db")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = (office / "followup.db").read_bytes()
    told = run("due")
    assert told.returncode == 78 and "newer" in told.stderr
    assert (office / "followup.db").read_bytes() == before


def test_a_mistyped_store_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(NoProject):
        open_store(f"sqlite:///{tmp_path}/typo.db")
    assert not (tmp_path / "typo.db").exists()


@pytest.mark.parametrize("cut", [0, 100, 5000])
def test_a_damaged_store_is_said_in_one_line(office: Path, run: Run, cut: int) -> None:
    with (office / "followup.db").open("r+b") as file:
        file.truncate(cut)
    told = run("due")
    assert told.returncode in (69, 78), told.stderr
    assert "Traceback" not in told.stderr and len(told.stderr.splitlines()) == 1


def test_F6_the_database_refuses_a_second_cycle(office: Path) -> None:
    connection = sqlite3.connect(office / "followup.db")
    row = connection.execute("SELECT * FROM enrolment WHERE ended IS NULL LIMIT 1").fetchone()
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(f"INSERT INTO enrolment VALUES ({', '.join('?' * len(row))})", (99_999, *row[1:]))
    connection.close()


def test_the_database_refuses_a_second_open_try_of_a_step(office: Path) -> None:
    connection = sqlite3.connect(office / "followup.db")
    names = [column[1] for column in connection.execute("PRAGMA table_info(action)")]
    row = connection.execute("SELECT * FROM action WHERE status = 'scheduled' AND step IS NOT NULL LIMIT 1").fetchone()
    again = {**dict(zip(names, row, strict=True)), "id": 99_999, "trial": 2}
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(f"INSERT INTO action VALUES ({', '.join('?' * len(row))})", list(again.values()))
    connection.close()


def test_a_writer_that_waits_too_long_is_told_to_try_again(office: Path) -> None:
    holder = sqlite3.connect(office / "followup.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    code = (
        "import followup.store.sqlite.store as s, sys; s.WAIT_SECONDS = 0.2\n"
        "sys.argv = ['followup', 'complete', '2']; from followup.__main__ import main; main()"
    )
    env = {**os.environ, "FOLLOWUP_USER": "tom", "FOLLOWUP_NOW": NOW}
    told = subprocess.run([sys.executable, "-c", code], cwd=office, env=env, capture_output=True, text=True)
    holder.execute("ROLLBACK")
    holder.close()
    assert told.returncode == 75 and "busy" in told.stderr


def test_a_reader_is_not_kept_out_by_a_writer(office: Path, run: Run) -> None:
    holder = sqlite3.connect(office / "followup.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    holder.execute("UPDATE contact SET name = name")
    assert run("due").returncode == 0
    holder.execute("ROLLBACK")
    holder.close()


def test_the_due_list_is_one_range_of_its_index(office: Path) -> None:
    connection = sqlite3.connect(office / "followup.db")
    connection.create_function("fold", 1, str)
    sql = statement("sqlite", "lists.due")
    names = ("owner", "before", "since", "type", "category", "cycle")
    plan = " ".join(row[3] for row in connection.execute("EXPLAIN QUERY PLAN " + sql, dict.fromkeys(names)))
    connection.close()
    assert "action_due (owner=? AND due>? AND due<?)" in plan
    assert "SCAN" not in plan.replace("SCAN json_each", "") and "TEMP B-TREE" not in plan


def test_a_contacts_history_is_one_range_of_the_primary_key(office: Path) -> None:
    connection = sqlite3.connect(office / "followup.db")
    sql = statement("sqlite", "lists.history_of")
    values = dict.fromkeys(("subject", "change", "everything", "team", "property", "limit"))
    plan = " ".join(row[3] for row in connection.execute("EXPLAIN QUERY PLAN " + sql, values))
    connection.close()
    assert "SEARCH h USING PRIMARY KEY (subject=?)" in plan
    assert "SCAN" not in plan.replace("SCAN json_each", "") and "TEMP B-TREE" not in plan


def test_migrations_are_numbered_without_a_gap() -> None:
    assert [number for number, _ in migrations("sqlite")] == list(range(1, len(migrations("sqlite")) + 1))


def back_to_the_second_schema(connection: sqlite3.Connection) -> None:
    connection.execute("DROP INDEX contact_key")
    connection.execute("DROP INDEX contact_external")
    for column in ("emails", "phones", "external"):
        connection.execute(f"ALTER TABLE contact DROP COLUMN {column}")
    connection.execute("DROP INDEX change_by")
    connection.execute("ALTER TABLE instance DROP COLUMN numbered_since")
    connection.execute("ALTER TABLE action DROP COLUMN alias")
    connection.execute("PRAGMA user_version = 2")


def test_a_store_that_was_made_without_an_instance_gets_one_and_keeps_it(office: Path) -> None:
    connection = sqlite3.connect(office / "followup.db", isolation_level=None)
    first = connection.execute("SELECT min(at) FROM change").fetchone()[0]
    connection.execute("DELETE FROM instance")
    back_to_the_second_schema(connection)
    open_store(f"sqlite:///{office}/followup.db").close()
    made = connection.execute("SELECT id, created_at FROM instance").fetchall()
    assert len(made) == 1 and len(made[0][0]) == 32 and made[0][1] == first
    back_to_the_second_schema(connection)
    open_store(f"sqlite:///{office}/followup.db").close()
    assert connection.execute("SELECT id, created_at FROM instance").fetchall() == made
    connection.close()


def test_no_statement_reads_the_clock_or_every_column() -> None:
    for path in Path(FOLDER).rglob("*.sql"):
        text = path.read_text().lower()
        assert "select *" not in text, path
        assert not re.search(r"\bnow\(|current_(date|time|timestamp)\b", text), path


def test_a_backup_opens_and_overwrites_nothing(office: Path, run: Run) -> None:
    assert run("backup", "copy.db", user="sue").returncode == 0
    assert run("backup", "copy.db", user="sue").returncode == 73
    shutil.move(office / "copy.db", office / "followup.db")
    assert run("doctor", user="sue").returncode == 0
