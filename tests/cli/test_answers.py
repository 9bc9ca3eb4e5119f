"""What commands answer: the same row from a decision as from the store, under the ids of today, to whom may see it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run


def items(run: Run, *words: str, user: str = "tom", **how: str) -> list[dict[str, Any]]:
    told = run(*words, "--format", "json", user=user, **how)
    assert told.returncode == 0, told.stderr
    return list(json.loads(told.stdout)["items"])


def answer(run: Run, *words: str, **how: str) -> dict[str, Any]:
    told = run(*words, "--format", "json", **how)
    assert told.returncode == 0, told.stderr
    return dict(json.loads(told.stdout))


def test_what_a_change_scheduled_reads_as_the_store_reads_it(run: Run) -> None:
    for words in (["complete", "2", "--cycle", "not-interested"], ["log", "li-wei", "inbound", "--cycle", "toured"]):
        told = answer(run, *words)
        kept = items(run, "search", "--status", "scheduled", "--limit", "-1")
        assert told["scheduled"] and all(row in kept for row in told["scheduled"])


def test_a_dry_run_tells_what_would_come_next(run: Run) -> None:
    done = run("complete", "2", "--cycle", "not-interested", "--dry-run").stdout
    assert done.startswith("would have completed 2 Welcome call (Jane Smith); placed on not-interested; ")
    assert done.replace("would have ", "") == run("complete", "2", "--cycle", "not-interested").stdout


WRITING = {
    "attempt": ["2"],
    "no-show": ["2", "--reason", "unknown"],
    "reschedule": ["2", "+1d"],
    "skip": ["2"],
    "complete": ["2"],
    "cancel": ["3"],
    "schedule": ["jane-smith", "task", "--title", "Ring"],
    "log": ["jane-smith", "inbound"],
    "assign": ["jane-smith", "hold"],
    "stop": ["jane-smith"],
    "close": ["jane-smith", "won"],
    "contacts add": ["--name", "Ada", "--owner", "tom", "--cycle", "referral"],
    "contacts set": ["jane-smith", "--phone", "1"],
    "contacts transfer": ["jane-smith", "--owner", "anne", "--property", "beachside"],
    "contacts remove": ["jane-smith", "--yes"],
}


@pytest.mark.parametrize("name", WRITING)
def test_every_command_that_writes_answers_in_json(run: Run, name: str) -> None:
    told = answer(run, *name.split(), *WRITING[name], user="sue")
    assert told["schema"] == f"followup/{name.replace(' ', '-')}@1"
    assert list(told)[1:] == ["done", "scheduled", "cancelled", "refused"] and len(told["done"]) == 1
    assert isinstance(told["done"][0], int) is (
        name in ("attempt", "no-show", "reschedule", "skip", "complete", "cancel")
    )


def test_F5_stepping_off_a_cycle_is_said_with_its_mend(run: Run, office: Path) -> None:
    (office / "cycles" / "short.yaml").write_text(
        "cycles: {short: {name: Short, steps: [{id: one, name: One, type: task}]}}\n"
        "aliases: {short: {name: Short, cycle: short}}\n"
    )
    run("apply", "--yes", user="sue")
    (row,) = answer(run, "assign", "li-wei", "short")["scheduled"]
    told = run("complete", str(row["id"]))
    assert "Li Wei has finished the cycle and has no next step: `followup assign li-wei ALIAS`" in told.stderr


def test_C4_a_bulk_answer_names_five_and_counts_the_rest_by_what_they_met_with(run: Run) -> None:
    assert run("stop", "jane-smith").returncode == 0
    done = run("assign", "--where", "owner=tom", "not-interested", "--dry-run").stdout.partition("; cancelled ")[0]
    placed, stays = done.split("; ")
    names, _, rest = placed.partition(" and ")
    assert names.startswith("would have placed on not-interested: ") and names.count("(") == 5
    assert rest == "12 more (11 from another cycle, 1 new on a cycle)"
    assert stays.startswith("stays on not-interested: ") and stays.count("(") == 4
    words = ("contacts", "set", "--where", "owner=tom", "--phone", "1")
    assert run(*words, "--dry-run").stdout.endswith(" and 16 more\n"), "all of them are changed"
    assert run("contacts", "set", "jane-smith", "--phone", "1").returncode == 0
    assert run(*words, "--dry-run").stdout.endswith(" and 16 more (15 changed, 1 unchanged)\n")


def test_F12_who_ends_up_with_nothing_next_is_named(run: Run) -> None:
    """A9: stop and transfer left a contact with nothing, and said no word of it."""
    assert run("stop", "jane-smith", "--dry-run").stdout.endswith("; nothing next\n")
    told = run("stop", "jane-smith", "li-wei").stdout
    assert told.endswith("; nothing next: Jane Smith (jane-smith), Li Wei (li-wei)\n")
    assert "nothing next" not in run("contacts", "set", "li-wei", "--phone", "1").stdout, "that is no news"
    ids = [item["id"] for item in items(run, "contacts", "list", "--limit", "-1") if item["cycle"]]
    assert run("stop", *ids, "--dry-run").stdout.endswith(f" and {len(ids) - 5} more\n")
    moved = run("contacts", "transfer", "grace-kim", "--owner", "anne", "--property", "beachside")
    assert moved.stdout.endswith("; nothing next\n")
    for words in (["close", "ethan-wright", "lost"], ["assign", "li-wei", "hold"]):
        assert "nothing next" not in run(*words).stdout


def test_F5_of_many_who_step_off_at_once_five_are_told_one_by_one(run: Run, office: Path) -> None:
    (office / "cycles" / "short.yaml").write_text(
        "cycles: {short: {name: Short, steps: [{id: one, name: One, type: task}]}}\n"
        "aliases: {short: {name: Short, cycle: short}}\n"
    )
    run("apply", "--yes", user="sue")
    people = [item["id"] for item in items(run, "contacts", "list", "--limit", "-1")][:7]
    ids = [str(row["id"]) for row in answer(run, "assign", *people, "short")["scheduled"]]
    told = run("complete", *ids)
    assert told.stdout.endswith(" and 2 more\n") and "; nothing next: " in told.stdout
    assert told.stderr.count("has finished the cycle") == 5


def test_complete_then_is_one_change_and_refused_as_a_whole(run: Run) -> None:
    done = run("complete", "2", "--then", "task", "+2d")
    assert "Welcome call (task, 2026-05-06)" in done.stdout
    assert run("complete", "2", "--then", "task", "+2d").returncode == 5
    assert run("undo").returncode == 0
    assert [row["id"] for row in items(run, "search", "--contact", "jane-smith", "--status", "scheduled")] == [2, 3, 4]


def test_F20_the_history_shows_what_one_may_see(run: Run) -> None:
    seen = {item["contact"] for item in items(run, "history")}
    assert "jane-smith" in seen and "brian-jones" not in seen
    told = run("history", "brian-jones")
    assert (told.returncode, told.stdout, told.stderr) == (66, "", "followup: unknown contact 'brian-jones'\n")
    assert {item["contact"] for item in items(run, "history", user="sue")} > seen


def test_F20_whoever_holds_an_open_action_sees_the_contact(run: Run) -> None:
    assert "brian-jones" not in {item["id"] for item in items(run, "contacts", "list", "--limit", "-1")}
    assert run("schedule", "brian-jones", "task", "--title", "Keys", "--owner", "tom", user="sue").returncode == 0
    assert "brian-jones" in {item["id"] for item in items(run, "contacts", "list", "--limit", "-1")}
    assert "Keys" in run("show", "brian-jones").stdout


def test_E11_what_is_undone_in_the_evening_is_closed_on_that_day(run: Run, office: Path) -> None:
    run("assign", "jane-smith", "toured", now="2026-05-04T20:00")
    run("undo", now="2026-05-04T20:30")
    connection = sqlite3.connect(office / "followup.db")
    closed = connection.execute("SELECT DISTINCT completed_on FROM action WHERE reason = 'undone'").fetchall()
    ended = connection.execute("SELECT DISTINCT ended FROM enrolment WHERE reason = 'undone'").fetchall()
    connection.close()
    assert (closed, ended) == ([("2026-05-04",)], [("2026-05-04",)])


def test_F21_the_agenda_tells_whoever_generates_how_much_waits(run: Run, office: Path) -> None:
    waiting = len(
        items(
            run,
            "search",
            "--status",
            "scheduled",
            "--type",
            "email",
            "--before",
            "2026-05-06",
            "--limit",
            "-1",
            user="sue",
        )
    )
    assert waiting > 1
    (told,) = items(run, "agenda", "tomorrow", user="sue")
    assert told["fulfilment"]["email"] == waiting and set(told["fulfilment"]) == {"correspondence", "email"}
    assert f"{waiting} email" in run("agenda", "tomorrow", "--format", "md", user="sue").stdout
    assert items(run, "agenda", "tomorrow")[0]["fulfilment"] == {}


def test_what_is_about_the_whole_office_answers_in_json_too(run: Run, office: Path) -> None:
    (office / "new.csv").write_text("id,name,cycle\nada,Ada,referral\nbob,Bob,nowhere\n")
    told = run("contacts", "import", "new.csv", "--owner", "tom", "--format", "json")
    assert told.returncode == 65
    said = json.loads(told.stdout)
    (reason,) = said.pop("reasons")
    assert (reason["rows"], reason["reason"].startswith("unknown alias 'nowhere'")) == (1, True)
    assert said == {
        "schema": "followup/import@1",
        "read": 2,
        "new": 1,
        "changed": 0,
        "same": 0,
        "refused": 1,
        "refused_file": "new.csv.refused.csv",
    }
    told_back = answer(run, "undo")
    assert (told_back["command"], told_back["subjects"]) == ("contacts import", ["contact:ada"])
    (office / "cycles" / "more.yaml").write_text("aliases: {more: {name: More, cycle: future-prospect}}\n")
    shown = answer(run, "diff", user="sue")
    applied = answer(run, "apply", "--expect", shown["digest"], user="sue")
    assert applied["schema"] == "followup/apply@1" and applied["applied"] and applied["items"] == shown["items"]
    assert answer(run, "doctor") == {"schema": "followup/doctor@1", "items": []}
    assert run("apply", "--format", "json", user="sue").returncode == 2, "nobody is asked in JSON"


def test_json_of_the_doctor_names_every_fault(run: Run, office: Path) -> None:
    connection = sqlite3.connect(office / "followup.db")
    connection.execute("UPDATE contact SET name = 'Somebody' WHERE id = 'li-wei'")
    connection.commit()
    connection.close()
    told = run("doctor", "--format", "json")
    found = json.loads(told.stdout)["items"]
    assert told.returncode == 1 and [x["severity"] for x in found] == ["error"] and "li-wei" in found[0]["message"]


@pytest.mark.parametrize(
    "words",
    [["backup", "copy.db"], ["diff"], ["apply", "--yes"], ["store", "copy", "sqlite:///followup.db", "csv:x"]],
    ids=" ".join,
)
def test_F17_what_is_about_everybody_takes_the_permission_and_names_it(
    words: list[str], run: Run, office: Path
) -> None:
    told = run(*words, user="max")
    assert (told.returncode, told.stdout) == (4, "") and "'apply-catalog' (role manager)" in told.stderr
    assert not (office / "copy.db").exists() and not (office / "x").exists()
    assert run(*words, user="sue").returncode == 0
