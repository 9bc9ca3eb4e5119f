"""What differs between two catalogs for contacts on a process, and the place of a removed step (E4, E5)."""

from __future__ import annotations

import pytest

from followup.core import wishes as w
from followup.core.draft import Draft, Stamp
from followup.core.kinds import CYCLE
from followup.core.migration.compare import edition
from followup.core.migration.context import Migration
from followup.core.migration.edition import ProcessEdit
from followup.core.office import Process, Ref
from followup.core.timing import When
from tests.core.building import Story, calendar, cycle, instant, office, step

REF = Ref(CYCLE, "c")


def of(steps: str) -> Process:
    """Each letter is a step; a letter after a minus is an inactive one."""
    ids = list(steps.replace("-", ""))
    return cycle("c", *(step(id, active=f"-{id}" not in steps) for id in ids))


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ("axb", "ab", 1),
        ("xab", "ab", 0),
        ("abx", "ab", 2),
        ("axb", "anb", 1),  # the step that replaced it
        ("axb", "nab", 2),  # a new step before them shifts them all
        ("xab", "nab", 0),
        ("abxc", "ac", 1),  # the step just before it is removed too
        ("axb", "ba", 0),  # no step follows the one before it any more: the place is before the first that came after
        ("axbc", "nbca", 1),
        ("axbc", "nca", 1),
        ("axb", "-ab", 0),  # an inactive step counts as removed
        ("axb", "a-b", 1),
        ("axb", "", 0),
        ("x", "", 0),
        ("x", "na", 0),
        ("xab", "", 0),
        ("a", "ab", 1),  # a step that was never declared counts as the last
        ("a", "b", 0),
    ],
)
def test_E4_a_removed_steps_place_is_after_the_nearest_earlier_step_that_stays(
    before: str, after: str, place: int
) -> None:
    assert ProcessEdit(REF, of(before), of(after)).place_of("x") == place


def test_E4_every_step_of_an_undeclared_process_has_the_first_place() -> None:
    assert ProcessEdit(REF, None, of("ab")).place_of("x") == 0
    assert ProcessEdit(REF, of("ax"), None).place_of("x") == 0


# Which processes differ

FULL = cycle("c", step("a"), step("b", anchor="step:a"), step("x", loop_to="b"))


@pytest.mark.parametrize(
    ("steps", "moved"),
    [
        ([step("new"), step("b", anchor="step:new"), step("x", loop_to="b")], {"c/a": "c/new"}),
        ([step("a"), step("new", anchor="step:a"), step("x", loop_to="new")], {"c/b": "c/new"}),
        ([step("a"), step("b", anchor="step:a"), step("new", loop_to="b")], {"c/x": "c/new"}),
    ],
)
def test_E5_a_rename_alone_affects_no_contact(steps: list[dict[str, object]], moved: dict[str, str]) -> None:
    before, after = office(FULL), office(cycle("c", *steps), moved=moved)
    assert edition(before, after, {}, [REF]).processes == {}
    assert [*edition(before, office(cycle("c", *steps)), {}, [REF]).processes] == [REF]


def test_E6_an_entry_sets_only_its_own_options() -> None:
    before, after = office(FULL), office(cycle("d"))
    moves, drains = {"cycle": "c", "move_to": "d"}, {"cycle": "c", "drain": True}
    for entry, expected in ((moves, ("cycle:c", "d", False)), (drains, ("cycle:c", None, True))):
        edit = edition(before, after, {"cycle:c": entry}, [REF]).processes[REF]  # type: ignore[dict-item]
        assert (edit.entry, edit.move_to, edit.drain) == expected


def test_T1_owners_whose_zone_changes_are_listed_with_their_old_zone() -> None:
    tokyo, cairo = calendar(zone="Asia/Tokyo"), calendar(zone="Africa/Cairo")
    before, after = office(calendars={"tom": tokyo, "kim": tokyo}), office(calendars={"tom": tokyo, "kim": cairo})
    assert edition(before, after, {}, []).zones == {"kim": "Asia/Tokyo"}
    moved = office(users=[], calendars={None: cairo})
    assert edition(moved, before, {}, []).zones.keys() == {None, "sue", "ann", "tom", "kim", "lone"}
    assert edition(before, moved, {}, []).zones["tom"] == "Asia/Tokyo"


def test_E2_a_rebooked_action_counts_from_the_anchor_of_its_first_try() -> None:
    jane = Story(office(FULL)).added("c")
    first = jane.action("a")
    draft = Draft(jane.dossier, jane.office, Stamp(9, 0, jane.office.users["sue"]), iter(()))
    why = {7: {"rebooked": 5}, 5: {"rebooked": 3}, 3: {"from": "2026-05-01T10:00"}}
    migration = Migration(draft, jane.enrolment, ProcessEdit(REF, FULL, FULL), why, {})  # type: ignore[arg-type]
    for id, start in ((7, "2026-05-01T10:00"), (3, "2026-05-01T10:00"), (8, "2026-05-04T10:00")):
        assert migration.original(first._replace(id=id)) == When(start, instant(start))


@pytest.mark.parametrize("anchor", ["completed", "due", "start"])
def test_E2_a_first_step_whose_date_is_recomputed_still_counts_from_the_round(anchor: str) -> None:
    jane = Story(office(cycle("c", step("a", anchor=anchor), step("b")))).added("c")
    jane.applies(
        office(cycle("c", step("a", "5 days", anchor=anchor), step("b"))), {"step": "c/a", "dates": "recompute"}
    )
    assert jane.history[-1].event.why["anchor"] == "start"  # type: ignore[union-attr, index]
    jane.at("2026-05-09T10:00").completes("a")
    jane.applies(office(cycle("c", step("a"), step("b", "2 days"))), {"step": "c/b", "dates": "recompute"})
    assert jane.history[-1].event.why["anchor"] == "completed"  # type: ignore[union-attr, index]


def test_E3_a_backfilled_first_step_counts_from_the_start_of_the_round() -> None:
    jane = Story(office(FULL)).added("c")
    more = cycle("c", step("new", "7 days"), step("a"), step("b", anchor="step:a"), step("x", loop_to="b"))
    jane.applies(office(more), {"step": "c/new", "backfill": True})
    assert jane.due == {"a": "2026-05-05", "b": "2026-05-06", "new": "2026-05-11"}


@pytest.mark.parametrize(
    ("anchor", "due"), [("completed", "2026-05-13"), ("due", "2026-05-12"), ("start", "2026-05-11")]
)
def test_E3_a_backfilled_step_counts_from_its_anchor(anchor: str, due: str) -> None:
    last = step("b", "9 days", anchor="start")
    jane = Story(office(cycle("c", step("a"), last))).added("c")
    jane.closes_on("a", "2026-05-06")
    jane.applies(
        office(cycle("c", step("a"), step("new", "7 days", anchor=anchor), last)), {"step": "c/new", "backfill": True}
    )
    assert jane.due["new"] == due


def test_E2_an_unedited_step_keeps_its_date_whatever_else_changes() -> None:
    days = cycle("c", step("a", "2 business days"), step("b", "3 days"))
    jane = Story(office(days)).added("c")
    more = cycle("c", step("a", "2 business days"), step("b", "3 days"), step("new", "9 days"))
    closed = calendar(holidays={"2026-05-05": "Closed"})
    effects = jane.applies(office(more, calendars={None: closed, "tom": closed}))
    assert ([effect.what for effect in effects], jane.due) == (["same"], {"a": "2026-05-06"})


def test_E6_a_move_reports_the_first_date_before_and_after() -> None:
    dues = cycle("dues", step("x", "3 days"), step("y", "1 week", anchor="due"), anchor="due")
    jane = Story(office(cycle("c", step("a", "4 days"), step("b", "5 days"), anchor="start"), dues)).added("c")
    [moved] = jane.applies(office(dues), {"cycle": "c", "move_to": "dues"})
    assert (moved.what, moved.to, moved.was, moved.becomes) == ("moves", "dues", "2026-05-08", "2026-05-07")


def test_T1_a_new_zone_is_reported_for_a_users_own_task_by_its_title() -> None:
    tom = Story(office(), "user:tom")
    tom.does(w.Schedule("task", "2026-05-09T10:00", "Keys"))
    [effect] = tom.applies(office(calendars={"tom": calendar(zone="Asia/Tokyo")}))
    assert effect[:3] == ("", "Keys", "tom")
    assert (effect.what, effect.was, effect.becomes) == ("rezoned", "2026-05-09T10:00", "2026-05-10T02:00")


def test_T1_a_new_zone_is_reported_for_a_contact_by_id_and_name() -> None:
    jane = Story(office(FULL)).added("c", owner="kim")
    jane.does(w.Schedule("call", "2026-05-09T10:00", "Ring", owner="kim"))
    [effect] = jane.applies(office(FULL, calendars={"kim": calendar(zone="Asia/Tokyo")}))
    assert effect[:3] == ("jane", "Jane Smith", "kim")


def test_E6_an_entry_acts_on_its_own_process_only() -> None:
    before = office(cycle("c", step("a")), cycle("other", step("a")))
    after = office(cycle("c", step("a", "2 days")), cycle("other", step("a", "2 days")), version=2)
    entries = {"cycle:other": {"cycle": "other", "drain": True, "move_to": "c"}}
    refs = [REF, Ref(CYCLE, "other")]
    processes = edition(before, after, entries, refs).processes
    assert [(processes[ref].entry, processes[ref].move_to, processes[ref].drain) for ref in refs] == [
        (None, None, False),
        ("cycle:other", "c", True),
    ]
