"""What a store is made of, against what the migrations make; each by what it is called, such as "index action_due"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping


def departures(should: Mapping[str, str], found: Mapping[str, str]) -> Iterator[str]:
    """A line for each that is missing, is of somebody else's making, or was changed."""
    for what in {**should, **found}:
        if what not in found:
            yield f"{what} is not there"
        elif what not in should:
            yield f"{what} is not of this program"
        elif should[what] != found[what]:
            yield f"{what} was changed: it is not what the migrations make"
