"""The reader alone: YAML 1.2's scalars, positions, and a result for every text."""

from __future__ import annotations

import json
import math

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from followup.catalog.reader import LOADER, read
from followup.catalog.source_text import NotText, decode
from followup.catalog.tree import TOP, Map, Path, Place, Seq, locate, value_at
from followup.catalog.tree_builder import DEEPEST, MOST_VALUES
from tests.properties import examples

SCALARS = {
    "no": "no",
    "on": "on",
    "Yes": "Yes",
    "1:30": "1:30",
    "010": 10,
    "0o10": 8,
    "0x1F": 31,
    "0b11": "0b11",
    "1_000": "1_000",
    "2026-05-01": "2026-05-01",
    "2026-05-01T14:00": "2026-05-01T14:00",
    "+12": 12,
    "-0": 0,
    "2.5": 2.5,
    ".5": 0.5,
    "1e3": 1000.0,
    "1.": 1.0,
    ".": ".",
    "-": "-",
    "+": "+",
    "true": True,
    "True": True,
    "FALSE": False,
    "tRUE": "tRUE",
    "null": None,
    "~": None,
    "": None,
    "nULL": "nULL",
    "'1'": "1",
    '"true"': "true",
    "''": "",
    "1 day": "1 day",
    "9" * 18: int("9" * 18),
    "٣": "٣",
}


@pytest.mark.parametrize("written", [word for word in SCALARS if word != "-"])
def test_scalars_follow_yaml_1_2(written: str) -> None:
    value = read(f"key: {written}\n", "x").data["key"]
    assert value == SCALARS[written] and type(value) is type(SCALARS[written])


@pytest.mark.parametrize("written", [".inf", "-.INF", ".nan", "1e999", "9" * 19, "9" * 9999, "0x" + "f" * 99])
def test_numbers_out_of_range_are_reported(written: str) -> None:
    (problem,) = read(f"a: b\nkey: {written}", "x").problems
    assert (problem.code, problem.line, problem.column, problem.path) == ("FU015", 2, 6, "key")


TEXT = """\
# a comment
cycles:
  one:
    name: "Ünï"   # and another
    steps:
      - {id: a, type: call}
      -   id: b
          text: |
            {{x}}
"""


@pytest.mark.parametrize(
    ("path", "key", "place"),
    [
        (("cycles",), True, (2, 1)),
        (("cycles", "one"), True, (3, 3)),
        (("cycles", "one"), False, (4, 5)),
        (("cycles", "one", "name"), False, (4, 11)),
        (("cycles", "one", "steps", 0), False, (6, 9)),
        (("cycles", "one", "steps", 0, "type"), True, (6, 17)),
        (("cycles", "one", "steps", 0, "type"), False, (6, 23)),
        (("cycles", "one", "steps", 1, "text"), False, (8, 17)),
        (("cycles", "one", "steps", 1, "gone", "further"), True, (7, 11)),
        (("cycles", "one", "steps", 9), False, (6, 7)),
        (("gone",), False, (1, 1)),
    ],
)
def test_every_key_and_value_has_its_position(path: Path, key: bool, place: tuple[int, int]) -> None:
    assert locate(read(TEXT, "x").data, path, TOP, key) == place


def test_a_path_with_a_repeated_word_is_followed_to_its_end() -> None:
    assert locate(read("a:\n  a:\n    a: 1\n", "x").data, ("a", "a", "a"), TOP, key=True) == Place(3, 5)


def test_columns_count_characters_and_lines_count_as_in_editors() -> None:
    (problem,) = read("é: ü\r\n\r\nä: {ö: 1, ö: 2}\r\n", "x").problems
    assert (problem.line, problem.column) == (3, 11)


def test_a_value_repeated_by_an_alias_has_the_position_of_the_alias() -> None:
    data = read("a: &a {x: 1}\nb: *a\nc: [*a, *a]\n", "x").data
    assert data["a"] == data["b"] == data["c"][1]
    assert (data.values_at["b"], data["c"].values_at[1]) == (Place(2, 4), Place(3, 9))


def test_the_deepest_allowed_nesting_is_read() -> None:
    assert not read("a: " + "[" * (DEEPEST - 1) + "]" * (DEEPEST - 1), "x").problems
    assert read("a: " + "[" * DEEPEST + "]" * DEEPEST, "x").problems


def test_a_repeated_scalar_adds_no_depth() -> None:
    text = "s: &s x\na: " + "[" * (DEEPEST - 1) + "*s" + "]" * (DEEPEST - 1)
    assert not read(text, "x").problems


def test_a_repeated_scalar_counts_once_per_repetition() -> None:
    def repeated(times: int) -> str:
        return f"s: &s x\na: [{'*s,' * times}]\n"  # the mapping, its two keys, x and the list

    assert not read(repeated(MOST_VALUES - 5), "x").problems
    assert [problem.code for problem in read(repeated(MOST_VALUES - 4), "x").problems] == ["FU010"]


def test_an_endless_alias_and_an_unknown_alias_have_different_messages() -> None:
    (endless,), (missing,) = read("a: &a [*a]", "x").problems, read("a: [*a]", "x").problems
    assert endless.message == "*a contains itself"
    assert missing.message == "*a has no &a above it"


def test_a_problem_has_the_path_of_its_value() -> None:
    (problem,) = read("a:\n  - b\n  - c: [d, !tag e]\n", "x").problems
    assert (problem.code, problem.path) == ("FU011", "a[1].c[1]")


@pytest.mark.parametrize("loader", [yaml.SafeLoader, LOADER])
def test_both_parsers_of_pyyaml_read_the_same(loader: type[yaml.SafeLoader]) -> None:
    assert read(TEXT, "x", loader) == read(TEXT, "x")
    assert locate(read(TEXT, "x", loader).data, ("cycles", "one", "steps", 1, "text"), TOP) == Place(8, 17)


def test_a_path_that_leads_nowhere_has_no_value() -> None:
    data = read("a: [{b: 1}]", "x").data
    assert value_at(data, "a", 0, "b") == 1
    assert [value_at(data, *path) for path in (("a", 1), ("a", "b"), ("a", 0, "b", "c"), (0,))] == [None] * 4


YAML_LIKE = st.text(alphabet=st.sampled_from("ab10 .:-?#&*!|>'\"%@`{}[],\n\r\t\\<~\u00e9\u2028\ufeff\0"), max_size=80)


@given(st.one_of(st.text(max_size=200), YAML_LIKE))
@example("? - ? -\n")
@example("a: !<\n")
@example("%YAML 9.9\n---\n")
@settings(max_examples=examples(400))
def test_any_text_gives_data_or_problems(text: str) -> None:
    reading = read(text, "x")
    assert reading.problems or not reading.broken
    lines = text.count("\n") + text.count("\r") + text.count("\u2028") + text.count("\u2029") + text.count("\x85") + 1
    for problem in reading.problems:
        assert 1 <= problem.line <= lines + 1 and problem.column >= 1
    json.dumps(reading.data, allow_nan=False)


@given(st.binary(max_size=200))
@settings(max_examples=examples(300))
def test_any_bytes_are_decoded_or_reported_as_not_text(data: bytes) -> None:
    try:
        text = decode(data)
    except NotText as error:
        assert error.place.line <= data.count(b"\n") + 1
    else:
        read(text, "x")


PLAIN = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**17), 10**17),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=10),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.from_regex("[a-z]{1,8}"), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(st.dictionaries(st.from_regex("\\A[a-z]{1,8}\\Z"), PLAIN, max_size=4))
@settings(max_examples=examples(200))
def test_json_is_read_back_unchanged(data: dict[str, object]) -> None:
    text = json.dumps(data, ensure_ascii=False)
    reading = read(text.replace("\ufeff", "").replace("\x7f", ""), "x")
    if not reading.problems:
        assert json.loads(json.dumps(reading.data)) == json.loads(text.replace("\ufeff", "").replace("\x7f", ""))


def test_every_number_is_finite() -> None:
    assert all(math.isfinite(value) for value in read("a: [1e308, -1e308, 0.0]", "x").data["a"])


def test_containers_are_plain_dicts_and_lists() -> None:
    data = read("a: [1]", "x").data
    assert isinstance(data, dict) and isinstance(data["a"], list)
    assert type(data) is Map and type(data["a"]) is Seq
