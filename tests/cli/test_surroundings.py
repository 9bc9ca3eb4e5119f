"""Bad values in the environment or in `.followup/store`, and missing system data, are reported in one line."""

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


#: what is in place of a valid `.followup/store`, and the message about it
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
def test_T5_P12_an_invalid_store_file_is_reported_and_not_quoted(office: Path, what: str) -> None:
    file = office / ".followup" / "store"
    file.unlink()
    make, message = LINES[what]
    make(file)
    for result in (due(office), command("init", cwd=office), command("restore", "x", cwd=office)):
        assert (result.returncode, result.stdout) == (78, "") and one_line(result.stderr), result.stderr
        assert message in result.stderr and "Write one there" in result.stderr and len(result.stderr) < 500


@pytest.mark.skipif(os.getuid() == 0, reason="root reads everything")
def test_P3_an_unreadable_store_file_is_not_reported_as_unwritable(office: Path) -> None:
    (office / ".followup" / "store").chmod(0)
    result = due(office)
    assert result.returncode == 78 and "can't be read: Permission denied" in result.stderr


def test_P3_a_deleted_current_folder_is_reported(tmp_path: Path) -> None:
    code = (
        "import os, sys; os.mkdir('x'); os.chdir('x'); os.rmdir('../x'); sys.argv = ['followup', 'due']\n"
        "from followup.__main__ import main; main()"
    )
    env = {**os.environ, "PYTHONPATH": ""}
    result = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert result.returncode == 78 and "the current folder is gone" in result.stderr and one_line(result.stderr)


@pytest.mark.parametrize("option", ["--now", "--user", "--store", "--project"])
def test_P6_an_empty_option_from_an_unset_shell_variable_is_refused(run: Run, option: str) -> None:
    result = run("due", option, "")
    assert result.returncode in (2, 65) and one_line(result.stderr) and option in result.stderr, result.stderr


def test_P6_an_empty_time_in_the_environment_is_refused_too(office: Path) -> None:
    result = due(office, now="")
    assert result.returncode == 65 and "--now needs a date and time" in result.stderr


@pytest.mark.parametrize("variable", ["FOLLOWUP_STORE", "FOLLOWUP_USER", "FOLLOWUP_PROJECT", "FOLLOWUP_NOW"])
@pytest.mark.parametrize("value", ["\udcff", "\x1b[2J", "x" * 100_000, "\n", "a\nb", "../../..", "-", "\u202e"])
def test_any_bad_value_of_an_environment_variable_is_a_one_line_error(office: Path, variable: str, value: str) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "followup", "due"],
        cwd=office,
        env={**os.environ, "FOLLOWUP_USER": "tom", "FOLLOWUP_NOW": NOW, variable: value},
        capture_output=True,
    )
    assert result.returncode in (2, 65, 66, 69, 78), result.stderr
    assert b"Traceback" not in result.stderr and b"\x1b" not in result.stderr and result.stderr.count(b"\n") == 1


def test_T3_without_a_time_zone_database_the_error_names_the_zone_and_the_fix(office: Path) -> None:
    for words in (["due"], ["complete", "2"], ["agenda"], ["history"], ["contacts", "list"], ["forecast"]):
        code = (
            f"import sys; sys.modules['tzdata'] = None; sys.argv = ['followup', *{words!r}]\n"
            "from followup.__main__ import main; main()"
        )
        env = {**os.environ, "FOLLOWUP_USER": "tom", "FOLLOWUP_NOW": NOW, "PYTHONTZPATH": ""}
        result = subprocess.run([sys.executable, "-c", code], cwd=office, env=env, capture_output=True, text=True)
        assert result.returncode == 78 and one_line(result.stderr), result.stderr
        assert "America/Vancouver" in result.stderr and "`pip install --upgrade tzdata`" in result.stderr


@pytest.mark.parametrize("words", [["-C", "new", "init", "--empty"], ["init", "--empty", "--project", "new"]])
def test_M4_init_starts_the_project_that_is_named_like_every_command(words: list[str], tmp_path: Path) -> None:
    result = command(*words, cwd=tmp_path, user="sue")
    assert result.returncode == 0, result.stderr
    assert os.listdir(tmp_path) == ["new"] and (tmp_path / "new" / "followup.db").is_file()


def test_M4_init_starts_the_project_of_the_environment_unless_one_is_typed(tmp_path: Path) -> None:
    for words in ([], ["typed"]):
        result = command("init", "--empty", *words, cwd=tmp_path, user="sue", FOLLOWUP_PROJECT="named")
        assert result.returncode == 0, result.stderr
    assert sorted(os.listdir(tmp_path)) == ["named", "typed"]


@pytest.mark.parametrize("words", [["init", "other", "-C", "new"], ["init", ""]])
def test_M4_init_refuses_two_folders_and_an_empty_one(words: list[str], tmp_path: Path) -> None:
    result = command(*words, cwd=tmp_path, user="sue")
    assert result.returncode == 2 and one_line(result.stderr) and not os.listdir(tmp_path)


def test_M4_every_command_works_on_the_named_project_with_files_of_the_current_folder(
    office: Path, tmp_path: Path
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    (here / "new.csv").write_text("name,email\nAda Stone,ada@x.example\n")
    commands = (
        *("contacts import new.csv --owner tom --no-cycle", "show ada-stone", "contacts export --out all.csv"),
        *("agenda --out days", "cycles graph --out cycles.mmd", "backup b.db", "doctor", "validate", "diff"),
        *("apply --yes", "test", "simulate", "store copy sqlite:///../demo/followup.db csv:copy", "undo"),
    )
    for words in commands:
        result = command(*words.split(), "-C", "../demo", cwd=here, user="sue")
        assert result.returncode == 0, (words, result.stderr)
    assert sorted(os.listdir(here)) == ["all.csv", "b.db", "copy", "cycles.mmd", "days", "new.csv"]


def test_P6_a_warning_of_python_that_quotes_the_environment_is_not_printed(office: Path) -> None:
    env = {**os.environ, "FOLLOWUP_USER": "tom", "FOLLOWUP_NOW": NOW, "PYTHONTZPATH": "\x1b[31m"}
    for words in (["due"], ["validate"]):
        result = subprocess.run(
            [sys.executable, "-m", "followup", *words], cwd=office, env=env, capture_output=True, text=True
        )
        assert (result.returncode, result.stderr) == (0, ""), result.stderr
