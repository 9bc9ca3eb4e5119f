"""Any office, any wishes: what is true after each of them, however the catalog changes in between.

A refusal is a valid answer; any other exception is a bug.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from followup.core import history as h
from followup.core import office as o
from followup.core import wishes as w
from followup.core.evolve import replay
from followup.core.explanation import CatalogFacts, explain
from followup.core.model import CANCELLED, SCHEDULED, UNDONE, Action, Dossier
from followup.core.timing import local, moment
from followup.core.transitions import ALLOWED
from followup.errors import Conflict, NotFound, Refused
from followup.store import journal
from followup.store.tables import ACTION, ENROLMENT
from tests.core.building import ZONE, Story, alias, calendar, cycle, instant, office, step, user
from tests.properties import examples

pytestmark = pytest.mark.slow

IDS = "abcde"
OFFSETS = ["0 days", "1 day", "3 days", "2 hours", "1 week", "1 month", "2 business days", "45 minutes"]
DAYS = [f"2026-05-{day:02}" for day in range(1, 29)]
ZONES = ["America/Vancouver", "Asia/Tokyo", "Africa/Cairo", "Australia/Lord_Howe"]
USERS = (user("sue", "administrator"), user("tom"), user("kim"))


@st.composite
def steps(draw: st.DrawFn) -> list[dict[str, object]]:
    """Any steps that pass the catalog's checks: a named anchor is an earlier active step, a loop any step."""
    ids = IDS[: draw(st.sampled_from([3, 4, 5, 2, 3, 4, 1, 0]))]
    drawn: list[dict[str, object]] = []
    for id in ids:
        earlier = [f"step:{x['id']}" for x in drawn if x["active"]]
        drawn.append(
            step(
                id,
                draw(st.sampled_from(OFFSETS)),
                draw(st.sampled_from(["call", "email"])),
                anchor=draw(st.sampled_from(["completed", "completed", "due", "due", "start", *earlier])),
                active=draw(st.sampled_from([True, True, True, False])),
                loop_to=draw(st.sampled_from([None, None, *ids])),
                at=draw(st.sampled_from([None, None, "09:30"])),
                roll=draw(st.sampled_from([None, "forward", "back"])),
                min_gap=draw(st.sampled_from([0, 0, 2])),
            )
        )
    return drawn


@st.composite
def offices(draw: st.DrawFn) -> o.Office:
    """Cycles `one` to `three`, some of them renamed, removed or inactive; the same for steps."""
    cycles = [
        cycle(id, *draw(steps()), active=draw(st.sampled_from([True, True, True, False])))
        for id in draw(st.sampled_from([("one", "two", "three"), ("one", "two"), ("two", "three")]))
    ]
    week = draw(st.sampled_from([["mon", "tue", "wed", "thu", "fri"], list(o.WEEKDAYS)]))
    zones = {id: calendar(zone=draw(st.sampled_from(ZONES)), working_days=week) for id in ("sue", "tom", "kim")}
    moved = draw(st.sampled_from([{}, {"one": "two", "one/a": "two/b"}, {"two/a": "two/c"}, {"one/b": "one/e"}]))
    return office(
        *cycles,
        aliases=[alias("again", "one"), alias("shut", "two", active=False)],
        moved=moved,
        calendars=zones,
        users=USERS,
    )


CHOICES = st.sampled_from(
    [w.Choice(alias) for alias in ("one", "two", "three", "again", "shut", "just-looking")] + [w.Choice(None, "two")]
)
NONE_OR_CHOICE = st.one_of(st.none(), st.none(), CHOICES)
WHICH = st.integers(0, 11)
DAY = st.sampled_from(DAYS)


def wish_of(
    kind: type[w.Wish], *fields: st.SearchStrategy[Any], **more: st.SearchStrategy[Any]
) -> st.SearchStrategy[w.Wish]:
    """A wish with these fields; `st.builds` would also draw those that have a default."""
    return st.tuples(st.tuples(*fields), st.fixed_dictionaries(more)).map(lambda parts: kind(*parts[0], **parts[1]))


ON_THE_CYCLE = st.one_of(
    wish_of(w.Complete, WHICH),
    wish_of(w.Complete, WHICH),
    wish_of(w.Complete, WHICH, st.one_of(st.none(), DAY), choice=NONE_OR_CHOICE, restart=st.booleans()),
    wish_of(w.Skip, WHICH, reason=st.sampled_from([None, "undone"])),
    wish_of(w.NoShow, WHICH, st.just("rain"), rebook=st.one_of(st.none(), DAY)),
    wish_of(w.Fail, WHICH, st.just("bounced")),
    wish_of(w.Cancel, WHICH, st.sampled_from([None, "undone"])),
    wish_of(w.Cancel, WHICH),
)
AROUND_IT = st.one_of(
    wish_of(w.Assign, CHOICES, st.booleans()),
    wish_of(w.Assign, CHOICES, st.booleans()),
    wish_of(w.Reschedule, WHICH, st.one_of(DAY, DAY.map(lambda day: day + "T14:00"))),
    wish_of(w.Attempt, WHICH),
    wish_of(w.Schedule, st.sampled_from(["call", "tour"]), st.one_of(st.none(), DAY), st.just("By hand")),
    wish_of(w.Log, st.just("inbound"), st.just("Rang"), choice=NONE_OR_CHOICE),
    wish_of(w.Set, st.sampled_from([{"owner": id} for id in (None, "tom", "kim")])),
    wish_of(w.Transfer, st.just("north"), st.sampled_from(["tom", "kim"]), NONE_OR_CHOICE),
    st.just(w.Stop()),
)
OUT_OF_IT = st.one_of(
    wish_of(w.Set, st.just({"stage": "lead"})),
    wish_of(w.Close, st.sampled_from(["won", "lost"])),
    wish_of(w.Add, st.just({"name": "Jane", "owner": "tom"}), NONE_OR_CHOICE, st.booleans()),
    wish_of(w.Bring, st.just({"name": "Janet", "owner": "kim"}), NONE_OR_CHOICE, st.booleans()),
    st.just(w.Remove()),
)


def mostly(often: st.SearchStrategy[Any], *seldom: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.integers(0, 3 + len(seldom)).flatmap(lambda n: ([often] * 4 + list(seldom))[n])


WISHES = mostly(ON_THE_CYCLE, AROUND_IT, mostly(AROUND_IT, OUT_OF_IT))
UNDO = st.just("undo")
LATER = st.integers(1, 72)  # hours


def with_open_action(story: Story, wish: w.Wish) -> w.Wish:
    """The number in a wish picks one of the open actions; if there is none, it's the id itself."""
    if not hasattr(wish, "action") or not story.open:
        return wish
    return wish._replace(action=story.open[wish.action % len(story.open)].id)  # type: ignore[union-attr,call-arg]


def takes(story: Story, doing: w.Wish | o.Office | str | int, undoable: set[int]) -> bool:
    """Do one thing if it's allowed; return whether it was. `undoable`: the changes that can still be undone."""
    try:
        if isinstance(doing, o.Office):
            story.gets(doing)
        elif isinstance(doing, int):
            story.at(_later(story.now, doing))
        elif isinstance(doing, str):
            if undoable:
                story.undoes(max(undoable))
                undoable.discard(max(undoable))
        else:
            before = len(story.history)
            story.does(with_open_action(story, doing))
            if len(story.history) > before:
                undoable.add(story.change)
    except (Refused, Conflict, NotFound):
        return False
    return True


def _later(now: str, hours: int) -> str:
    return local(instant(now) + 3600 * hours, ZONE).text


# What is always true


def check_invariants(story: Watched) -> None:
    dossier = story.dossier
    on = [x for x in dossier.enrolments if x.open]
    assert len(on) <= 1  # F6
    tries = [(a.enrolment, a.step, a.round, a.trial) for a in dossier.actions if a.step]
    assert len(tries) == len(set(tries))
    open_tries = [(a.enrolment, a.step, a.round) for a in story.open if a.step]
    assert len(open_tries) == len(set(open_tries))
    ids = [row.id for row in (*dossier.actions, *dossier.enrolments)]
    assert len(ids) == len(set(ids))
    for enrolment in dossier.enrolments:
        is_open = any(action.open for action in dossier.of(enrolment))
        if not enrolment.open:
            assert not is_open
        elif not is_open:
            assert enrolment.id in story.held
    for action in dossier.actions:
        assert (action.status == SCHEDULED) is (action.completed_on is None)
    assert [entry.seq for entry in story.history] == list(range(1, len(story.history) + 1))


class Watched(Story):
    """Remembers the enrolments that were on a hold at some time: only they may have nothing open (F8)."""

    def __init__(self) -> None:
        super().__init__(office(users=USERS))
        self.held: set[int] = set()

    def watch(self) -> None:
        current = self.dossier.cycle
        process = self.office.process(current.ref) if current else None
        if current and process and not process.active_steps:
            self.held.add(current.id)


def started(first: o.Office) -> Watched:
    """Jane, on cycle `two` if possible."""
    story = Watched()
    story.does(w.Add({"name": "Jane", "owner": "tom"}, None, True))
    story.office = first
    takes(story, w.Assign(w.Choice("two")), set())
    return story


DOINGS = st.lists(mostly(WISHES, UNDO, mostly(LATER, offices())), min_size=5, max_size=25)


@pytest.mark.hypothesis
def test_no_sequence_of_wishes_breaks_the_invariants_of_any_office() -> None:
    granted = Counter[bool]()

    @settings(max_examples=examples(250))
    @given(offices(), DOINGS)
    def an_office(first: o.Office, doings: list[w.Wish | o.Office | str | int]) -> None:
        follows_the_rules(first, doings, granted)

    an_office()
    assert 3 * granted[True] > granted.total(), "nearly half of what is wished for may be"


def follows_the_rules(first: o.Office, doings: list[w.Wish | o.Office | str | int], granted: Counter[bool]) -> None:
    story, undoable = started(first), set[int]()
    for doing in doings:
        before = story.dossier
        story.watch()
        granted[takes(story, doing, undoable)] += isinstance(doing, w.Wish)
        story.watch()
        check_invariants(story)
        follows_the_table(before, story)
        due_texts_match_instants(story)
        changes_only_allowed_columns(before, story.dossier)
        if isinstance(doing, w.Assign | w.Stop | w.Close | w.Transfer):
            keeps_actions_created_by_hand(before, story.dossier)
    history_restores_the_state(story)


def follows_the_table(before: Dossier, story: Story) -> None:
    was = {action.id: action.status for action in before.actions}
    entries = [entry for entry in story.history if entry.seq > before.seq]
    statuses = dict(was)
    for entry in entries:
        event = entry.event
        if isinstance(event, h.Undone):
            statuses |= {row["id"]: row["status"] for row in event.actions}
        elif type(event) in ALLOWED[SCHEDULED] or isinstance(event, h.Scheduled):
            kinds = ALLOWED[statuses.get(event.action)]  # type: ignore[union-attr]
            statuses[event.action] = kinds[type(event)]  # type: ignore[union-attr, index]
    assert statuses == {action.id: action.status for action in story.dossier.actions}


def due_texts_match_instants(story: Story) -> None:
    """T1: an open action's instant is what its text says in its owner's zone, whatever changed, also after an undo."""
    for action in story.open:
        assert action.at == moment(action.due, story.office.calendar(action.owner).zone).at


def changes_only_allowed_columns(before: Dossier, after: Dossier) -> None:
    """The stores write no other columns of existing rows."""
    for table, old, new in ((ENROLMENT, before.enrolments, after.enrolments), (ACTION, before.actions, after.actions)):
        rows: dict[int, tuple[object, ...]] = {row.id: row for row in new}
        for row in old:
            cells = zip(table.columns, row, rows[row.id], strict=True)
            assert {column for column, was, is_ in cells if was != is_} <= set(table.changing)


def keeps_actions_created_by_hand(before: Dossier, after: Dossier) -> None:
    assert by_hand(before) <= by_hand(after)


def by_hand(dossier: Dossier) -> set[Action]:
    return {action for action in dossier.actions if action.enrolment is None}


def history_restores_the_state(story: Story) -> None:
    """The history alone gives the same state, also after writing and reading it."""
    assert replay(story.history, Dossier("contact:jane")) == story.dossier
    read = []
    for x in story.history:
        subject, seq, change, kind, action, data = journal.row(x)
        read.append(h.Entry(subject, seq, change, x.at, x.by, journal.event(kind, action, data)))
    assert replay(read, Dossier("contact:jane")) == story.dossier


@settings(max_examples=examples(150))
@given(offices(), st.lists(st.one_of(WISHES, LATER), max_size=10), WISHES)
def test_E11_undo_restores_every_row_and_cancels_everything_that_the_change_created(
    first: o.Office, doings: list[w.Wish | int], last: w.Wish
) -> None:
    story = started(first)
    for doing in doings:
        takes(story, doing, set())
    before, undoable = story.dossier, set[int]()
    takes(story, last, undoable)
    if not undoable:
        return
    done = [entry for entry in story.history if entry.change == story.change]
    story.undoes()
    after = story.dossier
    assert after.contact == before.contact
    old_ids = {row.id for row in (*before.actions, *before.enrolments)}
    assert tuple(a for a in after.actions if a.id in old_ids) == before.actions
    assert tuple(x for x in after.enrolments if x.id in old_ids) == before.enrolments
    scheduled = [x.event.action for x in done if isinstance(x.event, h.Scheduled)]
    assert [(id, CANCELLED, UNDONE) for id in scheduled] == [
        (a.id, a.status, a.reason) for a in after.actions if a.id not in old_ids
    ]
    enrolled = [x.event.enrolment for x in done if isinstance(x.event, h.Enrolled)]
    assert [(id, False, UNDONE) for id in enrolled] == [
        (x.id, x.open, x.reason) for x in after.enrolments if x.id not in old_ids
    ]


@settings(max_examples=examples(150))
@given(offices(), st.lists(WISHES, max_size=8), st.integers(1, 3))
def test_E11_undoing_everything_returns_to_the_start(first: o.Office, doings: list[w.Wish], times: int) -> None:
    story, undoable = started(first), set[int]()
    start = story.dossier
    for _ in range(times):
        for doing in doings:
            takes(story, doing, undoable)
        for change in sorted(undoable, reverse=True):
            story.undoes(change)
        undoable.clear()
        assert (story.dossier.contact, story.open, story.dossier.cycle) == (
            start.contact,
            start.open_actions,
            start.cycle,
        )


@settings(max_examples=examples(200))
@given(steps(), st.integers(0, 4))
def test_F5_a_cycle_either_loops_forever_or_ends(declared: list[dict[str, object]], which: int) -> None:
    """Close one open action after another: each starts at most one round, and no step is left waiting."""
    process = cycle("c", *declared)
    story = Story(office(process)).added("c")
    for _ in range(30):
        if not story.open:
            break
        rounds = story.enrolment.round
        action = story.open[which % len(story.open)]
        story.at(max(story.now, action.due[:10] + "T12:00")).does(w.Complete(action.id))
        assert story.enrolment.round <= rounds + 1
        assert len(story.open) <= len(process.active_steps) * story.enrolment.round
    if not story.open:
        assert not process.active_steps or story.enrolment.reason == "no-more-steps"
        every_step_had_an_action(story, process)


def every_step_had_an_action(story: Story, process: o.Process) -> None:
    """Every active step of a cycle without a loop had exactly one action."""
    if not any(step.loop_to for step in process.active_steps):
        assert sorted(a.step or "" for a in story.dossier.actions) == sorted(s.id for s in process.active_steps)


def without_loops(declared: list[dict[str, object]]) -> list[dict[str, object]]:
    return [{**step, "loop_to": None} for step in declared]


@settings(max_examples=examples(200))
@given(steps().map(without_loops), st.lists(st.tuples(st.booleans(), st.integers(0, 4)), max_size=12))
@example([step("a"), step("b"), step("c", anchor="start")], [(True, 0)])
def test_F4_cancelling_by_hand_loses_no_step(declared: list[dict[str, object]], doings: list[tuple[bool, int]]) -> None:
    process = cycle("c", *declared)
    story = Story(office(process)).added("c")
    for cancels, which in [*doings, *[(False, 0)] * 8]:
        if not story.open:
            break
        id = story.open[which % len(story.open)].id
        if cancels and len(story.open) == 1:
            with pytest.raises(Refused, match="the last open one"):
                story.does(w.Cancel(id))
        else:
            story.does(w.Cancel(id) if cancels else w.Complete(id))
    assert not story.open
    every_step_had_an_action(story, process)


@settings(max_examples=examples(100))
@given(offices(), st.lists(mostly(WISHES, UNDO), max_size=10))
def test_explain_has_a_reason_for_every_step_and_reports_everything_that_happened(
    first: o.Office, doings: list[w.Wish | str]
) -> None:
    story, undoable = started(first), set[int]()
    for doing in doings:
        takes(story, doing, undoable)
    for entry in story.history:
        if isinstance(event := entry.event, h.Scheduled):
            why = event.why or {}
            assert not event.step or "rebooked" in why or {*why} >= {"anchor", "from", "offset", "version"}
            assert dict(Counter(explained_events(story, event.action))) == dict(
                Counter(recorded_events(story, event.action))
            )


def explained_events(story: Story, action: int) -> list[tuple[str, int]]:
    """What happened and in which change; `explain` also describes the enrolment and the calculation."""
    facts = CatalogFacts({}, lambda _, owner: story.office.calendar(owner), lambda _: {})
    causes = explain(action, story.history, facts)
    return [(cause.what, cause.change) for cause in causes if cause.what in {"scheduled", "undone", *CAUSES.values()}]


CAUSES: Mapping[type, str] = {
    h.Rescheduled: "moved by hand",
    h.Reassigned: "reassigned",
    h.Completed: "closed",
    h.Skipped: "closed",
    h.NotShown: "closed",
    h.Failed: "closed",
    h.Cancelled: "closed",
}


def recorded_events(story: Story, action: int) -> Iterator[tuple[str, int]]:
    for entry in story.history:
        match entry.event:
            case h.Scheduled(action=id) if id == action:
                yield "scheduled", entry.change
            case h.Undone(actions=rows) if action in [row["id"] for row in rows]:
                yield "undone", entry.change
            case event if type(event) in CAUSES and event.action == action:  # type: ignore[union-attr]
                yield CAUSES[type(event)], entry.change
