"""`init`, killed at any point or run several times at once, is finished by running it again."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from tests.conftest import command
from tests.properties import examples
from tests.store.faults import failing, kill_points, one_line, query, run_command, started

#: system calls that leave something behind
CALLS = "mkdir,rename,unlink,fsync,fdatasync,openat,pwrite64,write"


def check_complete(folder: Path) -> None:
    assert query(folder, "SELECT count(*) FROM contact") == [(40,)]
    assert run_command("doctor", "-q", cwd=folder).returncode == 0
    assert not [path for path in folder.rglob("*") if path.name.endswith(".part") or path.name == "begun"]
    assert run_command("validate", cwd=folder).returncode == 0


@pytest.mark.slow(20)
def test_W1_init_killed_at_any_point_is_finished_by_running_it_again(tmp_path: Path) -> None:
    (tmp_path / "try").mkdir()
    places = kill_points(["init", "demo"], CALLS, tmp_path / "try", tmp_path / "log")
    sample = random.Random().sample(places, min(len(places), examples(40)))
    for number, (call, nth) in enumerate(sample):
        place = tmp_path / str(number)
        place.mkdir()
        first = run_command("init", "demo", cwd=place, tracer=failing(call, "signal=SIGKILL", nth))
        second = run_command("init", "demo", cwd=place)
        assert first.returncode in (0, 137, -9), "0: this run made fewer calls of that name"
        assert second.returncode == 0 or "already has an office" in second.stderr, (call, nth, second.stderr)
        check_complete(place / "demo")
        shutil.rmtree(place)


@pytest.mark.slow(5)
def test_W2_several_inits_at_once_create_one_office_and_the_others_fail(tmp_path: Path) -> None:
    for number in range(3):
        place = tmp_path / str(number)
        place.mkdir()
        processes = [started("init", "demo", cwd=place) for _ in range(4)]
        errors = [process.communicate(timeout=60)[1] for process in processes]
        codes = sorted(process.returncode for process in processes)
        assert codes == [0, 73, 73, 73], errors
        assert all(not text or one_line(text) for text in errors)
        check_complete(place / "demo")


def test_W1_a_clone_whose_init_failed_gets_no_sample_contacts(office: Path, tmp_path: Path) -> None:
    patterns = shutil.ignore_patterns("*.db", ".followup")
    clone = Path(shutil.copytree(office, tmp_path / "clone", ignore=patterns))
    (clone / "cycles" / "bad.yaml").write_text("aliases: {odd: {name: Odd, cycle: nowhere}}\n")
    assert command("init", "clone", cwd=tmp_path).returncode == 3
    (clone / "cycles" / "bad.yaml").unlink()
    assert command("init", "clone", cwd=tmp_path).returncode == 0
    assert query(clone, "SELECT count(*) FROM contact") == [(0,)]


def test_B6_a_missing_store_is_not_replaced_by_an_empty_office(office: Path) -> None:
    os.rename(office / "followup.db", office.parent / "elsewhere.db")
    for words in (["due"], ["init"], ["doctor"], ["store", "create"], ["apply"]):
        result = command(*words, cwd=office, user="sue")
        assert (result.returncode, result.stdout) == (78, ""), words
        assert "There is no store at" in result.stderr and "`followup restore FILE`" in result.stderr, words
        assert (
            "moved or deleted, or its disk is not mounted" in result.stderr and "`followup init`" not in result.stderr
        )
        assert not (office / "followup.db").exists(), words
    (office / ".followup" / "started").unlink()
    assert "For a new office: `followup init`." in command("due", cwd=office).stderr
    assert command("init", cwd=office).returncode == 0


def test_B6_init_creates_a_named_store_only_if_it_never_had_an_office(office: Path) -> None:
    (office / "followup.db").unlink()
    url = f"sqlite:///{office}/other.db"
    assert command("init", cwd=office, FOLLOWUP_STORE=url).returncode == 0
    (office / "other.db").unlink()
    assert command("init", cwd=office, FOLLOWUP_STORE=url).returncode == 78


@pytest.mark.parametrize("store", ["csv:office", "sqlite:///data.sqlite", "sqlite:///{0}/away.db"])
def test_B6_a_lost_store_is_recognized_however_it_is_named(tmp_path: Path, store: str) -> None:
    url = store.format(tmp_path)
    assert command("init", "demo", "--store", url, cwd=tmp_path).returncode == 0
    demo = tmp_path / "demo"
    (place,) = [path for path in (demo / "office", demo / "data.sqlite", tmp_path / "away.db") if path.exists()]
    os.rename(place, tmp_path / "lost")
    new_folder = Path(os.rename(demo, tmp_path / "moved") or tmp_path / "moved")
    for cwd, words in (
        (new_folder, ["due"]),
        (new_folder, ["init"]),
        (tmp_path, ["init", "moved"]),
        (tmp_path, ["due", "-C", "moved"]),
    ):
        result = command(*words, cwd=cwd, user="sue")
        assert result.returncode == 78 and "`followup init`" not in result.stderr, (words, result.stderr)
        assert "`followup restore FILE`" in result.stderr, words


def gitignore_of(folder: Path) -> str:
    return (folder / ".gitignore").read_text()


def test_B4_files_with_contacts_stay_out_of_git(office: Path, tmp_path: Path) -> None:
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
    paths = git(office, "ls-files", "--others", "--exclude-standard").split()
    assert {path for path in paths if not path.startswith(("cycles/", "schema/", "sample_data/"))} == {
        ".followup/store",
        ".gitignore",
        "rows.csv",
        "x.csv",
    }


def test_B4_gitignore_lines_are_added_once_and_existing_lines_are_kept(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / ".gitignore").write_bytes(b"*.db\r\nmine\nlast")
    url = f"sqlite:///{tmp_path}/demo/sales.sqlite"
    assert command("init", "demo", cwd=tmp_path, FOLLOWUP_STORE=url).returncode == 0
    text = gitignore_of(tmp_path / "demo")
    assert text.startswith("*.db\nmine\nlast\n\n# followup: ") and "/sales.sqlite*\n" in text
    assert command("init", "demo", cwd=tmp_path, FOLLOWUP_STORE=f"sqlite:///{tmp_path}/x.db").returncode == 0
    assert gitignore_of(tmp_path / "demo") == text
