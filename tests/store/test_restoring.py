"""`restore`: a backup becomes the store again; killed at any point, the store is the old one or the new one."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.test_manners import at_terminal
from tests.conftest import command
from tests.properties import examples
from tests.store.conftest import StoredOffice, office_in
from tests.store.faults import failing, kill_points, one_line, run_command

CALLS = "link,rename,unlink,mkdir,rmdir,fsync,fdatasync,openat,pwrite64,write,copy_file_range,sendfile"


@pytest.fixture(params=("sqlite", "csv"))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StoredOffice]:
    with office_in(request.param, tmp_path / "kept") as office:
        assert office.run("backup", "monday.backup", user="sue").returncode == 0
        assert office.run("attempt", "2", "--note", "after the backup").returncode == 0
        yield office


def path_of(store: StoredOffice) -> Path:
    return Path(store.url.removeprefix("sqlite:///").removeprefix("csv:"))


def attempts(store: StoredOffice) -> int:
    return 1 if '"attempts": 1' in store.run("next", "jane-smith", "--format", "json").stdout else 0


def remove(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def names_around(store: StoredOffice) -> set[str]:
    return {path.name for path in path_of(store).parent.iterdir()}


def restore(store: StoredOffice, *words: str) -> subprocess.CompletedProcess[str]:
    return store.run("restore", "monday.backup", *words, user="sue")


def test_B6_a_lost_store_is_restored_from_its_backup(store: StoredOffice) -> None:
    remove(path_of(store))
    assert "`followup restore FILE`" in store.run("due").stderr
    result = restore(store)
    assert result.returncode == 0 and "40 contacts" in result.stdout and result.stdout.count("\n") == 1, result
    assert attempts(store) == 0 and "Jane Smith" in store.run("due").stdout
    assert store.run("doctor", user="sue").stdout == "The store is healthy.\n"
    assert store.run("attempt", "2").returncode == 0


def test_an_existing_store_is_replaced_only_with_yes_and_is_kept_as_a_copy(store: StoredOffice) -> None:
    result = restore(store)
    assert result.returncode == 2 and "--yes" in result.stderr and attempts(store) == 1
    before = names_around(store)
    assert restore(store, "--yes").returncode == 0
    assert attempts(store) == 0 and store.run("doctor", "-q", user="sue").returncode == 0
    (copy,) = names_around(store) - before
    assert ".replaced-2026-05-04T0900" in copy
    assert restore(store, "--yes", "-q").stdout == ""
    assert len(names_around(store) - before) == 2, "earlier copies are not overwritten"
    remove(path_of(store))
    os.rename(path_of(store).parent / copy, path_of(store))
    assert attempts(store) == 1 and store.run("doctor", "-q", user="sue").returncode == 0


def test_at_a_terminal_restore_says_what_replaces_what(office: Path) -> None:
    assert command("backup", "monday.backup", cwd=office, user="sue").returncode == 0
    code, screen = at_terminal(office, ["restore", "monday.backup", "--user", "sue"], "y\n")
    assert code == 0, screen
    for line in ("Backup: Bluewater Homes, catalog version 1, 40 contacts", "Now at ", "Replace ", "Restored "):
        assert line in screen, screen


def test_a_restored_store_is_a_new_instance_of_the_office(store: StoredOffice) -> None:
    with closing(sqlite3.connect(store.folder / "monday.backup")) as backup:
        (old,) = backup.execute("SELECT id FROM instance").fetchone()
    assert restore(store, "--yes").returncode == 0
    assert store.run("backup", "tuesday.backup", user="sue").returncode == 0
    with closing(sqlite3.connect(store.folder / "tuesday.backup")) as backup:
        (new,) = backup.execute("SELECT id FROM instance").fetchone()
    assert len(new) == 32 and new != old


def test_a_backup_of_one_kind_of_store_can_be_restored_to_another(tmp_path: Path) -> None:
    with office_in("sqlite", tmp_path / "a") as one, office_in("csv", tmp_path / "b") as other:
        for office in (one, other):
            assert office.run("backup", "x.backup", user="sue").returncode == 0
        assert other.run("restore", f"{one.folder}/x.backup", "--yes", user="sue").returncode == 0
        assert one.run("restore", f"{other.folder}/x.backup", "--yes", user="sue").returncode == 0
        for office in (one, other):
            assert office.run("doctor", "-q", user="sue").returncode == 0
            assert "Jane Smith" in office.run("due").stdout


def damage(file: Path, sql: str) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.executescript(sql)


#: what is wrong with the file -> exit code, message
BAD = {
    "missing": (66, "There is no file"),
    "a folder": (65, "isn't a file"),
    "text": (65, "isn't a backup"),
    "another database": (65, "it isn't a followup store"),
    "empty": (65, "isn't a backup"),
    "no office": (65, "it holds no office"),
    "newer": (78, "newer followup"),
    "truncated": (65, "can't be restored"),
    "a damaged row": (65, "it is damaged: contact:jane-smith"),
    "a journal next to it": (65, "is a store in use"),
    "the store itself": (65, "is the store itself"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_file_that_is_not_a_healthy_backup_replaces_nothing(office: Path, what: str) -> None:
    file = office / "monday.backup"
    assert command("backup", str(file), cwd=office, user="sue").returncode == 0
    match what:
        case "missing":
            file.unlink()
        case "a folder":
            file = office / "cycles"
        case "text" | "empty":
            file.write_text("" if what == "empty" else "id,name\n")
        case "another database":
            damage(file, "PRAGMA application_id = 7")
        case "no office":
            file.unlink()
            assert command("store", "create", "--store", f"sqlite:///{file}", cwd=office.parent).returncode == 0
        case "newer":
            damage(file, "PRAGMA user_version = 999")
        case "truncated":
            file.write_bytes(file.read_bytes()[:20000])
        case "a damaged row":
            damage(file, "UPDATE contact SET owner = 'max' WHERE id = 'jane-smith'")
        case "a journal next to it":
            (office / "monday.backup-journal").write_text("x")
        case "the store itself":
            file = office / "followup.db"
    before, names = (office / "followup.db").read_bytes(), set(os.listdir(office))
    result = command("restore", str(file), "--yes", cwd=office, user="sue")
    code, message = BAD[what]
    assert (result.returncode, result.stdout) == (code, "") and one_line(result.stderr) and message in result.stderr, (
        result.stderr
    )
    assert ".part" not in result.stderr, "it names the backup, not the copy that is checked"
    assert (office / "followup.db").read_bytes() == before and set(os.listdir(office)) == names


@pytest.mark.parametrize("how", ["truncated", "overwritten", "with a journal"])
def test_a_damaged_store_is_replaced_and_kept_with_all_its_files(office: Path, how: str) -> None:
    assert command("backup", "monday.backup", cwd=office, user="sue").returncode == 0
    store = office / "followup.db"
    bad = {"truncated": store.read_bytes()[:5000]}.get(how, b"garbage" * 1000)
    store.write_bytes(bad)
    if how == "with a journal":
        (office / "followup.db-journal").write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(600))
    result = command("restore", "monday.backup", "--yes", cwd=office, user="sue")
    assert result.returncode == 0, result.stderr
    assert command("doctor", "-q", cwd=office, user="sue").returncode == 0
    (copy,) = [path for path in office.glob("*.replaced-*") if not path.name.endswith("-journal")]
    assert copy.read_bytes() == bad and not (office / "followup.db-journal").exists()


def test_P11_a_damaged_office_is_not_backed_up(office: Path) -> None:
    damage(office / "followup.db", "UPDATE contact SET owner = 'max' WHERE id = 'jane-smith'")
    result = command("backup", "x.backup", cwd=office, user="sue")
    assert result.returncode == 69 and "not backed up: contact:jane-smith: owner is 'max'" in result.stderr
    assert one_line(result.stderr) and not (office / "x.backup").exists()


def test_only_an_administrator_in_the_backup_can_restore_it(office: Path) -> None:
    assert command("backup", "monday.backup", cwd=office, user="sue").returncode == 0
    result = command("restore", "monday.backup", "--yes", cwd=office, user="tom")
    assert result.returncode == 4 and one_line(result.stderr) and not list(office.glob("*.part"))


def backup_of_own_office(folder: Path, name: str) -> str:
    """Of an office in which only the user with this name is an administrator."""
    words = ("--bare", "--office", "My Office", "--zone", "America/Vancouver", "--name", name)
    assert command("init", "own", *words, cwd=folder).returncode == 0
    assert command("backup", "own.backup", cwd=folder / "own", user=name.lower()).returncode == 0
    return str(folder / "own" / "own.backup")


def test_F17_an_administrator_of_another_office_cannot_replace_one_that_they_do_not_administer(
    store: StoredOffice, tmp_path: Path
) -> None:
    another, before = backup_of_own_office(tmp_path, "Tom"), names_around(store)
    result = store.run("restore", another, "--yes", user="tom")
    assert result.returncode == 4 and one_line(result.stderr) and "Sue Reed (sue)" in result.stderr, result
    assert names_around(store) == before and attempts(store) == 1
    path = path_of(store)
    (path / "office.json" if path.is_dir() else path).write_bytes(b"garbage")  # now only the backup says who may
    assert store.run("restore", another, "--yes", user="tom").returncode == 0


def test_a_backup_of_another_office_is_named_as_such(office: Path, tmp_path: Path) -> None:
    assert command("backup", "monday.backup", cwd=office, user="sue").returncode == 0
    warning = f"is a backup of another office than the one at {office}/followup.db"
    another = backup_of_own_office(tmp_path, "Sue")
    asked = command("restore", another, cwd=office, user="sue")
    assert asked.returncode == 2 and warning in asked.stderr
    for _ in range(2):  # the second time it is an earlier state of the same office, with another identity
        result = command("restore", "monday.backup", "--yes", cwd=office, user="sue")
        assert (result.returncode, result.stderr) == (0, "")
    result = command("restore", another, "--yes", cwd=office, user="sue")
    assert result.returncode == 0 and one_line(result.stderr) and warning in result.stderr, result


def test_restoring_a_server_refers_to_its_own_tools(tmp_path: Path) -> None:
    result = command("restore", "x.sql", "--store", "postgresql://127.0.0.1:1/x", cwd=tmp_path)
    assert result.returncode == 2 and "pg_dump" in result.stderr and one_line(result.stderr)


@pytest.mark.parametrize(
    "files", [{"contacts.csv": "a,b\n1,2\n"}, {"office.json": "{}"}, {"office.json": "{}", "history.csv": "x\n"}]
)
def test_a_folder_of_other_files_is_not_replaced_though_some_are_named_like_ours(
    office: Path, files: dict[str, str]
) -> None:
    assert command("backup", "monday.backup", cwd=office, user="sue").returncode == 0
    (office / "plain").mkdir()
    for name, text in {**files, "notes.txt": "mine"}.items():
        (office / "plain" / name).write_text(text)
    before = set(os.listdir(office))
    assert command("store", "create", "--store", "csv:plain", cwd=office, user="sue").returncode == 78
    result = command("restore", "monday.backup", "--yes", "--store", "csv:plain", cwd=office, user="sue")
    assert result.returncode == 78 and "has other files in it" in result.stderr, result
    assert one_line(result.stderr) and "move this one away first" in result.stderr
    assert set(os.listdir(office)) == before and {*os.listdir(office / "plain")} == {*files, "notes.txt"}


@pytest.mark.parametrize("how", ["no office.json", "damaged office.json", "no tables"])
def test_a_folder_that_lost_files_of_an_office_can_be_restored(tmp_path: Path, how: str) -> None:
    with office_in("csv", tmp_path / "kept") as store:
        assert store.run("backup", "monday.backup", user="sue").returncode == 0
        if how == "no tables":
            for path in path_of(store).glob("*.csv"):
                path.unlink()
        elif how == "no office.json":
            (path_of(store) / "office.json").unlink()
        else:
            (path_of(store) / "office.json").write_bytes(b"\0garbage")
        result = restore(store, "--yes")
        assert result.returncode == 0, result.stderr
        assert store.run("doctor", "-q", user="sue").returncode == 0


def test_a_missing_folder_is_not_created_because_its_disk_may_be_missing(office: Path) -> None:
    assert command("backup", "monday.backup", cwd=office, user="sue").returncode == 0
    result = command("restore", "monday.backup", "--store", "sqlite:////nowhere/x.db", cwd=office, user="sue")
    assert result.returncode == 73 and "/nowhere doesn't exist" in result.stderr


def test_a_writer_that_opened_the_old_store_does_not_write_to_its_copy(office: Path) -> None:
    from followup.errors import Busy
    from followup.store.opening import open_store
    from tests.sessions import session_in

    assert command("backup", "monday.backup", cwd=office, user="sue").returncode == 0
    with closing(open_store(f"sqlite:///{office}/followup.db")) as store:
        session = session_in(store, 1777910400, "tom")
        assert command("restore", "monday.backup", "--yes", cwd=office, user="sue").returncode == 0
        with pytest.raises(Busy, match="replaced or moved"), store.change(session.head()) as change:
            change.leave_unfinished("x")
            change.saved = True


@pytest.mark.slow(20)
@pytest.mark.parametrize("engine", ["sqlite", "csv"])
@pytest.mark.parametrize("is_lost", [False, True], ids=["existing", "lost"])
def test_P4_a_restore_killed_at_any_point_leaves_the_old_or_the_new_store(
    engine: str, is_lost: bool, tmp_path: Path
) -> None:
    with office_in(engine, tmp_path / "kept") as office:
        assert office.run("backup", "monday.backup", user="sue").returncode == 0
        assert office.run("attempt", "2").returncode == 0
        store = path_of(office)
        if is_lost:
            remove(store)
        original = Path(shutil.copytree(office.folder, tmp_path / "original"))
        words, env = ["restore", "monday.backup", "--yes"], {"FOLLOWUP_STORE": office.url}
        places = kill_points(words, CALLS, office.folder, tmp_path / "log", env=env)
        outcomes = set()
        for call, nth in random.Random().sample(places, min(len(places), examples(30))):
            shutil.rmtree(office.folder)
            shutil.copytree(original, office.folder)
            run_command(*words, cwd=office.folder, tracer=failing(call, "signal=SIGKILL", nth), env=env)
            if not store.exists():
                assert is_lost
                outcomes.add("none")
                continue
            assert office.run("doctor", "-q", user="sue").returncode == 0, (call, nth)
            outcomes.add(attempts(office))
            assert restore(office, "--yes").returncode == 0, (call, nth)
            assert office.run("doctor", "-q", user="sue").returncode == 0 and attempts(office) == 0
            names = names_around(office)
            assert not [name for name in names if name.endswith((".part", "-journal"))], (call, nth, names)
        assert outcomes <= ({"none", 0} if is_lost else {0, 1})
