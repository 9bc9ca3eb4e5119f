"""`validate` and `apply` say what the catalog's checks find; a warning stops neither, unless it is asked to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.store.faults import OBEYING_MODES, needs_modes, ran


def test_T9_holidays_that_end_too_early_are_a_warning_of_the_day(run: Run) -> None:
    assert run("validate", now="2028-06-01T09:00").stdout.startswith("Catalog OK")
    told = run("validate", now="2028-12-28T09:00-08:00")
    assert told.returncode == 0 and "Catalog OK" in told.stdout
    assert "warning FU330 holidays end on 2028-12-31, but 'after-tour/weekly-call'" in told.stdout
    assert run("validate", "--strict", now="2028-12-28T09:00").returncode == 3
    assert run("validate", now="sometime").returncode == 65


def test_F17_a_catalog_that_nobody_could_apply_again_is_not_applied(run: Run, office: Path) -> None:
    people = office / "cycles" / "people.yaml"
    people.write_text(people.read_text().replace("role: administrator", "role: manager"))
    told = run("validate")
    assert told.returncode == 3 and "cycles/people.yaml:5:1: error FU226" in told.stdout
    assert run("apply", "--yes", user="sue").returncode == 3
    assert "administrator" in run("users", "show", "sue").stdout


BROKEN = "cycles:\n  call-back:\n    name: Callback: 30 days\n"
EXCERPT = [
    "cycles/b.yaml:3:19: error FU007 a text with a colon needs quotes",
    "    3 |     name: Callback: 30 days",
    "      |                   ^",
    '      = write `name: "Callback: 30 days"`',
]


def test_A21_what_refuses_a_catalog_shows_the_line_and_a_caret(run: Run, office: Path) -> None:
    (office / "cycles" / "b.yaml").write_text(BROKEN)
    result = run("validate")
    assert result.returncode == 3 and result.stdout.splitlines() == EXCERPT
    for words in (("diff",), ("apply", "--yes"), ("test",), ("simulate",)):
        result = run(*words, user="sue")
        assert result.returncode == 3 and result.stderr.splitlines()[: len(EXCERPT)] == EXCERPT


def test_A21_a_line_that_is_hostile_cannot_act_on_the_terminal(run: Run, office: Path) -> None:
    (office / "cycles" / "b.yaml").write_text("sources:\n  web: '\x1b]0;x\x07'\n  \u202eb: [\u202e]\n")
    for format in ("text", "github"):
        result = run("validate", "--format", format)
        assert result.returncode == 3 and result.stdout.replace("\n", "").isprintable()


def test_the_json_of_a_problem_has_the_keys_that_were_promised(run: Run, office: Path) -> None:
    (office / "cycles" / "b.yaml").write_text(BROKEN)
    (item,) = json.loads(run("validate", "--format", "json").stdout)["items"]
    assert list(item) == ["code", "severity", "file", "line", "column", "path", "message", "hint"]


@pytest.mark.parametrize("text", ["cycles: [a]\n", "users: [tom]\n", "migrate: {step: a/b, backfill: true}\n"])
def test_T2_a_list_where_a_mapping_belongs_is_named_by_every_command(text: str, run: Run, office: Path) -> None:
    (office / "cycles" / "b.yaml").write_text(text)
    for words in (("validate",), ("validate", "-f", "junit"), ("diff",), ("apply", "--yes"), ("test",), ("simulate",)):
        result = run(*words, user="sue")
        assert result.returncode == 3 and "FU101" in result.stdout + result.stderr


def test_D5_what_this_version_does_not_run_is_warned_of_and_applied(run: Run, office: Path) -> None:
    """A2, A3: until plans run, no one should wait for one."""
    plans = office / "cycles" / "plans.yaml"
    plans.write_text(
        plans.read_text().replace("    type: connection\n", "    type: connection\n    status: ready\n", 1)
    )
    warning = "warning FU341 this version doesn't run plans: 'web-lead' launches for no contact"
    result = run("validate")
    assert result.returncode == 0 and warning in result.stdout
    assert warning in run("diff", user="sue").stderr
    result = run("apply", "--yes", user="sue")
    assert result.returncode == 0 and warning in result.stderr


@needs_modes
def test_P4_a_folder_that_may_not_be_read_says_so(office: Path) -> None:
    for name, closed in (("cycles", office / "cycles"), ("cycles/letters", office / "cycles" / "letters")):
        closed.chmod(0)
        result = ran("validate", cwd=office, prefix=OBEYING_MODES)
        closed.chmod(0o755)
        assert f"{name}:1:1: error FU003 can't be read: permission denied" in result.stdout and result.returncode == 3
        assert "FU017" not in result.stdout


def test_T3_a_zone_that_this_machine_does_not_know_is_named(office: Path, tmp_path: Path) -> None:
    """Neither the system nor Python has the database: a container of the least size."""
    (tmp_path / "none" / "tzdata").mkdir(parents=True)
    (tmp_path / "none" / "tzdata" / "__init__.py").touch()
    paths = {"PYTHONTZPATH": "", "PYTHONPATH": str(tmp_path / "none"), "FOLLOWUP_USER": "sue"}
    for words in (("due",), ("complete", "28"), ("agenda",), ("contacts", "list"), ("apply", "--yes")):
        env = {**os.environ, **paths}
        result = subprocess.run(
            [sys.executable, "-m", "followup", *words], cwd=office, env=env, capture_output=True, text=True
        )
        assert result.returncode in (3, 78), (words, result.stderr)
        assert "Traceback" not in result.stderr and "pip install" in result.stderr, words
