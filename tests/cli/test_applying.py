"""`apply`: what it puts in force, what it rewrites, and what it refuses because people are in the middle of it."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run

SHORT = """\
cycles:
  short:
    name: Short
    steps:
      - {id: one, name: One, type: task, offset: 2 hours}
      - {id: two, name: Two, type: call, offset: 1 day, loop_to: one}
aliases:
  short: {name: Short, cycle: short}
"""


def edit(office: Path, file: str, old: str, new: str) -> None:
    path = office / "cycles" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def applied(run: Run, *words: str) -> str:
    told = run("apply", "--yes", *words, user="sue")
    assert told.returncode == 0, told.stderr
    return told.stdout


def refused(run: Run) -> str:
    told = run("apply", "--yes", user="sue")
    assert told.returncode == 4, told.stdout
    assert "nothing to apply" not in run("apply", "--dry-run", user="sue").stdout  # the edit is still to come
    return told.stderr


def open_of(office: Path, contact: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(office / "followup.db")
    sql = "SELECT step, due, at, owner FROM action WHERE contact = ? AND status = 'scheduled' ORDER BY id"
    found = connection.execute(sql, [contact]).fetchall()
    connection.close()
    return found


@pytest.fixture
def short(office: Path, run: Run) -> Path:
    """The sample office, with Li Wei on a cycle of two steps whose first is timed."""
    (office / "cycles" / "short.yaml").write_text(SHORT)
    applied(run)
    assert run("assign", "li-wei", "short").returncode == 0
    return office


def test_E1_an_edit_changes_nothing_until_it_is_applied(run: Run, office: Path) -> None:
    edit(office, "long-term.yaml", "offset: 30 days", "offset: 20 days")
    assert "30 days" in run("cycles", "show", "future-prospect").stdout
    assert applied(run) == "change cycle future-prospect\nversion 2 is in force\n"
    assert "20 days" in run("cycles", "show", "future-prospect").stdout
    assert applied(run) == "nothing to apply: version 2 is in force\n"


def test_a_dry_run_of_apply_says_what_would_be_and_changes_nothing(run: Run, office: Path) -> None:
    edit(office, "long-term.yaml", "offset: 30 days", "offset: 20 days")
    before = (office / "followup.db").read_bytes()
    assert "version 2 would be in force" in applied(run, "--dry-run")
    assert (office / "followup.db").read_bytes() == before


def test_a_version_knows_its_commit_who_and_when(run: Run, office: Path) -> None:
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@x.example"]
    for words in (["init", "-q"], ["add", "cycles"], ["commit", "-qm", "Start"]):
        subprocess.run([*git, *words], cwd=office, check=True)
    edit(office, "long-term.yaml", "name: Future Prospect", "name: Later on")
    applied(run)
    (item,) = json.loads(run("history", "--change", "3", "--format", "json").stdout)["items"]
    assert item["by"] == "sue" and re.fullmatch(r"[0-9a-f]{40}", item["data"]["commit"])


def test_F17_whoever_may_not_apply_is_told_which_permission_it_takes(run: Run, office: Path) -> None:
    edit(office, "long-term.yaml", "offset: 30 days", "offset: 20 days")
    told = run("apply", "--yes", user="tom")
    assert told.returncode == 4 and "'apply-catalog'" in told.stderr


def test_E4_a_step_that_is_open_for_somebody_does_not_go(run: Run, short: Path) -> None:
    edit(short, "short.yaml", "{id: one, name: One, type: task, offset: 2 hours}", "{id: uno, name: One, type: task}")
    edit(short, "short.yaml", "loop_to: one", "loop_to: uno")
    assert "step 'short/one' cannot go while it is open for li-wei (E4)" in refused(run)


def test_E4_nor_is_it_made_inactive(run: Run, short: Path) -> None:
    edit(short, "short.yaml", "offset: 2 hours}", "offset: 2 hours, active: false}")
    assert "step 'short/one' cannot go while it is open for li-wei (E4)" in refused(run)


def test_E5_a_step_that_is_renamed_by_moved_goes_on_under_its_new_id(run: Run, short: Path) -> None:
    edit(short, "short.yaml", "{id: one,", "{id: uno,")
    edit(short, "short.yaml", "loop_to: one", "loop_to: uno")
    (short / "cycles" / "moved.yaml").write_text("moved:\n  - {from: short/one, to: short/uno}\n")
    applied(run)
    (row,) = json.loads(run("search", "--contact", "li-wei", "--status", "scheduled", "--format", "json").stdout)[
        "items"
    ]
    assert row["step"] == "uno"
    assert open_of(short, "li-wei")[0][0] == "one"  # no contact's row is touched
    assert "Two (call" in run("complete", str(row["id"])).stdout


def rename(office: Path) -> None:
    edit(office, "short.yaml", "  short:\n    name", "  brief:\n    name")
    edit(office, "short.yaml", "cycle: short", "cycle: brief")
    (office / "cycles" / "moved.yaml").write_text("moved:\n  - {from: short, to: brief}\n")


def test_E5_a_renamed_cycle_is_found_and_shown_under_its_id_of_today(run: Run, short: Path) -> None:
    rename(short)
    applied(run)
    for words in (
        ["due", "--cycle", "brief"],
        ["search", "--cycle", "brief"],
        ["contacts", "list", "--cycle", "brief"],
    ):
        (row,) = json.loads(run(*words, "--format", "json").stdout)["items"]
        assert (row.get("contact") or row["id"], row["cycle"]) == ("li-wei", "brief")
    assert "stepped off" not in run("skip", str(row_id(run))).stderr


def row_id(run: Run) -> int:
    return int(json.loads(run("next", "li-wei", "--format", "json").stdout)["items"][0]["id"])


def test_E6_a_renamed_cycle_is_not_taken_from_under_those_who_came_before(run: Run, short: Path) -> None:
    rename(short)
    applied(run)
    edit(short, "short.yaml", "    name: Short\n", "    name: Short\n    active: false\n")
    edit(short, "short.yaml", "cycle: brief}", "cycle: brief, active: false}")
    assert "cycle 'brief' cannot be made inactive while contacts are on it: li-wei (F14, E6)" in refused(run)


def test_F12_a_hold_that_people_are_on_gets_no_steps_that_would_never_start(run: Run, office: Path) -> None:
    edit(office, "long-term.yaml", "    steps: []", "    steps: [{id: ring, name: Ring, type: call}]")
    told = refused(run)
    assert "cycle 'on-hold' is a hold: new steps would never start for diego-fernandez" in told
    assert run("stranded", user="sue").returncode == 0


def test_a_user_who_still_holds_contacts_is_not_removed(run: Run, office: Path) -> None:
    text = (office / "cycles" / "people.yaml").read_text()
    (office / "cycles" / "people.yaml").write_text(re.sub(r"  anne:\n(    .*\n)+?      .*\n      .*\n", "", text))
    assert re.search(r"user 'anne' still has \d+ contacts and \d+ open actions", refused(run))


def test_T1_when_a_zone_changes_dates_stay_and_elapsed_times_keep_their_instant(run: Run, short: Path) -> None:
    (before,) = open_of(short, "li-wei")
    dated = open_of(short, "jack-robertson")
    edit(short, "people.yaml", "    name: Tom Brown\n", "    name: Tom Brown\n    zone: America/Toronto\n")
    assert "read another time, in the new zone" in applied(run)
    (after,) = open_of(short, "li-wei")
    assert (before[1], after[1]) == ("2026-05-04T11:00", "2026-05-04T14:00") and before[2] == after[2]
    moved = open_of(short, "jack-robertson")
    assert [row[:2] for row in moved] == [row[:2] for row in dated]
    assert [row[2] - was[2] for row, was in zip(moved, dated, strict=True)] == [-3 * 3600] * len(dated)
    told = run("history", "li-wei", "--format", "jsonl").stdout.splitlines()[-1]
    assert json.loads(told)["kind"] == "reassigned" and json.loads(told)["by"] == "sue"
    assert run("doctor", user="sue").returncode == 0


def test_F20_nor_is_one_made_inactive(run: Run, office: Path) -> None:
    edit(office, "people.yaml", "    name: Anne Green\n", "    name: Anne Green\n    active: false\n")
    assert "user 'anne' still has" in refused(run)


def test_F20_who_works_here_no_more_does_nothing_and_is_given_nothing(run: Run, office: Path) -> None:
    (office / "cycles" / "left.yaml").write_text("users: {lee: {name: Lee, role: sales-exec, active: false}}\n")
    applied(run)
    for words, user in ((["due"], "lee"), (["contacts", "set", "li-wei", "--owner", "lee"], "sue")):
        told = run(*words, user=user)
        assert told.returncode == 4 and "Lee (lee) works here no more" in told.stderr


def test_E5_a_move_that_is_taken_out_again_is_refused_while_somebody_came_by_it(run: Run, short: Path) -> None:
    rename(short)
    applied(run)
    (short / "cycles" / "moved.yaml").unlink()
    assert "cycle 'short' cannot be removed while contacts are on it: li-wei (F14, E6)" in refused(run)


def test_E4_a_step_does_not_go_after_its_cycle_was_renamed(run: Run, short: Path) -> None:
    rename(short)
    applied(run)
    edit(short, "short.yaml", "offset: 2 hours}", "offset: 2 hours, active: false}")
    assert "step 'short/one' cannot go while it is open for li-wei (E4)" in refused(run)
