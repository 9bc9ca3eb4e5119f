"""The sample office passes its own checks, and breaking it never breaks the program."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from followup.catalog.codes import CODES
from followup.catalog.load import Catalog, load
from followup.catalog.shipped import shipped
from tests.properties import examples

OFFICE = shipped("cycles")
FILES = sorted(name for name in os.listdir(OFFICE) if name.endswith(".yaml"))


def test_the_sample_office_has_no_problem() -> None:
    assert load(OFFICE).problems == ()


def test_every_file_names_its_schema_and_its_purpose() -> None:
    for name in FILES:
        lines = Path(OFFICE, name).read_text().splitlines()
        assert lines[0] == "# yaml-language-server: $schema=../schema/catalog.schema.json"
        assert lines[1] == "#" and lines[2].startswith("# ")


def test_it_contains_the_items_that_readers_look_for() -> None:
    documents = load(OFFICE).documents
    pointing = {id for id, alias in documents["alias"].items() if alias["cycle"] == "future-prospect"}
    assert pointing == {"not-interested", "not-qualified"}
    assert documents["alias"]["just-looking"]["cycle"] is None
    assert documents["cycle"]["on-hold"]["steps"] == []
    assert {id: user["role"] for id, user in documents["user"].items()} == {
        "sue": "administrator",
        "max": "manager",
        "tom": "sales-exec",
        "anne": "sales-exec",
        "pat": "sales-assistant",
    }
    assert not any(user["login"] for user in documents["user"].values())


SAMPLE = load(OFFICE)
MODEL = {name: Path(OFFICE, name).read_text() for name in FILES}
PIECES = [
    "",
    "\n",
    "  ",
    "- ",
    ": ",
    "{",
    "}",
    "[",
    "null",
    "&a ",
    "*a",
    "!!x ",
    "0",
    "id",
    "steps",
    "'",
    '"',
    "# ",
    "\t",
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(OFFICE, tmp_path_factory.mktemp("office") / "cycles"))


def mutated(copy: Path, name: str, text: str) -> Catalog:
    path = copy / name
    path.write_text(text)
    try:
        return load(str(copy))
    finally:
        path.write_text(MODEL[name])


@pytest.mark.slow(6)
@given(st.sampled_from(FILES), st.floats(0, 1, exclude_max=True), st.integers(0, 12), st.sampled_from(PIECES))
@settings(max_examples=examples(300))
def test_a_small_mistake_anywhere_is_reported_or_harmless(
    copy: Path, name: str, at: float, cut: int, piece: str
) -> None:
    text, start = MODEL[name], int(at * len(MODEL[name]))
    changed = text[:start] + piece + text[start + cut :]
    is_data_or_problems(mutated(copy, name, changed), name, changed)


def is_data_or_problems(catalog: Catalog, name: str, text: str) -> None:
    """Each problem has a known code and a place within its file; the digest changes exactly if the documents do."""
    for problem in catalog.problems:
        lines = Path(problem.file).name == name and text.splitlines()
        assert problem.code in CODES and problem.severity == CODES[problem.code].severity
        assert not lines or 1 <= problem.line <= len(lines) + 1
    assert (catalog.documents == SAMPLE.documents) == (catalog.digest == SAMPLE.digest)


WORDS = sorted(
    {(name, match.start(), match.end()) for name in FILES for match in re.finditer(r"[a-z0-9-]{3,}", MODEL[name])}
)


@pytest.mark.slow(6)
@given(st.sampled_from(WORDS), st.sampled_from(WORDS))
@settings(max_examples=examples(300))
def test_a_wrong_word_anywhere_is_reported_or_harmless(
    copy: Path, word: tuple[str, int, int], other: tuple[str, int, int]
) -> None:
    name, start, end = word
    replacement = MODEL[other[0]][other[1] : other[2]]
    changed = MODEL[name][:start] + replacement + MODEL[name][end:]
    is_data_or_problems(mutated(copy, name, changed), name, changed)


@pytest.mark.parametrize("missing", FILES)
def test_a_missing_file_gives_no_more_than_a_list_of_problems(missing: str, copy: Path) -> None:
    catalog = mutated(copy, missing, "")
    assert all(problem.line >= 1 for problem in catalog.problems)


TYPOS = [
    "steps",
    "offset",
    "roll: forward",
    "loop_to: callback",
    "role: sales-exec",
    "manager: max",
    "cycle: future-prospect",
]


@pytest.mark.parametrize("word", TYPOS)
def test_a_problem_has_the_position_of_the_mistake(word: str, copy: Path) -> None:
    key, _, value = word.partition(": ")
    wrong = f"{key}: x{value}" if value else f"x{key}"
    for name in FILES:
        at = MODEL[name].find(word + (":" if not value else ""))
        if at < 0:
            continue
        text = MODEL[name][:at] + wrong + MODEL[name][at + len(word) :]
        offending = at + (len(key) + 2 if value else 0)
        line, column = text.count("\n", 0, offending) + 1, offending - text.rfind("\n", 0, offending)
        problems = mutated(copy, name, text).problems
        assert (line, column) in {(p.line, p.column) for p in problems if Path(p.file).name == name}, (name, problems)
