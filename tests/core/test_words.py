"""Words that users type: case and accents don't matter, and close matches are suggested."""

from __future__ import annotations

import pytest

from followup.core.words import folded, meant, nearest

NAMES = {"hot": "Ready to buy", "not-interested": "Not Interested", "nein": "NOT  interested", "zoe": "Zoë"}


@pytest.mark.parametrize(
    ("typed", "compared"), [("Zoë", "zoe"), ("  Not   Interested ", "not interested"), ("STRASSE", "strasse"), ("Straße", "strasse")]
)  # fmt: skip
def test_words_are_compared_without_case_accents_and_extra_spaces(typed: str, compared: str) -> None:
    assert folded(typed) == compared


@pytest.mark.parametrize(
    ("word", "ids"),
    [
        ("hot", ["hot"]),
        ("HOT", ["hot"]),
        ("ready to BUY", ["hot"]),
        ("not interested", ["not-interested", "nein"]),
        ("zoe", ["zoe"]),
        ("nobody", []),
    ],
)
def test_a_word_matches_an_id_or_a_name(word: str, ids: list[str]) -> None:
    assert meant(word, NAMES) == ids


def test_an_exact_id_wins_over_every_name() -> None:
    assert meant("a", {"a": "First", "b": "A"}) == ["a"]
    assert meant("A", {"a": "First", "b": "A"}) == ["a", "b"]


def test_close_matches_are_suggested_if_there_are_any() -> None:
    assert nearest("callbak", ["callback", "letter"]) == "; did you mean 'callback'?"
    assert nearest("call", ["calls", "calla"]) == "; did you mean 'calls' or 'calla'?"
    assert nearest("xyz", ["callback"]) == ""


def test_an_id_and_a_name_that_read_alike_are_one_suggestion() -> None:
    assert nearest("cal", ["call", "tour", "Call", "Tour"]) == "; did you mean 'call'?"
    assert nearest("After tours", ["after-tour", "After tour"]) == "; did you mean 'After tour'?"
    assert (
        nearest("one", ["one-a", "One A", "one-b", "One B", "one-c"]) == "; did you mean 'one-c' or 'one-b' or 'one-a'?"
    )
