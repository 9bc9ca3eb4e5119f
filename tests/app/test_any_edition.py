"""Any catalog, any edit of it with any choices, any history: `diff` says what `apply` does, nobody is lost, doubled or
moved without a line, `undo` brings back the very rows, and a second apply changes nothing (E1 to E6, E11).
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
from followup.app.undoing import undo_last
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

#: how far somebody has come: actions closed one after the other, days apart, the last perhaps moved by hand
LIVES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3), st.booleans()), max_size=12)
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
def aimed(draw: Any) -> tuple[list[Any], dict[str, dict[str, Any]]]:
    """An edit with a choice that is about it, by what the choice is about."""
    cycle, place = draw(st.sampled_from(CYCLES)), draw(st.integers(0, 3))
    step, days = step_of(cycle, place), draw(st.sampled_from((0, 1, 2, 5, 12)))
    how = partial(draw(st.sampled_from((c.turns_a_step, c.drops_the_last_step))), cycle=cycle, place=place)
    match draw(st.integers(0, 5)):
        case 0:
            stagger = draw(st.sampled_from(({}, {"stagger": 1}, {"stagger": 2})))
            edit = partial(c.moves_an_offset, cycle=cycle, place=place, days=days)
            return [edit], {f"step:{step}": {"step": step, "dates": "recompute", **stagger}}
        case 1:
            added = f"{cycle}/more-{len(c.OFFICE['cycles'][cycle]['steps'])}"
            edit = partial(c.adds_a_step, cycle=cycle, days=days)
            return [edit], {f"step:{added}": {"step": added, "backfill": True}}
        case 2:
            to = draw(st.sampled_from([s for s in STEPS if s[0] == cycle] or STEPS))[1]
            return [how], {f"step:{step}": {"step": step, "open": "redirect", "to": to}}
        case 3:
            return [how], {f"step:{step}": {"step": step, "open": draw(st.sampled_from(("keep", "advance")))}}
        case 4:
            goes = draw(st.sampled_from((c.turns_a_cycle, c.removes_a_cycle)))
            to = draw(
                st.sampled_from(({"move_to": "again"}, {"move_to": "once"}, {"move_to": "sale"}, {"drain": True}))
            )
            return [partial(goes, cycle=cycle)], {f"cycle:{cycle}": {"cycle": cycle, **to}}
        case _:
            return draw(EDITS), {}


CHANGES = st.lists(aimed(), min_size=1, max_size=2)


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


Kept = Callable[[], AbstractContextManager[Store]]


def version(catalog: c.Raw) -> Version | None:
    found = c.loaded(catalog)
    return None if found.errors else Version(found.documents, found.digest, None)


def lived(store: Store, lives: list[tuple[int, int, bool]]) -> int:
    """Ten people, and what was done with them; answers the moment."""
    now = MORNING
    first = version(c.OFFICE)
    assert first
    apply(visit_of(store, now, "ada", "apply"), first, "ada")
    wishes = [(id, w.Add({"name": id.title(), "owner": owner}, w.Choice(alias))) for id, owner, alias in PEOPLE]
    for_contacts(session_in(store, now, "sue", "add"), wishes)
    for who, days, by_hand in lives:
        now += days * 86_400
        here = session_in(store, now, "sue", "complete")
        mine = list(action_lists.search(here, ActionFilter(contact=PEOPLE[who][0], status="scheduled")))
        if mine and by_hand:
            for_actions(here, [([mine[-1].id], [w.Reschedule(mine[-1].id, "2026-06-20")])])
        elif mine:
            for_actions(here, [([mine[0].id], [w.Complete(mine[0].id)])])
    return now


def rows(store: Store) -> dict[str, Any]:
    """What undo has to bring back. Rows that it cancelled or ended stay, with their reason (decision 2)."""
    asked = {name: store.ask(f"doctor.{name}", since="", before=None) for name in ("contacts", "enrolments", "actions")}
    found = {name: [tuple(row) for row in rows if "undone" not in row] for name, rows in asked.items()}
    found["contacts"] = [row[:-2] + row[-1:] for row in found["contacts"]]  # but for the number of their last event
    return {**found, "items": [tuple(store.ask("catalog.items", kind=kind)) for kind in ("cycle", "alias", "user")]}


def opened(store: Store) -> dict[str, dict[int, str]]:
    """By contact: what is open, with its due."""
    found: dict[str, dict[int, str]] = {}
    for row in action_lists.search(session_in(store, MORNING, "sue"), ActionFilter(status="scheduled")):
        found.setdefault(row.contact or "", {})[row.id] = row.due
    return found


def each_is_due_as_it_reads(here: Session) -> None:
    """T1: the instant is that of the text, in the zone of whoever has it by now."""
    for row in action_lists.search(here, ActionFilter(status="scheduled")):
        assert row.at == moment(row.due, here.office.calendar(row.owner).zone).at


def effects(found: CatalogDiff) -> list[Effect]:
    return [effect for tally in found.impact.processes.values() for effect in tally.named]


def accounts_for_all(found: CatalogDiff, before: dict[str, dict[int, str]], after: dict[str, dict[int, str]]) -> None:
    """Whoever has other actions or dates now has a line that says so, and each line is true."""
    lines = effects(found)
    assert not REFUSED.intersection(effect.what for effect in lines)
    told = {effect.contact for effect in lines}
    assert {who for who in before.keys() | after.keys() if before.get(who) != after.get(who)} <= told
    for effect in lines:
        mine = after.get(effect.contact, {})
        if effect.becomes and effect.what != "moves":
            assert effect.becomes in mine.values(), effect
        if effect.what in ("earlier", "later", "rezoned"):
            assert mine[effect.action or 0] == effect.becomes
        if effect.what in ("keeps", "by-hand", "kept"):
            assert mine[effect.action or 0] == effect.was
        if effect.what in ("advances", "redirects", "cancels", "rests", "ends"):
            assert effect.action not in mine
    acted = [effect.action for effect in lines if effect.action]
    assert len(acted) == len(set(acted)) or any(effect.what == "rezoned" for effect in lines), "each action once"


def check(
    lives: list[tuple[int, int, bool]],
    changes: list[tuple[list[Any], dict[str, dict[str, Any]]]],
    a_store: Kept = in_sqlite,
) -> str:
    """What became of it: nothing, invalid, refused or applied."""
    edited = c.edited(c.OFFICE, *(edit for edits, _ in changes for edit in edits))
    said = list({key: entry for _, entries in changes for key, entry in entries.items()}.values())
    wanted = version({**edited, "migrate": said})
    if wanted is None:
        return "invalid"
    with a_store() as store:
        now = lived(store, lives)
        here, there = partial(session_in, store, now, "ada"), partial(visit_of, store, now, "ada")
        before, open_before, office = rows(store), opened(store), here().office.version
        with suppress(Refused):
            shown = difference(there(), wanted, "ada", None)
            assert rows(store) == before, "looking changes nothing"
            if shown.refused:
                with pytest.raises(Refused):
                    apply(there("apply"), wanted, "ada")
                assert rows(store) == before and here().office.version == office
                return "refused"
            if not shown.item_changes:
                return "nothing"
            made = apply(there("apply"), wanted, "ada", shown.digest, None)
            assert effects(made) == effects(shown)
            accounts_for_all(shown, open_before, opened(store))
            each_is_due_as_it_reads(here())
            assert list(Doctor(store).damage()) == []
            assert apply(there("apply"), wanted, "ada").item_changes == (), "a second apply has nothing to do"
            undo_last(here("undo"))
            assert rows(store) == before
            assert list(Doctor(store).damage()) == []
            again = difference(there(), wanted, "ada", None)
            assert [e._replace(action=None) for e in effects(again)] == [
                e._replace(action=None) for e in effects(shown)
            ]
            return "applied"
        return "refused"


def test_E6_whoever_is_moved_onto_an_edited_cycle_meets_that_edit_no_more() -> None:
    """Each contact is placed or advanced once, whatever the cycles are called."""
    for goes, to in (("calls", "once"), ("talks", "calls")):
        added = f"{to}/more-{len(c.OFFICE['cycles'][to]['steps'])}"
        gone = [partial(c.turns_a_cycle, cycle=goes)], {"goes": {"cycle": goes, "move_to": to}}
        more = [partial(c.adds_a_step, cycle=to, days=0)], {"more": {"step": added, "backfill": True}}
        moved = [partial(c.moves_a_user, user="kim", zone="Europe/London")], {}
        assert check([], [gone, more, moved]) == "applied"


def test_E1_an_apply_that_was_shown_does_that_also_where_an_edit_makes_a_second_action() -> None:
    """A diff counts with ids that the apply doesn't give: they are no part of what is held against what was shown."""
    redirected = {"step": "sale/note", "open": "redirect", "to": "call"}
    turned = [partial(c.turns_a_step, cycle="sale", place=1)], {"step:sale/note": redirected}
    assert check([(8, 0, False)], [turned]) == "applied"


def check_any(times: int, a_store: Kept) -> None:
    """So many lives and changes; one in five at least has to come to an apply, as two in three do."""
    became = Counter[str]()

    @settings(max_examples=times, suppress_health_check=list(HealthCheck))
    @given(LIVES, CHANGES)
    def of_any(lives: Any, changes: Any) -> None:
        became[check(lives, changes, a_store)] += 1

    of_any()
    assert 5 * became["applied"] > became.total(), became


@pytest.mark.hypothesis
def test_what_a_diff_says_is_what_an_apply_does_and_an_undo_takes_back() -> None:
    check_any(30, in_sqlite)


@pytest.mark.hypothesis
@pytest.mark.slow(18)
def test_whatever_is_edited_a_diff_says_it_an_apply_does_it_and_an_undo_takes_it_back() -> None:
    check_any(examples(250), in_sqlite)


@pytest.mark.hypothesis
@pytest.mark.slow(9)
def test_it_is_the_same_in_postgresql() -> None:
    check_any(examples(27), in_postgres)
