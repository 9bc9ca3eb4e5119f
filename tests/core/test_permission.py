"""Which user may do what to which contact: F9, F17, F20."""

from __future__ import annotations

from itertools import count

import pytest

from followup.core import wishes as w
from followup.core.decide import decide
from followup.core.draft import Stamp
from followup.core.model import Dossier
from followup.core.reach import below, reach, sees
from followup.errors import NotFound, Refused
from tests.core.building import MONDAY, USERS, Story, cycle, instant, office, step, user

THREE = cycle("three", step("a"), step("b"))
USERS_BY_ID = {u.id: u for u in USERS}
ALL_RIGHTS = frozenset({"add-contacts", "transfer-contacts", "remove-contacts"})


def jane_of(owner: str | None, **fields: object) -> Story:
    return Story(office(THREE)).added("three", owner, **fields)


@pytest.mark.parametrize(
    ("wish", "needed"),
    [
        (w.Add({"name": "X"}, None, True), "add-contacts"),
        (w.Bring({"name": "X"}, None, True), "add-contacts"),
        (w.Transfer(None, "kim"), "transfer-contacts"),
        (w.Remove(), "remove-contacts"),
    ],
)
def test_F17_a_refusal_names_the_missing_permission(wish: w.Wish, needed: str) -> None:
    with pytest.raises(
        Refused, match=rf"tom can't do that: this needs the permission '{needed}' \(role sales-exec\): ask Sue"
    ):
        jane_of("tom").does(wish, by="tom")


def test_F20_a_refusal_names_users_who_see_the_contact() -> None:
    """LOW: it named managers of other teams."""
    users = {
        "tom": USERS_BY_ID["tom"]._replace(manager="ann"),
        "ann": USERS_BY_ID["ann"]._replace(permissions=ALL_RIGHTS, name="Ann"),
        "lone": USERS_BY_ID["lone"]._replace(permissions=ALL_RIGHTS, name="Lone"),
    }
    jane = jane_of("tom")
    jane.office = jane.office._replace(users=users)
    with pytest.raises(Refused, match=r"\(role sales-exec\): ask Ann \(ann\)$"):
        jane.does(w.Transfer(None, "kim"), by="tom")


@pytest.mark.parametrize("wish", [w.Transfer(None, "kim"), w.Remove(), w.Bring({"name": "X"}, None, True)])
def test_F17_a_user_with_the_permission_can_do_it(wish: w.Wish) -> None:
    jane = jane_of("tom")
    jane.office.users["tom"] = USERS_BY_ID["tom"]._replace(permissions=ALL_RIGHTS)  # type: ignore[index]
    jane.does(wish, by="tom")
    assert jane.last


def test_F20_a_manager_is_above_every_level_below_them() -> None:
    chain = {u.id: u for u in (user("a"), user("b", manager="a"), user("c", manager="b"), user("d"))}
    assert below("a", chain) == {"a", "b", "c"}
    assert below("c", chain) == {"c"}


def test_F20_two_managers_who_manage_each_other_are_below_each_other() -> None:
    ring = {u.id: u for u in (user("a", manager="b"), user("b", manager="a"))}
    assert below("a", ring) == {"a", "b"}


@pytest.mark.parametrize(
    ("owner", "by", "seen"),
    [
        ("tom", "tom", True),
        ("tom", "ann", True),
        ("tom", "kim", False),
        ("ann", "tom", False),
        ("tom", "sue", True),
        (None, "tom", False),
        (None, "ann", False),
        (None, "sue", True),
    ],
)
def test_F20_users_see_their_own_and_their_teams_contacts_and_administrators_see_all(
    owner: str | None, by: str, seen: bool
) -> None:
    assert sees(reach(USERS_BY_ID[by], USERS_BY_ID), jane_of(owner).dossier) is seen


def test_F20_an_open_action_lets_its_owner_see_the_contact_and_a_closed_one_does_not() -> None:
    jane = jane_of("tom")
    jane.does(w.Schedule("call", None, "Help", owner="kim"))
    assert sees(reach(USERS_BY_ID["kim"], USERS_BY_ID), jane.dossier)
    jane.does(w.Complete(jane.open[-1].id), by="kim")
    assert not sees(reach(USERS_BY_ID["kim"], USERS_BY_ID), jane.dossier)


@pytest.mark.parametrize("permission", ["apply-catalog", "see-all", "generate-fulfillment"])
@pytest.mark.parametrize(
    ("place", "of", "seen"), [(None, "north", True), ("north", "north", True), ("north", None, True), ("north", "south", False)]
)  # fmt: skip
def test_F20_a_users_property_limits_the_contacts_that_they_see(
    permission: str, place: str | None, of: str | None, seen: bool
) -> None:
    clerk = user("lone", property=place)._replace(permissions=frozenset({permission}))
    assert sees(reach(clerk, USERS_BY_ID), jane_of("tom", property=of).dossier) is seen


def test_F20_an_owner_sees_their_contact_even_at_another_property() -> None:
    owner = user("lone", property="north")._replace(permissions=frozenset({"see-all"}))
    assert sees(reach(owner, USERS_BY_ID), jane_of("lone", property="south").dossier)


def test_F20_a_user_and_their_managers_see_the_users_own_tasks() -> None:
    tasks = Dossier("user:tom")
    assert [id for id, u in USERS_BY_ID.items() if sees(reach(u, USERS_BY_ID), tasks)] == ["sue", "ann", "tom"]


@pytest.mark.parametrize("wish", [w.Complete(2), w.Set({"name": "X"}), w.Schedule("call", None, "Ring")])
def test_F20_a_user_cannot_change_a_contact_that_they_do_not_see(wish: w.Wish) -> None:
    with pytest.raises(NotFound, match="^unknown contact 'jane'$"):
        jane_of("tom").does(wish, by="lone")


def refusals(dossier: Dossier, wish: w.Wish) -> tuple[type[Exception], str]:
    with pytest.raises((NotFound, Refused)) as refused:
        decide(dossier, wish, office(THREE), Stamp(9, instant(MONDAY), USERS_BY_ID["ann"]), count(9))
    return refused.type, str(refused.value)


@pytest.mark.parametrize("wish", [w.Set({"phone": "1"}), w.Complete(2), w.Remove(), w.Transfer("x", "kim"), w.Stop()])
def test_F20_a_hidden_contact_gets_the_same_answer_as_an_unknown_one(wish: w.Wish) -> None:
    absent = refusals(Dossier("contact:jane"), wish)
    assert absent == (NotFound, "unknown contact 'jane'")
    for stranger in (Dossier("contact:jane", hidden=True), jane_of("sue").dossier):
        assert refusals(stranger, wish) == absent


@pytest.mark.parametrize("kind", [w.Add, w.Bring])
def test_F20_the_id_of_a_hidden_contact_is_taken_like_that_of_a_removed_one(kind: type[w.Add] | type[w.Bring]) -> None:
    removed, wish = jane_of("ann"), kind({"name": "X"}, None, True)
    removed.does(w.Remove())
    for stranger in (Dossier("contact:jane", hidden=True), jane_of("sue").dossier):
        assert refusals(stranger, wish) == refusals(removed.dossier, wish)


@pytest.mark.parametrize(
    ("before", "wish"),
    [
        ("north", w.Set({"property": "south"})),
        ("north", w.Set({"property": "south", "owner": "kim"})),
        ("north", w.Set({"property": None})),
        (None, w.Set({"property": "south"})),
        ("north", w.Bring({"name": "Jane Smith", "property": "south"}, None)),
        (None, w.Bring({"property": "south"}, None)),
    ],
)
def test_F19_every_way_to_change_the_property_needs_the_transfer_permission(before: str | None, wish: w.Wish) -> None:
    jane = jane_of("tom", property=before)
    jane.office.users["tom"] = USERS_BY_ID["tom"]._replace(permissions=frozenset({"add-contacts"}))  # type: ignore[index]
    with pytest.raises(Refused, match="needs the permission 'transfer-contacts'"):
        jane.does(wish, by="tom")


@pytest.mark.parametrize("wish", [w.Set({"property": "north", "phone": "1"}), w.Bring({"property": None}, None)])
def test_F19_a_change_that_keeps_the_property_needs_no_permission(wish: w.Wish) -> None:
    jane = jane_of("tom", property="north")
    jane.office.users["tom"] = USERS_BY_ID["tom"]._replace(permissions=frozenset({"add-contacts"}))  # type: ignore[index]
    jane.does(wish, by="tom")
    assert jane.dossier.known.property == "north" and jane.dossier.cycle


@pytest.mark.parametrize("kind", [w.Add, w.Bring])
def test_F17_a_user_who_may_add_contacts_can_add_them_for_any_owner(kind: type[w.Add] | type[w.Bring]) -> None:
    jane = Story(office(THREE))
    jane.does(kind({"name": "Jane", "owner": "lone"}, w.Choice("three")), by="ann")
    assert jane.dossier.known.owner == "lone"


def test_F20_a_user_cannot_change_another_users_task() -> None:
    with pytest.raises(Refused, match="you don't have access to Tom's list"):
        Story(office(), "user:tom").does(w.Schedule("task", None, "Ring"), by="kim")


def test_E11_an_undone_contact_can_be_imported_by_a_user_who_could_see_it() -> None:
    """For another user its id is taken, as that of any contact they can't see (F20)."""
    jane = jane_of("kim")
    jane.undoes()
    jane.does(w.Bring({"name": "Jane", "owner": "tom"}, None, True), by="ann")
    assert jane.dossier.known.owner == "tom"
    jane = jane_of("lone")
    jane.undoes()
    with pytest.raises(Refused, match="the id 'jane' is taken, or belonged to a contact that was removed"):
        jane.does(w.Bring({"name": "Jane", "owner": "tom"}, None, True), by="ann")
