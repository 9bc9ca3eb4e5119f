"""An office built from catalog documents: items are read on demand, and calendars are layered (T4)."""

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


class CountingSource:
    """Documents by kind and id; it records which were read."""

    def __init__(self, catalog: Mapping[str, Mapping[str, Any]] = CATALOG) -> None:
        self.catalog, self.asked = catalog, list[str]()

    def document(self, kind: Any, id: str) -> Any:
        self.asked.append(f"{kind}/{id}")
        return self.documents(kind).get(id)

    def documents(self, kind: Any) -> Any:
        return self.catalog.get(str(kind), {})


def make_office(source: CountingSource | None = None) -> o.Office:
    return documents.office(4, cast("Any", source or CountingSource()))


def test_each_item_is_read_once_and_only_when_needed() -> None:
    source = CountingSource()
    office = make_office(source)
    source.asked.clear()
    for _ in range(2):
        process = office.process(o.Ref(CYCLE, "calls"))
        assert process and process.name == "Calls"
    assert source.asked == ["cycle/calls"]


def test_a_cycle_and_a_plan_with_the_same_id_are_distinguished_by_kind() -> None:
    office = make_office()
    plan = office.process(o.Ref(PLAN, "calls"))
    assert plan and (plan.name, plan.active, plan.kind) == ("Web", False, PLAN)
    assert office.process(o.Ref(CYCLE, "old")) == office.process(o.Ref(CYCLE, "calls"))  # E5
    assert office.process(o.Ref(CYCLE, "none")) is None
    with pytest.raises(KeyError, match="letter"):
        office.processes[o.Ref("letter", "calls")]


def test_aliases_types_and_users_match_their_declarations() -> None:
    office = make_office()
    assert office.version == 4
    assert office.aliases["ring"] == o.Alias("ring", "Ring", "calls", True)
    assert (office.types["call"].name, office.types["call"].offers_cycle) == ("Phone call", True)
    assert office.types["drive"] == o.ActionType("drive", "Drive", offers_cycle=True)
    assert {id: user.active for id, user in office.users.items()} == {"tom": True, "kim": False}
    assert office.users["tom"].permissions == {"add-contacts"}
    with pytest.raises(KeyError, match="nothing"):
        office.aliases["nothing"]


def test_T4_the_users_calendar_overrides_the_propertys_which_overrides_the_offices() -> None:
    office = make_office()
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
        make_office(CountingSource({})).calendar(None)


def test_a_course_looks_up_its_process_only_once() -> None:
    jane = Story(building.office(building.cycle("calls", step("a"), step("b")))).added("calls")
    source = CountingSource()
    draft = Draft(jane.dossier, make_office(source), Stamp(9, 0, jane.office.users["sue"]), iter(()))
    course = Course(draft, jane.enrolment)
    source.asked.clear()
    process = course.process
    draft.office.processes.clear()  # type: ignore[attr-defined]
    assert course.process is process is not None
    assert source.asked == ["cycle/calls"]


def test_kinds_have_the_names_that_stores_use() -> None:
    words = {name: str(word) for name, word in vars(kinds).items() if name.isupper() and name != "TYPE_CHECKING"}
    assert words.pop("RENAMED") == "moved"
    assert {name: word.upper() for name, word in words.items()} == {name: name for name in words}
