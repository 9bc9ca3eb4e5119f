"""Storage that fails under the real command: the old state or the new one, one line, and it works again afterwards."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from followup.app.deciding import BATCH
from followup.disk import replacing
from tests.conftest import Run
from tests.store.faults import (
    OBEYING_MODES,
    STRACE,
    asked,
    calls,
    failing,
    files,
    needs_modes,
    needs_strace,
    one_line,
    people,
    ran,
    state,
    typed,
)

pytestmark = pytest.mark.slow  # processes by the dozen


#: command -> the files that it writes
OUTPUTS = {
    "agenda": (["agenda", "--out", "out", "--format", "md"], "out/tom.md"),
    "export": (["contacts", "export", "--out", "all.csv"], "all.csv"),
}


@needs_strace
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "call"),
    [("export", "write"), ("export", "fsync"), ("export", "rename"), ("agenda", "rename")],
)
def test_P5_an_output_killed_at_any_call_is_old_or_new_and_the_next_run_tidies_up(
    name: str, call: str, office: Path
) -> None:
    words, output = OUTPUTS[name]
    (office / output).parent.mkdir(exist_ok=True)
    ran(*words, cwd=office)
    new, whole = (office / output).read_bytes(), files(office)
    seen = set()
    for when in range(1, 20):
        (office / output).write_bytes(b"old")
        finished = ran(*words, cwd=office, tracer=failing(call, "signal=SIGKILL", when)).returncode >= 0
        seen.add((office / output).read_bytes())
        ran(*words, cwd=office)
        assert files(office) == whole
        if finished:
            break
    assert finished and seen == {b"old", new}


def test_P5_a_device_or_a_pipe_is_written_to_and_not_replaced(office: Path, run: Run) -> None:
    os.mkfifo(office / "pipe")
    reader = os.open(office / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    assert run("contacts", "export", "--out", "pipe").returncode == 0
    assert os.read(reader, 9) == b"id,name,e"
    os.close(reader)
    assert (office / "pipe").is_fifo()


def test_P5_a_link_is_refused_and_not_replaced(office: Path, run: Run) -> None:
    (office / "all.csv").symlink_to("elsewhere.csv")
    told = run("contacts", "export", "--out", "all.csv")
    assert told.returncode == 73 and "all.csv is a link" in told.stderr
    assert (office / "all.csv").is_symlink() and not (office / "elsewhere.csv").exists()


def test_P5_what_another_run_is_still_writing_is_not_swept_away(tmp_path: Path) -> None:
    path = tmp_path / "all.csv"
    with replacing(str(path)) as first:
        with replacing(str(path)) as second:
            second.write("second")
        assert path.read_text() == "second"
        first.write("first")
    assert path.read_text() == "first" and files(tmp_path) == {"all.csv"}


def test_P5_who_may_read_a_file_is_not_changed_with_it(office: Path) -> None:
    path = office / "all.csv"
    path.touch(0o600)
    path.chmod(0o640)
    assert ran("contacts", "export", "--out", "all.csv", cwd=office).returncode == 0
    assert path.stat().st_mode & 0o777 == 0o640 and path.stat().st_size


@needs_strace
@pytest.mark.parametrize(
    ("words", "named"), [(["contacts", "export", "--out", "all.csv"], "rename"), (["backup", "all.db"], "link")]
)
def test_P4_a_file_that_was_named_outlives_a_power_cut(words: list[str], named: str, office: Path) -> None:
    log = office / "log"
    strace = (str(STRACE), "-f", "-y", "-o", str(log), "--trace=fsync,rename,link")
    assert ran(*words, cwd=office, tracer=strace).returncode == 0
    made = calls(log)
    last = max(number for number, call in enumerate(made) if call.startswith(named + "(") and words[-1] in call)
    assert made[last - 1].startswith("fsync(") and ".part>" in made[last - 1]
    assert made[last + 1].startswith("fsync(") and f"<{office}>" in made[last + 1]


@needs_strace
@pytest.mark.slow
@pytest.mark.parametrize(("signal", "code"), [("SIGTERM", 143), ("SIGINT", 130)])
def test_a_search_that_is_stopped_while_sqlite_calls_us_back_is_no_bug(signal: str, code: int, office: Path) -> None:
    for when in range(10, 100, 4):  # pages that it reads: the later ones while it compares names
        told = ran("search", "nobody", cwd=office, tracer=failing("pread64", f"signal={signal}", when))
        if told.returncode == 0:
            break
        assert (told.returncode, told.stdout, told.stderr) == (code, "", "")
    assert told.returncode == 0 and when > 18


@needs_strace
@pytest.mark.slow
@pytest.mark.parametrize(("signal", "code"), [("SIGTERM", 143), ("SIGINT", 130)])
def test_P4_a_stopped_import_keeps_whole_batches_and_running_it_again_finishes(
    signal: str, code: int, office: Path, tmp_path: Path
) -> None:
    words = ["contacts", "import", people(office, "more.csv", BATCH + 500), "--cycle", "referral", "-q"]
    finished = Path(shutil.copytree(office, tmp_path / "finished"))
    assert ran(*words, cwd=finished).returncode == 0
    before, kept = len(state(office)["contact"]), []
    for call in ("pwrite64", "fdatasync"):  # while the first batch is being written, and while it is being committed
        copy = Path(shutil.copytree(office, tmp_path / call))
        told = ran(*words, cwd=copy, tracer=failing(call, f"signal={signal}", 2))
        assert (told.returncode, told.stdout) == (code, "")
        assert re.fullmatch(r"followup: stopped after [\d,]+ rows: run it again to continue\n", told.stderr)
        kept.append(len(state(copy)["contact"]) - before)
        assert ran(*words, cwd=copy).returncode == 0
        assert all(state(copy)[table] == state(finished)[table] for table in ("contact", "enrolment", "action"))
    assert kept == [0, BATCH]
    assert ran("doctor", "-q", cwd=copy).returncode == 0


@needs_strace
@pytest.mark.slow
@pytest.mark.parametrize(
    ("call", "error", "first", "step"),
    [  # of the forty writes, every other one meets the one error, the rest the other
        ("pwrite64", "EIO", 1, 2),
        ("pwrite64", "ENOSPC", 2, 2),
        ("fdatasync", "EIO", 1, 1),
        ("fdatasync", "ENOSPC", 1, 1),
        ("unlink", "EIO", 1, 1),
    ],
)
def test_P4_an_error_at_any_write_is_never_called_done(
    call: str, error: str, first: int, step: int, office: Path, tmp_path: Path
) -> None:
    finished = Path(shutil.copytree(office, tmp_path / "finished"))
    ran("complete", "10", cwd=finished)
    assert ran("doctor", cwd=office).returncode == ran("doctor", cwd=finished).returncode == 0
    old, new = state(office), state(finished)
    for when in range(first, 200, step):
        copy = Path(shutil.copytree(office, tmp_path / "copy"))
        told = ran("complete", "10", cwd=copy, tracer=failing(call, f"error={error}", when, log=f"{tmp_path}/log"))
        met = any("(INJECTED)" in line for line in calls(tmp_path / "log"))
        if told.returncode == 0:
            assert told.stdout.startswith("completed 10 ") and "; next: " in told.stdout and state(copy) == new
        else:
            assert told.returncode == 73 and one_line(told.stderr) and told.stdout == ""
            assert state(copy) == (new if "check whether the change was saved" in told.stderr else old)
        shutil.rmtree(copy)
        if not met:
            break
    assert when > first and not met


class Disk(NamedTuple):
    """An office on a disk that is full, for commands that `prefix` starts, until `free` is called."""

    office: Path
    prefix: tuple[str, ...]
    free: Callable[[], object]


def mounted(folder: Path, options: str) -> bool:
    words = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    return subprocess.run(words, capture_output=True).returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, of 2 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not mounted(folder, "size=2m"):
        pytest.skip("nothing can be mounted here: only the limit of file sizes is tested")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.fixture
def full_disk(small_disk: Path, office: Path) -> Disk:
    there = Path(shutil.copytree(office, small_disk / "demo"))
    with pytest.raises(OSError, match="No space"), open(small_disk / "filling", "wb", buffering=0) as filling:
        while True:
            filling.write(bytes(4096))
    return Disk(there, (), (small_disk / "filling").unlink)


@pytest.fixture
def no_file_may_grow(office: Path) -> Disk:
    """The same without a disk of one's own: no byte can be written to a file."""
    return Disk(office, ("sh", "-c", 'ulimit -f 0; exec "$@"', "sh"), lambda: None)


@pytest.mark.parametrize("kind", [pytest.param("full_disk", marks=pytest.mark.slow), "no_file_may_grow"])
def test_P4_a_full_disk_is_said_in_one_line_leaves_nothing_and_is_got_over(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    disk: Disk = request.getfixturevalue(kind)
    more = str(tmp_path / people(tmp_path, "more.csv", 300))
    (disk.office / "out").mkdir()
    commands = [
        ["complete", "10"],
        ["contacts", "import", more, "--cycle", "referral", "-q"],
        ["contacts", "export", "--out", "all.csv"],
        ["agenda", "--out", "out"],
        ["backup", "copy.db"],
    ]
    old, there = state(disk.office), files(disk.office)
    for words in commands:
        told = ran(*words, cwd=disk.office, prefix=disk.prefix)
        assert (told.returncode, told.stdout) == (73, "") and one_line(told.stderr), told
        assert (state(disk.office), files(disk.office)) == (old, there), words
    assert ran("due", cwd=disk.office, prefix=disk.prefix).returncode == 0
    disk.free()
    for words in commands:
        assert ran(*words, cwd=disk.office).returncode == 0
    assert ran("doctor", cwd=disk.office).returncode == 0


@pytest.mark.slow
def test_P4_an_import_that_fills_the_disk_keeps_whole_batches_and_is_finished_on_a_larger_one(
    small_disk: Path, office: Path, tmp_path: Path
) -> None:
    assert mounted(small_disk, "remount,size=4m")
    there = Path(shutil.copytree(office, small_disk / "demo"))
    people(tmp_path, "more.csv", BATCH * 2)
    words = ["contacts", "import", str(tmp_path / "more.csv"), "--cycle", "referral", "-q"]
    told = ran(*words, cwd=there)
    assert told.returncode == 73 and told.stdout == ""
    stopped, full = told.stderr.splitlines(keepends=True)
    assert stopped.startswith(f"followup: stopped after {BATCH:,} rows: run it again") and one_line(full)
    assert len(state(there)["contact"]) == len(state(office)["contact"]) + BATCH
    assert mounted(small_disk, "remount,size=40m")
    assert ran(*words, cwd=there).returncode == 0
    assert ran(*words, cwd=office).returncode == 0
    assert all(state(there)[table] == state(office)[table] for table in ("contact", "enrolment", "action"))


@needs_modes
@pytest.mark.parametrize("locked", ["followup.db", "."], ids=["the file", "the folder"])
def test_what_may_only_be_read_is_read_and_a_write_names_it_and_leaves_nothing(locked: str, office: Path) -> None:
    before, there = (office / "followup.db").read_bytes(), files(office)
    mode = (office / locked).stat().st_mode
    (office / locked).chmod(mode & ~0o222)
    assert ran("due", cwd=office, prefix=OBEYING_MODES).returncode == 0
    told = ran("complete", "10", cwd=office, prefix=OBEYING_MODES)
    assert told.returncode == 73 and one_line(told.stderr) and str(office / "followup.db") in told.stderr
    (office / locked).chmod(mode)
    assert (office / "followup.db").read_bytes() == before and files(office) == there
    assert ran("complete", "10", cwd=office).returncode == 0


@needs_modes
@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["agenda", "--out", "locked"], "locked/anne.txt"),
        (["agenda", "--out", "locked/out"], "locked/out"),
        (["contacts", "export", "--out", "locked/all.csv"], "locked/all.csv"),
        (["backup", "locked/copy.db"], "locked/copy.db"),
        (["init", "locked/new"], "locked/new"),
        (["backup", "nowhere/copy.db"], "nowhere/copy.db"),
    ],
    ids=typed,
)
def test_an_output_that_may_not_be_written_is_named_and_nothing_is_left(
    words: list[str], named: str, office: Path
) -> None:
    (office / "locked").mkdir(mode=0o555)
    there = files(office)
    told = ran(*words, cwd=office, prefix=OBEYING_MODES)
    assert told.returncode == 73 and one_line(told.stderr) and named in told.stderr
    assert files(office) == there


def page_of(office: Path, name: str) -> slice:
    """Where the first page of a table or an index lies in the file."""
    ((root,),) = asked(office, f"SELECT rootpage FROM sqlite_schema WHERE name = '{name}'")
    ((size,),) = asked(office, "PRAGMA page_size")
    return slice((root - 1) * size, root * size)


def damaged(office: Path, how: str) -> bytes:
    """The store's bytes after what `how` names."""
    whole = bytearray((office / "followup.db").read_bytes())
    if how.startswith("zeroed "):
        page = page_of(office, how.removeprefix("zeroed "))
        whole[page] = bytes(page.stop - page.start)
    elif how == "flipped bit of the header":
        whole[0] ^= 1
    elif how == "another program's":
        whole[68:72] = b"THEM"
    elif how == "newer schema":
        whole[60:64] = (99).to_bytes(4, "big")
    return {
        "empty": b"",
        "truncated within a page": bytes(whole[: len(whole) // 2 + 100]),
        "truncated behind a page": bytes(whole[: len(whole) // 8192 * 4096]),
        "filled with NUL": bytes(len(whole)),
        "text": b"id,name\n" * 1000,
        "garbage behind a good header": bytes(whole[:100]) + bytes(range(256)) * 64,
    }.get(how, bytes(whole))


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("empty", 78),
        ("another program's", 78),
        ("newer schema", 78),
        ("truncated within a page", 69),
        ("truncated behind a page", 69),
        ("filled with NUL", 69),
        ("text", 69),
        ("flipped bit of the header", 69),
        ("garbage behind a good header", 69),
        ("zeroed contact", 69),
        ("zeroed action", 69),
        ("zeroed catalog_item", 69),
    ],
)
@pytest.mark.parametrize(
    "words",
    [
        ["complete", "10"],
        pytest.param(["due"], marks=pytest.mark.slow),
        pytest.param(["doctor"], marks=pytest.mark.slow),
    ],
    ids=typed,
)
def test_a_damaged_or_foreign_store_is_said_in_one_line_and_left_as_it_is(
    how: str, code: int, words: list[str], office: Path
) -> None:
    broken = damaged(office, how)
    (office / "followup.db").write_bytes(broken)
    told = ran(*words, cwd=office, user="tom")
    if words == ["doctor"] and how.startswith("zeroed"):  # it looks on, and names what it finds
        assert told.returncode == 1 and told.stdout.endswith(
            "keep this file, and restore your last backup with `followup restore FILE`\n"
        ), told
    else:
        assert told.returncode == code and one_line(told.stderr), told
    assert (office / "followup.db").read_bytes() == broken


TEXT_DAMAGE = {
    "a user": "UPDATE catalog_item SET document = '~' || substr(document, 2) WHERE kind = 'user' AND id = 'tom'",
    "a name": "UPDATE contact SET name = CAST(x'4a80' AS TEXT) WHERE id = 'jane-smith'",
    "an event": "UPDATE history SET data = '~' || substr(data, 2) WHERE subject = 'contact:jane-smith' AND seq = 2",
    "a nest": f"UPDATE history SET data = '{'[' * 100_000}' WHERE subject = 'contact:jane-smith' AND seq = 2",
    "a key": "UPDATE history SET data = replace(data, 'title', 'tixle') WHERE subject = 'contact:jane-smith'",
}


def damage_text(office: Path, what: str) -> None:
    connection = sqlite3.connect(office / "followup.db")
    connection.execute(TEXT_DAMAGE[what])
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    ("what", "words", "user"),
    [
        ("a user", ["due"], "tom"),
        ("a user", ["due"], ""),  # asks whose login the system account is
        ("a name", ["due"], "tom"),
        ("an event", ["show", "jane-smith"], "tom"),
        ("an event", ["undo"], "sue"),
        ("a key", ["undo"], "sue"),
        ("a nest", ["show", "jane-smith"], "tom"),
        ("a nest", ["undo"], "sue"),
    ],
    ids=typed,
)
def test_a_damage_that_sqlite_does_not_see_is_said_too(what: str, words: list[str], user: str, office: Path) -> None:
    damage_text(office, what)
    told = ran(*words, cwd=office, user=user)
    assert told.returncode == 69 and one_line(told.stderr) and "the store is damaged" in told.stderr.lower()


@pytest.mark.parametrize("what", ["an event", "a key", "a nest"])
def test_doctor_names_the_contact_whose_history_is_damaged_and_goes_on(what: str, office: Path) -> None:
    damage_text(office, what)
    told = ran("doctor", cwd=office)
    assert (told.returncode, told.stderr) == (1, "")
    first, last = told.stdout.splitlines()
    assert re.fullmatch(r"contact:jane-smith: event \d+ \(.*\) can't be replayed: .*", first)
    assert last == "1 fault: keep this file, and restore your last backup with `followup restore FILE`"


#: a writer that is killed when some of its pages are in the file and none is committed
KILLED_WRITER = """
import os, signal, sqlite3
connection = sqlite3.connect("followup.db", isolation_level=None)
connection.execute("PRAGMA cache_size = 1")
connection.execute("BEGIN IMMEDIATE")
connection.execute("UPDATE action SET title = 'never committed'")
connection.execute("UPDATE contact SET name = 'never committed'")
os.kill(os.getpid(), signal.SIGKILL)
"""


def kill_a_writer(office: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED_WRITER], cwd=office)
    assert b"never committed" in (office / "followup.db").read_bytes()
    assert (office / "followup.db-journal").exists()


def test_P4_the_next_reader_rolls_back_what_a_killed_writer_left(office: Path) -> None:
    before, shown = (office / "followup.db").read_bytes(), ran("due", "--user-of", "tom", cwd=office).stdout
    kill_a_writer(office)
    told = ran("due", "--user-of", "tom", cwd=office)
    assert (told.returncode, told.stdout, told.stderr) == (0, shown, "")
    assert (office / "followup.db").read_bytes() == before
    assert not (office / "followup.db-journal").exists()


def test_doctor_finds_out_that_somebody_threw_the_journal_away(office: Path) -> None:
    kill_a_writer(office)
    (office / "followup.db-journal").unlink()
    told = ran("doctor", cwd=office)
    assert told.returncode in (1, 69) and "Traceback" not in told.stderr


@needs_modes
def test_P4_a_reader_that_may_not_roll_back_shows_nothing_half_written(office: Path) -> None:
    kill_a_writer(office)
    office.chmod(0o555)
    told = ran("due", "--user-of", "tom", cwd=office, prefix=OBEYING_MODES)
    office.chmod(0o755)
    assert told.returncode in (69, 73) and told.stdout == "" and one_line(told.stderr)


@needs_strace
@pytest.mark.slow
@pytest.mark.parametrize(("call", "when"), [("pwrite64", 3), ("fsync", 1), ("link,linkat", 1)])
def test_P5_a_killed_backup_is_no_backup_and_the_next_one_tidies_up(call: str, when: int, office: Path) -> None:
    there = files(office)
    assert ran("backup", "copy.db", cwd=office, tracer=failing(call, "signal=SIGKILL", when)).returncode < 0
    assert not (office / "copy.db").exists() and files(office) > there
    assert ran("backup", "copy.db", cwd=office).returncode == 0
    assert files(office) == {*there, "copy.db"} and (office / "copy.db").stat().st_mode & 0o777 == 0o600
    assert ran("doctor", "--store", "sqlite:///copy.db", cwd=office).returncode == 0
