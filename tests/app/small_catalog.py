"""A small office as its YAML would be, and edits that an administrator may make to it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any

from followup.catalog.load import Catalog, load

Raw = dict[str, Any]


def _step(id: str, type: str, days: int, **more: Any) -> Raw:
    return {"id": id, "type": type, "offset": days, **({"template": "note"} if type == "email" else {}), **more}


def _cycle(name: str, *steps: Raw, anchor: str = "completed") -> Raw:
    return {"name": name, "anchor": anchor, "steps": list(steps)}


#: `calls` and `talks` loop, `once` and `sale` come to an end, `rest` is a hold; kim's day begins before tom's.
OFFICE: Raw = {
    "office": {"name": "Small office", "zone": "America/Vancouver"},
    "users": {
        "ada": {"name": "Ada", "role": "administrator"},
        "sue": {"name": "Sue", "role": "administrator"},
        "ann": {"name": "Ann", "role": "sales-assistant"},
        "tom": {"name": "Tom", "role": "sales-exec", "manager": "ann"},
        "kim": {"name": "Kim", "role": "sales-exec", "zone": "Asia/Tokyo"},
    },
    "templates": {"note": {"channel": "email", "subject": "Hello", "text": "How are you?"}},
    "cycles": {
        "calls": _cycle(
            "Calls", _step("first", "call", 2), _step("note", "email", 3), _step("again", "call", 30, loop_to="note")
        ),
        "once": _cycle("Once", _step("note", "email", 0), _step("call", "call", 2)),
        "talks": _cycle(
            "Talks",
            _step("hello", "email", 1),
            _step("talk", "call", 2),
            _step("week", "call", 7, loop_to="talk"),
            anchor="due",
        ),
        "sale": _cycle(
            "Sale", _step("call", "call", 0), _step("note", "email", 1), _step("close", "call", 5), anchor="due"
        ),
        "rest": _cycle("Rest"),
    },
    "aliases": {
        **{id: {"name": id.title(), "cycle": id} for id in ("calls", "once", "talks", "sale", "rest")},
        "again": {"name": "Call again", "cycle": "calls"},
        "looking": {"name": "Just looking", "cycle": None},
    },
    "moved": [],
}
CYCLES = tuple(OFFICE["cycles"])
ALIASES = tuple(OFFICE["aliases"])

Edit = Callable[[Raw], None]


def edited(catalog: Raw, *edits: Edit) -> Raw:
    copy = deepcopy(catalog)
    for edit in edits:
        edit(copy)
    return copy


@lru_cache(maxsize=4096)
def _loaded(text: str) -> Catalog:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "office.yaml").write_text(text)
        return load(folder)


def loaded(catalog: Raw) -> Catalog:
    """The catalog as `apply` gets it: through the real reader and every check. JSON is YAML."""
    return _loaded(json.dumps(catalog))


# Edits of a cycle, by the place of a step. An edit of something that does not exist changes nothing.


def renames_in_words(catalog: Raw, cycle: str, **_: Any) -> None:
    if cycle in catalog["cycles"]:
        catalog["cycles"][cycle]["name"] += "!"


def moves_an_offset(catalog: Raw, cycle: str, place: int, days: int) -> None:
    if step := _at(catalog, cycle, place):
        step["offset"] = days


def adds_a_step(catalog: Raw, cycle: str, days: int, **_: Any) -> None:
    """At the end. If the last step looped, the new one loops instead."""
    if cycle in catalog["cycles"]:
        steps = catalog["cycles"][cycle]["steps"]
        loop = {"loop_to": steps[-1].pop("loop_to")} if steps and "loop_to" in steps[-1] else {}
        steps.append(_step(f"more-{len(steps)}", "call", days, **loop))


def drops_the_last_step(catalog: Raw, cycle: str, **_: Any) -> None:
    if cycle in catalog["cycles"] and (steps := catalog["cycles"][cycle]["steps"]):
        last = steps.pop()
        if "loop_to" in last and steps:
            steps[-1]["loop_to"] = steps[-1]["id"] if last["loop_to"] == last["id"] else last["loop_to"]


def turns_a_step(catalog: Raw, cycle: str, place: int, **_: Any) -> None:
    """Deactivate it, or activate it again."""
    if step := _at(catalog, cycle, place):
        _turn(step)


def turns_a_cycle(catalog: Raw, cycle: str, **_: Any) -> None:
    """Deactivate it with its aliases, or activate them again."""
    if cycle in catalog["cycles"]:
        _turn(catalog["cycles"][cycle])
        for alias in catalog["aliases"].values():
            if alias["cycle"] == cycle and alias.get("active", True) != catalog["cycles"][cycle].get("active", True):
                _turn(alias)


def removes_a_cycle(catalog: Raw, cycle: str, **_: Any) -> None:
    """Its aliases then only categorize."""
    if catalog["cycles"].pop(cycle, None):
        for alias in catalog["aliases"].values():
            if alias["cycle"] == cycle:
                alias["cycle"] = None


def gives_a_new_id(catalog: Raw, cycle: str, **_: Any) -> None:
    """The cycle gets a new id, and its aliases refer to that (E5)."""
    if cycle in catalog["cycles"]:
        new = cycle + "-x"
        catalog["cycles"][new] = catalog["cycles"].pop(cycle)
        catalog["moved"].append({"from": cycle, "to": new})
        for alias in catalog["aliases"].values():
            if alias["cycle"] == cycle:
                alias["cycle"] = new


def gives_a_step_a_new_id(catalog: Raw, cycle: str, place: int, **_: Any) -> None:
    if step := _at(catalog, cycle, place):
        old, step["id"] = step["id"], step["id"] + "-x"
        catalog["moved"].append({"from": f"{cycle}/{old}", "to": f"{cycle}/{step['id']}"})
        for other in catalog["cycles"][cycle]["steps"]:
            if other.get("loop_to") == old:
                other["loop_to"] = step["id"]


OF_A_CYCLE = (
    gives_a_new_id,
    gives_a_step_a_new_id,
    renames_in_words,
    moves_an_offset,
    adds_a_step,
    drops_the_last_step,
    turns_a_step,
    turns_a_step,
    turns_a_cycle,
    removes_a_cycle,
)


# Edits of other things


def points_an_alias(catalog: Raw, alias: str, cycle: str | None) -> None:
    catalog["aliases"][alias]["cycle"] = cycle


def turns_an_alias(catalog: Raw, alias: str) -> None:
    _turn(catalog["aliases"][alias])


def dismisses(catalog: Raw, user: str) -> None:
    catalog["users"].pop(user, None)


def turns_a_user(catalog: Raw, user: str) -> None:
    """The user leaves, or comes back."""
    if user in catalog["users"]:
        _turn(catalog["users"][user])


def moves_a_user(catalog: Raw, user: str, zone: str) -> None:
    if user in catalog["users"]:
        catalog["users"][user]["zone"] = zone


def goes_back(catalog: Raw) -> None:
    """Back to the original office."""
    catalog.update(deepcopy(OFFICE))


def _at(catalog: Raw, cycle: str, place: int) -> Raw | None:
    steps = catalog["cycles"].get(cycle, {}).get("steps")
    return steps[place % len(steps)] if steps else None


def _turn(item: Raw) -> None:
    if item.pop("active", True):
        item["active"] = False
