"""A problem with its source line: the caret is below the column, and the line can't control the terminal."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from wcwidth import wcswidth

from followup.errors import Problem
from followup.output.excerpt import ROOM, with_excerpt


def excerpt(source: str, column: int, hint: str = "") -> list[str]:
    return list(with_excerpt(Problem("FU101", "error", "a.yaml", 4, column, "a", "wrong", hint, source)))


def test_A21_the_line_a_caret_and_the_hint_follow_the_problem() -> None:
    assert excerpt("users: [tom]", 8, "write it so") == [
        "a.yaml:4:8: error FU101 wrong",
        "    4 | users: [tom]",
        "      |        ^",
        "      = write it so",
    ]


def test_without_a_source_line_everything_is_on_one_line() -> None:
    assert excerpt("", 1, "write it so") == ["a.yaml:4:1: error FU101 wrong (write it so)"]
    assert len(excerpt("   ", 1)) == 1


LINES = {
    "a tab is four columns wide": ("\ta: [b]", 5, "    a: [b]", 7),
    "a wide character is two columns wide": ("李伟: [b]", 5, "李伟: [b]", 6),
    "a combining character has no width": ("e\u0301: [b]", 5, "e\u0301: [b]", 3),
    "an emoji is two columns wide": ("\U0001f600: [b]", 4, "\U0001f600: [b]", 4),
    "an escape becomes a mark": ("a\x1b[31m: [b]", 9, "a\ufffd[31m: [b]", 8),
    "a direction override becomes a mark": ("\u202ea: [b]", 5, "\ufffda: [b]", 4),
    "a joiner becomes a mark": ("a\u200db: [b]", 6, "a\ufffdb: [b]", 5),
    "after the end": ("a: b", 5, "a: b", 4),
    "far after the end": ("a: b", 99, "a: b", 4),
    "column zero": ("a: b", 0, "a: b", 0),
}


@pytest.mark.parametrize("name", LINES)
def test_the_caret_is_below_the_column(name: str) -> None:
    source, column, line, before = LINES[name]
    assert excerpt(source, column)[1:3] == [f"    4 | {line}", f"      | {' ' * before}^"]


@given(st.text(max_size=300), st.integers(1, 320))
@example("x" * 5000, 2500)
@example("李" * 300, 150)
@example("\u0301" * 300, 200)
def test_an_excerpt_fits_its_width_and_the_caret_is_inside_for_every_line(source: str, column: int) -> None:
    lines = excerpt(source, column)
    assert all(line.isprintable() for line in lines)
    if len(lines) > 1:
        line, caret = lines[1][8:], lines[2][8:].index("^")
        assert wcswidth(line) <= ROOM + 2 and caret <= ROOM


def test_a_cut_line_is_marked_and_shows_the_text_around_the_column() -> None:
    long = f"a: [{'b, ' * 100}HERE{', c' * 100}]"
    line, caret = excerpt(long, long.index("HERE") + 1)[1:3]
    assert line[8:].startswith("\u2026") and line.endswith("\u2026") and line[caret.index("^") :].startswith("HERE")
    first = f"HERE{', c' * 100}"
    assert excerpt(first, 1)[1] == f"    4 | {first[:ROOM]}\u2026"


def test_a_line_that_just_fits_is_not_cut() -> None:
    assert excerpt("a" * ROOM, 1)[1] == "    4 | " + "a" * ROOM
    assert excerpt("a" * (ROOM + 1), 1)[1] == "    4 | " + "a" * ROOM + "\u2026"


def test_a_long_line_number_keeps_the_gutter_straight() -> None:
    lines = list(with_excerpt(Problem("FU101", "error", "a.yaml", 123456, 1, "a", "wrong", "", "a: b")))
    assert lines[1:] == ["123456 | a: b", "       | ^"]
