"""Whatever is in the environment, in `.followup/store`, or not on the machine, is answered by a line."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import NOW, Run, command
from tests.store.faults import one_line


def due(office: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return command("due", cwd=office, **env)


def link_to(target: str) -> Callable[[Path], object]:
    return lambda path: path.symlink_to(target)


#: what stands where the line about the store should, and what is said of it
LINES: dict[str, tuple[Callable[[Path], object], str]] = {
    "not UTF-8": (lambda path: path.write_bytes(b"\xff"), "is not UTF-8"),
    "endless": (link_to("/dev/zero"), "is not a plain file"),
    "a FIFO": (os.mkfifo, "is not a plain file"),
    "a folder": (lambda path: path.mkdir(), "is not a plain file"),
    "a link to nothing": (link_to("nowhere"), "is not a plain file"),
    "a link to itself": (link_to("store"), "is not a plain file"),
    "empty": (lambda path: path.write_text(""), "doesn't hold the url of a store"),
    "blank": (lambda path: path.write_text(" \n\nsqlite:///x.db"), "doesn't hold the url of a store"),
    "3 MB": (lambda path: path.write_text("sqlite:///" + "x" * 3_000_000), "doesn't hold the url of a store"),
    "with a control character": (lambda path: path.write_text("sqlite:///\x1b[2J.db"), "doesn't hold the url"),
    "with a NUL": (lambda path: path.write_bytes(b"sqlite:///\x00.db"), "doesn't hold the url of a store"),
}


@pytest.mark.parametrize("what", LINES)
def test_T5_P12_a_line_about_the_store_that_is_none_is_named_and_not_repeated(office: Path, what: str) -> None:
    line = office / ".followup" / "store"
    line.unlink()
    make, said = LINES[what]
    make(line)
    for done in (due(office), command("init", cwd=office), command("restore", "x", cwd=office)):
        assert (done.returncode, done.stdout) == (78, "") and one_line(done.stderr), done.stderr
        assert said in done.stderr and "Write one there" in done.stderr and len(done.stderr) < 500


@pytest.mark.skipif(os.getuid() == 0, reason="root reads everything")
def test_P3_a_line_that_may_not_be_read_is_not_said_to_be_unwritable(office: Path) -> None:
    (office / ".followup" / "store").chmod(0)
    done = due(office)
    assert done.returncode == 78 and "can't be read: Permission denied" in done.stderr


def test_P3_a_folder_that_is_gone_is_said_to_be_gone(tmp_path: Path) -> None:
    code = (
        "import os, sys; os.mkdir('x'); os.chdir('x'); os.rmdir('../x'); sys.argv = ['followup', 'due']\n"
        "from followup.__main__ import main; main()"
    )
    env = {**os.environ, "PYTHONPATH": ""}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.returncode == 78 and "the current folder is gone" in done.stderr and one_line(done.stderr)


@pytest.mark.parametrize("option", ["--now", "--user", "--store", "--project"])
def test_P6_an_empty_option_is_refused_since_a_variable_of_the_shell_was_empty(run: Run, option: str) -> None:
    done = run("due", option, "")
    assert done.returncode in (2, 65) and one_line(done.stderr) and option in done.stderr, done.stderr


def test_P6_an_empty_present_in_the_environment_is_refused_too(office: Path) -> None:
    done = due(office, now="")
    assert done.returncode == 65 and "--now needs a date and time" in done.stderr


@pytest.mark.parametrize("variable", ["FOLLOWUP_STORE", "FOLLOWUP_USER", "FOLLOWUP_PROJECT", "FOLLOWUP_NOW"])
@pytest.mark.parametrize("value", ["\udcff", "\x1b[2J", "x" * 100_000, "\n", "a\nb", "../../..", "-", "\u202e"])
def test_whatever_a_variable_holds_is_answered_by_a_line(office: Path, variable: str, value: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "followup", "due"],
        cwd=office,
        env={**os.environ, "FOLLOWUP_USER": "tom", "FOLLOWUP_NOW": NOW, variable: value},
        capture_output=True,
    )
    assert done.returncode in (2, 65, 66, 69, 78), done.stderr
    assert b"Traceback" not in done.stderr and b"\x1b" not in done.stderr and done.stderr.count(b"\n") == 1


def test_T3_without_the_zones_of_the_world_the_zone_is_named_and_the_remedy(office: Path) -> None:
    for words in (["due"], ["complete", "2"], ["agenda"], ["history"], ["contacts", "list"], ["forecast"]):
        code = (
            f"import sys; sys.modules['tzdata'] = None; sys.argv = ['followup', *{words!r}]\n"
            "from followup.__main__ import main; main()"
        )
        env = {**os.environ, "FOLLOWUP_USER": "tom", "FOLLOWUP_NOW": NOW, "PYTHONTZPATH": ""}
        done = subprocess.run([sys.executable, "-c", code], cwd=office, env=env, capture_output=True, text=True)
        assert done.returncode == 78 and one_line(done.stderr), done.stderr
        assert "America/Vancouver" in done.stderr and "`pip install --upgrade tzdata`" in done.stderr
