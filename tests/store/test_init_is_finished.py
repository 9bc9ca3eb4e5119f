"""`init`, killed anywhere or run by several at once, is finished by typing it again."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from tests.conftest import command
from tests.properties import examples
from tests.store.faults import asked, failing, one_line, places_to_die, ran, started

#: of the system calls that leave something behind
CALLS = "mkdir,rename,unlink,fsync,fdatasync,openat,pwrite64,write"


def check_whole(folder: Path) -> None:
    assert asked(folder, "SELECT count(*) FROM contact") == [(40,)]
    assert ran("doctor", "-q", cwd=folder).returncode == 0
    assert not [path for path in folder.rglob("*") if path.name.endswith(".part") or path.name == "begun"]
    assert ran("validate", cwd=folder).returncode == 0


@pytest.mark.slow(20)
def test_W1_init_killed_anywhere_is_finished_by_typing_it_again(tmp_path: Path) -> None:
    (tmp_path / "try").mkdir()
    places = places_to_die(["init", "demo"], CALLS, tmp_path / "try", tmp_path / "log")
    chosen = random.Random().sample(places, min(len(places), examples(40)))
    for number, (call, nth) in enumerate(chosen):
        place = tmp_path / str(number)
        place.mkdir()
        killed = ran("init", "demo", cwd=place, tracer=failing(call, "signal=SIGKILL", nth))
        again = ran("init", "demo", cwd=place)
        assert killed.returncode in (0, 137, -9), "0: this run made fewer calls of that name"
        assert again.returncode == 0 or "already has an office" in again.stderr, (call, nth, again.stderr)
        check_whole(place / "demo")
        shutil.rmtree(place)


@pytest.mark.slow(5)
def test_W2_several_at_once_make_one_office_and_the_others_are_told(tmp_path: Path) -> None:
    for number in range(3):
        place = tmp_path / str(number)
        place.mkdir()
        all_at_once = [started("init", "demo", cwd=place) for _ in range(4)]
        told = [process.communicate(timeout=60)[1] for process in all_at_once]
        codes = sorted(process.returncode for process in all_at_once)
        assert codes == [0, 73, 73, 73], told
        assert all(not text or one_line(text) for text in told)
        check_whole(place / "demo")


def test_W1_a_clone_whose_init_was_killed_stays_a_clone(office: Path, tmp_path: Path) -> None:
    ignored = shutil.ignore_patterns("*.db", ".followup")
    clone = Path(shutil.copytree(office, tmp_path / "clone", ignore=ignored))
    (clone / "cycles" / "bad.yaml").write_text("aliases: {odd: {name: Odd, cycle: nowhere}}\n")
    assert command("init", "clone", cwd=tmp_path).returncode == 3
    (clone / "cycles" / "bad.yaml").unlink()
    assert command("init", "clone", cwd=tmp_path).returncode == 0
    assert asked(clone, "SELECT count(*) FROM contact") == [(0,)]


def test_B6_where_an_office_was_no_empty_one_is_made(office: Path) -> None:
    os.rename(office / "followup.db", office.parent / "elsewhere.db")
    for words in (["due"], ["init"], ["doctor"], ["store", "create"], ["apply"]):
        done = command(*words, cwd=office, user="sue")
        assert (done.returncode, done.stdout) == (78, ""), words
        assert "There is no store at" in done.stderr and "`followup restore FILE`" in done.stderr, words
        assert "moved or deleted, or its disk is not mounted" in done.stderr and "`followup init`" not in done.stderr
        assert not (office / "followup.db").exists(), words
    (office / ".followup" / "started").unlink()
    assert "For a new office: `followup init`." in command("due", cwd=office).stderr
    assert command("init", cwd=office).returncode == 0


def test_B6_a_named_store_that_had_no_office_is_a_new_one(office: Path) -> None:
    (office / "followup.db").unlink()
    url = f"sqlite:///{office}/other.db"
    assert command("init", cwd=office, FOLLOWUP_STORE=url).returncode == 0
    (office / "other.db").unlink()
    assert command("init", cwd=office, FOLLOWUP_STORE=url).returncode == 78


@pytest.mark.parametrize("store", ["csv:office", "sqlite:///data.sqlite", "sqlite:///{0}/away.db"])
def test_B6_a_lost_office_is_known_by_whichever_way_its_store_is_named(tmp_path: Path, store: str) -> None:
    url = store.format(tmp_path)
    assert command("init", "demo", "--store", url, cwd=tmp_path).returncode == 0
    demo = tmp_path / "demo"
    (place,) = [path for path in (demo / "office", demo / "data.sqlite", tmp_path / "away.db") if path.exists()]
    os.rename(place, tmp_path / "lost")
    moved = Path(os.rename(demo, tmp_path / "moved") or tmp_path / "moved")
    for cwd, words in (
        (moved, ["due"]),
        (moved, ["init"]),
        (tmp_path, ["init", "moved"]),
        (tmp_path, ["due", "-C", "moved"]),
    ):
        done = command(*words, cwd=cwd, user="sue")
        assert done.returncode == 78 and "`followup init`" not in done.stderr, (words, done.stderr)
        assert "`followup restore FILE`" in done.stderr, words


def ignored(folder: Path) -> str:
    return (folder / ".gitignore").read_text()


def test_B4_what_holds_contacts_stays_out_of_git(office: Path, tmp_path: Path) -> None:
    from tests.cli.test_comparing import git

    git(office, "init", "-q")
    for words in (
        ["backup", "monday.backup"],
        ["agenda", "--out", "agendas"],
        ["contacts", "export", "--out", "x.csv"],
    ):
        assert command(*words, cwd=office, user="sue").returncode == 0
    (office / "rows.csv").write_text("name,email\n,nobody\n")
    assert (
        command("contacts", "import", "rows.csv", "--no-cycle", "--no-owner", cwd=office, user="sue").returncode == 65
    )
    (office / "followup.db-journal").touch()
    tracked = git(office, "ls-files", "--others", "--exclude-standard").split()
    assert {path for path in tracked if not path.startswith(("cycles/", "schema/", "sample_data/"))} == {
        ".followup/store",
        ".gitignore",
        "rows.csv",
        "x.csv",
    }


def test_B4_lines_are_added_to_a_gitignore_once_and_nothing_of_it_is_lost(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / ".gitignore").write_bytes(b"*.db\r\nmine\nlast")
    url = f"sqlite:///{tmp_path}/demo/sales.sqlite"
    assert command("init", "demo", cwd=tmp_path, FOLLOWUP_STORE=url).returncode == 0
    text = ignored(tmp_path / "demo")
    assert text.startswith("*.db\nmine\nlast\n\n# followup: ") and "/sales.sqlite*\n" in text
    assert command("init", "demo", cwd=tmp_path, FOLLOWUP_STORE=f"sqlite:///{tmp_path}/x.db").returncode == 0
    assert ignored(tmp_path / "demo") == text
