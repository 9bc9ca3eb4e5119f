"""E5: items that got a new id are proposed for `moved`, with the line to paste; different items aren't."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from followup.catalog.likeness import step_likeness
from followup.catalog.load import Catalog
from followup.catalog.proposals import advice, moved_line, proposed_renames
from tests.app.small_catalog import OFFICE, Raw, edited, loaded
from tests.properties import examples

PLANS = {
    "web": {
        "name": "Web lead",
        "type": "connection",
        "status": "ready",
        "next": "after",
        "steps": [
            {"id": "hello", "type": "email", "template": "note"},
            {"id": "first-call", "type": "call", "offset": "2 hours"},
        ],
    },
    "after": {"name": "After it", "type": "retention", "status": "ready", "steps": [{"id": "call", "type": "call"}]},
}
SMALL: Raw = {**deepcopy(OFFICE), "plans": PLANS}

steps = st.fixed_dictionaries(
    {"type": st.sampled_from(("call", "task")), "offset": st.integers(0, 40)},
    optional={"name": st.sampled_from(("One", "Two", "Three")), "at": st.just("09:30"), "min_gap": st.just(2)},
)


@st.composite
def catalogs(draw: st.DrawFn) -> Raw:
    """The small office with some more cycles of random steps."""
    catalog = deepcopy(SMALL)
    for number, content in enumerate(draw(st.lists(st.lists(steps, min_size=1, max_size=5), max_size=3))):
        listed = [{"id": f"s{place}", **step} for place, step in enumerate(content)]
        if draw(st.booleans()):
            listed[-1]["loop_to"] = draw(st.sampled_from([step["id"] for step in listed]))
            listed[-1]["offset"] = 5
        catalog["cycles"][f"random-{number}"] = {"name": draw(st.sampled_from(("A", "B"))), "steps": listed}
        catalog["aliases"][f"random-{number}"] = {"name": f"Random {number}", "cycle": f"random-{number}"}
    return catalog


def gives_new_ids(catalog: Raw, kind: str, old: str, new: str) -> dict[str, str]:
    """Replace the id everywhere, as sed would; return the entries that `moved` should get."""
    if kind == "step":
        process, _, step = old.partition("/")
        home = catalog["cycles"].get(process) or catalog["plans"][process]
        for each in home["steps"]:
            each.update({key: new for key in ("id", "loop_to") if each.get(key) == step})
        return {old: f"{process}/{new}"}
    section = catalog[{"cycle": "cycles", "plan": "plans", "alias": "aliases"}[kind]]
    section[new] = section.pop(old)
    for each in (*catalog["aliases"].values(), *catalog["plans"].values()):
        each.update({key: new for key in ("cycle", "next") if kind != "alias" and each.get(key) == old})
    return {old: new}


def ids(catalog: Raw) -> list[tuple[str, str]]:
    """The items that can get a new id. An alias with the id of a cycle that stays can't be distinguished from it."""
    processes = [("cycle", id) for id in catalog["cycles"]] + [("plan", id) for id in catalog["plans"]]
    within = [
        ("step", f"{id}/{step['id']}")
        for section in ("cycles", "plans")
        for id, process in catalog[section].items()
        for step in process["steps"]
    ]
    return processes + within + [("alias", id) for id in catalog["aliases"] if id not in catalog["cycles"]]


@given(catalogs(), st.data())
@settings(max_examples=examples(150))
def test_E5_an_item_with_a_new_id_is_proposed_and_the_proposed_line_renames_it(
    catalog: Raw, data: st.DataObject
) -> None:
    before = loaded(catalog)
    assert not before.errors
    chosen = data.draw(st.lists(st.sampled_from(ids(catalog)), unique=True, min_size=1, max_size=2))
    later, moved = deepcopy(catalog), dict[str, str]()
    if len({id.partition("/")[0] for _, id in chosen}) < len(chosen):
        chosen = chosen[:1]  # another test covers the step of a renamed item
    for number, (kind, id) in enumerate(chosen):
        moved |= gives_new_ids(later, kind, id, f"new-{number}")
    after = loaded(later)
    assert not after.errors
    renames = proposed_renames(before.documents, after.documents)
    for old, new in moved.items():
        rename = next((each for each in renames if each.old == old), None)
        assert rename and (rename.new == new or (old, new) in rename.ties), (moved, renames)
    assert len(renames) == len(moved)
    pasted = loaded({**later, "moved": yaml.safe_load(moved_line(renames))["moved"]})
    assert not pasted.errors
    assert proposed_renames(before.documents, pasted.documents) == ()


def with_cycles(catalog: Raw, **edits: Any) -> Catalog:
    """The small office, with cycles added or removed (None)."""
    copy = deepcopy(catalog)
    for id, item in edits.items():
        copy["cycles"].pop(id.replace("_", "-"), None)
        if item is not None:
            copy["cycles"][id.replace("_", "-")] = item
    for alias in copy["aliases"].values():
        if alias["cycle"] not in copy["cycles"]:
            alias["cycle"] = None
    return loaded(copy)


def pairs(before: Catalog, after: Catalog) -> list[tuple[str, str]]:
    return [(rename.old, rename.new) for rename in proposed_renames(before.documents, after.documents)]


SMALL_CATALOG = loaded(SMALL)


def test_E5_a_cycle_that_keeps_most_of_its_steps_is_renamed_and_its_steps_are_compared_too() -> None:
    cycle = deepcopy(SMALL["cycles"]["calls"])
    cycle["name"] = "Calls and more"
    cycle["steps"][0]["id"] = "opening"
    cycle["steps"].insert(1, {"id": "extra", "type": "task", "offset": 1})
    after = with_cycles(SMALL, calls=None, rings=cycle)
    assert pairs(SMALL_CATALOG, after) == [("calls", "rings"), ("calls/first", "rings/opening")]


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [{"id": "first", "type": "task", "offset": 2}, {"id": "note", "type": "task", "offset": 3}],
        [
            {"id": "first", "type": "call", "offset": 4},
            {"id": "again", "type": "call", "offset": 9, "loop_to": "again"},
        ],
    ],
    ids=["a hold", "other types", "other dates"],
)
def test_E5_a_cycle_with_other_steps_is_a_different_cycle(steps: list[Raw]) -> None:
    after = with_cycles(SMALL, calls=None, rings={"name": "Rings", "steps": steps})
    assert pairs(SMALL_CATALOG, after) == []


@pytest.mark.parametrize(
    ("step", "alike"),
    [
        ({"type": "call", "offset": 2}, True),
        ({"type": "call", "offset": 2, "name": "First ring"}, True),
        ({"type": "call", "offset": 3}, False),
        ({"type": "task", "offset": 2}, False),
        ({"type": "email", "template": "note", "offset": 2}, False),
    ],
)
def test_E5_a_step_with_similar_content_in_its_cycle_is_renamed(step: Raw, alike: bool) -> None:
    cycle = deepcopy(SMALL["cycles"]["calls"])
    cycle["steps"][0] = {"id": "ring", **step}
    after = with_cycles(SMALL, calls=cycle)
    assert pairs(SMALL_CATALOG, after) == ([("calls/first", "calls/ring")] if alike else [])


@pytest.mark.parametrize(
    ("alias", "alike"),
    [
        ({"name": "Call again", "cycle": "calls"}, True),
        ({"name": "call AGAIN", "cycle": "talks"}, True),
        ({"name": "Ring", "cycle": "calls"}, False),
    ],
)
def test_E5_an_alias_is_recognized_by_its_name(alias: Raw, alike: bool) -> None:
    after = edited(SMALL, lambda catalog: catalog["aliases"].update(ring=alias), lambda c: c["aliases"].pop("again"))
    assert pairs(SMALL_CATALOG, loaded(after)) == ([("again", "ring")] if alike else [])


def test_E5_a_hold_is_recognized_by_its_aliases() -> None:
    hold = {"name": "Waiting", "steps": []}
    follows = edited(SMALL, lambda catalog: gives_new_ids(catalog, "cycle", "rest", "wait"))
    follows["cycles"]["wait"] = hold
    assert pairs(SMALL_CATALOG, loaded(follows)) == [("rest", "wait")]
    assert pairs(SMALL_CATALOG, with_cycles(SMALL, rest=None, wait=hold)) == []


@pytest.mark.parametrize(
    ("differs", "alike"),
    [
        ({"template": "other"}, True),
        ({"template": "other", "name": "Other"}, False),
        ({"template": "other", "offset": [9, "days"]}, False),
        ({"template": None, "name": "Other"}, True),
        ({"name": "Other", "offset": [9, "days"]}, True),
        ({"name": "Other", "offset": [9, "days"], "template": None}, False),
        ({"type": "call"}, False),
    ],
    ids=str,
)
def test_E5_steps_are_similar_by_template_timing_or_name(differs: dict[str, Any], alike: bool) -> None:
    step = {"id": "a", "name": "One", "type": "email", "template": "note", "offset": [3, "days"], "at": None}
    assert bool(step_likeness(step, {**step, "id": "b", **differs})) is alike


def test_E5_an_item_that_has_already_moved_is_not_proposed_again() -> None:
    calls = SMALL["cycles"]["calls"]
    after = with_cycles({**SMALL, "moved": [{"from": "calls", "to": "rings"}]}, calls=None, rings=calls, bells=calls)
    assert not after.errors and pairs(SMALL_CATALOG, after) == []


def test_E5_an_alias_with_the_id_of_a_moved_cycle_is_not_proposed() -> None:
    after = edited(SMALL, lambda catalog: gives_new_ids(catalog, "cycle", "calls", "rings"))
    after["aliases"]["ring"] = after["aliases"].pop("calls")
    assert pairs(SMALL_CATALOG, loaded(after)) == [("calls", "rings")]


def test_E5_equal_steps_are_paired_in_their_order() -> None:
    again = [{"id": id, "type": "call", "offset": 5} for id in ("z-one", "a-two")]
    later = [{**step, "id": id} for step, id in zip(again, ("b-one", "y-two"), strict=True)]
    before, after = (with_cycles(SMALL, twice={"name": "Twice", "steps": steps}) for steps in (again, later))
    assert set(pairs(before, after)) == {("twice/z-one", "twice/b-one"), ("twice/a-two", "twice/y-two")}


def test_E5_of_two_similar_items_the_nearest_is_proposed_and_the_other_is_listed() -> None:
    calls = SMALL["cycles"]["calls"]
    after = with_cycles(SMALL, calls=None, calls_2=calls, rings=calls)
    (rename,) = proposed_renames(SMALL_CATALOG.documents, after.documents)
    assert (rename.old, rename.new, rename.ties) == ("calls", "calls-2", (("calls", "rings"),))
    assert "  cycle calls -> calls-2 (just as much alike: calls -> rings)" in list(advice((rename,)))


def test_E5_an_id_used_by_another_kind_is_not_proposed_as_moved() -> None:
    """`moved` names the id alone: the cycle `calls` stays, whatever its alias is called now."""
    after = edited(SMALL, lambda catalog: catalog["aliases"].update(ring=catalog["aliases"].pop("calls")))
    assert pairs(SMALL_CATALOG, loaded(after)) == []
