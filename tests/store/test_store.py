"""The SQLite store: foreign files are left alone, problems are one-line errors, the database enforces its rules."""

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
def test_an_invalid_store_url_gets_an_error_with_the_valid_forms(url: str, run: Run) -> None:
    result = run("--store", url, "due")
    assert result.returncode == 2 and "sqlite:///FILE, csv:FOLDER or postgresql://HOST/DATABASE" in result.stderr


def test_a_foreign_file_is_not_changed(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE theirs (x)")
    connection.commit()
    connection.close()
    before = other.read_bytes()
    with pytest.raises(NoProject, match="isn't a followup database"):
        open_store(f"sqlite:///{other}")
    assert other.read_bytes() == before


def test_a_newer_store_is_refused_and_not_changed(office: Path, run: Run) -> None:
    connection = sqlite3.connect(office / "followup.db")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = (office / "followup.db").read_bytes()
    result = run("due")
    assert result.returncode == 78 and "newer" in result.stderr
    assert (office / "followup.db").read_bytes() == before


def test_a_mistyped_store_is_not_created(tmp_path: Path) -> None:
    with pytest.raises(NoProject):
        open_store(f"sqlite:///{tmp_path}/typo.db")
    assert not (tmp_path / "typo.db").exists()


@pytest.mark.parametrize("cut", [0, 100, 5000])
def test_a_truncated_store_is_a_one_line_error(office: Path, run: Run, cut: int) -> None:
    with (office / "followup.db").open("r+b") as file:
        file.truncate(cut)
    result = run("due")
    assert result.returncode in (69, 78), result.stderr
    assert "Traceback" not in result.stderr and len(result.stderr.splitlines()) == 1


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
    copy = {**dict(zip(names, row, strict=True)), "id": 99_999, "trial": 2}
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(f"INSERT INTO action VALUES ({', '.join('?' * len(row))})", list(copy.values()))
    connection.close()


def test_a_writer_that_waits_too_long_says_to_try_again(office: Path) -> None:
    holder = sqlite3.connect(office / "followup.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    code = (
        "import followup.store.sqlite.store as s, sys; s.WAIT_SECONDS = 0.2\n"
        "sys.argv = ['followup', 'complete', '2']; from followup.__main__ import main; main()"
    )
    env = {**os.environ, "FOLLOWUP_USER": "tom", "FOLLOWUP_NOW": NOW}
    result = subprocess.run([sys.executable, "-c", code], cwd=office, env=env, capture_output=True, text=True)
    holder.execute("ROLLBACK")
    holder.close()
    assert result.returncode == 75 and "busy" in result.stderr


def test_a_writer_does_not_block_readers(office: Path, run: Run) -> None:
    holder = sqlite3.connect(office / "followup.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    holder.execute("UPDATE contact SET name = name")
    assert run("due").returncode == 0
    holder.execute("ROLLBACK")
    holder.close()


def test_the_due_list_is_one_index_range(office: Path) -> None:
    connection = sqlite3.connect(office / "followup.db")
    connection.create_function("fold", 1, str)
    sql = statement("sqlite", "lists.due")
    names = ("owner", "before", "since", "type", "category", "cycle")
    plan = " ".join(row[3] for row in connection.execute("EXPLAIN QUERY PLAN " + sql, dict.fromkeys(names)))
    connection.close()
    assert "action_due (owner=? AND due>? AND due<?)" in plan
    assert "SCAN" not in plan.replace("SCAN json_each", "") and "TEMP B-TREE" not in plan


def test_a_contacts_history_is_one_primary_key_range(office: Path) -> None:
    connection = sqlite3.connect(office / "followup.db")
    sql = statement("sqlite", "lists.history_of")
    values = dict.fromkeys(("subject", "change", "everything", "team", "property", "limit"))
    plan = " ".join(row[3] for row in connection.execute("EXPLAIN QUERY PLAN " + sql, values))
    connection.close()
    assert "SEARCH h USING PRIMARY KEY (subject=?)" in plan
    assert "SCAN" not in plan.replace("SCAN json_each", "") and "TEMP B-TREE" not in plan


def test_migrations_are_numbered_without_a_gap() -> None:
    assert [number for number, _ in migrations("sqlite")] == list(range(1, len(migrations("sqlite")) + 1))


def downgrade_to_the_second_schema(connection: sqlite3.Connection) -> None:
    connection.execute("DROP INDEX contact_key")
    connection.execute("DROP INDEX contact_external")
    for column in ("emails", "phones", "external"):
        connection.execute(f"ALTER TABLE contact DROP COLUMN {column}")
    connection.execute("DROP INDEX change_by")
    connection.execute("ALTER TABLE instance DROP COLUMN numbered_since")
    connection.execute("ALTER TABLE action DROP COLUMN alias")
    connection.execute("PRAGMA user_version = 2")


def test_a_store_without_an_instance_gets_one_and_keeps_it(office: Path) -> None:
    connection = sqlite3.connect(office / "followup.db", isolation_level=None)
    first = connection.execute("SELECT min(at) FROM change").fetchone()[0]
    connection.execute("DELETE FROM instance")
    downgrade_to_the_second_schema(connection)
    open_store(f"sqlite:///{office}/followup.db").close()
    instance = connection.execute("SELECT id, created_at FROM instance").fetchall()
    assert len(instance) == 1 and len(instance[0][0]) == 32 and instance[0][1] == first
    downgrade_to_the_second_schema(connection)
    open_store(f"sqlite:///{office}/followup.db").close()
    assert connection.execute("SELECT id, created_at FROM instance").fetchall() == instance
    connection.close()


def test_no_statement_reads_the_clock_or_every_column() -> None:
    for path in Path(FOLDER).rglob("*.sql"):
        text = path.read_text().lower()
        assert "select *" not in text, path
        assert not re.search(r"\bnow\(|current_(date|time|timestamp)\b", text), path


def test_a_backup_can_be_opened_and_overwrites_nothing(office: Path, run: Run) -> None:
    assert run("backup", "copy.db", user="sue").returncode == 0
    assert run("backup", "copy.db", user="sue").returncode == 73
    shutil.move(office / "copy.db", office / "followup.db")
    assert run("doctor", user="sue").returncode == 0
