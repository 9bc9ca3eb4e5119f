"""F20: what a user sees."""

from __future__ import annotations

import pytest

from followup.core.model import Dossier
from followup.core.reach import Reach, sees
from tests.core.building import Story, office

TEAM = Reach(False, frozenset({"tom"}), None)
PLACE = Reach(False, frozenset({"sue"}), "bluewater")
EVERYTHING = Reach(True, frozenset({"sue"}), None)


@pytest.mark.parametrize(
    ("reach", "owner", "property", "seen"),
    [
        (TEAM, "tom", None, True),
        (TEAM, "kim", None, False),
        (TEAM, None, None, False),
        (PLACE, "kim", "bluewater", True),
        (PLACE, "kim", None, True),
        (PLACE, "kim", "beachside", False),
        (PLACE, "sue", "beachside", True),
        (EVERYTHING, "kim", "beachside", True),
    ],
)
def test_F20_a_contact_is_visible_to_its_owners_team_and_to_its_property(
    reach: Reach, owner: str | None, property: str | None, seen: bool
) -> None:
    assert sees(reach, Story(office()).added(owner=owner, property=property).dossier) is seen


@pytest.mark.parametrize(("reach", "seen"), [(TEAM, False), (PLACE, True), (EVERYTHING, True)])
def test_F20_a_users_own_tasks_belong_to_no_property(reach: Reach, seen: bool) -> None:
    assert sees(reach, Dossier("user:kim")) is seen
    assert sees(TEAM, Dossier("user:tom"))
