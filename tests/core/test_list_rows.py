"""A row of a list, built from the dossier that contains its action."""

from __future__ import annotations

from followup.core import wishes as w
from followup.core.list_rows import ActionRow, VersionRow, shown
from followup.core.model import Action
from tests.core.building import Story, alias, cycle, office, plan, step

CALLS = cycle("calls", step("first", "1 day"))
WELCOME = plan("welcome", step("hello", "0 days"))


def story() -> Story:
    """Jane, on a cycle and on a plan, with an action created by hand."""
    jane = Story(office(CALLS, WELCOME, aliases=[alias("ring", "calls")])).added("ring", phone="+1 604 555 0101")
    jane.put_on_plan("welcome").does(w.Schedule("call", "2026-05-20", "Ring"))
    return jane


def test_a_row_has_the_fields_of_its_action() -> None:
    jane = story()
    for action in jane.open:
        row = shown(action, jane.dossier)
        same = (set(Action._fields) & set(ActionRow._fields)) - {"alias"}  # an open action's alias is its enrolment's
        assert {name: getattr(row, name) for name in same} == {name: getattr(action, name) for name in same}
        assert (row.contact_name, row.phone) == ("Jane Smith", "+1 604 555 0101")


def test_a_row_names_the_cycle_or_the_plan_of_its_action() -> None:
    jane = story()
    rows = {row.title: row for row in (shown(action, jane.dossier) for action in jane.open)}
    assert {title: (row.cycle, row.alias, row.plan) for title, row in rows.items()} == {
        "First": ("calls", "ring", None),
        "Hello": (None, None, "welcome"),
        "Ring": (None, None, None),
    }


def test_the_row_of_a_users_own_task_has_no_contact() -> None:
    task = Story(office(CALLS), subject="user:tom")
    task.does(w.Schedule("task", "2026-05-20", "Sort the files"), by="tom")
    (action,) = task.open
    row = shown(action, task.dossier)
    assert (row.contact, row.contact_name, row.phone, row.cycle, row.plan) == (None,) * 5


def test_only_an_open_action_is_late() -> None:
    jane = story()
    row = shown(jane.action("first"), jane.dossier)
    assert [row.late(day) for day in ("2026-05-04", "2026-05-05", "2026-05-08")] == [0, 0, 3]
    assert row._replace(status="completed").late("2026-05-08") == 0
    item = row.item("2026-05-08")
    assert item["overdue_days"] == 3 and set(item) == {*ActionRow._fields, "overdue_days"} - {"at"}


def test_a_version_shows_its_time_in_utc() -> None:
    row = VersionRow(2, "abc", 1777914000, "sue", 7, None, 3)
    assert row.item() == {**row._asdict(), "at": "2026-05-04T17:00:00Z"}
