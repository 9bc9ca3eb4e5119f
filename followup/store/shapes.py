"""Compares a store's schema with what the migrations create; objects have names such as "index action_due"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping


def departures(expected: Mapping[str, str], actual: Mapping[str, str]) -> Iterator[str]:
    """A line for each object that is missing, changed, or doesn't belong to followup."""
    for what in {**expected, **actual}:
        if what not in actual:
            yield f"{what} is missing"
        elif what not in expected:
            yield f"{what} doesn't belong to followup"
        elif expected[what] != actual[what]:
            yield f"{what} was changed"
