"""`undo`: what it answers and asks, and which changes it takes (E11)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_manners import at_terminal
from tests.conftest import Run


def latest(run: Run) -> int:
    return int(json.loads(run("history", "-n", "1", "--format", "json", user="sue").stdout)["items"][0]["change"])


def test_E11_undo_names_five_contacts_and_counts_them(run: Run) -> None:
    """M11: the answer said "8 subjects"."""
    ids = [row["id"] for row in json.loads(run("contacts", "list", "--format", "json").stdout)["items"]][:7]
    assert run("contacts", "set", *ids[:2], "--phone", "1").returncode == 0
    assert run("contacts", "set", *ids, "--phone", "2").returncode == 0
    output = run("undo").stdout
    assert ": 7 contacts: " in output and output.endswith(" and 2 more\n") and output.count("(") == 6
    assert " contacts" not in run("undo").stdout


def test_E11_an_undone_task_is_named_by_its_user(run: Run) -> None:
    assert run("schedule", "task", "+1d", "--title", "Ring").returncode == 0
    assert run("undo").stdout.endswith(": tasks of Tom Brown\n")


@pytest.mark.parametrize(("answer", "code"), [("n", 130), ("y", 0)])
def test_E11_undoing_the_setup_of_an_office_is_asked_about_at_a_terminal(office: Path, answer: str, code: int) -> None:
    """M11: two `undo` in a new office removed its contacts without a question."""
    status, screen = at_terminal(office, ["--user", "sue", "undo"], f"{answer}\n")
    assert status == code and "Undo change 2 (init, " in screen and "): 40 contacts? [y/N]" in screen
    assert ("undone: change 2" in screen) is (code == 0)


@pytest.mark.parametrize("words", [["undo", "--yes"], ["undo", "--dry-run"], ["undo", "--format", "json"]])
def test_E11_an_undo_that_needs_no_answer_asks_nothing(office: Path, words: list[str]) -> None:
    code, screen = at_terminal(office, ["--user", "sue", *words])
    assert code == 0 and "[y/N]" not in screen


def test_E11_undo_takes_any_change_of_ones_own(run: Run) -> None:
    assert run("contacts", "set", "jane-smith", "--phone", "1").returncode == 0
    number = str(latest(run))
    assert run("contacts", "set", "li-wei", "--phone", "2").returncode == 0
    result = run("undo", number)
    assert result.stdout.startswith(f"undone: change {number} (contacts set, ")
    assert result.stdout.endswith(": Jane Smith (jane-smith)\n")
    assert (run("undo", number).returncode, latest(run)) == (5, int(number) + 2)
    result = run("undo", str(latest(run)))
    assert result.returncode == 4 and f"undid change {number}" in result.stderr
    assert "Li Wei" in run("undo").stdout, "the latest that isn't undone"


def test_E11_only_an_administrator_undoes_the_change_of_another_user(run: Run) -> None:
    assert run("contacts", "set", "jane-smith", "--phone", "1").returncode == 0
    number = str(latest(run))
    result = run("undo", number, user="anne")
    assert result.returncode == 66
    assert result.stderr == run("undo", "9999", user="anne").stderr.replace("9999", number), (
        "F20: as if it weren't there"
    )
    assert ", by tom): Jane Smith (jane-smith)" in run("undo", number, user="sue").stdout
    assert run("undo", number, user="sue").returncode == 5


def test_F20_an_administrator_undoes_no_change_of_contacts_out_of_their_sight(run: Run, office: Path) -> None:
    (office / "cycles" / "boss.yaml").write_text(
        "users: {boss: {name: Boss, role: administrator, property: bluewater}}\n"
    )
    assert run("apply", "--yes", user="sue").returncode == 0
    words = ("contacts", "add", "--name", "Zelda Quark", "--owner", "tom", "--property", "beachside", "--no-cycle")
    assert run(*words, user="sue").returncode == 0
    result = run("undo", str(latest(run)), user="boss")
    assert result.returncode == 4 and "you don't have access to a contact that it changed" in result.stderr
    assert "uark" not in result.stderr
