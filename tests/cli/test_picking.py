"""Which contacts `assign` and `contacts set` change: CONTACT..., --where, --from-file (C4)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run

COMMANDS = {"assign": ["assign"], "set": ["contacts", "set"]}
DO = {"assign": ["hold"], "set": ["--source", "phone"]}


def bulk(run: Run, command: str, *selection: str) -> Any:
    return run(*COMMANDS[command], *selection, *DO[command], user="sue")


def list_contacts(run: Run, *words: str) -> list[dict[str, Any]]:
    result = run("contacts", "list", *words, "--limit", "-1", "--format", "json", user="sue")
    return list(json.loads(result.stdout)["items"])


def test_F20_all_contacts_of_a_user_can_be_handed_over_in_one_change_even_won_ones(run: Run) -> None:
    assert run("close", "jane-smith", "won", user="sue").returncode == 0
    before = {row["id"] for row in list_contacts(run, "--owner", "tom", "--all")}
    result = run("contacts", "set", "--where", "owner=tom", "--owner", "anne", user="sue")
    assert result.returncode == 0 and result.stdout.endswith(f" and {len(before) - 5} more\n")
    assert "jane-smith" in before
    assert list_contacts(run, "--owner", "tom", "--all") == []
    assert before <= {row["id"] for row in list_contacts(run, "--owner", "anne", "--all")}
    assert "undone: " in run("undo", user="sue").stdout
    assert {row["id"] for row in list_contacts(run, "--owner", "tom", "--all")} == before


def test_C4_several_contacts_are_updated_in_one_change_and_answered_in_json(run: Run, office: Path) -> None:
    (office / "ids.txt").write_text("grace-kim\njane-smith\n")
    words = ["jane-smith", "Marco Rossi", "--from-file", "ids.txt", "--where", "text=jane.smith"]
    result = run("contacts", "set", *words, "--source", "phone", "--format", "json", user="sue")
    answer = json.loads(result.stdout)
    assert (answer["schema"], answer["done"]) == (
        "followup/contacts-set@1",
        ["jane-smith", "marco-rossi", "grace-kim"],
    )
    assert {row["source"] for row in list_contacts(run) if row["id"] in answer["done"]} == {"phone"}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("where", "message"),
    [
        (["owner="], "--where owner needs a value: --where owner=VALUE"),
        (["owner= "], "--where owner needs a value: --where owner=VALUE"),
        (["owner"], "--where owner needs a value: --where owner=VALUE"),
        (["owner=tom", "owner=anne"], "--where owner is given twice"),
        (["colour=red"], "unknown --where key 'colour': choose owner, cycle, source, property, stage, text"),
        ([], "which contacts? Name them, or use --where KEY=VALUE or --from-file FILE"),
    ],
)
def test_an_empty_or_invalid_filter_never_selects_every_contact(
    run: Run, command: str, where: list[str], message: str
) -> None:
    result = bulk(run, command, *(word for pair in where for word in ("--where", pair)))
    assert (result.returncode, result.stdout, result.stderr) == (2, "", f"followup: {message}\n")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_filter_without_matches_says_so(run: Run, command: str) -> None:
    result = bulk(run, command, "--where", "text=nobody at all")
    assert (result.returncode, result.stdout) == (0, "")
    assert result.stderr == "followup: no contacts match. Nothing changed.\n"


def test_won_contacts_are_found_by_their_stage(run: Run) -> None:
    assert run("close", "jane-smith", "won", user="sue").returncode == 0
    result = bulk(run, "assign", "--where", "stage=won")
    assert (result.returncode, "jane-smith" in result.stderr) == (4, True)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_lists_contacts_by_id_or_name_whichever_editor_wrote_it(run: Run, office: Path, command: str) -> None:
    (office / "people.txt").write_bytes("\ufeffgrace-kim\r\n\r\n RENEE cote \r\nGrace Kim\r\n".encode())
    result = bulk(run, command, "--from-file", "people.txt")
    assert (result.returncode, result.stderr) == (0, "")
    assert "Grace Kim (grace-kim), Renée Côté (renee-cote)" in result.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_a_list_of_contacts_can_be_piped_in(office: Path, command: str) -> None:
    words = [sys.executable, "-m", "followup", "--user", "sue", *COMMANDS[command], "--from-file", "-", *DO[command]]
    result = subprocess.run(words, cwd=office, input="grace-kim\n", capture_output=True, text=True)
    assert "Grace Kim (grace-kim)" in result.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_unknown_contacts_in_a_file_are_reported_and_the_others_are_changed(
    run: Run, office: Path, command: str
) -> None:
    run("contacts", "add", "--name", "Grace Kim", "--id", "other", "--no-cycle")
    (office / "people.txt").write_text("nobody\nGrace Kim\nren\u00e9e c\u00f4t\u00e9\n")
    result = bulk(run, command, "--from-file", "people.txt")
    assert (result.returncode, "Renée Côté (renee-cote)" in result.stdout) == (66, True)
    assert result.stderr == (
        "followup: nobody: unknown contact 'nobody'\n"
        "followup: Grace Kim: several contacts are called 'Grace Kim': grace-kim, other; use the id\n"
    )


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        (None, 66, "no such file: people.txt"),
        (b"", 65, "no contacts in people.txt"),
        (b"\xef\xbb\xbf\r\n \n", 65, "no contacts in people.txt"),
        (b"grace-kim\nRen\xe9e\n", 65, "people.txt:2 isn't UTF-8: save the file as UTF-8"),
        ("grace-kim\n".encode("utf-16"), 65, "people.txt:1 isn't UTF-8: save the file as UTF-8"),
    ],
)
def test_an_empty_or_unreadable_list_of_contacts_is_an_error(
    run: Run, office: Path, command: str, content: bytes | None, code: int, message: str
) -> None:
    if content is not None:
        (office / "people.txt").write_bytes(content)
    result = bulk(run, command, "--from-file", "people.txt")
    assert (result.returncode, result.stdout, result.stderr) == (code, "", f"followup: {message}\n")


def test_a_folder_is_not_a_list_of_contacts(run: Run, office: Path) -> None:
    result = bulk(run, "set", "--from-file", "cycles")
    assert (result.returncode, result.stderr) == (65, "followup: can't read cycles: Is a directory\n")
    assert os.path.isdir(office / "cycles")
