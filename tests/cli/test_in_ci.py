"""docs/ci.md: its jobs are run as they stand, in a throw-away repository; and the reports that they read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from followup.catalog.codes import CODES
from followup.errors import Problem
from followup.output.problems import render_problems
from tests.cli.test_comparing import git
from tests.cli.test_comparing import history as history
from tests.conftest import NOW, ROOT, Run

DOCS = (ROOT / "docs" / "ci.md").read_text()
BLOCKS = [yaml.safe_load(block.partition("```")[0]) for block in DOCS.split("```yaml\n")[1:]]
GITHUB, GITLAB, HOOKS = BLOCKS

#: stands for the tool that comments on a pull request
GH = '#!/bin/sh\n[ "$1 $2 $4" = "pr comment --body-file" ] && cp "$5" "$COMMENTS/$3.md"\n'


class Runner:
    """Runs jobs of the workflow in a clone of the office's repository, as the account of an administrator."""

    def __init__(self, origin: Path, place: Path) -> None:
        self.origin, self.place = origin, place
        (place / "bin").mkdir(parents=True)
        tools = {"gh": GH, "followup": f'#!/bin/sh\nexec {sys.executable} -m followup "$@"\n', "pip": "#!/bin/sh\n"}
        for name, text in tools.items():
            (place / "bin" / name).write_text(text)
            (place / "bin" / name).chmod(0o755)

    def job(self, name: str, ref: str, **env: str) -> subprocess.CompletedProcess[str]:
        """The first step that fails, or the last."""
        clone = self.place / f"{name}-{ref}"
        git(self.place, "clone", "-q", str(self.origin), str(clone))
        git(clone, "checkout", "-q", ref)
        path = f"{self.place / 'bin'}{os.pathsep}{os.environ['PATH']}"
        fixed = {
            "FOLLOWUP_STORE": f"sqlite:///{self.origin / 'followup.db'}",
            "FOLLOWUP_USER": "sue",
            "FOLLOWUP_NOW": NOW,
        }
        files = {"COMMENTS": str(self.place), "GITHUB_STEP_SUMMARY": str(self.place / "summary.md")}
        full = {**os.environ, **fixed, **files, "PATH": path, **env}
        assert set(GITHUB["jobs"][name].get("env", ())) <= set(env)
        done = subprocess.CompletedProcess("", 0, "", "")
        for step in GITHUB["jobs"][name]["steps"]:
            if "run" in step and done.returncode == 0:
                words = ["bash", "-e", "-c", step["run"]]
                done = subprocess.run(words, cwd=clone, env=full, capture_output=True, text=True)
        return done


@pytest.fixture
def runner(history: Path, tmp_path: Path) -> Runner:
    """A pull request is open: it shortens a wait once more, and moves those who wait."""
    assert git(history, "status", "--porcelain", "--", "cycles") == ""
    git(history, "checkout", "-q", "-b", "shorter")
    file = history / "cycles" / "long-term.yaml"
    file.write_text(file.read_text().replace("offset: 20 days", "offset: 10 days"))
    letter = "template: keep-in-touch}"
    file.write_text(file.read_text().replace(letter, letter.replace("}", ", offset: 3 days}")))
    cases = history / "cycles" / "cases.yaml"
    cases.write_text("sources: {}\n")
    file.write_text(
        file.read_text().partition("tests:")[0] + "migrate: [{step: future-prospect/intro-letter, dates: recompute}]\n"
    )
    git(history, "commit", "-qam", "Three")
    git(history, "checkout", "-q", "main")
    return Runner(history, tmp_path / "ci")


def refs(history: Path) -> dict[str, str]:
    return {"BASE": git(history, "rev-parse", "main"), "HEAD": git(history, "rev-parse", "shorter")}


@pytest.mark.slow
def test_G1_an_edit_is_checked_tested_shown_and_applied_on_merge(run: Run, history: Path, runner: Runner) -> None:
    before = (history / "followup.db").read_bytes()
    told = runner.job("check", "shorter", **refs(history))
    assert told.returncode == 0, told.stdout + told.stderr
    assert "callback 2026\\-05\\-24" in (runner.place / "summary.md").read_text()
    told = runner.job("people", "shorter", PR="7", GH_TOKEN="")
    assert told.returncode == 0, told.stderr
    comment = (runner.place / "7.md").read_text()
    assert "- 6 move later" in comment and "noor\\-haddad" in comment
    assert (history / "followup.db").read_bytes() == before, "a pull request changes nothing"
    git(history, "merge", "-q", "shorter")
    assert runner.job("apply", "main").returncode == 0
    versions = json.loads(run("catalog", "versions", "--format", "json").stdout)["items"]
    assert versions[-1]["commit"] == git(history, "rev-parse", "HEAD") and versions[-1]["by"] == "sue"
    assert "2026-05-07" in run("next", "noor-haddad").stdout


@pytest.mark.slow
def test_G2_a_case_that_does_not_hold_stops_the_pull_request_and_shows_why(history: Path, runner: Runner) -> None:
    git(history, "checkout", "-q", "shorter")
    (history / "cycles" / "cases.yaml").write_text(
        "tests: {late: {given: {alias: referral, on: 2026-05-04}, then: [{step: intro-letter, due: 2026-05-05}]}}\n"
    )
    git(history, "commit", "-qam", "Four")
    told = runner.job("check", "shorter", **refs(history))
    assert told.returncode == 1 and ">   intro-letter 2026-05-05  intro-letter 2026-05-04" in told.stdout


@pytest.mark.slow
def test_a_catalog_that_is_wrong_stops_it_at_the_first_step_with_an_annotation(history: Path, runner: Runner) -> None:
    git(history, "checkout", "-q", "shorter")
    (history / "cycles" / "cases.yaml").write_text("aliases: {odd: {name: Odd, cycle: nowere}}\n")
    git(history, "commit", "-qam", "Four")
    told = runner.job("check", "shorter", **refs(history))
    assert told.returncode == 3
    assert told.stdout == "::error file=cycles/cases.yaml,line=1,col=35,title=FU202::unknown cycle 'nowere'\n"


@pytest.mark.slow
def test_the_other_recipes_name_commands_and_hooks_that_are_there() -> None:
    hooks = {hook["id"]: hook["entry"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
    assert [hook["id"] for hook in HOOKS["repos"][0]["hooks"]] == list(hooks)
    for words in [*hooks.values(), *GITLAB["cycles"]["script"][1:]]:
        command = [sys.executable, "-m", *words.partition(" >")[0].split()]
        told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert told.returncode == 0, told.stderr


PROBLEMS = [
    Problem("FU202", "error", "cycles/a,b:c%.yaml", 3, 7, "aliases.x", "unknown cycle 'a'\n100%", "or\r<b>"),
    Problem("FU311", "warning", "cycles/long.yaml", 2, 1, "cycles.y", "steps off", ""),
    Problem("FU202", "error", "cycles/a,b:c%.yaml", 9, 7, "aliases.x", "unknown cycle 'a'\n100%", "or\r<b>"),
]


def reported(format: str) -> str:
    meanings = {code: about.meaning for code, about in CODES.items()}
    return "\n".join(render_problems(PROBLEMS, format, ["cycles/good.yaml", "cycles/long.yaml"], meanings))


def test_P6_github_reads_each_problem_as_one_annotation() -> None:
    first, second, _ = reported("github").splitlines()
    where = "file=cycles/a%2Cb%3Ac%25.yaml,line=3,col=7,title=FU202"
    assert first == f"::error {where}::unknown cycle 'a' 100%25 (or <b>)"
    assert second == "::warning file=cycles/long.yaml,line=2,col=1,title=FU311::steps off"


def test_gitlab_knows_each_problem_again_wherever_it_has_moved() -> None:
    items = json.loads(reported("gitlab"))
    assert [item["severity"] for item in items] == ["major", "minor", "major"]
    assert len({item["fingerprint"] for item in items}) == 3, "twice the same are two"
    moved = [problem._replace(line=problem.line + 5) for problem in PROBLEMS]
    again = json.loads("\n".join(render_problems(moved, "gitlab", [], {})))
    assert [item["fingerprint"] for item in again] == [item["fingerprint"] for item in items]
    assert again[0]["location"] == {"path": "cycles/a,b:c%.yaml", "lines": {"begin": 8}}


def test_sarif_has_a_rule_for_every_code_and_a_place_for_every_result() -> None:
    found: Any = json.loads(reported("sarif"))
    (run,) = found["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert (found["version"], [rule["id"] for rule in rules]) == ("2.1.0", ["FU202", "FU311"])
    assert rules[0]["shortDescription"]["text"] == CODES["FU202"].meaning
    assert [(x["ruleId"], rules[x["ruleIndex"]]["id"], x["level"]) for x in run["results"]][1] == (
        "FU311",
        "FU311",
        "warning",
    )
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "cycles/a%2Cb%3Ac%25.yaml"},
        "region": {"startLine": 3, "startColumn": 7},
    }


def test_junit_has_a_case_for_every_error_and_one_that_passes_for_every_good_file() -> None:
    (suite,) = ElementTree.fromstring(reported("junit"))
    assert suite.attrib["tests"] == "4" and suite.attrib["failures"] == "2"
    assert [case.attrib["name"] for case in suite] == ["FU202 3:7", "FU311 2:1", "FU202 9:7", "no problems"]
    assert suite[0][0].attrib["message"] == "FU202 unknown cycle 'a' 100% (or <b>)"
