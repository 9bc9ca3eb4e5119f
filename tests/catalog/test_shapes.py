"""A node of the wrong kind is reported with its place and the right form, in any section and at any depth."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from followup.catalog import json_schema
from followup.catalog.declarations import LISTS, Misshapen
from followup.catalog.documents import SECTIONS
from followup.catalog.load import load
from followup.catalog.reader import read
from followup.errors import Problem
from tests.catalog.test_schema import SCHEMA, nodes

OFFICE = "office: {name: Example, zone: UTC}\nusers: {walter: {name: Walter, role: administrator}}\n"
KINDS = {
    "a list of texts": "[a]",
    "a list of items with ids": "[{id: a, name: A}]",
    "a list of nothing": "[]",
    "a list of empty values": "[null]",
    "lists in lists": "[[a]]",
    "a mapping of texts": "{a: b}",
    "a mapping of lists": "{a: [b]}",
    "an empty mapping": "{}",
    "a mapping of empty values": "{a: null}",
    "text": "a",
    "a number": "5",
    "true": "true",
    "a very long text": "x" * 5000,
    "a value with an anchor": "&a [b]",
}


def problems(text: str, folder: Path) -> list[Problem]:
    """The problems of one file, next to a file with an office."""
    (folder / "a.yaml").write_text(OFFICE)
    (folder / "b.yaml").write_text(text)
    return [problem for problem in load(str(folder), "2026-05-04").problems if problem.file.endswith("b.yaml")]


def form_in(hint: str) -> str:
    """The YAML that a hint says to write."""
    return "\n".join(re.findall(r"`(.+?)`(?: below|,|$)", hint))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_with_any_kind_of_value_is_read_or_reported(section: str, kind: str, tmp_path: Path) -> None:
    """B1, T2: a list instead of a mapping, the most likely mistake, and every other kind."""
    value = read(f"a: {KINDS[kind]}", "x").data["a"]
    reported = [problem for problem in problems(f"{section}: {KINDS[kind]}", tmp_path) if problem.path == section]
    wanted = list if section in LISTS else dict
    wrong = [problem for problem in reported if problem.code == "FU101"]
    assert bool(wrong) == (not isinstance(value, wanted))
    for problem in wrong:
        assert (problem.line, problem.column) == (1, len(section) + 3)
        assert problem.message.startswith(f"'{section}' must be a {'list' if wanted is list else 'mapping'}, not ")
        right = json_schema.problems(read(form_in(problem.hint), "x").data, "x")
        assert form_in(problem.hint).startswith(f"{section}:") and list(right) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("section", [section for section in SECTIONS if section != "office"])
def test_an_item_with_any_kind_of_value_is_read_or_reported(section: str, kind: str, tmp_path: Path) -> None:
    below = f"[{KINDS[kind]}]" if section in LISTS else f"{{x: {KINDS[kind]}}}"
    assert all(problem.line == 1 for problem in problems(f"{section}: {below}", tmp_path))


FORMS = {
    "users: [tom]": "write `users:`, and below it `  tom: {name: Tom Brown, role: sales-exec}`",
    "users: [{id: ann, name: Ann}]": "write `users:`, and below it `  ann: {name: Tom Brown, role: sales-exec}`",
    "users: [Tom Brown]": "write `users:`, and below it `  tom: {name: Tom Brown, role: sales-exec}`",
    "office: {name: O, zone: UTC, holidays: [2027-01-01]}": "write `holidays: {'2027-01-01': Christmas Day}`",
    "users: [[]]": "write `users:`, and below it `  tom: {name: Tom Brown, role: sales-exec}`",
    "users: ['']": "write `users:`, and below it `  tom: {name: Tom Brown, role: sales-exec}`",
    f"users: [{'x' * 65}]": "write `users:`, and below it `  tom: {name: Tom Brown, role: sales-exec}`",
    "users: ['a\u202eb']": "write `users:`, and below it `  tom: {name: Tom Brown, role: sales-exec}`",
    "sources: [website]": "write `sources: {website: Website}`",
    "migrate: {step: a/b, backfill: true}": "write `migrate:`, and below it `  - {step: a/b, backfill: true}`",
    "migrate: {step: a/b, odd: true}": "write `migrate:`, and below it `  - {step: call-back/welcome, dates: recompute}`",
    "moved: {old: new}": "write `moved:`, and below it `  - {from: old, to: new}`",
    "moved: {old: [new]}": "write `moved:`, and below it `  - {from: call-back, to: long-game}`",
    "tests: {t: {given: {on: 2026-05-04}, then: {call: 2026-05-05}}}": (
        "write `then:`, and below it `  - {step: call, due: '2026-05-05'}`"
    ),
    "migrate: {}": "write `migrate:`, and below it `  - {step: call-back/welcome, dates: recompute}`",
    f"moved: {{from: a, to: {'b' * 90}}}": "write `moved:`, and below it `  - {from: call-back, to: long-game}`",
    "cycles: {c: {name: C, steps: {id: b, type: call}}}": "write `steps:`, and below it `  - {id: b, type: call}`",
    "cycles: {c: {name: C, steps: [b]}}": "write `- {id: welcome, type: call}`",
    "cycles: {c: [b]}": "write `c: {name: Call back, steps: [{id: welcome, type: call}]}`",
    "properties: {p: {name: P, days_on: 2026-12-26}}": "write `days_on: ['2026-12-26']`",
    "plans: {p: {name: P, type: event, steps: [], launch_on: [web]}}": "write `launch_on: {source: [website]}`",
}


@pytest.mark.parametrize("text", FORMS)
def test_the_suggested_form_uses_the_written_values_if_they_suffice(text: str, tmp_path: Path) -> None:
    (problem,) = (problem for problem in problems(text, tmp_path) if problem.code == "FU101")
    assert problem.hint == FORMS[text]


def test_every_mapping_and_list_of_the_schema_has_a_valid_example() -> None:
    forms = [node for path, node in nodes(SCHEMA) if path != "#" and _kinds(node) & {"object", "array"}]
    forms = [node for node in forms if _kinds(node) <= {"object", "array", "null"}]
    assert len(forms) > 40
    for node in forms:
        validator = json_schema.build({"$defs": SCHEMA["$defs"], **node})
        assert [list(validator.iter_errors(example)) for example in node["examples"]] == [[]], node["description"]


def _kinds(node: dict[str, Any]) -> set[str]:
    kinds = node.get("type", [])
    return set() if isinstance(kinds, dict) else {kinds} if isinstance(kinds, str) else set(kinds)


def test_the_sections_that_are_lists_match_the_schema() -> None:
    assert {name for name, node in SCHEMA["properties"].items() if "array" in node.get("type", ())} == set(LISTS)


def test_a_part_of_a_misshapen_value_is_misshapen() -> None:
    misshapen = Misshapen(frozenset({("a", ("cycles",)), ("b", ("cycles", "x")), ("c", ())}))
    assert (
        misshapen.has("a", ("cycles", "x")) and misshapen.has("b", ("cycles", "x")) and misshapen.has("c", ("office",))
    )
    assert not misshapen.has("a", ("aliases", "x")) and not misshapen.has("b", ("cycles", "y"))
    assert not misshapen.has("b", ("cycles",)) and not misshapen.has("d", ("cycles", "x"))


def test_a_misshapen_section_in_two_files_declares_nothing_twice(tmp_path: Path) -> None:
    text = "cycles: [a]\naliases: [a]\nmoved: {a: b}\nmigrate: {a: b}\n"
    (tmp_path / "c.yaml").write_text(text)
    assert len(problems(text, tmp_path)) == 4
    assert {problem.code for problem in load(str(tmp_path)).problems} == {"FU101"}


PATTERNS = [node for _, node in nodes(SCHEMA) if isinstance(node.get("pattern"), str)]


@pytest.mark.parametrize("node", PATTERNS, ids=lambda node: str(node.get("description"))[:30])
def test_no_text_is_too_long_to_be_checked(node: dict[str, Any]) -> None:
    """An offset of 5,000 letters once passed, and couldn't be read."""
    validator = json_schema.build({"$defs": SCHEMA["$defs"], **node})
    for text in ("x" * 1001, "x" * 2001, "1" * 5000, "a" * 100_000):
        assert not validator.is_valid(text)


def test_a_key_is_checked_however_long_it_is(tmp_path: Path) -> None:
    reported = problems(f"sources: {{{'x' * 1010}: Web}}\ncycles: {{{'y' * 1001}: {{name: C, steps: []}}}}", tmp_path)
    assert [problem.code for problem in reported] == ["FU107", "FU107"]


@pytest.mark.parametrize("number", ["2.0", "0.0", "1e3", "-1.0"])
def test_an_integer_must_be_written_as_one(number: str, tmp_path: Path) -> None:
    """JSON Schema accepts 2.0 as an integer, but the code that reads documents doesn't."""
    text = f"cycles: {{c: {{name: C, steps: [{{id: a, type: call, offset: {number}}}]}}}}"
    assert ("FU101", 1, 59) in {(problem.code, problem.line, problem.column) for problem in problems(text, tmp_path)}


def test_country_holidays_from_a_fractional_year_are_reported(tmp_path: Path) -> None:
    text = "office: {name: O, zone: UTC, country: CA, holidays_from: 2026.0, holidays_until: 2026-12-31}"
    assert "FU101" in {problem.code for problem in problems(text, tmp_path)}


def test_a_long_text_that_is_repeated_counts_each_time(tmp_path: Path) -> None:
    """The message about a list of such texts would repeat each of them."""
    text = f"sources: {{a: &a {'x' * 1_000_000}}}\ncycles: {{c: {{name: C, steps: [{'*a,' * 500}]}}}}"
    (problem,) = problems(text, tmp_path)
    assert problem.code == "FU010"


def test_a_mistake_repeated_ten_thousand_times_is_listed_five_hundred_times(tmp_path: Path) -> None:
    """Then no item of the file becomes a document: the parts that weren't checked may be misshapen too."""
    text = f"moved: [{'a, ' * 10_000}]\naliases: {{back: {{name: Back, cycle: gone}}, bad: 5}}"
    reported = problems(text, tmp_path)
    assert len(reported) == json_schema.MOST + 1
    (more,) = (problem for problem in reported if problem.code == "FU018")
    assert (more.line, more.message) == (1, "more than 500 problems in this file")
    assert load(str(tmp_path)).documents["alias"] == {}
    assert len(problems(f"moved: [{'a, ' * 500}]", tmp_path)) == 500


@pytest.mark.parametrize("section", SECTIONS)
def test_a_value_of_the_wrong_kind_has_no_second_problem(section: str, tmp_path: Path) -> None:
    """`migrate: [x]` and `templates: {a: b}` also had "two keys that can't be used together"."""
    for value in ("[x]", "{a: b}", "{a: [b]}", "[[a]]", "{a: {steps: [x]}}"):
        found = problems(f"{section}: {value}", tmp_path)
        shapes = [problem for problem in found if problem.code.startswith("FU1")]
        for wrong in (problem for problem in shapes if problem.code == "FU101"):
            assert [problem.code for problem in shapes if problem.path == wrong.path] == ["FU101"], (section, value)
