"""A rep's day with the real commands: what they promise to people and scripts."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

import followup.errors
from followup.cli.root import COMMANDS, hoisted
from tests.conftest import NOW, ROOT, Run, command


def rows(office: Path, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(office / "followup.db")
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def first_call(office: Path) -> int:
    result = rows(office, "SELECT min(id) FROM action WHERE status='scheduled' AND type='call' AND owner='tom'")
    return int(str(result[0][0]))


def test_F10_a_chosen_cycle_replaces_the_old_one_in_one_change(run: Run, office: Path) -> None:
    id = first_call(office)
    result = run("complete", str(id), "--cycle", "not-interested", "--format", "json")
    answer = json.loads(result.stdout)
    assert answer["done"] == [id] and len(answer["scheduled"]) == 1
    assert answer["scheduled"][0]["cycle"] == "future-prospect"
    contact = answer["scheduled"][0]["contact"]
    open_ = rows(office, f"SELECT DISTINCT e.process FROM action a JOIN enrolment e ON e.id=a.enrolment "
                         f"WHERE a.contact='{contact}' AND a.status='scheduled'")  # fmt: skip
    assert open_ == [("future-prospect",)]


def test_completing_a_closed_action_names_who_completed_it(run: Run, office: Path) -> None:
    id = str(first_call(office))
    assert run("complete", id).returncode == 0
    second = run("complete", id)
    assert second.returncode == 5
    assert re.search(r"already completed by tom on 2026-05-04", second.stderr)


def test_completing_an_action_twice_at_once_creates_only_one_next_step(office: Path) -> None:
    env = {**os.environ, "FOLLOWUP_USER": "tom", "FOLLOWUP_NOW": NOW}
    id = rows(
        office, "SELECT min(a.id) FROM action a WHERE type='correspondence' AND status='scheduled' AND owner='tom'"
    )
    words = [sys.executable, "-m", "followup", "complete", str(id[0][0])]
    processes = [subprocess.Popen(words, cwd=office, env=env, stdout=-1, stderr=-1) for _ in range(2)]
    assert sorted((process.communicate(timeout=60), process.returncode)[1] for process in processes) == [0, 5]
    enrolment = rows(office, f"SELECT enrolment FROM action WHERE id={id[0][0]}")[0][0]
    assert rows(office, f"SELECT count(*) FROM action WHERE enrolment={enrolment} AND status='scheduled'") == [(1,)]


def test_a_dry_run_changes_nothing(run: Run, office: Path) -> None:
    before = (office / "followup.db").read_bytes()
    id = str(first_call(office))
    for words in (
        ["complete", id],
        ["skip", id],
        ["assign", "li-wei", "hold"],
        ["contacts", "remove", "li-wei"],
        ["undo"],
    ):
        run(*words, "--dry-run", user="sue")
    assert (office / "followup.db").read_bytes() == before


def test_E11_undo_reverts_the_latest_change_and_then_the_one_before(run: Run, office: Path) -> None:
    sql = "SELECT * FROM action WHERE reason IS NOT 'undone' ORDER BY id"
    before = rows(office, sql), rows(office, "SELECT * FROM enrolment ORDER BY id")
    id = str(first_call(office))
    assert run("complete", id).returncode == 0
    assert run("assign", "li-wei", "toured").returncode == 0
    assert run("undo").returncode == 0
    assert run("undo").returncode == 0
    after = rows(office, sql), rows(office, "SELECT * FROM enrolment WHERE reason IS NOT 'undone' ORDER BY id")
    assert after == before
    assert run("doctor", user="sue").returncode == 0


def test_doctor_names_a_row_that_was_changed_without_history(run: Run, office: Path) -> None:
    connection = sqlite3.connect(office / "followup.db")
    connection.execute("UPDATE action SET due='2027-01-01' WHERE id=2")
    connection.commit()
    connection.close()
    result = run("doctor", user="sue")
    assert result.returncode == 1 and "action 2" in result.stdout


def test_E11_a_step_is_not_scheduled_again_after_its_rebooking_was_undone(run: Run, office: Path) -> None:
    sql = "SELECT id FROM action WHERE contact = 'jane-smith' AND enrolment IS NOT NULL AND status = 'scheduled' ORDER BY id"
    first, second, third = (str(id) for (id,) in rows(office, sql))
    for words in (
        ["no-show", second, "--reason", "ill", "--rebook", "+9d"],
        ["undo"],
        ["complete", second],
        ["complete", first],
    ):
        assert run(*words).returncode == 0
    assert rows(office, sql) == [(int(third),)]


def test_F12_a_stopped_contact_is_listed_as_stranded_with_a_fix(run: Run) -> None:
    assert run("stranded", user="sue").returncode == 0
    run("stop", "li-wei")
    result = run("stranded", "--format", "json", user="sue")
    assert result.returncode == 1
    (item,) = json.loads(result.stdout)["items"]
    assert item["contact"] == "li-wei" and item["mend"] == "followup assign li-wei not-interested"


def test_F20_a_rep_sees_and_changes_only_their_own_contacts(run: Run, office: Path) -> None:
    anne = rows(office, "SELECT min(id) FROM action WHERE owner='anne' AND status='scheduled'")[0][0]
    assert run("complete", str(anne)).returncode == 66
    assert "brian-jones" not in run("contacts", "list", "--format", "csv").stdout
    assert run("show", "brian-jones").returncode == 66
    assert run("show", "brian-jones", user="max").returncode == 0


def test_F14_a_cycle_with_contacts_on_it_cannot_be_deactivated(run: Run, office: Path) -> None:
    file = office / "cycles" / "long-term.yaml"
    text = file.read_text()
    file.write_text(text.replace("  on-hold:", "  on-hold:\n    active: false", 1))
    (office / "cycles" / "cases.yaml").unlink()  # one of its tests assigns it
    for other in (office / "cycles").glob("*.yaml"):
        other.write_text(re.sub(r"^  hold:.*\n", "", other.read_text(), flags=re.M))
    result = run("apply", "--yes", user="sue")
    assert result.returncode == 4 and "diego-fernandez" in result.stderr


def test_repeating_an_import_changes_nothing(run: Run, office: Path) -> None:
    before = rows(office, "SELECT * FROM contact ORDER BY id")
    result = run("contacts", "import", "sample_data/contacts.csv", "--no-cycle", user="sue")
    assert "40 same" in result.stdout, result.stderr
    assert rows(office, "SELECT * FROM contact ORDER BY id") == before


def test_an_import_refuses_rows_by_line_and_the_totals_add_up(run: Run, office: Path) -> None:
    (office / "more.csv").write_text(
        "Full Name,Email,Contact Owner\nAda Byron,ada@x.example,tom\nBad,not-an-address,tom\nEve,eve@x.example,nobody\n"
    )
    result = run("contacts", "import", "more.csv", "--cycle", "referral", user="sue")
    assert result.returncode == 65
    assert "3 rows: 1 new, 0 changed, 0 same, 2 refused" in result.stdout
    refused_lines = (office / "more.csv.refused.csv").read_text("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in refused_lines] == ["line", "3", "4"]


def test_a_refused_row_keeps_every_cell_and_the_files_delimiter(run: Run, office: Path) -> None:
    (office / "more.csv").write_text("name;email;owner;Shoe size\nEve;eve@x.example;nobody;39\n")
    assert run("contacts", "import", "more.csv", "--cycle", "referral", user="sue").returncode == 65
    assert (
        (office / "more.csv.refused.csv").read_text("utf-8-sig").splitlines()[1].endswith("Eve;eve@x.example;nobody;39")
    )


def test_import_reads_what_export_writes_including_groups(run: Run, office: Path) -> None:
    (office / "more.csv").write_text("id,name,groups\nada,Ada,newsletter;open-house\n")
    assert run("contacts", "import", "more.csv", "--cycle", "referral", "--no-owner", user="sue").returncode == 0
    assert run("contacts", "export", "--out", "all.csv", user="sue").returncode == 0
    assert "41 same" in run("contacts", "import", "all.csv", "--no-cycle", user="sue").stdout


def test_global_options_can_be_anywhere() -> None:
    assert hoisted(["due", "--user", "tom", "--type", "call", "-q"]) == ["--user", "tom", "-q", "due", "--type", "call"]
    assert hoisted(["log", "--", "--user"]) == ["log", "--", "--user"]


def test_due_and_complete_load_only_what_they_use(office: Path) -> None:
    heavy = {"yaml", "jsonschema", "rich", "pydantic", "tabulate", "dateutil", "difflib_", "csv", "followup.catalog",
             "followup.intake", "importlib.metadata", "logging", "asyncio", "email"}  # fmt: skip
    for words in (["due"], ["complete", str(first_call(office))]):
        probe = (
            f"import sys, os; sys.argv = ['followup', *{words!r}]\n"
            "os._exit = lambda code: sys.__stderr__.write(' '.join(sys.modules))\n"
            "from followup.__main__ import main; main()"
        )
        env = {**os.environ, "FOLLOWUP_USER": "tom", "FOLLOWUP_NOW": NOW}
        result = subprocess.run([sys.executable, "-c", probe], cwd=office, env=env, capture_output=True, text=True)
        assert "followup.core" in result.stderr, result.stderr
        assert heavy & set(result.stderr.split()) == set()


@pytest.mark.slow(10)
def test_every_command_has_help(tmp_path: Path) -> None:
    for name in COMMANDS:
        result = command(name, "--help", cwd=tmp_path)
        assert result.returncode == 0 and len(result.stdout.splitlines()) > 3, name


def test_the_docs_list_exactly_the_exit_codes_of_the_code() -> None:
    table = (ROOT / "docs" / "commands.md").read_text()
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.M)}
    kinds = [
        k
        for k in vars(followup.errors).values()
        if isinstance(k, type) and issubclass(k, followup.errors.FollowupError)
    ]
    assert codes == {kind.exit_code for kind in kinds} | set(followup.errors.OTHER_EXITS)


@pytest.mark.parametrize("words", [["due", "--type"], ["complete"], ["nonsense"]])
def test_invalid_arguments_are_usage_errors(run: Run, words: list[str]) -> None:
    assert run(*words).returncode == 2


def test_the_first_command_after_init_shows_a_due_list(tmp_path: Path) -> None:
    from tests.conftest import command

    assert command("init", "demo", cwd=tmp_path, user="").returncode == 0
    result = command("due", cwd=tmp_path / "demo", user="")
    assert result.returncode == 0 and "Jane Smith" in result.stdout, result.stderr


def test_outside_a_project_the_error_suggests_init(tmp_path: Path) -> None:
    from tests.conftest import command

    result = command("due", cwd=tmp_path)
    assert result.returncode == 78 and "followup init" in result.stderr
