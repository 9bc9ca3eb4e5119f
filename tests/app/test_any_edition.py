"""Any catalog, any edit of it with any choices, any history: `diff` shows what `apply` does, no contact is lost,
duplicated or moved without a line, `undo` restores the exact rows, and a second apply changes nothing (E1 to E6, E11).
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from followup.app import action_lists
from followup.app.applying import apply, difference
from followup.app.checking import Doctor
from followup.app.deciding import for_actions, for_contacts
from followup.app.session import Session
from followup.app.undoing import undo_change
from followup.app.versions import Version
from followup.core import wishes as w
from followup.core.list_filters import ActionFilter
from followup.core.migration.effects import REFUSED, Effect
from followup.core.migration.summary import CatalogDiff
from followup.core.timing import moment
from followup.errors import Refused
from followup.store.opening import open_store
from followup.store.protocol import Store
from tests.app import small_catalog as c
from tests.properties import examples
from tests.servers import new_schema
from tests.sessions import session_in, visit_of

MORNING = 1777910400
CYCLES = ("calls", "once", "talks", "sale", "rest")
PEOPLE = tuple((f"p{n}", ("tom", "kim", None)[n % 3], CYCLES[n % 5]) for n in range(10))
STEPS = [(cycle, step["id"]) for cycle, text in c.OFFICE["cycles"].items() for step in text["steps"]]

#: a history: which contact, how many days later, and whether an action is rescheduled instead of completed
HISTORIES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3), st.booleans()), max_size=12)
EDITS = st.lists(
    st.one_of(
        st.builds(
            partial,
            st.sampled_from(c.OF_A_CYCLE),
            cycle=st.sampled_from(CYCLES),
            place=st.integers(0, 3),
            days=st.sampled_from((0, 1, 2, 5, 12)),
        ),
        st.builds(
            partial,
            st.just(c.moves_a_user),
            user=st.sampled_from(("kim", "tom")),
            zone=st.sampled_from(("Asia/Tokyo", "Europe/London")),
        ),
    ),
    min_size=1,
    max_size=2,
)


def step_of(cycle: str, place: int) -> str:
    steps = c.OFFICE["cycles"][cycle]["steps"]
    return f"{cycle}/{steps[place % len(steps)]['id'] if steps else 'more-0'}"


@st.composite
def edits_with_choices(draw: Any) -> tuple[list[Any], dict[str, dict[str, Any]]]:
    """An edit with a `migrate:` choice for it, by what the choice is about."""
    cycle, place = draw(st.sampled_from(CYCLES)), draw(st.integers(0, 3))
    step, days = step_of(cycle, place), draw(st.sampled_from((0, 1, 2, 5, 12)))
    how = partial(draw(st.sampled_from((c.turns_a_step, c.drops_the_last_step))), cycle=cycle, place=place)
    match draw(st.integers(0, 5)):
        case 0:
            stagger = draw(st.sampled_from(({}, {"stagger": 1}, {"stagger": 2})))
            edit = partial(c.moves_an_offset, cycle=cycle, place=place, days=days)
            return [edit], {f"step:{step}": {"step": step, "dates": "recompute", **stagger}}
        case 1:
            new_step = f"{cycle}/more-{len(c.OFFICE['cycles'][cycle]['steps'])}"
            edit = partial(c.adds_a_step, cycle=cycle, days=days)
            return [edit], {f"step:{new_step}": {"step": new_step, "backfill": True}}
        case 2:
            to = draw(st.sampled_from([s for s in STEPS if s[0] == cycle] or STEPS))[1]
            return [how], {f"step:{step}": {"step": step, "open": "redirect", "to": to}}
        case 3:
            return [how], {f"step:{step}": {"step": step, "open": draw(st.sampled_from(("keep", "advance")))}}
        case 4:
            removal = draw(st.sampled_from((c.turns_a_cycle, c.removes_a_cycle)))
            to = draw(
                st.sampled_from(({"move_to": "again"}, {"move_to": "once"}, {"move_to": "sale"}, {"drain": True}))
            )
            return [partial(removal, cycle=cycle)], {f"cycle:{cycle}": {"cycle": cycle, **to}}
        case _:
            return draw(EDITS), {}


CHANGES = st.lists(edits_with_choices(), min_size=1, max_size=2)


@contextmanager
def in_sqlite() -> Iterator[Store]:
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="followup-", dir=memory) as folder:
        store = open_store(f"sqlite:///{folder}/followup.db", create=True)
        yield store
        store.close()


@contextmanager
def in_postgres() -> Iterator[Store]:
    with closing(open_store(new_schema(), create=True)) as store:
        yield store


StoreFactory = Callable[[], AbstractContextManager[Store]]


def version(catalog: c.Raw) -> Version | None:
    result = c.loaded(catalog)
    return None if result.errors else Version(result.documents, result.digest, None)


def play_history(store: Store, history: list[tuple[int, int, bool]]) -> int:
    """Add ten contacts and play the history; return the time at its end."""
    now = MORNING
    first = version(c.OFFICE)
    assert first
    apply(visit_of(store, now, "ada", "apply"), first, "ada")
    wishes = [(id, w.Add({"name": id.title(), "owner": owner}, w.Choice(alias))) for id, owner, alias in PEOPLE]
    for_contacts(session_in(store, now, "sue", "add"), wishes)
    for who, days, by_hand in history:
        now += days * 86_400
        session = session_in(store, now, "sue", "complete")
        open_actions = list(action_lists.search(session, ActionFilter(contact=PEOPLE[who][0], status="scheduled")))
        if open_actions and by_hand:
            for_actions(session, [([open_actions[-1].id], [w.Reschedule(open_actions[-1].id, "2026-06-20")])])
        elif open_actions:
            for_actions(session, [([open_actions[0].id], [w.Complete(open_actions[0].id)])])
    return now


def rows(store: Store) -> dict[str, Any]:
    """What undo has to restore. Rows that it cancelled or ended stay, with their reason (decision 2)."""
    queries = {
        name: store.ask(f"doctor.{name}", since="", before=None) for name in ("contacts", "enrolments", "actions")
    }
    result = {name: [tuple(row) for row in rows if "undone" not in row] for name, rows in queries.items()}
    result["contacts"] = [row[:-2] + row[-1:] for row in result["contacts"]]  # except the number of their last event
    return {**result, "items": [tuple(store.ask("catalog.items", kind=kind)) for kind in ("cycle", "alias", "user")]}


def open_dues(store: Store) -> dict[str, dict[int, str]]:
    """By contact: the open actions with their due dates."""
    dues: dict[str, dict[int, str]] = {}
    for row in action_lists.search(session_in(store, MORNING, "sue"), ActionFilter(status="scheduled")):
        dues.setdefault(row.contact or "", {})[row.id] = row.due
    return dues


def assert_instants_match_dues(session: Session) -> None:
    """T1: each instant is that of the text, in the zone of its current owner."""
    for row in action_lists.search(session, ActionFilter(status="scheduled")):
        assert row.at == moment(row.due, session.office.calendar(row.owner).zone).at


def effects(diff: CatalogDiff) -> list[Effect]:
    return [effect for tally in diff.impact.processes.values() for effect in tally.named]


def assert_every_change_is_reported(
    diff: CatalogDiff, before: dict[str, dict[int, str]], after: dict[str, dict[int, str]]
) -> None:
    """Each contact whose actions or dates changed has a line that says so, and each line is true."""
    lines = effects(diff)
    assert not REFUSED.intersection(effect.what for effect in lines)
    contacts = {effect.contact for effect in lines}
    assert {who for who in before.keys() | after.keys() if before.get(who) != after.get(who)} <= contacts
    for effect in lines:
        dues = after.get(effect.contact, {})
        if effect.becomes and effect.what != "moves":
            assert effect.becomes in dues.values(), effect
        if effect.what in ("earlier", "later", "rezoned"):
            assert dues[effect.action or 0] == effect.becomes
        if effect.what in ("keeps", "by-hand", "kept"):
            assert dues[effect.action or 0] == effect.was
        if effect.what in ("advances", "redirects", "cancels", "rests", "ends"):
            assert effect.action not in dues
    action_ids = [effect.action for effect in lines if effect.action]
    assert len(action_ids) == len(set(action_ids)) or any(effect.what == "rezoned" for effect in lines), (
        "each action once"
    )


def check(
    history: list[tuple[int, int, bool]],
    changes: list[tuple[list[Any], dict[str, dict[str, Any]]]],
    a_store: StoreFactory = in_sqlite,
) -> str:
    """What happened: nothing, invalid, refused or applied."""
    catalog = c.edited(c.OFFICE, *(edit for edits, _ in changes for edit in edits))
    migrate = list({key: entry for _, entries in changes for key, entry in entries.items()}.values())
    target = version({**catalog, "migrate": migrate})
    if target is None:
        return "invalid"
    with a_store() as store:
        now = play_history(store, history)
        session, visit = partial(session_in, store, now, "ada"), partial(visit_of, store, now, "ada")
        before, open_before, office = rows(store), open_dues(store), session().office.version
        with suppress(Refused):
            diff = difference(visit(), target, "ada", None)
            assert rows(store) == before, "a diff changes nothing"
            if diff.refused:
                with pytest.raises(Refused):
                    apply(visit("apply"), target, "ada")
                assert rows(store) == before and session().office.version == office
                return "refused"
            if not diff.item_changes:
                return "nothing"
            result = apply(visit("apply"), target, "ada", diff.digest, None)
            assert effects(result) == effects(diff)
            assert_every_change_is_reported(diff, open_before, open_dues(store))
            assert_instants_match_dues(session())
            assert list(Doctor(store).damage()) == []
            assert apply(visit("apply"), target, "ada").item_changes == (), "a second apply has nothing to do"
            undo_change(session("undo"))
            assert rows(store) == before
            assert list(Doctor(store).damage()) == []
            diff_after_undo = difference(visit(), target, "ada", None)
            assert [e._replace(action=None) for e in effects(diff_after_undo)] == [
                e._replace(action=None) for e in effects(diff)
            ]
            return "applied"
        return "refused"


def test_E6_a_contact_moved_onto_an_edited_cycle_is_not_migrated_again() -> None:
    """Each contact is placed or advanced once, whatever the cycles are called."""
    for source, to in (("calls", "once"), ("talks", "calls")):
        new_step = f"{to}/more-{len(c.OFFICE['cycles'][to]['steps'])}"
        removal = [partial(c.turns_a_cycle, cycle=source)], {"goes": {"cycle": source, "move_to": to}}
        addition = [partial(c.adds_a_step, cycle=to, days=0)], {"more": {"step": new_step, "backfill": True}}
        zone_change = [partial(c.moves_a_user, user="kim", zone="Europe/London")], {}
        assert check([], [removal, addition, zone_change]) == "applied"


def test_E1_apply_matches_the_diff_even_if_an_edit_creates_a_second_action() -> None:
    """A diff uses ids that the apply doesn't assign, so the two are compared without ids."""
    redirect = {"step": "sale/note", "open": "redirect", "to": "call"}
    deactivation = [partial(c.turns_a_step, cycle="sale", place=1)], {"step:sale/note": redirect}
    assert check([(8, 0, False)], [deactivation]) == "applied"


def check_any(times: int, a_store: StoreFactory) -> None:
    """Check N histories and edits; at least one in five has to be applied, as two in three are."""
    outcomes = Counter[str]()

    @settings(max_examples=times, suppress_health_check=list(HealthCheck))
    @given(HISTORIES, CHANGES)
    def any_case(history: Any, changes: Any) -> None:
        outcomes[check(history, changes, a_store)] += 1

    any_case()
    assert 5 * outcomes["applied"] > outcomes.total(), outcomes


@pytest.mark.hypothesis
def test_diff_shows_what_apply_does_and_undo_reverts_it() -> None:
    check_any(30, in_sqlite)


@pytest.mark.hypothesis
@pytest.mark.slow(18)
def test_diff_shows_what_apply_does_and_undo_reverts_it_for_many_edits() -> None:
    check_any(examples(250), in_sqlite)


@pytest.mark.hypothesis
@pytest.mark.slow(9)
def test_diff_shows_what_apply_does_and_undo_reverts_it_in_postgresql() -> None:
    check_any(examples(27), in_postgres)
