"""Many real commands at once: each is done or told who was first; readers work on beside the largest write."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.store.faults import asked, one_line, people, ran, started, state

#: more than any bulk command takes in one batch
MANY = 20_000


def at_once(count: int, work: Callable[[int], object]) -> list[object]:
    """What `work` gives for 0, 1, ..., each in a thread of its own."""
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(work, range(count)))


@pytest.mark.slow(6)
def test_P4_eight_writers_of_one_action_lose_no_write_and_none_is_told_of_the_others(office: Path) -> None:
    def twenty(writer: int) -> set[tuple[int, str, str]]:
        told = [ran("attempt", "2", "--note", f"{writer}/{n}", cwd=office) for n in range(20)]
        return {(one.returncode, one.stdout, one.stderr) for one in told}

    assert at_once(8, twenty) == [{(0, "logged an attempt at 2 Welcome call (Jane Smith)\n", "")}] * 8
    assert asked(office, "SELECT attempts FROM action WHERE id = 2") == [(160,)]
    noted = asked(office, "SELECT json_extract(data, '$.notes') FROM history WHERE kind = 'attempted' AND action = 2")
    assert {note for (note,) in noted} == {f"{writer}/{n}" for writer in range(8) for n in range(20)}
    assert ran("doctor", "-q", cwd=office).returncode == 0


#: what two people do at once: user, words
DONE = {
    "sue": ["assign", "jane-smith", "toured"],
    "tom": ["complete", "2", "--cycle", "not-interested"],
}


@pytest.mark.slow(6)
def test_F6_assigning_and_completing_at_once_is_one_after_the_other(office: Path, tmp_path: Path) -> None:
    serial = []
    for order in (("sue", "tom"), ("tom", "sue")):
        folder = Path(shutil.copytree(office, tmp_path / order[0]))
        codes = {user: ran(*DONE[user], cwd=folder, user=user).returncode for user in order}
        assert ran("doctor", "-q", cwd=folder).returncode == 0
        serial.append((codes, state(folder)))
    assert [codes for codes, _ in serial] == [{"sue": 0, "tom": 5}, {"sue": 0, "tom": 0}]
    for n in range(12):
        folder = Path(shutil.copytree(office, tmp_path / str(n)))
        order = ("sue", "tom") if n % 2 else ("tom", "sue")
        both = {user: started(*DONE[user], cwd=folder, user=user) for user in order}
        told = {user: process.communicate(timeout=120)[1] for user, process in both.items()}
        assert ({user: process.returncode for user, process in both.items()}, state(folder)) in serial
        assert all(error == "" or one_line(error) for error in told.values())


def readers_beside(writer: subprocess.Popen[str], office: Path) -> int:
    """How many `due` begin when some of the work is done and end before all of it is; none may fail."""
    progress = "SELECT count(*) FROM enrolment"
    count, first = 0, asked(office, progress)
    while writer.poll() is None:
        begun = asked(office, progress) > first
        told = ran("due", cwd=office, user="tom")
        assert (told.returncode, told.stderr) == (0, "")
        count += begun and writer.poll() is None
    return count


@pytest.mark.slow(6)
def test_readers_work_on_beside_an_import_and_a_bulk_assign(office: Path) -> None:
    people(office, "more.csv", MANY)
    ids = "".join(f"p{n}\n" for n in range(MANY))
    (office / "ids.txt").write_text(ids)
    for words in (
        ["contacts", "import", "more.csv", "--cycle", "referral", "--owner", "anne", "-q"],
        ["assign", "--from-file", "ids.txt", "toured"],
    ):
        writer = started(*words, cwd=office)
        assert readers_beside(writer, office) >= 3
        writer.communicate(timeout=120)
        assert writer.returncode == 0
    assert asked(office, "SELECT count(*) FROM contact") == [(MANY + 40,)]


@pytest.mark.slow
def test_a_backup_taken_while_others_write_is_whole_and_healthy(office: Path) -> None:
    def work(worker: int) -> set[tuple[int, str]]:
        words = [["backup", f"copy{n}.db"] if worker == 0 else ["attempt", "2"] for n in range(5)]
        return {(told.returncode, told.stderr) for told in (ran(*typed, cwd=office) for typed in words)}

    assert at_once(4, work) == [{(0, "")}] * 4
    for n in range(5):
        assert ran("doctor", "-q", "--store", f"sqlite:///copy{n}.db", cwd=office).returncode == 0
    assert asked(office, "SELECT attempts FROM action WHERE id = 2") == [(15,)]


def test_a_backup_is_restored_beside_the_original_and_both_go_their_own_way(office: Path, tmp_path: Path) -> None:
    assert ran("backup", "copy.db", cwd=office).returncode == 0
    other = Path(shutil.copytree(office, tmp_path / "other"))
    (office / "copy.db").rename(other / "followup.db")
    assert state(other) == state(office)
    assert ran("complete", "10", cwd=other).returncode == 0
    assert ran("skip", "10", cwd=office).returncode == 0
    for folder, status in ((other, "completed"), (office, "skipped")):
        assert asked(folder, "SELECT status FROM action WHERE id = 10") == [(status,)]
        assert ran("doctor", "-q", cwd=folder).returncode == 0
