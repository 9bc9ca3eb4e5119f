"""An office copied from any store to any other: the same rows, the same answers, and everything or nothing."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from followup.store.contents import difference
from followup.store.opening import open_store
from followup.store.tables import ACTION, CHANGE, ENROLMENT, TABLES
from tests.conftest import all_shown, command
from tests.servers import let_in, new_schema, schema_of, server_url
from tests.store.conftest import ENGINES, StoredOffice, dropped
from tests.store.faults import failing, needs_strace, one_line, people, run_command

#: commands that leave something in every table, and gaps in a server's numbers
ACTIVITY = [
    "complete 2",
    "complete 2",  # refused
    "assign li-wei toured",
    "assign brian-jones toured --dry-run",
    "undo",
    "contacts add --id ana --name =1+1 --cycle referral --owner tom",
    "contacts remove li-wei --yes",
    "schedule brian-jones call tomorrow --title Ask",
]
READS = [
    "due --all-users --format json",
    "contacts list --format json",
    "history --format json",
    "catalog versions --format json",
    "stranded --format json",
]


@contextmanager
def empty_in(engine: str, folder: Path) -> Iterator[str]:
    """The url of a store that doesn't exist yet."""
    url = {"sqlite": f"sqlite:///{folder}/copy.db", "csv": f"csv:{folder}/copied"}.get(engine) or new_schema()
    yield url
    if engine == "postgres":
        dropped(url)


def use_office(office: StoredOffice) -> None:
    for words in ACTIVITY:
        office.run(*words.split(), user="sue")


@pytest.fixture
def source(any_office: StoredOffice) -> StoredOffice:
    use_office(any_office)
    return any_office


@pytest.mark.parametrize("target", ENGINES)
def test_a_copied_office_is_the_same_in_every_store(target: str, source: StoredOffice, tmp_path: Path) -> None:
    with empty_in(target, tmp_path) as url:
        result = source.run("store", "copy", source.url, url, user="sue")
        assert (result.returncode, result.stderr) == (0, "")
        with closing(open_store(source.url)) as one, closing(open_store(url)) as other:
            assert difference(one, other) is None
            assert result.stdout.startswith("copied 41 contacts (") and ", all verified)" in result.stdout

        new = StoredOffice(source.folder, url)
        for words in READS:
            assert new.run(*words.split(), user="sue").stdout == source.run(*words.split(), user="sue").stdout
        assert new.run("doctor").stdout == "The store is healthy.\n"
        assert_new_numbers_are_unused(new)
        assert new.run("doctor").stdout == "The store is healthy.\n"
        assert one_line(new.run("store", "copy", source.url, url).stderr)


def test_a_server_admits_the_logins_that_the_copied_catalog_names(office: Path) -> None:
    login = f"copied_{os.getpid()}"
    path = office / "cycles" / "people.yaml"
    without_logins = re.sub(r"(?m)^    login: .*\n", "", path.read_text())
    path.write_text(without_logins.replace("\n  tom:\n", f"\n  tom:\n    login: {login}\n"))
    assert command("apply", "--yes", cwd=office, user="sue").returncode == 0
    with empty_in("postgres", office) as url:
        result = command("store", "copy", "sqlite:///followup.db", url, cwd=office, user="sue")
        assert result.returncode == 0, result.stderr
        due = command("due", cwd=office, user="", FOLLOWUP_STORE=let_in(url, login))
        assert due.stdout == command("due", cwd=office, user="tom").stdout and "Welcome call" in due.stdout
        with psycopg.connect(server_url(), autocommit=True) as owner:
            owner.execute(f"DROP ROLE {login}")


def assert_new_numbers_are_unused(office: StoredOffice) -> None:
    def numbers(store: str) -> set[tuple[str, int]]:
        with closing(open_store(store)) as opened:
            return {(table.name, row[0]) for table in (CHANGE, ACTION, ENROLMENT) for row in opened.rows_of(table)}

    before = numbers(office.url)
    assert office.run("assign", "ana", "toured", user="sue").returncode == 0
    fresh = numbers(office.url) - before
    assert {table for table, _ in fresh} == {"change", "action", "enrolment"}
    for table, number in fresh:
        assert number > max(earlier for where, earlier in before if where == table or "change" not in (where, table))


def test_a_copy_has_its_own_instance_id(office: Path) -> None:
    assert (
        command("store", "copy", "sqlite:///followup.db", "sqlite:///copy.db", cwd=office, user="sue").returncode == 0
    )
    ids = set()
    for name in ("followup.db", "copy.db"):
        with closing(sqlite3.connect(office / name)) as connection:
            ids |= set(connection.execute("SELECT id FROM instance"))
    assert len(ids) == 2


def test_doctor_ignores_gaps_from_before_a_copy_and_reports_later_ones(pg_office: StoredOffice, tmp_path: Path) -> None:
    use_office(pg_office)
    assert pg_office.run("store", "copy", pg_office.url, f"sqlite:///{tmp_path}/copy.db", user="sue").returncode == 0
    copy = StoredOffice(pg_office.folder, f"sqlite:///{tmp_path}/copy.db")
    with closing(sqlite3.connect(tmp_path / "copy.db")) as connection:
        ids = [row[0] for row in connection.execute("SELECT id FROM change ORDER BY id")]
    assert ids != list(range(1, len(ids) + 1)), "there is a gap"
    for _ in range(2):
        assert copy.run("attempt", "3").returncode == 0
    assert copy.run("doctor").returncode == 0
    with closing(sqlite3.connect(tmp_path / "copy.db", isolation_level=None)) as connection:
        change = ids[-1] + 1
        connection.execute("DELETE FROM history WHERE change = ?", [change])
        connection.execute("DELETE FROM change WHERE id = ?", [change])
    result = copy.run("doctor")
    assert result.returncode == 1 and f"{change}" in result.stdout and "missing" in result.stdout, result.stdout


def test_a_row_that_differs_between_two_stores_is_named(office: Path) -> None:
    for sql, row in (
        ("UPDATE action SET notes = 'x' WHERE id = 7", "action 7"),
        ("DELETE FROM history WHERE subject = 'contact:li-wei' AND seq = 3", "history contact:li-wei 3"),
        ("UPDATE contact SET name = 'x' WHERE id = 'julia-novak'", "contact julia-novak"),
        ("INSERT INTO change VALUES (77, 1, 'sue', 'x', 1, NULL, NULL)", "change 77"),
    ):
        shutil.copy(office / "followup.db", office / "other.db")
        with closing(sqlite3.connect(office / "other.db", isolation_level=None)) as connection:
            assert connection.execute(sql).rowcount == 1
        one, other = (open_store(f"sqlite:///{office}/{name}") for name in ("followup.db", "other.db"))
        assert difference(one, other) == difference(other, one) == row
        one.close()
        other.close()


def test_a_value_that_a_server_rejects_is_reported_and_nothing_is_copied(office: Path) -> None:
    with closing(sqlite3.connect(office / "followup.db", isolation_level=None)) as connection:
        connection.execute("UPDATE contact SET name = 'a' || char(0) WHERE id = 'li-wei'")
    with empty_in("postgres", office) as url:
        result = command("store", "copy", "sqlite:///followup.db", url, cwd=office, user="sue")
        assert result.returncode == 73 and one_line(result.stderr) and "contact" in result.stderr
        with closing(open_store(url)) as store:
            assert [row for table in TABLES for row in store.rows_of(table)] == []


def test_F20_a_user_who_cannot_see_everything_cannot_copy_the_office(pg_office: StoredOffice, tmp_path: Path) -> None:
    login = f"tom_{schema_of(pg_office.url)}"
    result = pg_office.run("store", "copy", let_in(pg_office.url, login), f"sqlite:///{tmp_path}/copy.db", user="tom")
    pg_office.query(f"DROP OWNED BY {login}")
    pg_office.query(f"DROP ROLE {login}")
    assert result.returncode == 4 and one_line(result.stderr)
    assert not (tmp_path / "copy.db").exists()


@pytest.mark.parametrize("target", ENGINES)
def test_two_copies_into_one_store_at_once_make_one_copy(target: str, office: Path, tmp_path: Path) -> None:
    with empty_in(target, tmp_path) as url, ThreadPoolExecutor(2) as pool:
        words = ("store", "copy", "sqlite:///followup.db", url)
        results = list(pool.map(lambda _: command(*words, cwd=office, user="sue"), range(2)))
        assert sorted(one.returncode for one in results) in ([0, 73], [0, 75]), results
        assert all(one_line(one.stderr) for one in results if one.returncode)
        with closing(open_store(f"sqlite:///{office}/followup.db")) as one, closing(open_store(url)) as other:
            assert difference(one, other) is None


@pytest.mark.slow(6)
@needs_strace
@pytest.mark.parametrize(
    ("target", "call"), [("sqlite", "pwrite64"), ("csv", "rename"), ("csv", "write"), ("postgres", "sendto")]
)
def test_P4_a_copy_killed_at_any_point_is_complete_or_absent_and_can_be_repeated(
    target: str, call: str, office: Path, tmp_path: Path
) -> None:
    people(office, "more.csv", 1000)
    assert (
        command("contacts", "import", "more.csv", "--cycle", "referral", "-q", cwd=office, user="sue").returncode == 0
    )
    kills, copies = 0, 0
    for when in (1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233):
        folder = tmp_path / str(when)
        folder.mkdir()
        with empty_in(target, folder) as url:
            words = ["store", "copy", "sqlite:///followup.db", url]
            kills += run_command(*words, cwd=office, tracer=failing(call, "signal=SIGKILL", when)).returncode != 0
            result = command(*words, cwd=office, user="sue")
            copies += result.returncode == 0
            assert result.returncode == 0 or "already has an office" in result.stderr
            with closing(open_store(f"sqlite:///{office}/followup.db")) as one, closing(open_store(url)) as other:
                assert difference(one, other) is None
    assert kills >= 2 and copies >= 2


def test_on_a_terminal_copying_shows_progress(office: Path) -> None:
    import pty

    people(office, "more.csv", 1000)
    assert (
        command("contacts", "import", "more.csv", "--cycle", "referral", "-q", cwd=office, user="sue").returncode == 0
    )
    controller, terminal = pty.openpty()
    words = [sys.executable, "-m", "followup", "store", "copy", "sqlite:///followup.db", "csv:copy"]
    env = {**os.environ, "FOLLOWUP_USER": "sue"}
    result = subprocess.run(words, cwd=office, env=env, stdout=subprocess.PIPE, stderr=terminal, text=True)
    os.close(terminal)
    screen = all_shown(controller)
    assert result.returncode == 0 and result.stdout.count("\n") == 2
    assert " rows" in screen and screen.endswith("\r\x1b[K")
