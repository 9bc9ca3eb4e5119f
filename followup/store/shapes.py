"""What a store is made of, against what the migrations make; each by what it is called, such as "index action_due"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping


def departures(expected: Mapping[str, str], actual: Mapping[str, str]) -> Iterator[str]:
    """A line for each that is missing, is of another program's making, or was changed."""
    for what in {**expected, **actual}:
        if what not in actual:
            yield f"{what} is not there"
        elif what not in expected:
            yield f"{what} is not of this program"
        elif expected[what] != actual[what]:
            yield f"{what} was changed: it is not what the migrations make"
