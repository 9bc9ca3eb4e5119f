"""`followup test`: its output for people, scripts and CI; and the tests of the sample office, which cover every step."""

from __future__ import annotations

import json
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from followup.catalog.load import load
from followup.core import office_documents
from followup.core.rehearsal.cases import Verdict, verdict
from followup.output.verdicts import render_verdicts
from tests.conftest import ROOT, Run

SAMPLE = load(str(ROOT / "cycles"))


def verdicts(documents: Any) -> list[Verdict]:
    office = office_documents.office(0, office_documents.Documents(documents))
    return [verdict(office, id, case) for id, case in SAMPLE.cases.items()]


def test_the_tests_of_the_sample_office_pass() -> None:
    assert [result for result in verdicts(SAMPLE.documents) if not result.holds] == []


STEPS = [(cycle, n) for cycle, text in SAMPLE.documents["cycle"].items() for n in range(len(text["steps"]))]


@pytest.mark.parametrize("cycle, place", STEPS)
@pytest.mark.parametrize("key", ["offset", "active", "loop_to"])
def test_every_edit_of_a_step_of_the_sample_office_fails_a_test(cycle: str, place: int, key: str) -> None:
    documents = deepcopy(dict(SAMPLE.documents))
    step = documents["cycle"][cycle]["steps"][place]
    if key == "loop_to" and not step.get("loop_to"):
        pytest.skip("it does not loop")
    number, unit = step["offset"]
    step[key] = {"offset": [number + 1, unit], "active": False, "loop_to": None}[key]
    assert not all(result.holds for result in verdicts(documents))


def test_a_failed_test_shows_both_timelines(run: Run, office: Path) -> None:
    file = office / "cycles" / "long-term.yaml"
    file.write_text(file.read_text().replace("offset: 30 days", "offset: 20 days"))
    result = run("test", "--only", "late-letter")
    assert result.returncode == 1
    assert result.stdout.splitlines() == [
        "cycles/long-term.yaml:26: a-late-letter-moves-the-call",
        "      expected                           got",
        "  --  ---------------------------------  ---------------------------------",
        "      intro-letter 2026-05-04 completed  intro-letter 2026-05-04 completed",
        "  >   callback 2026-06-05                callback 2026-05-26",
        "",
        "0 tests passed, 1 failed.",
    ]
    junit = ElementTree.fromstring(run("test", "--format", "junit").stdout)
    (suite,) = junit
    assert suite.attrib["tests"] == str(len(SAMPLE.cases)) and int(suite.attrib["failures"]) >= 1
    wrong = next(case for case in suite if case.attrib["name"] == "a-late-letter-moves-the-call")
    assert (wrong.attrib["file"], wrong.attrib["line"]) == ("cycles/long-term.yaml", "26")
    assert wrong[0].attrib["message"] == "expected callback 2026-06-05, got callback 2026-05-26"
    assert run("diff", "--exit-code", user="sue").returncode == 1  # the cycle
    report = json.loads(run("test", "--format", "json").stdout)
    assert report["schema"] == "followup/test@1" and {x["holds"] for x in report["items"]} == {True, False}


def test_an_edit_of_a_test_changes_nothing_for_any_contact(run: Run, office: Path) -> None:
    (office / "cycles" / "cases.yaml").unlink()
    assert run("diff", "--exit-code", user="sue").returncode == 0


def test_tests_that_cannot_run_are_reported_on_one_line(run: Run, office: Path) -> None:
    assert run("test", "-q").stdout == "", "all of them hold"
    result = run("test", "--only", "nothing-like-it")
    assert (result.returncode, result.stderr) == (66, "followup: no test has 'nothing-like-it' in its id or name\n")
    for file in ("cases", "long-term", "follow-up"):
        text = (office / "cycles" / f"{file}.yaml").read_text()
        (office / "cycles" / f"{file}.yaml").write_text(text.partition("tests:")[0] + "sources: {}\n")
    assert run("test").stderr == "followup: no tests: add some under `tests:`\n"
    (office / "cycles" / "bad.yaml").write_text("tests: {one: {given: {alias: nowhere, on: 2026-05-04}, then: []}}\n")
    result = run("test")
    assert result.returncode == 1 and "given: unknown alias 'nowhere'" in result.stdout
    result = run("validate")
    assert result.returncode == 0 and "bad.yaml:1:30: warning FU229 unknown alias 'nowhere'" in result.stdout
    assert run("diff", user="sue").returncode == 0, "a case stops nobody"
    (office / "cycles" / "bad.yaml").write_text("tests: {one: {given: {}, then: []}}\n")
    assert run("test").returncode == 3


def test_P6_no_text_of_a_catalog_becomes_markup_in_a_report() -> None:
    odd = '<a> & "b" ]]> \x0b\ud800'
    result = Verdict("one", odd, (), trouble=odd)
    (suite,) = ElementTree.fromstring(
        "".join(render_verdicts([result], {("test", "one"): ("cycles/<x>.yaml", 3)}, "junit"))
    )
    assert suite[0][0].attrib["message"] == '<a> & "b" ]]> '


def change_offset(office: Path) -> None:
    """Move a call to 20 days, while two tests of the sample office expect 30."""
    file = office / "cycles" / "long-term.yaml"
    file.write_text(file.read_text().replace("offset: 30 days", "offset: 20 days"))


@pytest.mark.parametrize(
    "words", [["--yes"], ["--dry-run"], ["--expect", "0" * 16], ["--yes", "--format", "json"], []], ids=" ".join
)
def test_G2_an_apply_whose_tests_fail_names_them_and_applies_nothing(run: Run, office: Path, words: list[str]) -> None:
    change_offset(office)
    before = (office / "followup.db").read_bytes()
    result = run("apply", *words, user="sue")
    assert (result.returncode, result.stdout) == (1, "")
    assert "cycles/long-term.yaml:26: a-late-letter-moves-the-call\n" in result.stderr
    assert "  >   callback 2026-06-05                callback 2026-05-26\n" in result.stderr
    assert result.stderr.endswith(
        "followup: 2 of 26 tests failed, so nothing changed: fix the cycles, or update the tests with "
        "`followup test --accept`, or skip them with `--no-test`\n"
    )
    assert (office / "followup.db").read_bytes() == before


def test_G2_apply_without_the_tests_applies_even_if_they_fail(run: Run, office: Path) -> None:
    change_offset(office)
    assert "Version 2 would be live" in run("apply", "--no-test", "--dry-run", user="sue").stdout
    assert "Version 2 is live" in run("apply", "--no-test", "--yes", user="sue").stdout


def test_G2_a_user_who_may_not_apply_sees_no_test_results(run: Run, office: Path) -> None:
    change_offset(office)
    result = run("apply", "--yes")
    assert result.returncode == 4 and "long-term" not in result.stderr


def test_G2_an_apply_without_tests_loads_nothing_to_run_them(run: Run, office: Path) -> None:
    for file in ("cases", "long-term", "follow-up"):
        text = (office / "cycles" / f"{file}.yaml").read_text()
        (office / "cycles" / f"{file}.yaml").write_text(text.partition("tests:")[0] + "sources: {}\n")
    code = (
        "import sys; sys.argv = ['followup', 'apply', '--yes', '--user', 'sue']\n"
        "import os; leave = os._exit\n"
        "os._exit = lambda code: leave(code + 100 * ('followup.app.proving' in sys.modules))\n"
        "from followup.__main__ import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=office, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
