"""What a field of a contact may hold: P4, E12."""

from __future__ import annotations

import pytest

from followup.core.fields.cleaning import clean_typed
from followup.core.fields.values import Unfit, clean_list, shown
from followup.core.model import STAGES


@pytest.mark.parametrize("text", ["", "mycontacts", " ; ,", "--"])
def test_a_list_of_nothing_is_none(text: str) -> None:
    assert clean_list(text) is None


@pytest.mark.parametrize("stage", STAGES)
def test_F21_a_stage_is_known_however_it_is_written(stage: str) -> None:
    assert stage in ("prospect", "lead", "won", "lost")
    assert clean_typed("stage", f" {stage.upper()}") == stage


@pytest.mark.parametrize("field", ["stage", "email", "id"])
def test_what_is_typed_is_cleaned_as_a_file_would_be(field: str) -> None:
    with pytest.raises(Unfit):
        clean_typed(field, "no such thing")
    assert clean_typed(field, "  ") is None
    assert clean_typed("source", " two  words\n") == "two words"


@pytest.mark.parametrize("length", [1, 59, 60])
def test_a_value_inside_a_reason_is_shown_whole_if_it_is_short(length: int) -> None:
    assert shown("x" * length) == repr("x" * length)


def test_a_long_value_inside_a_reason_ends_in_dots() -> None:
    assert shown("x" * 61) == repr("x" * 57 + "...")
