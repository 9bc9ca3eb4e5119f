"""`init --bare`: an empty office, with the user who runs it as its administrator."""

from __future__ import annotations

import json
import os
import pwd
import subprocess
from pathlib import Path

import pytest

from tests.cli.test_manners import at_terminal
from tests.conftest import command
from tests.store.faults import one_line

ANSWERS = ("--office", 'Green "Homes": #1', "--zone", "Europe/Berlin", "--name", "Zoë O'Neil")


def run_as_login(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """As the account that runs the tests."""
    return command(*words, cwd=folder, user="")


def test_A18_the_answers_create_an_office_where_your_login_is_an_administrator(tmp_path: Path) -> None:
    result = run_as_login(tmp_path, "init", "mine", "--bare", *ANSWERS)
    assert result.returncode == 0 and "You are Zoë O'Neil, the administrator" in result.stdout, result.stderr
    folder = tmp_path / "mine"
    assert run_as_login(folder, "validate", "--strict").returncode == 0
    owner = ("--owner", "zoe-o-neil")  # an administrator has to name the owner
    assert run_as_login(folder, "contacts", "add", "--name", "Ann Other", "--cycle", "new-lead", *owner).returncode == 0
    assert "Ann Other" in run_as_login(folder, "due").stdout
    (user,) = json.loads(run_as_login(folder, "users", "list", "--format", "json").stdout)["items"]
    assert (user["id"], user["name"], user["role"]) == ("zoe-o-neil", "Zoë O'Neil", "administrator")
    assert pwd.getpwuid(os.getuid()).pw_name in (folder / "cycles" / "office.yaml").read_text()
    (folder / "cycles" / "more.yaml").write_text("sources: {fair: Fair}\n")
    assert run_as_login(folder, "apply", "--yes").returncode == 0


def test_A18_at_a_terminal_init_asks_for_missing_answers(tmp_path: Path) -> None:
    code, screen = at_terminal(tmp_path, ["init", "mine", "--bare", "--zone", "UTC"], "Green Homes\n", "李伟\n")
    assert code == 0 and "Office name:" in screen and "Your name:" in screen and "Time zone" not in screen, screen
    office = (tmp_path / "mine" / "cycles" / "office.yaml").read_text()
    assert 'name: "Green Homes"' in office and '  "admin":\n    name: "李伟"\n' in office


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--bare", "--office", "x", "--zone", "UTC"], 2, "--office NAME --zone ZONE --name NAME"),
        (["--office", "x"], 2, "go with --bare"),
        (
            ["--bare", "--office", "x", "--zone", "Europe/Nowhere", "--name", "y"],
            65,
            "'Europe/Nowhere' isn't a time zone",
        ),
        (["--bare", "--office", "x", "--zone", "../x", "--name", "y"], 65, "isn't a time zone"),
        (["--bare", "--office", "x", "--zone", "America", "--name", "y"], 65, "isn't a time zone"),
        (["--bare", "--office", " ", "--zone", "UTC", "--name", "y"], 65, "names that can be printed"),
        (["--bare", "--office", "x", "--zone", "UTC", "--name", "a\tb\nc", "--zone", "UTC"], 0, ""),
    ],
)
def test_an_invalid_answer_creates_nothing(tmp_path: Path, words: list[str], code: int, message: str) -> None:
    result = run_as_login(tmp_path, "init", "mine", *words)
    assert result.returncode == code and message in result.stderr, result.stderr
    assert code == 0 or (one_line(result.stderr) and not (tmp_path / "mine").exists())


def test_an_existing_catalog_is_not_replaced(office: Path) -> None:
    (office / "followup.db").unlink()
    (office / ".followup" / "started").unlink()
    result = run_as_login(office, "init", "--bare", *ANSWERS)
    assert result.returncode == 73 and "Leave out --bare" in result.stderr
