"""`test --accept`: failing tests then expect what they got, and no other byte of any file changes."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from followup.app.accepting import IN_PLACE, accept
from followup.app.proving import proof, prove
from followup.catalog.load import load
from followup.errors import CannotWrite
from tests.conftest import Run
from tests.properties import examples

OFFICE = """\
office: {name: Example, zone: America/Vancouver}
users: {ann: {name: Ann, role: administrator}}
cycles:
  calls:
    name: Calls
    steps:
      - {id: hello, type: task}
      - {id: "30", type: call, offset: 2 days, at: "09:30"}
      - {id: again, type: call, offset: 30 days, loop_to: again}
  dates:
    name: Dates
    anchor: due
    steps:
      - {id: hello, type: task, offset: 2 hours}
      - {id: details, type: task, offset: 1 day}
      - {id: again, type: call, offset: 1 week, loop_to: details}
  rest: {name: Rest, steps: []}
"""
WHEN = ("{%s: hello, on: 2026-05-04}", '{%s: "30", on: 2026-05-06}', "{%s: again, on: 2026-06-05}")


class Line(NamedTuple):
    step: str
    due: str
    status: str
    round: int


@cache
def actual_lines(given: str, when: str) -> list[Line]:
    """What a test gets, from a test that expects nothing."""
    with TemporaryDirectory() as folder:
        text = f"{OFFICE}tests:\n  t:\n    given: {given}\n    when: [{when}]\n    then: []\n"
        Path(folder, "office.yaml").write_text(text)
        (verdict,) = proof(load(folder)).verdicts
    assert not verdict.trouble, verdict
    return [Line(*line) for pair in verdict.pairs if (line := pair.got) and line.round]


@st.composite
def stories(draw: st.DrawFn) -> tuple[str, str]:
    cycle = draw(st.sampled_from(("calls", "dates")))
    verbs = draw(st.lists(st.sampled_from(("complete", "skip")), max_size=3))
    when = [each % verb for each, verb in zip(WHEN, verbs, strict=False)]
    if cycle == "dates":
        when = [each.replace('"30"', "details") for each in when]
    return f"{{cycle: {cycle}, on: 2026-05-04}}", ", ".join(when)


@st.composite
def wrong_lines(draw: st.DrawFn, lines: list[Line]) -> list[Line]:
    """The same lines with some left out, some altered and some added, perhaps in another order."""
    some = [line for line in lines if draw(st.integers(0, 4))]
    result = []
    for line in some:
        change = draw(st.sampled_from(("none", "none", "due", "status", "day", "both")))
        if change in ("due", "both"):
            line = line._replace(due="2026-04-01" + line.due[10:])
        if change in ("status", "both"):
            line = line._replace(status=draw(st.sampled_from(("completed", "no-show", "scheduled"))))
        if change == "day":
            line = line._replace(due=line.due[:10])
        result.append(line)
    if draw(st.booleans()):
        result.append(Line(draw(st.sampled_from(("hello", "again", "gone"))), "2026-04-02", "scheduled", 1))
    return draw(st.permutations(result)) if draw(st.booleans()) else result


@st.composite
def then_text(draw: st.DrawFn, lines: list[Line]) -> str:
    """A `then:` in one of the styles that users may write it in, without what follows it on its last line."""
    style = draw(st.sampled_from(("lines", "lines", "blocks", "brackets", "brackets over lines")))
    entries = [draw(entry(line, style)) for line in lines]
    if style == "brackets" or not entries:
        return " [" + draw(st.sampled_from((", ", ",  "))).join(entries) + draw(st.sampled_from(("]", " ]")))
    if style == "brackets over lines":
        return " [\n        " + ",\n        ".join(entries) + draw(st.sampled_from(("", ","))) + "\n      ]"
    indent = draw(st.sampled_from(("    ", "      ", "        ")))
    text = ""
    for each in entries:
        if draw(st.booleans()):
            text += f"\n{indent}# a remark: - {{not: an entry}}"
        text += f"\n{indent}- " + each.replace("\n", f"\n{indent}  ") + draw(st.sampled_from(("", "  # why")))
    return text


@st.composite
def entry(draw: st.DrawFn, line: Line, style: str) -> str:
    quotes = draw(st.sampled_from(("", "'", '"')))
    quotes = quotes or ("'" if ":" in line.due else "")
    due = f"{quotes}{line.due}{quotes}"
    step = f'"{line.step}"' if line.step.isdigit() else line.step
    values = [f"step: {step}", f"due: {due}"]
    if line.status != "scheduled" or not draw(st.integers(0, 3)):
        values.append(f"status: {line.status}")
    if line.round > 1 and draw(st.booleans()):
        values.append(f"round: {line.round}")
    values = draw(st.permutations(values))
    return "\n".join(values) if style == "blocks" else "{" + ", ".join(values) + "}"


class CatalogFile(NamedTuple):
    """A file of tests: the text around each `then:`, and the values of each `then:`. `end`: of its lines."""

    around: list[str]
    thens: list[str]
    end: str
    mark: str

    def bytes(self) -> bytes:
        text = self.around[0] + "".join(then + rest for then, rest in zip(self.thens, self.around[1:], strict=True))
        return (self.mark + text.replace("\n", self.end)).encode()


@st.composite
def files(draw: st.DrawFn) -> CatalogFile:
    around, thens = [OFFICE + "# the tests\ntests:\n"], []
    for number in range(draw(st.integers(1, 3))):
        given, when = draw(stories())
        around[-1] += f"  t{number}: # número {number}\n    given: {given}\n    when: [{when}]\n    then:"
        thens.append(draw(then_text(draw(wrong_lines(actual_lines(given, when))))))
        around.append(draw(st.sampled_from(("\n", "\n  # the end of it\n", "\n\n  # next\n"))))
    around[-1] += draw(st.sampled_from(("sources: {fair: Trade fair}\n", "")))
    if draw(st.booleans()):
        around[-1] = around[-1].rstrip("\n")
    return CatalogFile(around, thens, draw(st.sampled_from(("\n", "\r\n"))), draw(st.sampled_from(("", "\ufeff"))))


@given(files())
@settings(max_examples=examples(60))
def test_G2_accepted_tests_pass_and_only_expectations_of_failing_tests_change(catalog: CatalogFile) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "office.yaml")
        path.write_bytes(catalog.bytes())
        assert not load(folder).errors
        failed = {verdict.id for verdict in prove(folder).failed}
        event(f"{len(failed)} fail")
        outcome = accept(folder)
        assert outcome.refused == {} and prove(folder).failed == []
        assert {test for file in outcome.files for test in file.tests} == failed
        _assert_only_these_differ(path.read_bytes().decode(), catalog, failed)
        after = path.read_bytes()
        assert accept(folder).files == [] and path.read_bytes() == after
        assert os.listdir(folder) == ["office.yaml"]


def _assert_only_these_differ(after: str, catalog: CatalogFile, failed: set[str]) -> None:
    """`after` is the same around each `then:`, and the same in tests that passed; comments stay."""
    parts = [part.replace("\n", catalog.end) for part in catalog.around]
    assert after.startswith(catalog.mark + parts[0])
    remainder = after[len(catalog.mark + parts[0]) :]
    for number, (then, rest) in enumerate(zip(catalog.thens, parts[1:], strict=True)):
        then = then.replace("\n", catalog.end)
        if f"t{number}" not in failed:
            assert remainder.startswith(then + rest)
            remainder = remainder[len(then + rest) :]
            continue
        last = number == len(catalog.thens) - 1
        end = len(remainder) - len(rest) if last else remainder.index(rest)
        assert remainder[end:].startswith(rest)
        assert remainder[:end].count("# a remark: - {not: an entry}") == then.count("# a remark: - {not: an entry}")
        remainder = remainder[end + len(rest) :]
    assert remainder == ""


STORY = """\
tests:
  t:
    given: {cycle: calls, on: 2026-05-04}
    when: [{complete: hello, on: 2026-05-04}]
    then:%s
"""
#: the actual result: hello 2026-05-04 completed, 30 2026-05-06T09:30
REWRITES = {
    "a date, keeping its quotes and comment": (
        """
      - {due:   '2026-05-01' , status: completed, step: hello} # once
      - {step: "30", due: "2026-05-02T09:30"}""",
        """
      - {due:   '2026-05-04' , status: completed, step: hello} # once
      - {step: "30", due: "2026-05-06T09:30"}""",
    ),
    "a day stays a day": (
        """
    - {step: hello, due: 2026-05-04, status: completed}
    - {step: "30", due: 2026-05-05}""",
        """
    - {step: hello, due: 2026-05-04, status: completed}
    - {step: "30", due: 2026-05-06}""",
    ),
    "a status, given or not": (
        """
      - {step: hello, due: 2026-05-04}
      - {step: "30", due: 2026-05-06, status: "no-show"}""",
        """
      - {step: hello, due: 2026-05-04, status: completed}
      - {step: "30", due: 2026-05-06, status: "scheduled"}""",
    ),
    "a status on its own line": (
        """
      - due: 2026-05-04 # when
        step: hello
      - step: "30"
        due: 2026-05-06""",
        """
      - due: 2026-05-04 # when
        status: completed
        step: hello
      - step: "30"
        due: 2026-05-06""",
    ),
    "a value over two lines": (
        """
      - step: hello
        due: >-
          2026-05-01
        # when
        status: |-
          completed
      - {step: "30", due: 2026-05-06}""",
        """
      - step: hello
        due: 2026-05-04
        # when
        status: |-
          completed
      - {step: "30", due: 2026-05-06}""",
    ),
    "a status and another action, on separate lines": (
        """
      - step: hello
        due: 2026-05-04 # when""",
        """
      - step: hello
        due: 2026-05-04 # when
        status: completed
      - step: "30"
        due: "2026-05-06T09:30\"""",
    ),
    "an unexpected action, in the style of the rest": (
        """
      - step: hello
        due: 2026-05-04
        status: completed
      # the end""",
        """
      - step: hello
        due: 2026-05-04
        status: completed
      - step: "30"
        due: "2026-05-06T09:30"
      # the end""",
    ),
    "an unexpected action before the others": (
        """
      - {step: "30", due: 2026-05-06}""",
        """
      - {step: hello, due: 2026-05-04, status: completed}
      - {step: "30", due: 2026-05-06}""",
    ),
    "expected actions that did not happen": (
        """
      # begins
      - {step: gone, due: 2026-05-01}
      - {step: hello, due: 2026-05-04, status: completed}
      - {step: "30", due: 2026-05-06}
      - {step: again, due: 2026-06-05}""",
        """
      # begins
      - {step: hello, due: 2026-05-04, status: completed}
      - {step: "30", due: 2026-05-06}""",
    ),
    "everything": (
        """
      - {step: gone, due: 2026-05-01}
      # ends""",
        """
      - {step: hello, due: 2026-05-04, status: completed}
      - {step: "30", due: "2026-05-06T09:30"}
      # ends""",
    ),
    "in brackets": (
        ' [{step: gone, due: 2026-05-01}, {step: "30", due: 2026-05-07}] # all',
        ' [{step: hello, due: 2026-05-04, status: completed}, {step: "30", due: 2026-05-06}] # all',
    ),
    "in brackets over lines": (
        """ [
        {step: hello, due: 2026-05-04, status: completed},
        {step: gone, due: 2026-05-05},
        {step: again, due: 2026-06-05},
      ]""",
        """ [
        {step: hello, due: 2026-05-04, status: completed},
        {step: "30", due: "2026-05-06T09:30"},
      ]""",
    ),
    "nothing, in brackets": (
        " []",
        ' [{step: hello, due: 2026-05-04, status: completed}, {step: "30", due: "2026-05-06T09:30"}]',
    ),
}


def catalog_of(folder: Path, tests: str) -> Path:
    folder.mkdir()
    path = folder / "office.yaml"
    path.write_text(OFFICE + tests)
    return path


@pytest.mark.parametrize("case", REWRITES)
def test_G2_only_what_differs_is_rewritten(case: str, tmp_path: Path) -> None:
    before, after = REWRITES[case]
    path = catalog_of(tmp_path / "cycles", STORY % before)
    assert accept(str(path.parent)).refused == {}
    assert path.read_text() == OFFICE + STORY % after
    assert prove(str(path.parent)).failed == []


def test_G2_expectations_shared_by_a_yaml_anchor_are_not_changed_and_are_named(tmp_path: Path) -> None:
    shared = STORY % " &both [{step: hello, due: 2026-05-01}]" + (
        "  u: {given: {cycle: dates, on: 2026-05-04}, then: *both}\n"
        "  v: {given: {cycle: calls, on: 2026-05-04}, then: [{step: hello, due: &day 2026-05-01}]}\n"
        "  w: {given: {cycle: calls, on: *day}, then: []}\n"
        "  x: {given: {cycle: calls, on: 2026-05-04}, then: []}\n"
    )
    path = catalog_of(tmp_path / "cycles", shared)
    outcome = accept(str(path.parent))
    assert outcome.refused == dict.fromkeys("tuv", IN_PLACE)
    assert [file.tests for file in outcome.files] == [["w", "x"]]
    assert path.read_text().startswith(OFFICE + shared.partition("  w:")[0])
    assert {verdict.id for verdict in prove(str(path.parent)).failed} == set("tuv")


def test_G2_a_test_that_gets_no_actions_then_expects_none(tmp_path: Path) -> None:
    story = (STORY % "\n    # none\n    - {step: hello, due: 2026-05-04}\n    # end").replace("calls", "rest")
    path = catalog_of(tmp_path / "cycles", story.replace("{complete: hello, on: 2026-05-04}", ""))
    assert accept(str(path.parent)).refused == {} and prove(str(path.parent)).failed == []
    assert path.read_text().endswith("    then:\n    # none\n      []\n    # end\n")


def test_G2_an_impossible_test_is_not_accepted(tmp_path: Path) -> None:
    path = catalog_of(tmp_path / "cycles", (STORY % " []").replace("complete: hello", "complete: again"))
    before = path.read_bytes()
    outcome = accept(str(path.parent))
    assert outcome.files == [] and path.read_bytes() == before
    assert outcome.refused == {
        "t": "complete again on 2026-05-04: it has no open action then: fix its `given:` or `when:`"
    }


def test_P5_a_symlinked_file_is_refused_and_not_changed(tmp_path: Path) -> None:
    path = catalog_of(tmp_path / "cycles", STORY % " []")
    path.rename(tmp_path / "cycles" / "kept.txt")
    path.symlink_to("kept.txt")
    before = path.read_bytes()
    with pytest.raises(CannotWrite):
        accept(str(path.parent))
    assert path.read_bytes() == before and path.is_symlink()


def test_G2_accepting_shows_the_change_and_runs_the_tests_again(run: Run, office: Path) -> None:
    file = office / "cycles" / "long-term.yaml"
    file.write_text(file.read_text().replace("offset: 30 days", "offset: 20 days"))
    assert run("test").returncode == 1
    result = run("test", "--accept")
    assert (result.returncode, result.stderr) == (0, "")
    assert "\n-      - {step: callback, due: 2026-06-05}\n+      - {step: callback, due: 2026-05-26}\n" in result.stdout
    assert "\nUpdated 1 test in cycles/long-term.yaml: a-late-letter-moves-the-call\n" in result.stdout
    assert result.stdout.endswith("\n26 tests passed.\n")
    assert run("test", "--accept").stdout == "26 tests passed.\n"
    assert run("apply", "--yes", user="sue").returncode == 0


def test_G2_only_the_requested_tests_are_accepted(run: Run, office: Path) -> None:
    file = office / "cycles" / "long-term.yaml"
    file.write_text(file.read_text().replace("offset: 30 days", "offset: 20 days"))
    result = run("test", "--accept", "--only", "late-letter", "--format", "json")
    assert result.returncode == 0 and result.stderr.startswith("--- cycles/long-term.yaml\n")
    assert run("test").stdout.endswith("25 tests passed, 1 failed.\n")
