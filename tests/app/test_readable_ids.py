"""Ids that are made of names: they can be typed, and none is given twice."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup.app.readable_ids import UnusedIds, plain
from followup.core.fields.values import ID


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("Bob Newman", "bob-newman"),
        ("José  Núñez", "jose-nunez"),
        ("Łukasz O'Leary-Ørsted", "lukasz-oleary-orsted"),
        ("李伟", "li-wei"),
        ("Юлия Ким", "yuliya-kim"),
        ("Ελένη", "eleni"),
        ("김민준", "gimminjun"),
        ("sue@stone.example", "sue-stone-example"),
        ("+1 604 555 9999", "1-604-555-9999"),
        ("👩‍👧 Mia", "mia"),
        ("★", ""),
        ("", ""),
        ("x" * 100, "x" * 48),
    ],
)
def test_hostile_P8_a_name_in_any_script_makes_an_id_that_can_be_typed(name: str, id: str) -> None:
    assert plain(name) == id


class Taken:
    """Ids in use, and how often they were asked about."""

    def __init__(self, ids: set[str]) -> None:
        self.ids, self.asked = ids, 0

    def __call__(self, ids: Iterable[str]) -> set[str]:
        self.asked += 1
        return self.ids.intersection(ids)


def test_of_thousands_with_one_name_the_next_gets_an_id_soon() -> None:
    taken = Taken({"bob", *(f"bob-{number}" for number in range(2, 5000))})
    found = UnusedIds(taken).ids(["Bob", "Ann", "bob", "BOB"])
    assert len({*found} - taken.ids) == 4 and found[1] == "ann"
    assert taken.asked < 40


def test_a_name_without_letters_is_numbered_from_the_first() -> None:
    assert UnusedIds(Taken(set())).ids(["★", "☆"]) == ["contact-1", "contact-2"]


@given(st.lists(st.text(max_size=20), max_size=20))
def test_any_names_have_ids_that_fit_and_none_is_given_twice(names: list[str]) -> None:
    found = UnusedIds(Taken({"a", "a-2", "contact-1"})).ids(names)
    assert len(set(found)) == len(names) and all(map(ID.fullmatch, found))
