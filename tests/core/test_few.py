"""Few keeps the first of many, and counts them all."""

from __future__ import annotations

import pytest

from followup.core.few import Few


@pytest.mark.parametrize(("most", "kept"), [(None, 3), (0, 0), (1, 1), (2, 2), (3, 3), (4, 3)])
def test_few_keeps_up_to_its_limit_and_counts_the_rest_too(most: int | None, kept: int) -> None:
    few = Few[str](most)
    for word in ("one", "two", "three"):
        few.add(word)
    assert (few, few.total) == (["one", "two", "three"][:kept], 3)
    assert few.full is (kept == most)
