"""Output: tables as tabulate draws them, values that stay values."""

from __future__ import annotations

from unicodedata import category

from hypothesis import given
from hypothesis import strategies as st

from followup.output.table import table, tabulated
from followup.output.text import clean

#: Latin, wide (Chinese, Japanese, Korean), a combining accent, an emoji
LETTERS = st.characters(min_codepoint=33, max_codepoint=126) | st.sampled_from("äéß王陳あ한글\u0301🙂")
CELL = st.text(alphabet=LETTERS, min_size=1, max_size=12).filter(lambda cell: cell.strip("\u0301"))


@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=6))
def test_our_table_is_tabulates(rows: list[tuple[str, str, str]]) -> None:
    assert table(("id", "due", "title"), rows) == tabulated(("id", "due", "title"), rows)


@given(st.text())
def test_nothing_that_a_terminal_acts_on_is_left(text: str) -> None:
    assert not {category(c) for c in clean(text)} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_a_direction_override_and_an_escape_are_dropped() -> None:
    assert clean("Eve\x1b[31m\u202ered\nend") == "Eve[31mred end"
