"""A text that isn't YAML: where it went wrong, and what to write instead, in plain words, from either parser."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from followup.catalog.load import load
from followup.catalog.reader import LOADER, read
from tests.properties import examples

#: text -> line, column, message, hint
MISTAKES: dict[str, tuple[int, int, str, str]] = {
    # a colon
    "a:\n  name: Callback: 30 days\n": (2, 17, "a text with a colon needs quotes", 'write `name: "Callback: 30 days"`'),
    "- {id: a}\n- name: Call: x # y\n": (2, 13, "a text with a colon needs quotes", 'write `name: "Call: x"`'),
    'name: say: "x"\n': (1, 10, "a text with a colon needs quotes", 'write `name: "say: \\"x\\""`'),
    f"name: a: {'x' * 60}\n": (1, 8, "a text with a colon needs quotes", "put the text into quotes"),
    "a: {id: x, name: Call: back, y: 1}\n": (1, 22, "a text with a colon needs quotes", 'write `name: "Call: back"`'),
    "a: [Call: back: x]\n": (1, 15, "a text with a colon needs quotes", "put the text into quotes"),
    "a: [b, 'c': d: e]\n": (1, 14, "a text with a colon needs quotes", "put the text into quotes"),
    'a: "x": y\n': (1, 7, "a colon that belongs to no key", "put a text with a colon into quotes"),
    "a:1\nb: 2\n": (1, 1, "no space behind the colon", "write `a: 1`"),
    "b: 2\na:1\nc: 3\n": (2, 1, "no space behind the colon", "write `a: 1`"),
    "cycles\n  a: 1\n": (1, 1, "a line without a colon", "if it is a key, write `cycles:`"),
    "a: 1\nb\nc: 2\n": (2, 1, "a line without a colon", "if it is a key, write `b:`"),
    "a: 1\nb": (2, 1, "a line without a colon", "if it is a key, write `b:`"),
    f"{'x' * 1025}: 1\n": (1, 1, "a key longer than 1000 characters", "give it a shorter one"),
    "a\uff1a1\nb: 2\n": (1, 1, "a full-width colon", "type a plain colon and a space"),
    # braces, brackets and commas
    "a:\n  b: {c: 1, d: []\ne:\n  f: {g: 1}\n": (2, 6, "the { opened on line 2 is never closed", "close it with }"),
    "a: [b, c\n": (1, 4, "the [ opened on line 1 is never closed", "close it with ]"),
    "a: [": (1, 4, "the [ opened on line 1 is never closed", "close it with ]"),
    "a:\n  b: [c,\n": (2, 6, "the [ opened on line 2 is never closed", "close it with ]"),
    "a:\n  b: {\n    c: [1, 2\n  }\n": (3, 8, "the [ opened on line 3 is never closed", "close it with ]"),
    "a: [b, {c: 1]}\n": (1, 13, "the { opened on line 1 is closed by ]", "close it with } first"),
    "a: {b: 1 c: 2}\n": (1, 10, "no comma before this key", "write `1, c:`"),
    "a: {\n  b: 1\n  c: 2\n}\n": (3, 4, "no comma before this line", "write one at the end of line 2"),
    "a: [{b: 1} {c: 2}]\n": (
        1,
        12,
        "no comma before this; the [ opened on line 1 goes on here",
        "write a comma, or close it with ]",
    ),
    "a: {b: 1}}\n": (1, 10, "this } closes nothing", "take it out, or put the value into quotes"),
    "name: [Web] Lead\n": (1, 13, "text after a closing brace or bracket", 'write `name: "[Web] Lead"`'),
    "a: [b,, c]\n": (1, 7, "no value before this", "take out what is too much, or put the text into quotes"),
    # quotes
    'a:\n  b: "x\n  c: y\n': (2, 6, 'the " opened on line 2 is never closed', 'close it with "'),
    "a:\n  b: 'x\n  c: 'y'\n  d: z\n": (
        2,
        6,
        "the quote opened on line 2 is closed only on line 3",
        "close it with ' on line 2",
    ),
    'a: "x" y\n': (1, 8, "text after the closing quote", "put all of it into one pair of quotes"),
    "a: 'it's fine'\n": (
        1,
        8,
        "text after the closing quote",
        "write an apostrophe twice ('it''s'), or use double quotes",
    ),
    "a: {b: 'it's', c: 1}\n": (
        1,
        12,
        "text after the closing quote",
        "write an apostrophe twice ('it''s'), or use double quotes",
    ),
    'a: "C:\\Users"\n': (1, 9, "a backslash begins an escape here", "use single quotes, or write it twice"),
    # indentation and tabs
    "a: b\n  c: d\n": (
        2,
        4,
        "this line is indented too far: line 1 has a value already",
        "indent it like line 1, or put quotes around a longer text",
    ),
    "a:\n    b: 1\n\n  c: 2\n": (
        4,
        3,
        "the indentation of this line fits none above",
        "indent it like the key that it follows; line 2 begins in column 5",
    ),
    "a:\n  - b: 1\n  c: 2\n": (
        3,
        3,
        "a key where the list of line 2 goes on",
        "indent it like the first key of its item, or begin the line with `- `",
    ),
    "a:\n   - b\n  - c\n": (
        3,
        3,
        "a list item among keys",
        "indent it below the key that it belongs to",
    ),
    "a:\n  b: 1\n  - c\n": (3, 3, "a list item among keys", "indent it below the key that it belongs to"),
    "steps: - id: a\n": (1, 8, "a list begins below its key", "put `- ` on the next line"),
    "a:\n\tb: 1\n": (2, 1, "a tab in the indentation", "use spaces"),
    "a:\n  \tb: 1\n": (2, 3, "a tab in the indentation", "use spaces"),
    "a:\n  -\tb: 1\n": (2, 4, "a tab where only spaces can be", "use spaces"),
    "a: |\nb\n": (
        2,
        1,
        "the text below | has to be indented further than its key",
        "indent all of its lines by two more spaces",
    ),
    "a: > b\n": (1, 6, "the text begins on the line below", "start a new line, and indent it"),
    # a value's first character
    "a: @home # y\n": (1, 4, "a value can't begin with @", 'write `a: "@home"`'),
    "a: `x`\n": (1, 4, "a value can't begin with `", 'write `a: "`x`"`'),
    "a: %x\n": (1, 4, "a value can't begin with %", 'write `a: "%x"`'),
    "a: {b: @x}\n": (1, 8, "a value can't begin with @", "put the text into quotes"),
    "a: *important*\n": (1, 4, "a value can't begin with *", 'write `a: "*important*"`'),
    "a: & Sons\n": (1, 4, "a value can't begin with &", 'write `a: "& Sons"`'),
    "a: ? b\n": (1, 4, "a value can't begin with ?", 'write `a: "? b"`'),
}


@pytest.mark.parametrize("loader", [yaml.SafeLoader, LOADER], ids=["python", "libyaml"])
@pytest.mark.parametrize("text", MISTAKES)
def test_A21_a_mistake_is_reported_with_its_place_and_the_fix(text: str, loader: type[yaml.SafeLoader]) -> None:
    (problem,) = read(text, "x", loader).problems
    assert (problem.line, problem.column, problem.message, problem.hint) == MISTAKES[text]
    assert read(text.replace("\n", "\r\n"), "x", loader).problems == (problem,)


QUOTES = {
    "a: {{contact.name}}\n": ("FU014", "put a text that begins with { or [ into quotes"),
    "a: *important\n": ("FU016", "put a text that begins with * into quotes"),
    "a: !Important\n": ("FU011", "remove the tag, or put it into quotes"),
}


@pytest.mark.parametrize("text", QUOTES)
def test_text_that_looks_like_yaml_must_be_quoted(text: str) -> None:
    (problem,) = read(text, "x").problems
    assert (problem.code, problem.hint) == QUOTES[text]


def test_a_problem_without_advice_has_the_parsers_message() -> None:
    (problem,) = read("a: 1\n... x\n", "x", yaml.SafeLoader).problems
    assert problem.message == "not valid YAML: expected '<document start>', but found '<scalar>'"
    (problem,) = read("%YAML 9.9 x\n", "x", yaml.SafeLoader).problems
    assert problem.hint == "while scanning a directive, begun on line 1"


PIECES = st.lists(
    st.sampled_from(
        (
            "a",
            "b: ",
            "\n",
            "  ",
            "- ",
            "{",
            "}",
            "[",
            "]",
            ", ",
            "'",
            '"',
            ":",
            "\t",
            "@",
            "*",
            "&",
            "|",
            "#",
            "? ",
            "\\",
            "é",
        )
    ),
    max_size=25,
).map("".join)


@given(PIECES, st.sampled_from([yaml.SafeLoader, LOADER]))
@settings(max_examples=examples(400))
def test_any_mistake_has_a_place_within_the_text(text: str, loader: type[yaml.SafeLoader]) -> None:
    lines = text.split("\n")
    for problem in read(text, "x", loader).problems:
        assert 1 <= problem.line <= len(lines) and 1 <= problem.column <= len(lines[problem.line - 1]) + 1
        assert problem.message and "\n" not in problem.message + problem.hint


def test_a_problem_includes_its_source_line(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"office: {name: O,\r\n zone: x: y}\r\n")
    (problem,) = load(str(tmp_path)).problems
    assert problem.source == " zone: x: y}"
