"""Output: tables as tabulate draws them, values that stay values."""

from __future__ import annotations

from unicodedata import category

from hypothesis import given
from hypothesis import strategies as st

from followup.output.table import table, tabulated
from followup.output.text import clean

CELL = st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=12)


@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=6))
def test_our_table_is_tabulates(rows: list[tuple[str, str, str]]) -> None:
    assert table(("id", "due", "title"), rows) == tabulated(("id", "due", "title"), rows)


@given(st.text())
def test_nothing_that_a_terminal_acts_on_is_left(text: str) -> None:
    assert not {category(c) for c in clean(text)} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_a_direction_override_and_an_escape_are_dropped() -> None:
    assert clean("Eve\x1b[31m\u202ered\nend") == "Eve[31mred end"
