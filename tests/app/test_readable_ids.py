"""Ids made from names: they can be typed, and no id is given twice."""

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


class UsedIds:
    """Ids in use, and how often they were queried."""

    def __init__(self, ids: set[str]) -> None:
        self.ids, self.queries = ids, 0

    def __call__(self, ids: Iterable[str]) -> set[str]:
        self.queries += 1
        return self.ids.intersection(ids)


def test_a_name_shared_by_thousands_gets_an_id_with_few_queries() -> None:
    used = UsedIds({"bob", *(f"bob-{number}" for number in range(2, 5000))})
    ids = UnusedIds(used).ids(["Bob", "Ann", "bob", "BOB"])
    assert len({*ids} - used.ids) == 4 and ids[1] == "ann"
    assert used.queries < 40


def test_names_without_letters_get_numbered_ids() -> None:
    assert UnusedIds(UsedIds(set())).ids(["★", "☆"]) == ["contact-1", "contact-2"]


@given(st.lists(st.text(max_size=20), max_size=20))
def test_any_names_get_valid_ids_and_no_id_twice(names: list[str]) -> None:
    ids = UnusedIds(UsedIds({"a", "a-2", "contact-1"})).ids(names)
    assert len(set(ids)) == len(names) and all(map(ID.fullmatch, ids))
