"""Storage that fails under the real command: the old state or the new one, a one-line error, and it works afterwards."""

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
    as_typed,
    calls,
    failing,
    files,
    needs_modes,
    needs_strace,
    one_line,
    people,
    query,
    run_command,
    state,
)

pytestmark = pytest.mark.slow  # starts dozens of processes


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
def test_P5_a_killed_output_is_old_or_new_and_the_next_run_cleans_up(name: str, call: str, office: Path) -> None:
    words, output = OUTPUTS[name]
    (office / output).parent.mkdir(exist_ok=True)
    run_command(*words, cwd=office)
    new, names = (office / output).read_bytes(), files(office)
    contents = set()
    for when in range(1, 20):
        (office / output).write_bytes(b"old")
        finished = run_command(*words, cwd=office, tracer=failing(call, "signal=SIGKILL", when)).returncode >= 0
        contents.add((office / output).read_bytes())
        run_command(*words, cwd=office)
        assert files(office) == names
        if finished:
            break
    assert finished and contents == {b"old", new}


def test_P5_a_pipe_is_written_to_and_not_replaced(office: Path, run: Run) -> None:
    os.mkfifo(office / "pipe")
    reader = os.open(office / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    assert run("contacts", "export", "--out", "pipe").returncode == 0
    assert os.read(reader, 9) == b"id,name,e"
    os.close(reader)
    assert (office / "pipe").is_fifo()


def test_P5_a_symlink_is_refused_and_not_replaced(office: Path, run: Run) -> None:
    (office / "all.csv").symlink_to("elsewhere.csv")
    result = run("contacts", "export", "--out", "all.csv")
    assert result.returncode == 73 and "all.csv is a link" in result.stderr
    assert (office / "all.csv").is_symlink() and not (office / "elsewhere.csv").exists()


def test_P5_a_file_that_another_run_is_writing_is_not_deleted(tmp_path: Path) -> None:
    path = tmp_path / "all.csv"
    with replacing(str(path)) as first:
        with replacing(str(path)) as second:
            second.write("second")
        assert path.read_text() == "second"
        first.write("first")
    assert path.read_text() == "first" and files(tmp_path) == {"all.csv"}


def test_P5_replacing_a_file_keeps_its_permissions(office: Path) -> None:
    path = office / "all.csv"
    path.touch(0o600)
    path.chmod(0o640)
    assert run_command("contacts", "export", "--out", "all.csv", cwd=office).returncode == 0
    assert path.stat().st_mode & 0o777 == 0o640 and path.stat().st_size


@needs_strace
@pytest.mark.parametrize(
    ("words", "naming_call"), [(["contacts", "export", "--out", "all.csv"], "rename"), (["backup", "all.db"], "link")]
)
def test_P4_a_file_and_its_folder_are_synced_so_that_it_survives_a_power_failure(
    words: list[str], naming_call: str, office: Path
) -> None:
    log = office / "log"
    strace = (str(STRACE), "-f", "-y", "-o", str(log), "--trace=fsync,rename,link")
    assert run_command(*words, cwd=office, tracer=strace).returncode == 0
    traced_calls = calls(log)
    last = max(
        number for number, call in enumerate(traced_calls) if call.startswith(naming_call + "(") and words[-1] in call
    )
    assert traced_calls[last - 1].startswith("fsync(") and ".part>" in traced_calls[last - 1]
    assert traced_calls[last + 1].startswith("fsync(") and f"<{office}>" in traced_calls[last + 1]


@needs_strace
@pytest.mark.slow
@pytest.mark.parametrize(("signal", "code"), [("SIGTERM", 143), ("SIGINT", 130)])
def test_interrupting_a_search_during_a_sqlite_callback_exits_cleanly(signal: str, code: int, office: Path) -> None:
    for when in range(10, 100, 4):  # pages that it reads: the later ones while it compares names
        result = run_command("search", "nobody", cwd=office, tracer=failing("pread64", f"signal={signal}", when))
        if result.returncode == 0:
            break
        assert (result.returncode, result.stdout, result.stderr) == (code, "", "")
    assert result.returncode == 0 and when > 18


@needs_strace
@pytest.mark.slow
@pytest.mark.parametrize(("signal", "code"), [("SIGTERM", 143), ("SIGINT", 130)])
def test_P4_an_interrupted_import_keeps_complete_batches_and_can_be_finished(
    signal: str, code: int, office: Path, tmp_path: Path
) -> None:
    words = ["contacts", "import", people(office, "more.csv", BATCH + 500), "--cycle", "referral", "-q"]
    finished = Path(shutil.copytree(office, tmp_path / "finished"))
    assert run_command(*words, cwd=finished).returncode == 0
    before, counts = len(state(office)["contact"]), []
    for call in ("pwrite64", "fdatasync"):  # while the first batch is being written, and while it is being committed
        copy = Path(shutil.copytree(office, tmp_path / call))
        result = run_command(*words, cwd=copy, tracer=failing(call, f"signal={signal}", 2))
        assert (result.returncode, result.stdout) == (code, "")
        assert re.fullmatch(r"followup: stopped after [\d,]+ rows: run it again to continue\n", result.stderr)
        counts.append(len(state(copy)["contact"]) - before)
        assert run_command(*words, cwd=copy).returncode == 0
        assert all(state(copy)[table] == state(finished)[table] for table in ("contact", "enrolment", "action"))
    assert counts == [0, BATCH]
    assert run_command("doctor", "-q", cwd=copy).returncode == 0


@needs_strace
@pytest.mark.slow
@pytest.mark.parametrize(
    ("call", "error", "first", "step"),
    [  # of the forty writes, every other one gets EIO, the rest ENOSPC
        ("pwrite64", "EIO", 1, 2),
        ("pwrite64", "ENOSPC", 2, 2),
        ("fdatasync", "EIO", 1, 1),
        ("fdatasync", "ENOSPC", 1, 1),
        ("unlink", "EIO", 1, 1),
    ],
)
def test_P4_an_error_at_any_write_is_never_reported_as_success(
    call: str, error: str, first: int, step: int, office: Path, tmp_path: Path
) -> None:
    finished = Path(shutil.copytree(office, tmp_path / "finished"))
    run_command("complete", "10", cwd=finished)
    assert run_command("doctor", cwd=office).returncode == run_command("doctor", cwd=finished).returncode == 0
    old, new = state(office), state(finished)
    for when in range(first, 200, step):
        copy = Path(shutil.copytree(office, tmp_path / "copy"))
        result = run_command(
            "complete", "10", cwd=copy, tracer=failing(call, f"error={error}", when, log=f"{tmp_path}/log")
        )
        was_injected = any("(INJECTED)" in line for line in calls(tmp_path / "log"))
        if result.returncode == 0:
            assert result.stdout.startswith("completed 10 ") and "; next: " in result.stdout and state(copy) == new
        else:
            assert result.returncode == 73 and one_line(result.stderr) and result.stdout == ""
            assert state(copy) == (new if "check whether the change was saved" in result.stderr else old)
        shutil.rmtree(copy)
        if not was_injected:
            break
    assert when > first and not was_injected


class Disk(NamedTuple):
    """An office on a full disk, for commands that `prefix` starts, until `free` is called."""

    office: Path
    prefix: tuple[str, ...]
    free: Callable[[], object]


def mount(folder: Path, options: str) -> bool:
    words = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    return subprocess.run(words, capture_output=True).returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A separate disk of 2 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not mount(folder, "size=2m"):
        pytest.skip("nothing can be mounted here: only the limit of file sizes is tested")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.fixture
def full_disk(small_disk: Path, office: Path) -> Disk:
    copy = Path(shutil.copytree(office, small_disk / "demo"))
    with pytest.raises(OSError, match="No space"), open(small_disk / "filling", "wb", buffering=0) as filling:
        while True:
            filling.write(bytes(4096))
    return Disk(copy, (), (small_disk / "filling").unlink)


@pytest.fixture
def no_file_may_grow(office: Path) -> Disk:
    """The same without a separate disk: no byte can be written to a file."""
    return Disk(office, ("sh", "-c", 'ulimit -f 0; exec "$@"', "sh"), lambda: None)


@pytest.mark.parametrize("kind", [pytest.param("full_disk", marks=pytest.mark.slow), "no_file_may_grow"])
def test_P4_a_full_disk_is_a_one_line_error_and_commands_work_once_there_is_space(
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
    old, names = state(disk.office), files(disk.office)
    for words in commands:
        result = run_command(*words, cwd=disk.office, prefix=disk.prefix)
        assert (result.returncode, result.stdout) == (73, "") and one_line(result.stderr), result
        assert (state(disk.office), files(disk.office)) == (old, names), words
    assert run_command("due", cwd=disk.office, prefix=disk.prefix).returncode == 0
    disk.free()
    for words in commands:
        assert run_command(*words, cwd=disk.office).returncode == 0
    assert run_command("doctor", cwd=disk.office).returncode == 0


@pytest.mark.slow
def test_P4_an_import_that_fills_the_disk_keeps_complete_batches_and_can_be_finished(
    small_disk: Path, office: Path, tmp_path: Path
) -> None:
    assert mount(small_disk, "remount,size=4m")
    copy = Path(shutil.copytree(office, small_disk / "demo"))
    people(tmp_path, "more.csv", BATCH * 2)
    words = ["contacts", "import", str(tmp_path / "more.csv"), "--cycle", "referral", "-q"]
    result = run_command(*words, cwd=copy)
    assert result.returncode == 73 and result.stdout == ""
    stopped, full = result.stderr.splitlines(keepends=True)
    assert stopped.startswith(f"followup: stopped after {BATCH:,} rows: run it again") and one_line(full)
    assert len(state(copy)["contact"]) == len(state(office)["contact"]) + BATCH
    assert mount(small_disk, "remount,size=40m")
    assert run_command(*words, cwd=copy).returncode == 0
    assert run_command(*words, cwd=office).returncode == 0
    assert all(state(copy)[table] == state(office)[table] for table in ("contact", "enrolment", "action"))


@needs_modes
@pytest.mark.parametrize("locked", ["followup.db", "."], ids=["the file", "the folder"])
def test_a_read_only_store_can_be_read_and_a_write_is_an_error_that_changes_nothing(locked: str, office: Path) -> None:
    before, names = (office / "followup.db").read_bytes(), files(office)
    mode = (office / locked).stat().st_mode
    (office / locked).chmod(mode & ~0o222)
    assert run_command("due", cwd=office, prefix=OBEYING_MODES).returncode == 0
    result = run_command("complete", "10", cwd=office, prefix=OBEYING_MODES)
    assert result.returncode == 73 and one_line(result.stderr) and str(office / "followup.db") in result.stderr
    (office / locked).chmod(mode)
    assert (office / "followup.db").read_bytes() == before and files(office) == names
    assert run_command("complete", "10", cwd=office).returncode == 0


@needs_modes
@pytest.mark.parametrize(
    ("words", "path"),
    [
        (["agenda", "--out", "locked"], "locked/anne.txt"),
        (["agenda", "--out", "locked/out"], "locked/out"),
        (["contacts", "export", "--out", "locked/all.csv"], "locked/all.csv"),
        (["backup", "locked/copy.db"], "locked/copy.db"),
        (["init", "locked/new"], "locked/new"),
        (["backup", "nowhere/copy.db"], "nowhere/copy.db"),
    ],
    ids=as_typed,
)
def test_an_unwritable_output_is_named_and_nothing_is_created(words: list[str], path: str, office: Path) -> None:
    (office / "locked").mkdir(mode=0o555)
    names = files(office)
    result = run_command(*words, cwd=office, prefix=OBEYING_MODES)
    assert result.returncode == 73 and one_line(result.stderr) and path in result.stderr
    assert files(office) == names


def page_of(office: Path, name: str) -> slice:
    """Where the first page of a table or an index is in the file."""
    ((root,),) = query(office, f"SELECT rootpage FROM sqlite_schema WHERE name = '{name}'")
    ((size,),) = query(office, "PRAGMA page_size")
    return slice((root - 1) * size, root * size)


def damaged_bytes(office: Path, how: str) -> bytes:
    """The store's bytes with the damage that `how` names."""
    content = bytearray((office / "followup.db").read_bytes())
    if how.startswith("zeroed "):
        page = page_of(office, how.removeprefix("zeroed "))
        content[page] = bytes(page.stop - page.start)
    elif how == "flipped bit of the header":
        content[0] ^= 1
    elif how == "another program's":
        content[68:72] = b"THEM"
    elif how == "newer schema":
        content[60:64] = (99).to_bytes(4, "big")
    return {
        "empty": b"",
        "truncated within a page": bytes(content[: len(content) // 2 + 100]),
        "truncated behind a page": bytes(content[: len(content) // 8192 * 4096]),
        "filled with NUL": bytes(len(content)),
        "text": b"id,name\n" * 1000,
        "garbage behind a good header": bytes(content[:100]) + bytes(range(256)) * 64,
    }.get(how, bytes(content))


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
    ids=as_typed,
)
def test_a_damaged_or_foreign_store_is_a_one_line_error_and_not_changed(
    how: str, code: int, words: list[str], office: Path
) -> None:
    content = damaged_bytes(office, how)
    (office / "followup.db").write_bytes(content)
    result = run_command(*words, cwd=office, user="tom")
    if words == ["doctor"] and how.startswith("zeroed"):  # doctor continues, and names what it finds
        assert result.returncode == 1 and result.stdout.endswith(
            "keep this file, and restore your last backup with `followup restore FILE`\n"
        ), result
    else:
        assert result.returncode == code and one_line(result.stderr), result
    assert (office / "followup.db").read_bytes() == content


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
        ("a user", ["due"], ""),  # looks up the user with the system account's login
        ("a name", ["due"], "tom"),
        ("an event", ["show", "jane-smith"], "tom"),
        ("an event", ["undo"], "sue"),
        ("a key", ["undo"], "sue"),
        ("a nest", ["show", "jane-smith"], "tom"),
        ("a nest", ["undo"], "sue"),
    ],
    ids=as_typed,
)
def test_damage_that_sqlite_does_not_detect_is_reported_too(
    what: str, words: list[str], user: str, office: Path
) -> None:
    damage_text(office, what)
    result = run_command(*words, cwd=office, user=user)
    assert result.returncode == 69 and one_line(result.stderr) and "the store is damaged" in result.stderr.lower()


@pytest.mark.parametrize("what", ["an event", "a key", "a nest"])
def test_doctor_names_a_contact_with_a_damaged_history_and_continues(what: str, office: Path) -> None:
    damage_text(office, what)
    result = run_command("doctor", cwd=office)
    assert (result.returncode, result.stderr) == (1, "")
    first, last = result.stdout.splitlines()
    assert re.fullmatch(r"contact:jane-smith: event \d+ \(.*\) can't be replayed: .*", first)
    assert last == "1 fault: keep this file, and restore your last backup with `followup restore FILE`"


#: a writer that is killed when some of its pages are in the file and nothing is committed
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
    before, output = (office / "followup.db").read_bytes(), run_command("due", "--user-of", "tom", cwd=office).stdout
    kill_a_writer(office)
    result = run_command("due", "--user-of", "tom", cwd=office)
    assert (result.returncode, result.stdout, result.stderr) == (0, output, "")
    assert (office / "followup.db").read_bytes() == before
    assert not (office / "followup.db-journal").exists()


def test_doctor_detects_a_deleted_journal(office: Path) -> None:
    kill_a_writer(office)
    (office / "followup.db-journal").unlink()
    result = run_command("doctor", cwd=office)
    assert result.returncode in (1, 69) and "Traceback" not in result.stderr


@needs_modes
def test_P4_a_reader_that_cannot_roll_back_shows_no_partial_change(office: Path) -> None:
    kill_a_writer(office)
    office.chmod(0o555)
    result = run_command("due", "--user-of", "tom", cwd=office, prefix=OBEYING_MODES)
    office.chmod(0o755)
    assert result.returncode in (69, 73) and result.stdout == "" and one_line(result.stderr)


@needs_strace
@pytest.mark.slow
@pytest.mark.parametrize(("call", "when"), [("pwrite64", 3), ("fsync", 1), ("link,linkat", 1)])
def test_P5_a_killed_backup_leaves_no_backup_and_the_next_one_cleans_up(call: str, when: int, office: Path) -> None:
    names = files(office)
    assert run_command("backup", "copy.db", cwd=office, tracer=failing(call, "signal=SIGKILL", when)).returncode < 0
    assert not (office / "copy.db").exists() and files(office) > names
    assert run_command("backup", "copy.db", cwd=office).returncode == 0
    assert files(office) == {*names, "copy.db"} and (office / "copy.db").stat().st_mode & 0o777 == 0o600
    assert run_command("doctor", "--store", "sqlite:///copy.db", cwd=office).returncode == 0
