"""Whom `assign` and `contacts set` are about: CONTACT..., --where, --from-file (C4)."""

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


def bulk(run: Run, command: str, *whom: str) -> Any:
    return run(*COMMANDS[command], *whom, *DO[command], user="sue")


def listed(run: Run, *words: str) -> list[dict[str, Any]]:
    told = run("contacts", "list", *words, "--limit", "-1", "--format", "json", user="sue")
    return list(json.loads(told.stdout)["items"])


def test_F20_a_leavers_contacts_are_handed_over_at_once_the_won_ones_too(run: Run) -> None:
    assert run("close", "jane-smith", "won", user="sue").returncode == 0
    before = {row["id"] for row in listed(run, "--owner", "tom", "--all")}
    told = run("contacts", "set", "--where", "owner=tom", "--owner", "anne", user="sue")
    assert told.returncode == 0 and told.stdout.endswith(f" and {len(before) - 5} more\n")
    assert "jane-smith" in before
    assert listed(run, "--owner", "tom", "--all") == []
    assert before <= {row["id"] for row in listed(run, "--owner", "anne", "--all")}
    assert "undone: " in run("undo", user="sue").stdout
    assert {row["id"] for row in listed(run, "--owner", "tom", "--all")} == before


def test_C4_several_contacts_are_changed_in_one_change_and_answered_in_json(run: Run, office: Path) -> None:
    (office / "ids.txt").write_text("grace-kim\njane-smith\n")
    words = ["jane-smith", "Marco Rossi", "--from-file", "ids.txt", "--where", "text=jane.smith"]
    told = run("contacts", "set", *words, "--source", "phone", "--format", "json", user="sue")
    answer = json.loads(told.stdout)
    assert (answer["schema"], answer["done"]) == (
        "followup/contacts-set@1",
        ["jane-smith", "marco-rossi", "grace-kim"],
    )
    assert {row["source"] for row in listed(run) if row["id"] in answer["done"]} == {"phone"}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("where", "said"),
    [
        (["owner="], "--where owner needs a value: --where owner=VALUE"),
        (["owner= "], "--where owner needs a value: --where owner=VALUE"),
        (["owner"], "--where owner needs a value: --where owner=VALUE"),
        (["owner=tom", "owner=anne"], "--where owner is given twice"),
        (["colour=red"], "unknown --where key 'colour': choose owner, cycle, source, stage, text"),
        ([], "which contacts? Name them, or use --where KEY=VALUE or --from-file FILE"),
    ],
)
def test_a_filter_that_asks_for_nothing_is_not_taken_for_everybody(
    run: Run, command: str, where: list[str], said: str
) -> None:
    told = bulk(run, command, *(word for pair in where for word in ("--where", pair)))
    assert (told.returncode, told.stdout, told.stderr) == (2, "", f"followup: {said}\n")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_filter_that_nobody_matches_is_said(run: Run, command: str) -> None:
    told = bulk(run, command, "--where", "text=nobody at all")
    assert (told.returncode, told.stdout) == (0, "")
    assert told.stderr == "followup: no contacts match. Nothing changed.\n"


def test_who_is_won_is_found_by_that_stage(run: Run) -> None:
    assert run("close", "jane-smith", "won", user="sue").returncode == 0
    told = bulk(run, "assign", "--where", "stage=won")
    assert (told.returncode, "jane-smith" in told.stderr) == (4, True)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_names_people_by_id_or_name_whatever_editor_wrote_it(run: Run, office: Path, command: str) -> None:
    (office / "people.txt").write_bytes("\ufeffgrace-kim\r\n\r\n RENEE cote \r\nGrace Kim\r\n".encode())
    told = bulk(run, command, "--from-file", "people.txt")
    assert (told.returncode, told.stderr) == (0, "")
    assert "Grace Kim (grace-kim), Renée Côté (renee-cote)" in told.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_may_be_piped_in(office: Path, command: str) -> None:
    words = [sys.executable, "-m", "followup", "--user", "sue", *COMMANDS[command], "--from-file", "-", *DO[command]]
    told = subprocess.run(words, cwd=office, input="grace-kim\n", capture_output=True, text=True)
    assert "Grace Kim (grace-kim)" in told.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_who_is_not_found_in_a_file_is_reported_and_stops_nobody_else(run: Run, office: Path, command: str) -> None:
    run("contacts", "add", "--name", "Grace Kim", "--id", "other", "--no-cycle")
    (office / "people.txt").write_text("nobody\nGrace Kim\nren\u00e9e c\u00f4t\u00e9\n")
    told = bulk(run, command, "--from-file", "people.txt")
    assert (told.returncode, "Renée Côté (renee-cote)" in told.stdout) == (66, True)
    assert told.stderr == (
        "followup: nobody: unknown contact 'nobody'\n"
        "followup: Grace Kim: several contacts are called 'Grace Kim': grace-kim, other; use the id\n"
    )


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (None, 66, "no such file: people.txt"),
        (b"", 65, "no contacts in people.txt"),
        (b"\xef\xbb\xbf\r\n \n", 65, "no contacts in people.txt"),
        (b"grace-kim\nRen\xe9e\n", 65, "people.txt:2 isn't UTF-8: save the file as UTF-8"),
        ("grace-kim\n".encode("utf-16"), 65, "people.txt:1 isn't UTF-8: save the file as UTF-8"),
    ],
)
def test_a_file_that_names_nobody_is_said(
    run: Run, office: Path, command: str, content: bytes | None, code: int, said: str
) -> None:
    if content is not None:
        (office / "people.txt").write_bytes(content)
    told = bulk(run, command, "--from-file", "people.txt")
    assert (told.returncode, told.stdout, told.stderr) == (code, "", f"followup: {said}\n")


def test_a_folder_is_no_file_of_people(run: Run, office: Path) -> None:
    told = bulk(run, "set", "--from-file", "cycles")
    assert (told.returncode, told.stderr) == (65, "followup: can't read cycles: Is a directory\n")
    assert os.path.isdir(office / "cycles")
