"""Where a step that is gone stood among those that there are now (E4)."""

from __future__ import annotations

import pytest

from followup.core.kinds import CYCLE
from followup.core.migration.edition import ProcessEdit
from followup.core.office import Process, Ref
from tests.core.building import cycle, step

REF = Ref(CYCLE, "c")


def of(steps: str) -> Process:
    """A letter is a step; one behind a minus is inactive."""
    ids = list(steps.replace("-", ""))
    return cycle("c", *(step(id, active=f"-{id}" not in steps) for id in ids))


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ("axb", "ab", 1),
        ("xab", "ab", 0),
        ("abx", "ab", 2),
        ("axb", "anb", 1),  # what took its place
        ("axb", "nab", 2),  # a new one before them moves them all
        ("xab", "nab", 0),
        ("abxc", "ac", 1),  # the nearest before it is gone too
        ("axb", "ba", 0),  # nothing stands behind the one before it any more: before the first that came after
        ("axbc", "nbca", 1),
        ("axbc", "nca", 1),
        ("axb", "-ab", 0),  # inactive is as good as gone
        ("axb", "a-b", 1),
        ("axb", "", 0),
        ("x", "", 0),
        ("x", "na", 0),
        ("xab", "", 0),
        ("a", "ab", 1),  # one that was not there either is taken for the last of all
        ("a", "b", 0),
    ],
)
def test_E4_the_place_of_a_step_that_is_gone_is_behind_the_one_before_it_that_stays(
    before: str, after: str, place: int
) -> None:
    assert ProcessEdit(REF, of(before), of(after)).place_of("x") == place


def test_E4_of_a_process_that_was_not_declared_every_step_has_the_first_place() -> None:
    assert ProcessEdit(REF, None, of("ab")).place_of("x") == 0
    assert ProcessEdit(REF, of("ax"), None).place_of("x") == 0
