"""`validate` and `apply` report what the catalog's checks find; a warning blocks neither, except with `--strict`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.store.faults import OBEYING_MODES, needs_modes, run_command


def test_T9_holidays_that_end_too_soon_are_a_warning(run: Run) -> None:
    assert run("validate", now="2028-06-01T09:00").stdout.startswith("Catalog OK")
    result = run("validate", now="2028-12-28T09:00-08:00")
    assert result.returncode == 0 and "Catalog OK" in result.stdout
    assert "warning FU330 holidays end on 2028-12-31, but 'after-tour/weekly-call'" in result.stdout
    assert run("validate", "--strict", now="2028-12-28T09:00").returncode == 3
    assert run("validate", now="sometime").returncode == 65


def test_F17_a_catalog_without_a_user_who_may_apply_is_refused(run: Run, office: Path) -> None:
    people = office / "cycles" / "people.yaml"
    people.write_text(people.read_text().replace("role: administrator", "role: manager"))
    result = run("validate")
    assert result.returncode == 3 and "cycles/people.yaml:5:1: error FU226" in result.stdout
    assert run("apply", "--yes", user="sue").returncode == 3
    assert "administrator" in run("users", "show", "sue").stdout


BROKEN = "cycles:\n  call-back:\n    name: Callback: 30 days\n"
EXCERPT = [
    "cycles/b.yaml:3:19: error FU007 a text with a colon needs quotes",
    "    3 |     name: Callback: 30 days",
    "      |                   ^",
    '      = write `name: "Callback: 30 days"`',
]


def test_A21_every_command_shows_the_invalid_line_with_a_caret(run: Run, office: Path) -> None:
    (office / "cycles" / "b.yaml").write_text(BROKEN)
    result = run("validate")
    assert result.returncode == 3 and result.stdout.splitlines() == EXCERPT
    for words in (("diff",), ("apply", "--yes"), ("test",), ("simulate",)):
        result = run(*words, user="sue")
        assert result.returncode == 3 and result.stderr.splitlines()[: len(EXCERPT)] == EXCERPT


def test_A21_a_hostile_line_cannot_control_the_terminal(run: Run, office: Path) -> None:
    (office / "cycles" / "b.yaml").write_text("sources:\n  web: '\x1b]0;x\x07'\n  \u202eb: [\u202e]\n")
    for format in ("text", "github"):
        result = run("validate", "--format", format)
        assert result.returncode == 3 and result.stdout.replace("\n", "").isprintable()


def test_a_problem_in_json_has_the_documented_keys(run: Run, office: Path) -> None:
    (office / "cycles" / "b.yaml").write_text(BROKEN)
    (item,) = json.loads(run("validate", "--format", "json").stdout)["items"]
    assert list(item) == ["code", "severity", "file", "line", "column", "path", "message", "hint"]


@pytest.mark.parametrize("text", ["cycles: [a]\n", "users: [tom]\n", "migrate: {step: a/b, backfill: true}\n"])
def test_T2_a_list_instead_of_a_mapping_is_reported_by_every_command(text: str, run: Run, office: Path) -> None:
    (office / "cycles" / "b.yaml").write_text(text)
    for words in (("validate",), ("validate", "-f", "junit"), ("diff",), ("apply", "--yes"), ("test",), ("simulate",)):
        result = run(*words, user="sue")
        assert result.returncode == 3 and "FU101" in result.stdout + result.stderr


def test_D5_a_plan_that_this_version_does_not_run_is_applied_with_a_warning(run: Run, office: Path) -> None:
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
def test_P4_an_unreadable_folder_is_an_error(office: Path) -> None:
    for name, closed in (("cycles", office / "cycles"), ("cycles/letters", office / "cycles" / "letters")):
        closed.chmod(0)
        result = run_command("validate", cwd=office, prefix=OBEYING_MODES)
        closed.chmod(0o755)
        assert f"{name}:1:1: error FU003 can't be read: permission denied" in result.stdout and result.returncode == 3
        assert "FU017" not in result.stdout


def test_T3_a_time_zone_unknown_to_this_machine_is_an_error_with_a_fix(office: Path, tmp_path: Path) -> None:
    """Neither the system nor Python has a time zone database, as in a minimal container."""
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
