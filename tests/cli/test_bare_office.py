"""`init --bare`: an office of one's own, with who starts it as its administrator."""

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


def ran(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """As the account of this machine."""
    return command(*words, cwd=folder, user="")


def test_A18_the_answers_make_an_office_in_which_your_login_is_an_administrator(tmp_path: Path) -> None:
    done = ran(tmp_path, "init", "mine", "--bare", *ANSWERS)
    assert done.returncode == 0 and "You are Zoë O'Neil, the administrator" in done.stdout, done.stderr
    mine = tmp_path / "mine"
    assert ran(mine, "validate", "--strict").returncode == 0
    mine_too = ("--owner", "zoe-o-neil")  # an administrator says whose a contact is
    assert ran(mine, "contacts", "add", "--name", "Ann Other", "--cycle", "new-lead", *mine_too).returncode == 0
    assert "Ann Other" in ran(mine, "due").stdout
    (user,) = json.loads(ran(mine, "users", "list", "--format", "json").stdout)["items"]
    assert (user["id"], user["name"], user["role"]) == ("zoe-o-neil", "Zoë O'Neil", "administrator")
    assert pwd.getpwuid(os.getuid()).pw_name in (mine / "cycles" / "office.yaml").read_text()
    (mine / "cycles" / "more.yaml").write_text("sources: {fair: Fair}\n")
    assert ran(mine, "apply", "--yes").returncode == 0


def test_A18_at_a_terminal_it_asks_for_what_was_not_typed(tmp_path: Path) -> None:
    code, shown = at_terminal(tmp_path, ["init", "mine", "--bare", "--zone", "UTC"], "Green Homes\n", "李伟\n")
    assert code == 0 and "Office name:" in shown and "Your name:" in shown and "Time zone" not in shown, shown
    office = (tmp_path / "mine" / "cycles" / "office.yaml").read_text()
    assert 'name: "Green Homes"' in office and '  "admin":\n    name: "李伟"\n' in office


@pytest.mark.parametrize(
    ("words", "code", "said"),
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
def test_what_cannot_be_an_answer_makes_nothing(tmp_path: Path, words: list[str], code: int, said: str) -> None:
    done = ran(tmp_path, "init", "mine", *words)
    assert done.returncode == code and said in done.stderr, done.stderr
    assert code == 0 or (one_line(done.stderr) and not (tmp_path / "mine").exists())


def test_a_catalog_that_is_there_is_not_replaced(office: Path) -> None:
    (office / "followup.db").unlink()
    (office / ".followup" / "started").unlink()
    done = ran(office, "init", "--bare", *ANSWERS)
    assert done.returncode == 73 and "Leave out --bare" in done.stderr
