"""docs/ci.md: its jobs, run unchanged in a temporary repository, and the report formats that they use."""

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

#: a stub for the tool that comments on a pull request
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
        """Run the steps and return the first that fails, or the last."""
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
        result = subprocess.CompletedProcess("", 0, "", "")
        for step in GITHUB["jobs"][name]["steps"]:
            if "run" in step and result.returncode == 0:
                words = ["bash", "-e", "-c", step["run"]]
                result = subprocess.run(words, cwd=clone, env=full, capture_output=True, text=True)
        return result


@pytest.fixture
def runner(history: Path, tmp_path: Path) -> Runner:
    """An open pull request that shortens a wait again and recomputes the dates of contacts who are waiting."""
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
def test_G1_ci_checks_tests_and_previews_an_edit_and_applies_it_on_merge(
    run: Run, history: Path, runner: Runner
) -> None:
    before = (history / "followup.db").read_bytes()
    result = runner.job("check", "shorter", **refs(history))
    assert result.returncode == 0, result.stdout + result.stderr
    assert "callback 2026\\-05\\-24" in (runner.place / "summary.md").read_text()
    result = runner.job("people", "shorter", PR="7", GH_TOKEN="")
    assert result.returncode == 0, result.stderr
    comment = (runner.place / "7.md").read_text()
    assert "- 6 move later" in comment and "noor\\-haddad" in comment
    assert (history / "followup.db").read_bytes() == before, "a pull request changes nothing"
    git(history, "merge", "-q", "shorter")
    assert runner.job("apply", "main").returncode == 0
    versions = json.loads(run("catalog", "versions", "--format", "json").stdout)["items"]
    assert versions[-1]["commit"] == git(history, "rev-parse", "HEAD") and versions[-1]["by"] == "sue"
    assert "2026-05-07" in run("next", "noor-haddad").stdout


@pytest.mark.slow
def test_G2_a_failing_catalog_test_fails_the_pull_request_and_shows_why(history: Path, runner: Runner) -> None:
    git(history, "checkout", "-q", "shorter")
    (history / "cycles" / "cases.yaml").write_text(
        "tests: {late: {given: {alias: referral, on: 2026-05-04}, then: [{step: intro-letter, due: 2026-05-05}]}}\n"
    )
    git(history, "commit", "-qam", "Four")
    result = runner.job("check", "shorter", **refs(history))
    assert result.returncode == 1 and ">   intro-letter 2026-05-05  intro-letter 2026-05-04" in result.stdout


@pytest.mark.slow
def test_an_invalid_catalog_fails_the_first_step_with_an_annotation(history: Path, runner: Runner) -> None:
    git(history, "checkout", "-q", "shorter")
    (history / "cycles" / "cases.yaml").write_text("aliases: {odd: {name: Odd, cycle: nowere}}\n")
    git(history, "commit", "-qam", "Four")
    result = runner.job("check", "shorter", **refs(history))
    assert result.returncode == 3
    assert result.stdout == "::error file=cycles/cases.yaml,line=1,col=35,title=FU202::unknown cycle 'nowere'\n"


@pytest.mark.slow
def test_the_other_recipes_use_existing_commands_and_hooks() -> None:
    hooks = {hook["id"]: hook["entry"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
    assert [hook["id"] for hook in HOOKS["repos"][0]["hooks"]] == list(hooks)
    for words in [*hooks.values(), *GITLAB["cycles"]["script"][1:]]:
        command = [sys.executable, "-m", *words.partition(" >")[0].split()]
        result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert result.returncode == 0, result.stderr


PROBLEMS = [
    Problem("FU202", "error", "cycles/a,b:c%.yaml", 3, 7, "aliases.x", "unknown cycle 'a'\n100%", "or\r<b>"),
    Problem("FU311", "warning", "cycles/long.yaml", 2, 1, "cycles.y", "steps off", ""),
    Problem("FU202", "error", "cycles/a,b:c%.yaml", 9, 7, "aliases.x", "unknown cycle 'a'\n100%", "or\r<b>"),
]


def report(format: str) -> str:
    meanings = {code: about.meaning for code, about in CODES.items()}
    return "\n".join(render_problems(PROBLEMS, format, ["cycles/good.yaml", "cycles/long.yaml"], meanings))


def test_P6_each_problem_is_one_github_annotation() -> None:
    first, second, _ = report("github").splitlines()
    where = "file=cycles/a%2Cb%3Ac%25.yaml,line=3,col=7,title=FU202"
    assert first == f"::error {where}::unknown cycle 'a' 100%25 (or <b>)"
    assert second == "::warning file=cycles/long.yaml,line=2,col=1,title=FU311::steps off"


def test_gitlab_fingerprints_stay_the_same_when_problems_move_to_other_lines() -> None:
    items = json.loads(report("gitlab"))
    assert [item["severity"] for item in items] == ["major", "minor", "major"]
    assert len({item["fingerprint"] for item in items}) == 3, "identical problems have different fingerprints"
    moved_problems = [problem._replace(line=problem.line + 5) for problem in PROBLEMS]
    moved_items = json.loads("\n".join(render_problems(moved_problems, "gitlab", [], {})))
    assert [item["fingerprint"] for item in moved_items] == [item["fingerprint"] for item in items]
    assert moved_items[0]["location"] == {"path": "cycles/a,b:c%.yaml", "lines": {"begin": 8}}


def test_sarif_has_a_rule_for_every_code_and_a_location_for_every_result() -> None:
    sarif: Any = json.loads(report("sarif"))
    (run,) = sarif["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert (sarif["version"], [rule["id"] for rule in rules]) == ("2.1.0", ["FU202", "FU311"])
    assert rules[0]["shortDescription"]["text"] == CODES["FU202"].meaning
    assert [(x["ruleId"], rules[x["ruleIndex"]]["id"], x["level"]) for x in run["results"]][1] == (
        "FU311",
        "FU311",
        "warning",
    )
    location = run["results"][0]["locations"][0]["physicalLocation"]
    assert location == {
        "artifactLocation": {"uri": "cycles/a%2Cb%3Ac%25.yaml"},
        "region": {"startLine": 3, "startColumn": 7},
    }


def test_junit_has_a_case_for_every_problem_and_a_passing_case_for_every_good_file() -> None:
    (suite,) = ElementTree.fromstring(report("junit"))
    assert suite.attrib["tests"] == "4" and suite.attrib["failures"] == "2"
    assert [case.attrib["name"] for case in suite] == ["FU202 3:7", "FU311 2:1", "FU202 9:7", "no problems"]
    assert suite[0][0].attrib["message"] == "FU202 unknown cycle 'a' 100% (or <b>)"
