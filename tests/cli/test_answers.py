"""What commands answer: the same rows from a decision as from the store, with current ids, to users who may see them."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run


def items(run: Run, *words: str, user: str = "tom", **how: str) -> list[dict[str, Any]]:
    result = run(*words, "--format", "json", user=user, **how)
    assert result.returncode == 0, result.stderr
    return list(json.loads(result.stdout)["items"])


def answer(run: Run, *words: str, **how: str) -> dict[str, Any]:
    result = run(*words, "--format", "json", **how)
    assert result.returncode == 0, result.stderr
    return dict(json.loads(result.stdout))


def test_scheduled_rows_in_an_answer_match_the_store(run: Run) -> None:
    for words in (["complete", "2", "--cycle", "not-interested"], ["log", "li-wei", "inbound", "--cycle", "toured"]):
        result = answer(run, *words)
        rows = items(run, "search", "--status", "scheduled", "--limit", "-1")
        assert result["scheduled"] and all(row in rows for row in result["scheduled"])


def test_a_dry_run_reports_what_would_come_next(run: Run) -> None:
    output = run("complete", "2", "--cycle", "not-interested", "--dry-run").stdout
    assert output.startswith("would have completed 2 Welcome call (Jane Smith); placed on not-interested; ")
    assert output.replace("would have ", "") == run("complete", "2", "--cycle", "not-interested").stdout


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


ANSWER = ["done", "scheduled", "cancelled", "refused"]


@pytest.mark.parametrize("name", WRITING)
def test_every_command_that_writes_can_answer_in_json(run: Run, name: str) -> None:
    result = answer(run, *name.split(), *WRITING[name], user="sue")
    assert result["schema"] == f"followup/{name.replace(' ', '-')}@1"
    assert list(result)[1:] == [*ANSWER, "unchanged", "choices"] and len(result["done"]) == 1
    assert isinstance(result["done"][0], int) is (
        name in ("attempt", "no-show", "reschedule", "skip", "complete", "cancel")
    )


def test_F5_finishing_a_cycle_is_reported_with_a_fix(run: Run, office: Path) -> None:
    (office / "cycles" / "short.yaml").write_text(
        "cycles: {short: {name: Short, steps: [{id: one, name: One, type: task}]}}\n"
        "aliases: {short: {name: Short, cycle: short}}\n"
    )
    run("apply", "--yes", user="sue")
    (row,) = answer(run, "assign", "li-wei", "short")["scheduled"]
    result = run("complete", str(row["id"]))
    assert "Li Wei has finished the cycle and has no next step: `followup assign li-wei ALIAS`" in result.stderr


def test_C4_a_bulk_answer_names_five_contacts_and_counts_the_rest_by_outcome(run: Run) -> None:
    assert run("stop", "jane-smith").returncode == 0
    output = run("assign", "--where", "owner=tom", "not-interested", "--dry-run").stdout.partition("; cancelled ")[0]
    placed, stays = output.split("; ")
    names, _, rest = placed.partition(" and ")
    assert names.startswith("would have placed on not-interested: ") and names.count("(") == 5
    assert rest == "12 more (11 from another cycle, 1 new on a cycle)"
    assert stays.startswith("stays on not-interested: ") and stays.count("(") == 4
    words = ("contacts", "set", "--where", "owner=tom", "--phone", "1")
    assert run(*words, "--dry-run").stdout.endswith(" and 16 more\n"), "all of them are changed"
    assert run("contacts", "set", "jane-smith", "--phone", "1").returncode == 0
    assert run(*words, "--dry-run").stdout.endswith(" and 15 more; 1 unchanged\n")


def test_D15_an_answer_names_the_contacts_that_changed_and_counts_the_others(run: Run) -> None:
    """M10: it said that contacts had changed whose fields had that value already."""
    words = ("contacts", "set", "jane-smith", "li-wei", "grace-kim", "--owner", "tom")
    assert run("contacts", "set", "li-wei", "--owner", "anne").returncode == 0
    assert run(*words, user="sue").stdout.startswith("changed Li Wei (li-wei); 2 unchanged")
    nobody = "nothing to change: Jane Smith (jane-smith), Li Wei (li-wei), Grace Kim (grace-kim)\n"
    assert run(*words, user="sue").stdout == nobody
    everyone = run("contacts", "set", "--where", "owner=tom", "--owner", "tom").stdout
    assert everyone.startswith("nothing to change: ") and everyone.endswith(" and 16 more\n")
    result = answer(run, *words, user="sue")
    assert (len(result["done"]), result["unchanged"]) == (3, ["jane-smith", "li-wei", "grace-kim"])


def test_D15_an_answer_says_how_a_choice_was_carried_out(run: Run) -> None:
    for words, how, unchanged in (
        (["assign", "jane-smith", "not-interested"], "placed", []),
        (["assign", "jane-smith", "not-interested"], "stays", ["jane-smith"]),
    ):
        result = answer(run, *words)
        assert result["choices"] == [{"how": how, "choice": "not-interested", "contacts": ["jane-smith"]}]
        assert (result["done"], result["unchanged"]) == (["jane-smith"], unchanged)


def test_F12_contacts_left_with_no_next_step_are_named(run: Run) -> None:
    """A9: stop and transfer left contacts with no next step and didn't report it."""
    assert run("stop", "jane-smith", "--dry-run").stdout.endswith("; nothing next\n")
    output = run("stop", "jane-smith", "li-wei").stdout
    assert output.endswith("; nothing next: Jane Smith (jane-smith), Li Wei (li-wei)\n")
    assert "nothing next" not in run("contacts", "set", "li-wei", "--phone", "1").stdout, (
        "they already had no next step"
    )
    ids = [item["id"] for item in items(run, "contacts", "list", "--limit", "-1") if item["cycle"]]
    assert run("stop", *ids, "--dry-run").stdout.endswith(f" and {len(ids) - 5} more\n")
    result = run("contacts", "transfer", "grace-kim", "--owner", "anne", "--property", "beachside")
    assert result.stdout.endswith("; nothing next\n")
    for words in (["close", "ethan-wright", "lost"], ["assign", "li-wei", "hold"]):
        assert "nothing next" not in run(*words).stdout


def test_F5_when_many_contacts_finish_a_cycle_only_five_are_reported_individually(run: Run, office: Path) -> None:
    (office / "cycles" / "short.yaml").write_text(
        "cycles: {short: {name: Short, steps: [{id: one, name: One, type: task}]}}\n"
        "aliases: {short: {name: Short, cycle: short}}\n"
    )
    run("apply", "--yes", user="sue")
    people = [item["id"] for item in items(run, "contacts", "list", "--limit", "-1")][:7]
    ids = [str(row["id"]) for row in answer(run, "assign", *people, "short")["scheduled"]]
    result = run("complete", *ids)
    assert result.stdout.endswith(" and 2 more\n") and "; nothing next: " in result.stdout
    assert result.stderr.count("has finished the cycle") == 5


def test_complete_then_is_one_change_that_succeeds_or_fails_together(run: Run) -> None:
    result = run("complete", "2", "--then", "task", "+2d")
    assert "Welcome call (task, 2026-05-06)" in result.stdout
    assert run("complete", "2", "--then", "task", "+2d").returncode == 5
    assert run("undo").returncode == 0
    assert [row["id"] for row in items(run, "search", "--contact", "jane-smith", "--status", "scheduled")] == [2, 3, 4]


def test_F20_the_history_shows_only_contacts_the_user_can_see(run: Run) -> None:
    contacts = {item["contact"] for item in items(run, "history")}
    assert "jane-smith" in contacts and "brian-jones" not in contacts
    result = run("history", "brian-jones")
    assert (result.returncode, result.stdout, result.stderr) == (66, "", "followup: unknown contact 'brian-jones'\n")
    assert {item["contact"] for item in items(run, "history", user="sue")} > contacts


def test_F20_a_user_with_an_open_action_sees_the_contact(run: Run) -> None:
    assert "brian-jones" not in {item["id"] for item in items(run, "contacts", "list", "--limit", "-1")}
    assert run("schedule", "brian-jones", "task", "--title", "Keys", "--owner", "tom", user="sue").returncode == 0
    assert "brian-jones" in {item["id"] for item in items(run, "contacts", "list", "--limit", "-1")}
    assert "Keys" in run("show", "brian-jones").stdout


def test_E11_a_change_undone_in_the_evening_closes_its_actions_on_that_day(run: Run, office: Path) -> None:
    run("assign", "jane-smith", "toured", now="2026-05-04T20:00")
    run("undo", now="2026-05-04T20:30")
    connection = sqlite3.connect(office / "followup.db")
    action_dates = connection.execute("SELECT DISTINCT completed_on FROM action WHERE reason = 'undone'").fetchall()
    enrolment_dates = connection.execute("SELECT DISTINCT ended FROM enrolment WHERE reason = 'undone'").fetchall()
    connection.close()
    assert (action_dates, enrolment_dates) == ([("2026-05-04",)], [("2026-05-04",)])


def test_F21_the_agenda_shows_pending_fulfillment_to_users_who_generate_it(run: Run, office: Path) -> None:
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
    (agenda,) = items(run, "agenda", "tomorrow", user="sue")
    assert agenda["fulfilment"]["email"] == waiting and set(agenda["fulfilment"]) == {"correspondence", "email"}
    assert f"{waiting} email" in run("agenda", "tomorrow", "--format", "md", user="sue").stdout
    assert items(run, "agenda", "tomorrow")[0]["fulfilment"] == {}


def test_office_wide_commands_answer_in_json(run: Run, office: Path) -> None:
    (office / "new.csv").write_text("id,name,cycle\nada,Ada,referral\nbob,Bob,nowhere\n")
    result = run("contacts", "import", "new.csv", "--owner", "tom", "--format", "json")
    assert result.returncode == 65
    summary = json.loads(result.stdout)
    (reason,) = summary.pop("reasons")
    assert (reason["rows"], reason["reason"].startswith("unknown alias 'nowhere'")) == (1, True)
    assert summary == {
        "schema": "followup/import@1",
        "read": 2,
        "new": 1,
        "changed": 0,
        "same": 0,
        "refused": 1,
        "refused_file": "new.csv.refused.csv",
    }
    undo = answer(run, "undo")
    assert (undo["command"], undo["subjects"]) == ("contacts import", ["contact:ada"])
    (office / "cycles" / "more.yaml").write_text("aliases: {more: {name: More, cycle: future-prospect}}\n")
    diff = answer(run, "diff", user="sue")
    apply = answer(run, "apply", "--expect", diff["digest"], user="sue")
    assert apply["schema"] == "followup/apply@1" and apply["applied"] and apply["items"] == diff["items"]
    assert answer(run, "doctor") == {"schema": "followup/doctor@1", "items": []}
    assert run("apply", "--format", "json", user="sue").returncode == 2, "JSON output never comes with a prompt"


def test_doctor_reports_every_fault_in_json(run: Run, office: Path) -> None:
    connection = sqlite3.connect(office / "followup.db")
    connection.execute("UPDATE contact SET name = 'Somebody' WHERE id = 'li-wei'")
    connection.commit()
    connection.close()
    result = run("doctor", "--format", "json")
    problems = json.loads(result.stdout)["items"]
    assert (
        result.returncode == 1 and [x["severity"] for x in problems] == ["error"] and "li-wei" in problems[0]["message"]
    )


@pytest.mark.parametrize(
    "words",
    [["backup", "copy.db"], ["diff"], ["apply", "--yes"], ["store", "copy", "sqlite:///followup.db", "csv:x"]],
    ids=" ".join,
)
def test_F17_office_wide_commands_need_a_permission_and_name_it(words: list[str], run: Run, office: Path) -> None:
    result = run(*words, user="max")
    assert (result.returncode, result.stdout) == (4, "") and "'apply-catalog' (role manager)" in result.stderr
    assert not (office / "copy.db").exists() and not (office / "x").exists()
    assert run(*words, user="sue").returncode == 0


@pytest.mark.parametrize(
    "words",
    [
        ["complete"],
        ["complete", "--cycle", "not-interested"],
        ["complete", "--on", "2026-05-04"],
        ["complete", "--then", "call", "+3d"],
        ["skip"],
        ["no-show", "--reason", "unknown"],
        ["no-show", "--reason", "unknown", "--rebook", "+2d"],
    ],
    ids=" ".join,
)
def test_an_id_that_the_command_itself_creates_is_unknown(run: Run, words: list[str]) -> None:
    """M1: `complete 2 3` completed the step that completing 2 had created."""
    first = 2 if "--cycle" in words else answer(run, "assign", "jane-smith", "not-interested")["scheduled"][0]["id"]
    new = answer(run, words[0], str(first), *words[1:], "--dry-run")["scheduled"][0]["id"]
    result = run(words[0], str(first), str(new), *words[1:], "--format", "json")
    done = json.loads(result.stdout)
    assert (result.returncode, done["done"]) == (66, [first])
    assert done["refused"] == [{"id": new, "why": f"unknown action {new}"}]
