"""An office made of catalog documents: items as they are asked for, and calendars in layers (T4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import pytest

from followup.core import kinds
from followup.core import office as o
from followup.core import office_documents as documents
from followup.core.draft import Draft, Stamp
from followup.core.kinds import CYCLE, PLAN
from followup.core.process.course import Course
from tests.core import building
from tests.core.building import Story, step

CATALOG: Mapping[str, Mapping[str, Any]] = {
    "office": {
        "office": {
            "name": "Office",
            "zone": "America/Vancouver",
            "working_days": ["mon", "tue"],
            "hours": ["09:00", "17:00"],
            "capacity": 9,
        }
    },
    "property": {"bluewater": {"name": "Bluewater", "zone": "Asia/Tokyo", "capacity": 5}},
    "role": {"rep": {"name": "Rep", "permissions": ["add-contacts"]}},
    "user": {
        "tom": {"name": "Tom", "role": "rep", "active": True, "property": "bluewater", "capacity": 3},
        "kim": {"name": "Kim", "role": "rep", "active": False, "working_days": ["fri"]},
    },
    "cycle": {"calls": {"name": "Calls", "active": True, "anchor": "completed", "steps": [step("a")]}},
    "plan": {"calls": {"name": "Web", "status": "draft", "anchor": "start", "steps": [step("hello")]}},
    "alias": {"ring": {"name": "Ring", "cycle": "calls", "active": True}},
    "action_type": {"call": {"name": "Phone call"}, "drive": {"name": "Drive", "offers_cycle": True}},
    "moved": {"moved": {"old": "calls"}},
}


class Counted:
    """Documents by kind and id, and which were asked for."""

    def __init__(self, catalog: Mapping[str, Mapping[str, Any]] = CATALOG) -> None:
        self.catalog, self.asked = catalog, list[str]()

    def document(self, kind: Any, id: str) -> Any:
        self.asked.append(f"{kind}/{id}")
        return self.documents(kind).get(id)

    def documents(self, kind: Any) -> Any:
        return self.catalog.get(str(kind), {})


def made(source: Counted | None = None) -> o.Office:
    return documents.office(4, cast("Any", source or Counted()))


def test_each_item_is_read_when_it_is_asked_for_and_once() -> None:
    source = Counted()
    office = made(source)
    source.asked.clear()
    for _ in range(2):
        process = office.process(o.Ref(CYCLE, "calls"))
        assert process and process.name == "Calls"
    assert source.asked == ["cycle/calls"]


def test_a_cycle_and_a_plan_are_told_apart_by_their_kind() -> None:
    office = made()
    plan = office.process(o.Ref(PLAN, "calls"))
    assert plan and (plan.name, plan.active, plan.kind) == ("Web", False, PLAN)
    assert office.process(o.Ref(CYCLE, "old")) == office.process(o.Ref(CYCLE, "calls"))  # E5
    assert office.process(o.Ref(CYCLE, "none")) is None
    with pytest.raises(KeyError, match="letter"):
        office.processes[o.Ref("letter", "calls")]


def test_aliases_types_and_users_are_as_declared() -> None:
    office = made()
    assert office.version == 4
    assert office.aliases["ring"] == o.Alias("ring", "Ring", "calls", True)
    assert (office.types["call"].name, office.types["call"].offers_cycle) == ("Phone call", True)
    assert office.types["drive"] == o.ActionType("drive", "Drive", offers_cycle=True)
    assert {id: user.active for id, user in office.users.items()} == {"tom": True, "kim": False}
    assert office.users["tom"].permissions == {"add-contacts"}
    with pytest.raises(KeyError, match="nothing"):
        office.aliases["nothing"]


def test_T4_the_users_calendar_lies_over_the_propertys_and_that_over_the_offices() -> None:
    office = made()
    assert {
        owner: (office.calendar(owner).zone, office.calendar(owner).capacity) for owner in (None, "tom", "kim")
    } == {
        None: ("America/Vancouver", 9),
        "tom": ("Asia/Tokyo", 3),
        "kim": ("America/Vancouver", 9),
    }
    assert office.calendar("kim").working_days == {4}
    assert office.calendar("gone") == office.calendar(None)


def test_a_catalog_without_an_office_has_no_calendar() -> None:
    with pytest.raises(KeyError, match="office"):
        made(Counted({})).calendar(None)


def test_a_course_looks_its_process_up_once_however_often_it_is_asked() -> None:
    jane = Story(building.office(building.cycle("calls", step("a"), step("b")))).added("calls")
    source = Counted()
    draft = Draft(jane.dossier, made(source), Stamp(9, 0, jane.office.users["sue"]), iter(()))
    course = Course(draft, jane.enrolment)
    source.asked.clear()
    process = course.process
    draft.office.processes.clear()  # type: ignore[attr-defined]
    assert course.process is process is not None
    assert source.asked == ["cycle/calls"]


def test_kinds_are_called_what_stores_keep_them_as() -> None:
    words = {name: str(word) for name, word in vars(kinds).items() if name.isupper() and name != "TYPE_CHECKING"}
    assert words.pop("RENAMED") == "moved"
    assert {name: word.upper() for name, word in words.items()} == {name: name for name in words}
