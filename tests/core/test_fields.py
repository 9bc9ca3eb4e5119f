"""Valid values of a contact's fields: P4, E12."""

from __future__ import annotations

import pytest

from followup.core.fields.addresses import emails_in, phones_in, same_phone
from followup.core.fields.artifacts import is_no_address, says_nothing, seen
from followup.core.fields.cleaning import clean_typed
from followup.core.fields.values import LONGEST, Unfit, clean_cell, clean_list, clean_text, shown
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


FIELDS = "emails phones name first_name last_name company owner property cycle source type id stage email phone groups"
PLACEHOLDERS = (
    "n/a|N/A|N/a|n.a.|N.A.|NULL|null|(null)|<null>|[null]|\\N|NaN|undefined|(blank)|(none)|(empty)|(not set)|[blank]|"
    "[none]|k.A.|k. A.|-|--|_|...|?|*|#N/A|#REF!|#VALUE!|#NAME?|#DIV/0!|#NULL!|#NUM!|#ERROR!|#SPILL!|#CALC!|####"
)


@pytest.mark.parametrize("text", PLACEHOLDERS.split("|"))
def test_imports_F13_a_placeholder_is_blank_in_every_field(text: str) -> None:
    assert says_nothing(text)
    assert [field for field in FIELDS.split() if clean_typed(field, text) is not None] == []


NO_ADDRESSES = (
    "na none nil nan no unknown blank empty missing tbd tba x xx xxx nope noemail nophone nomail notprovided notavailable "
    "notapplicable notset private withheld keine keiner unbekannt aucun aucune inconnu ninguno ninguna desconocido false"
)


@pytest.mark.parametrize("word", NO_ADDRESSES.split())
def test_imports_F13_a_word_for_no_address_is_blank_there_and_a_name_elsewhere(word: str) -> None:
    for text in (word, word.upper(), f" {word}. "):
        assert is_no_address(text) and clean_typed("email", text) is None and clean_typed("phone", text) is None
    assert clean_typed("name", word) == word


INVISIBLE = "\u00ad\u061c\u180e\u200b\u200e\u200f\u202a\u202e\u2060\u206f\ufeff\ufff9\ufffb"


@pytest.mark.parametrize(
    "character",
    [
        *INVISIBLE,
        *"\x85\u2028\u2029\u3000\u200d\u20dd",
        "\u115f",
        "\u1160",
        "\u2800",
        "\u3164",
        "\uffa0",
        "\u0301",
        "\ue000",
    ],
)
def test_imports_F13_a_cell_of_invisible_characters_is_blank(character: str) -> None:
    assert seen(character) == "" and clean_text(character) is None
    if character in INVISIBLE:
        assert clean_text(f"Jane{character}") == "Jane"


def test_imports_F13_joiners_inside_names_and_emoji_stay() -> None:
    assert (
        clean_text("\u0645\u06cc\u200c\u062e\u0648 \U0001f469\u200d\U0001f467")
        == "\u0645\u06cc\u200c\u062e\u0648 \U0001f469\u200d\U0001f467"
    )


@pytest.mark.parametrize(("field", "lines"), [("notes", True), ("emails", True), ("phones", True), ("name", False)])
def test_only_notes_and_lists_have_several_lines(field: str, lines: bool) -> None:
    text = {"emails": "a@b.example\nc@d.example", "phones": "604 555 0108\n604 555 0109"}.get(field, "one\ntwo")
    cleaned = clean_typed(field, text) or ""
    assert len(cleaned.split("\n")) == (2 if lines else 1)


def test_a_text_is_one_line_unless_several_are_allowed() -> None:
    assert (clean_text("one\ntwo"), clean_text("one\ntwo", True)) == ("one two", "one\ntwo")
    assert (clean_cell("one\ntwo"), clean_cell("one\ntwo", True)) == ("one two", "one\ntwo")


def test_a_value_that_is_too_long_is_refused_with_its_place_and_length() -> None:
    assert clean_text("x" * LONGEST) and clean_cell("x" * LONGEST)
    with pytest.raises(Unfit, match=f"^a text has {LONGEST + 1} characters; the maximum is {LONGEST}$"):
        clean_text("x" * (LONGEST + 1))
    with pytest.raises(Unfit, match=f"^a cell has {LONGEST + 1} characters"):
        clean_cell("x" * (LONGEST + 1))


def test_imports_F13_many_numbers_in_one_cell_are_separate_numbers() -> None:
    numbers = [f"604 555 01{place:02}" for place in range(9)]
    for count in range(1, 9):
        for separator in (" / ", ", ", " or ", "; ", "|"):
            assert phones_in(separator.join(numbers[:count])) == numbers[:count]


@pytest.mark.parametrize("separator", [" or ", " OR ", " und ", " ET ", " & ", "/", ", ", ";", "|", "\n", " ", ":::"])
def test_imports_F4_addresses_in_one_cell_are_separate_addresses(separator: str) -> None:
    assert emails_in(f"a@b.example{separator}c@d.example") == ["a@b.example", "c@d.example"]


def test_two_contacts_without_a_phone_number_do_not_have_the_same_one() -> None:
    assert not any(same_phone(one, other) for one in (None, "", "x", "-") for other in (None, "", "x", "-"))
    assert same_phone("604 555 0108", "+1 (604) 555-0108") and not same_phone("555 01", "604 555 01")


def test_E12_a_typed_opt_out_names_channels_like_a_file() -> None:
    assert clean_typed("do_not_contact", "no calls, sms") == "call sms"
    assert clean_typed("do_not_contact", "no") is None
