"""`validate` and `apply` say what the catalog's checks find; a warning stops neither, unless it is asked to."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Run


def test_T9_holidays_that_end_too_early_are_a_warning_of_the_day(run: Run) -> None:
    assert run("validate", now="2028-06-01T09:00").stdout.startswith("The catalog is good")
    told = run("validate", now="2028-12-28T09:00-08:00")
    assert told.returncode == 0 and "The catalog is good" in told.stdout
    assert "warning FU330 the holidays end on 2028-12-31, and 'after-tour/weekly-call'" in told.stdout
    assert run("validate", "--strict", now="2028-12-28T09:00").returncode == 3
    assert run("validate", now="sometime").returncode == 65


def test_F17_a_catalog_that_nobody_could_apply_again_is_not_applied(run: Run, office: Path) -> None:
    people = office / "cycles" / "people.yaml"
    people.write_text(people.read_text().replace("role: administrator", "role: manager"))
    told = run("validate")
    assert told.returncode == 3 and "cycles/people.yaml:5:1: error FU226" in told.stdout
    assert run("apply", "--yes", user="sue").returncode == 3
    assert "administrator" in run("users", "show", "sue").stdout
