"""An office copied from any store into any other: the same rows, the same answers, and nothing of it or all."""

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
from tests.store.conftest import ENGINES, Kept, dropped
from tests.store.faults import failing, needs_strace, one_line, people, ran

#: what makes an office that has something in every table, and gaps in a server's numbers
LIVED = [
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
    """The url of a store that is not there yet."""
    url = {"sqlite": f"sqlite:///{folder}/copy.db", "csv": f"csv:{folder}/copied"}.get(engine) or new_schema()
    yield url
    if engine == "postgres":
        dropped(url)


def lived(kept: Kept) -> None:
    for words in LIVED:
        kept.run(*words.split(), user="sue")


@pytest.fixture
def old(anywhere: Kept) -> Kept:
    lived(anywhere)
    return anywhere


@pytest.mark.parametrize("target", ENGINES)
def test_an_office_is_the_same_in_whatever_store_it_is_copied_into(target: str, old: Kept, tmp_path: Path) -> None:
    with empty_in(target, tmp_path) as url:
        told = old.run("store", "copy", old.url, url, user="sue")
        assert (told.returncode, told.stderr) == (0, "")
        with closing(open_store(old.url)) as one, closing(open_store(url)) as other:
            assert difference(one, other) is None
            assert told.stdout.startswith("copied 41 contacts (") and ", all verified)" in told.stdout

        new = Kept(old.folder, url)
        for words in READS:
            assert new.run(*words.split(), user="sue").stdout == old.run(*words.split(), user="sue").stdout
        assert new.run("doctor").stdout == "The store is healthy.\n"
        new_number_is_unused(new)
        assert new.run("doctor").stdout == "The store is healthy.\n"
        assert one_line(new.run("store", "copy", old.url, url).stderr)


def test_a_server_lets_in_whom_the_catalog_that_was_copied_names(office: Path) -> None:
    login = f"copied_{os.getpid()}"
    path = office / "cycles" / "people.yaml"
    nobody = re.sub(r"(?m)^    login: .*\n", "", path.read_text())
    path.write_text(nobody.replace("\n  tom:\n", f"\n  tom:\n    login: {login}\n"))
    assert command("apply", "--yes", cwd=office, user="sue").returncode == 0
    with empty_in("postgres", office) as url:
        told = command("store", "copy", "sqlite:///followup.db", url, cwd=office, user="sue")
        assert told.returncode == 0, told.stderr
        mine = command("due", cwd=office, user="", FOLLOWUP_STORE=let_in(url, login))
        assert mine.stdout == command("due", cwd=office, user="tom").stdout and "Welcome call" in mine.stdout
        with psycopg.connect(server_url(), autocommit=True) as owner:
            owner.execute(f"DROP ROLE {login}")


def new_number_is_unused(kept: Kept) -> None:
    def numbers(store: str) -> set[tuple[str, int]]:
        with closing(open_store(store)) as opened:
            return {(table.name, row[0]) for table in (CHANGE, ACTION, ENROLMENT) for row in opened.rows_of(table)}

    before = numbers(kept.url)
    assert kept.run("assign", "ana", "toured", user="sue").returncode == 0
    fresh = numbers(kept.url) - before
    assert {table for table, _ in fresh} == {"change", "action", "enrolment"}
    for table, number in fresh:
        assert number > max(old for where, old in before if where == table or "change" not in (where, table))


def test_each_store_stays_told_apart_from_its_copy(office: Path) -> None:
    assert (
        command("store", "copy", "sqlite:///followup.db", "sqlite:///copy.db", cwd=office, user="sue").returncode == 0
    )
    ids = set()
    for name in ("followup.db", "copy.db"):
        with closing(sqlite3.connect(office / name)) as connection:
            ids |= set(connection.execute("SELECT id FROM instance"))
    assert len(ids) == 2


def test_gaps_that_a_copy_brought_are_no_loss_and_one_that_comes_later_is(kept: Kept, tmp_path: Path) -> None:
    lived(kept)
    assert kept.run("store", "copy", kept.url, f"sqlite:///{tmp_path}/copy.db", user="sue").returncode == 0
    copy = Kept(kept.folder, f"sqlite:///{tmp_path}/copy.db")
    with closing(sqlite3.connect(tmp_path / "copy.db")) as connection:
        ids = [row[0] for row in connection.execute("SELECT id FROM change ORDER BY id")]
    assert ids != list(range(1, len(ids) + 1)), "there is a gap"
    for _ in range(2):
        assert copy.run("attempt", "3").returncode == 0
    assert copy.run("doctor").returncode == 0
    with closing(sqlite3.connect(tmp_path / "copy.db", isolation_level=None)) as connection:
        lost = ids[-1] + 1
        connection.execute("DELETE FROM history WHERE change = ?", [lost])
        connection.execute("DELETE FROM change WHERE id = ?", [lost])
    told = copy.run("doctor")
    assert told.returncode == 1 and f"{lost}" in told.stdout and "missing" in told.stdout, told.stdout


def test_a_row_that_is_not_what_was_written_is_named(office: Path) -> None:
    for sql, named in (
        ("UPDATE action SET notes = 'x' WHERE id = 7", "action 7"),
        ("DELETE FROM history WHERE subject = 'contact:li-wei' AND seq = 3", "history contact:li-wei 3"),
        ("UPDATE contact SET name = 'x' WHERE id = 'julia-novak'", "contact julia-novak"),
        ("INSERT INTO change VALUES (77, 1, 'sue', 'x', 1, NULL, NULL)", "change 77"),
    ):
        shutil.copy(office / "followup.db", office / "other.db")
        with closing(sqlite3.connect(office / "other.db", isolation_level=None)) as connection:
            assert connection.execute(sql).rowcount == 1
        one, other = (open_store(f"sqlite:///{office}/{name}") for name in ("followup.db", "other.db"))
        assert difference(one, other) == difference(other, one) == named
        one.close()
        other.close()


def test_a_value_that_a_server_does_not_take_is_said_and_nothing_is_there(office: Path) -> None:
    with closing(sqlite3.connect(office / "followup.db", isolation_level=None)) as connection:
        connection.execute("UPDATE contact SET name = 'a' || char(0) WHERE id = 'li-wei'")
    with empty_in("postgres", office) as url:
        told = command("store", "copy", "sqlite:///followup.db", url, cwd=office, user="sue")
        assert told.returncode == 73 and one_line(told.stderr) and "contact" in told.stderr
        with closing(open_store(url)) as store:
            assert [row for table in TABLES for row in store.rows_of(table)] == []


def test_F20_who_does_not_see_everything_copies_nothing(kept: Kept, tmp_path: Path) -> None:
    login = f"tom_{schema_of(kept.url)}"
    told = kept.run("store", "copy", let_in(kept.url, login), f"sqlite:///{tmp_path}/copy.db", user="tom")
    kept.asked(f"DROP OWNED BY {login}")
    kept.asked(f"DROP ROLE {login}")
    assert told.returncode == 4 and one_line(told.stderr)
    assert not (tmp_path / "copy.db").exists()


@pytest.mark.parametrize("target", ENGINES)
def test_two_copies_into_one_store_are_one_copy(target: str, office: Path, tmp_path: Path) -> None:
    with empty_in(target, tmp_path) as url, ThreadPoolExecutor(2) as pool:
        words = ("store", "copy", "sqlite:///followup.db", url)
        told = list(pool.map(lambda _: command(*words, cwd=office, user="sue"), range(2)))
        assert sorted(one.returncode for one in told) in ([0, 73], [0, 75]), told
        assert all(one_line(one.stderr) for one in told if one.returncode)
        with closing(open_store(f"sqlite:///{office}/followup.db")) as one, closing(open_store(url)) as other:
            assert difference(one, other) is None


@pytest.mark.slow(6)
@needs_strace
@pytest.mark.parametrize(
    ("target", "call"), [("sqlite", "pwrite64"), ("csv", "rename"), ("csv", "write"), ("postgres", "sendto")]
)
def test_P4_a_copy_killed_anywhere_is_nothing_or_all_and_can_be_typed_again(
    target: str, call: str, office: Path, tmp_path: Path
) -> None:
    people(office, "more.csv", 1000)
    assert (
        command("contacts", "import", "more.csv", "--cycle", "referral", "-q", cwd=office, user="sue").returncode == 0
    )
    died, finished = 0, 0
    for when in (1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233):
        folder = tmp_path / str(when)
        folder.mkdir()
        with empty_in(target, folder) as url:
            words = ["store", "copy", "sqlite:///followup.db", url]
            died += ran(*words, cwd=office, tracer=failing(call, "signal=SIGKILL", when)).returncode != 0
            again = command(*words, cwd=office, user="sue")
            finished += again.returncode == 0
            assert again.returncode == 0 or "already has an office" in again.stderr
            with closing(open_store(f"sqlite:///{office}/followup.db")) as one, closing(open_store(url)) as other:
                assert difference(one, other) is None
    assert died >= 2 and finished >= 2


def test_on_a_terminal_it_shows_how_far_it_is(office: Path) -> None:
    import pty

    people(office, "more.csv", 1000)
    assert (
        command("contacts", "import", "more.csv", "--cycle", "referral", "-q", cwd=office, user="sue").returncode == 0
    )
    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", "followup", "store", "copy", "sqlite:///followup.db", "csv:copy"]
    env = {**os.environ, "FOLLOWUP_USER": "sue"}
    done = subprocess.run(words, cwd=office, env=env, stdout=subprocess.PIPE, stderr=theirs, text=True)
    os.close(theirs)
    shown = all_shown(ours)
    assert done.returncode == 0 and done.stdout.count("\n") == 2
    assert " rows" in shown and shown.endswith("\r\x1b[K")
