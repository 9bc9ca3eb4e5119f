"""Many real commands at once: each succeeds or says who was first; readers keep working during the largest write."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.store.faults import one_line, people, query, run_command, started, state

#: more than any bulk command takes in one batch
MANY = 20_000


def run_in_threads(count: int, work: Callable[[int], object]) -> list[object]:
    """The results of `work` for 0, 1, ..., each in its own thread."""
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(work, range(count)))


@pytest.mark.slow(6)
def test_P4_eight_writers_of_one_action_lose_no_write_and_get_no_conflict(office: Path) -> None:
    def twenty(writer: int) -> set[tuple[int, str, str]]:
        results = [run_command("attempt", "2", "--note", f"{writer}/{n}", cwd=office) for n in range(20)]
        return {(one.returncode, one.stdout, one.stderr) for one in results}

    assert run_in_threads(8, twenty) == [{(0, "logged an attempt at 2 Welcome call (Jane Smith)\n", "")}] * 8
    assert query(office, "SELECT attempts FROM action WHERE id = 2") == [(160,)]
    notes = query(office, "SELECT json_extract(data, '$.notes') FROM history WHERE kind = 'attempted' AND action = 2")
    assert {note for (note,) in notes} == {f"{writer}/{n}" for writer in range(8) for n in range(20)}
    assert run_command("doctor", "-q", cwd=office).returncode == 0


#: what two users do at once: user -> arguments
COMMANDS = {
    "sue": ["assign", "jane-smith", "toured"],
    "tom": ["complete", "2", "--cycle", "not-interested"],
}


@pytest.mark.slow(6)
def test_F6_assigning_and_completing_at_once_are_serialized(office: Path, tmp_path: Path) -> None:
    serial = []
    for order in (("sue", "tom"), ("tom", "sue")):
        folder = Path(shutil.copytree(office, tmp_path / order[0]))
        codes = {user: run_command(*COMMANDS[user], cwd=folder, user=user).returncode for user in order}
        assert run_command("doctor", "-q", cwd=folder).returncode == 0
        serial.append((codes, state(folder)))
    assert [codes for codes, _ in serial] == [{"sue": 0, "tom": 5}, {"sue": 0, "tom": 0}]
    for n in range(12):
        folder = Path(shutil.copytree(office, tmp_path / str(n)))
        order = ("sue", "tom") if n % 2 else ("tom", "sue")
        processes = {user: started(*COMMANDS[user], cwd=folder, user=user) for user in order}
        errors = {user: process.communicate(timeout=120)[1] for user, process in processes.items()}
        assert ({user: process.returncode for user, process in processes.items()}, state(folder)) in serial
        assert all(error == "" or one_line(error) for error in errors.values())


def count_reads_during(writer: subprocess.Popen[str], office: Path) -> int:
    """How many `due` start after some of the work is done and end before all of it is; none may fail."""
    progress = "SELECT count(*) FROM enrolment"
    count, first = 0, query(office, progress)
    while writer.poll() is None:
        has_begun = query(office, progress) > first
        result = run_command("due", cwd=office, user="tom")
        assert (result.returncode, result.stderr) == (0, "")
        count += has_begun and writer.poll() is None
    return count


@pytest.mark.slow(6)
def test_readers_keep_working_during_an_import_and_a_bulk_assign(office: Path) -> None:
    people(office, "more.csv", MANY)
    ids = "".join(f"p{n}\n" for n in range(MANY))
    (office / "ids.txt").write_text(ids)
    for words in (
        ["contacts", "import", "more.csv", "--cycle", "referral", "--owner", "anne", "-q"],
        ["assign", "--from-file", "ids.txt", "toured"],
    ):
        writer = started(*words, cwd=office)
        assert count_reads_during(writer, office) >= 3
        writer.communicate(timeout=120)
        assert writer.returncode == 0
    assert query(office, "SELECT count(*) FROM contact") == [(MANY + 40,)]


@pytest.mark.slow
def test_a_backup_taken_while_others_write_is_complete_and_healthy(office: Path) -> None:
    def work(worker: int) -> set[tuple[int, str]]:
        words = [["backup", f"copy{n}.db"] if worker == 0 else ["attempt", "2"] for n in range(5)]
        return {
            (result.returncode, result.stderr)
            for result in (run_command(*arguments, cwd=office) for arguments in words)
        }

    assert run_in_threads(4, work) == [{(0, "")}] * 4
    for n in range(5):
        assert run_command("doctor", "-q", "--store", f"sqlite:///copy{n}.db", cwd=office).returncode == 0
    assert query(office, "SELECT attempts FROM action WHERE id = 2") == [(15,)]


def test_an_office_and_the_copy_from_its_backup_are_independent(office: Path, tmp_path: Path) -> None:
    assert run_command("backup", "copy.db", cwd=office).returncode == 0
    other = Path(shutil.copytree(office, tmp_path / "other"))
    (office / "copy.db").rename(other / "followup.db")
    assert state(other) == state(office)
    assert run_command("complete", "10", cwd=other).returncode == 0
    assert run_command("skip", "10", cwd=office).returncode == 0
    for folder, status in ((other, "completed"), (office, "skipped")):
        assert query(folder, "SELECT status FROM action WHERE id = 10") == [(status,)]
        assert run_command("doctor", "-q", cwd=folder).returncode == 0
