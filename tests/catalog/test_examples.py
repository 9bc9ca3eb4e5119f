"""Good files have no problems; bad ones have exactly those that their first lines expect. Both folders are listed.

An expectation reads `# expect: LINE:COLUMN CODE severity message`; line numbers count these lines too.
"""

from __future__ import annotations

import os
import shutil

import pytest

from followup.catalog.load import load

HERE = os.path.dirname(__file__)
EXPECT = "# expect: "
TODAY = "2026-05-04"
#: Declared well; this version doesn't do it yet, and warns.
NOT_YET = ("FU341", "FU342")


def examples(folder: str) -> list[str]:
    return sorted(os.listdir(os.path.join(HERE, folder)))


def problems_of(path: str, tmp_path: os.PathLike[str]) -> list[str]:
    """The problems of one example next to the example office."""
    shutil.copy(os.path.join(HERE, "office.yaml"), tmp_path)
    shutil.copy(path, os.path.join(tmp_path, "case.yaml"))
    problems = load(str(tmp_path), TODAY).problems
    assert {os.path.basename(problem.file) for problem in problems} <= {"case.yaml"}
    return [
        f"{p.line}:{p.column} {p.code} {p.severity} {p.message.replace(os.path.join(tmp_path, ''), '')}"
        for p in problems
    ]


@pytest.mark.parametrize("name", examples("good"))
def test_a_good_file_has_no_problem(name: str, tmp_path: os.PathLike[str]) -> None:
    problems = problems_of(os.path.join(HERE, "good", name), tmp_path)
    assert [problem for problem in problems if problem.split()[1] not in NOT_YET] == []


@pytest.mark.parametrize("name", examples("bad"))
def test_a_bad_file_has_exactly_the_problems_it_expects(name: str, tmp_path: os.PathLike[str]) -> None:
    path = os.path.join(HERE, "bad", name)
    with open(path, encoding="utf-8") as file:
        expected = [line.removeprefix(EXPECT).rstrip("\n") for line in file if line.startswith(EXPECT)]
    assert expected, "a bad file expects something"
    assert problems_of(path, tmp_path) == expected
