"""T9: dates past the end of the declared holidays are reported, counted from today, which is an argument."""

from __future__ import annotations

from pathlib import Path

import pytest

from followup.catalog.load import load
from followup.errors import Problem

OFFICE = """\
office:
  name: Example
  zone: America/Vancouver
  holidays: {2026-12-25: Christmas Day}
users: {ann: {name: Ann, role: administrator}}
aliases: {c: {name: C, cycle: c}}
"""


def horizon_problems(folder: Path, offset: str, today: str, office: str = OFFICE) -> list[Problem]:
    cycle = f"{{name: C, steps: [{{id: call, type: call, offset: {offset}, loop_to: call}}]}}"
    (folder / "case.yaml").write_text(f"{office}cycles: {{c: {cycle}}}\n")
    return [problem for problem in load(str(folder), today).problems if problem.code == "FU330"]


def test_T9_by_default_the_holidays_end_with_the_year_of_the_last_one(tmp_path: Path) -> None:
    assert horizon_problems(tmp_path, "5 business days", "2026-12-23") == []  # 31 December, since the 25th is off
    (problem,) = horizon_problems(tmp_path, "5 business days", "2026-12-24")
    assert (problem.line, problem.column, problem.path) == (4, 13, "office.holidays")
    assert (
        problem.message == "holidays end on 2026-12-31, but 'c/call' of a cycle that starts today is due on 2027-01-01"
    )


@pytest.mark.parametrize("offset", ["30 days", "1 month", "300 hours"])
def test_T9_a_date_that_no_holiday_moves_is_not_reported(offset: str, tmp_path: Path) -> None:
    assert horizon_problems(tmp_path, offset, "2026-12-24") == []
    rolls = OFFICE.replace("name: Example", "name: Example\n  roll: back")
    assert len(horizon_problems(tmp_path, offset, "2026-12-24", rolls)) == 1


def test_T9_a_step_that_rolls_by_itself_is_reported(tmp_path: Path) -> None:
    assert len(horizon_problems(tmp_path, "30 days, roll: forward", "2026-12-24")) == 1


def test_T10_without_a_current_day_nothing_is_reported(tmp_path: Path) -> None:
    assert horizon_problems(tmp_path, "999 business days", "") == []


@pytest.mark.parametrize("today", ["2026-05-04", "9990-05-04"])
def test_T9_an_unreachable_date_and_an_unknown_zone_do_not_stop_the_check(today: str, tmp_path: Path) -> None:
    far = OFFICE.replace("name: Example", "name: Example\n  roll: forward")
    assert len(horizon_problems(tmp_path, "999 months", today, far)) == (today < "9")
    nowhere = far.replace("America/Vancouver", "America/Nowhere")
    assert horizon_problems(tmp_path, "999 months", today, nowhere) == []
