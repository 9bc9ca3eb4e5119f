"""Valid values of a contact's fields: P4, E12."""

from __future__ import annotations

import pytest

from followup.core.fields.cleaning import clean_typed
from followup.core.fields.values import Unfit, clean_list, shown
from followup.core.model import STAGES


@pytest.mark.parametrize("text", ["", "mycontacts", " ; ,", "--"])
def test_an_empty_list_is_none(text: str) -> None:
    assert clean_list(text) is None


@pytest.mark.parametrize("stage", STAGES)
def test_F21_a_stage_is_recognized_in_any_case(stage: str) -> None:
    assert stage in ("prospect", "lead", "won", "lost")
    assert clean_typed("stage", f" {stage.upper()}") == stage


@pytest.mark.parametrize("field", ["stage", "email", "id"])
def test_typed_values_are_cleaned_like_values_in_a_file(field: str) -> None:
    with pytest.raises(Unfit):
        clean_typed(field, "no such thing")
    assert clean_typed(field, "  ") is None
    assert clean_typed("source", " two  words\n") == "two words"


@pytest.mark.parametrize("length", [1, 59, 60])
def test_a_short_value_in_a_reason_appears_in_full(length: int) -> None:
    assert shown("x" * length) == repr("x" * length)


def test_a_long_value_in_a_reason_ends_in_dots() -> None:
    assert shown("x" * 61) == repr("x" * 57 + "...")
