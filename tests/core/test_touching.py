"""E11: a later change blocks the undo of an earlier one only if both touched the same thing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from followup.core import history as h
from followup.core import wishes as w
from followup.core.draft import Stamp
from followup.core.kinds import CYCLE
from followup.core.model import Dossier
from followup.core.office import Ref
from followup.core.touching import EVERYTHING, Key, Touched, conflicts, touched_by
from followup.core.undo import undo
from followup.errors import Conflict, NotFound, Refused
from tests.core.building import USERS, Story, alias, calendar, cycle, instant, office, plan, step
from tests.properties import examples

THREE = cycle("three", step("a", "1 day"), step("b", "2 days"), step("c", "3 days"))
OTHER = cycle("other", step("x", "10 days"))
PAIR = cycle("pair", step("a", "1 day"), step("b", "2 days"), anchor="due")
SHOW = plan("show", step("hello"))


def jane_on(*cycles_: Any) -> Story:
    return Story(office(*cycles_, SHOW)).added(cycles_[0].id)


def by_hand(jane: Story) -> int:
    jane.does(w.Schedule("call", "2026-05-30", "By hand"))
    return max(action.id for action in jane.open)


def keys(jane: Story) -> set[Key]:
    """What the last change touched."""
    return set(touched_by([x for x in jane.history if x.change == jane.change], jane.dossier).keys)


def test_E11_each_wish_touches_only_what_it_is_about() -> None:
    jane = jane_on(THREE, OTHER)
    on, place = ("enrolment", 1), ("place", CYCLE)
    assert keys(jane) == {EVERYTHING, on, place}
    call = by_hand(jane)
    assert keys(jane) == {("action", call)}
    jane.does(w.Attempt(call))
    assert keys(jane) == {("action", call)}
    jane.closes_on("a", "2026-05-05")
    assert keys(jane) == {on}
    jane.does(w.Set({"phone": "1", "first_name": "J"}))
    assert keys(jane) == {("field", "phone"), ("field", "first_name")}
    jane.does(w.Assign(w.Choice("just-looking")))
    assert keys(jane) == {("field", "follow_up")}
    jane.does(w.Set({"property": "beach"}))
    assert keys(jane) == {("field", "property")}
    jane.does(w.Set({"owner": "kim"}))
    assert keys(jane) == {("field", "owner"), on}
    jane.put_on_plan("show")
    show = ("enrolment", jane.enrolment.id), ("place", Ref("plan", "show"))
    assert keys(jane) == set(show)
    jane.does(w.Assign(w.Choice("other")))
    assert keys(jane) == {on, place, ("enrolment", jane.enrolment.id)}
    jane.does(w.Close("won"))
    assert keys(jane) >= {("field", "stage"), place, show[1]}
    jane.undoes()
    assert keys(jane) == {EVERYTHING}


def test_E11_a_new_alias_and_a_new_round_touch_the_enrolment_and_not_its_place() -> None:
    looped = cycle("looped", step("a", loop_to="a"))
    jane = Story(office(looped, aliases=[alias("again", "looped")])).added("looped")
    jane.does(w.Assign(w.Choice("again")))
    assert keys(jane) == {("enrolment", 1)}
    jane.closes_on("a", "2026-05-05")
    assert keys(jane) == {("enrolment", 1)} and jane.enrolment.round == 2


def test_E11_an_apply_by_itself_touches_no_contact() -> None:
    entry = h.Entry("office", 1, 1, 0, "sue", h.Applied(1, "x", None))
    assert touched_by([entry], Dossier("office")) == Touched(frozenset())


def test_E11_two_changes_conflict_in_what_both_touch() -> None:
    one, two = Touched(frozenset({("action", 1), ("field", "phone")})), Touched(frozenset({("field", "phone")}))
    assert conflicts(one, two) == [("field", "phone")]
    assert conflicts(two, Touched(frozenset({("action", 1)}))) == []
    everything = Touched(frozenset({EVERYTHING}))
    assert conflicts(one, everything) == conflicts(everything, one) == [EVERYTHING]
    assert everything.enrolment(7) and not one.enrolment(7)


# -- what may be undone


def phone(jane: Story) -> None:
    jane.does(w.Set({"phone": "1"}), by="tom")


def attempt_by_hand(jane: Story) -> None:
    jane.does(w.Attempt(next(a.id for a in jane.open if a.enrolment is None)), by="tom")


def categorise(jane: Story) -> None:
    jane.does(w.Assign(w.Choice("just-looking")), by="tom")


@pytest.mark.parametrize("later", [phone, attempt_by_hand, categorise])
def test_E11_a_later_change_of_something_else_does_not_block_undo(later: Any) -> None:
    jane = jane_on(THREE)
    by_hand(jane)
    before = jane.dossier
    jane.closes_on("a", "2026-05-06")
    change = jane.change
    later(jane)
    between = jane.dossier
    jane.undoes(change)
    assert jane.dossier.of(jane.enrolment)[0] == before.of(before.enrolments[0])[0]
    assert jane.dossier.contact == between.contact
    assert [a for a in jane.dossier.actions if a.enrolment is None] == [
        a for a in between.actions if a.enrolment is None
    ]


def test_E11_undo_restores_one_field_and_leaves_the_others() -> None:
    jane = jane_on(THREE)
    jane.does(w.Set({"phone": "1", "email": "a@example.com"}))
    jane.at("2026-05-05T10:00").does(w.Set({"source": "web"}), by="tom")
    updated = jane.dossier.known.updated_at
    jane.at("2026-05-06T10:00").undoes(2)
    contact = jane.dossier.known
    assert (contact.phone, contact.email, contact.source, contact.updated_at) == (None, None, "web", updated)
    jane.undoes(3)
    assert (jane.dossier.known.phone, jane.dossier.known.source) == (None, None)


def test_C2_undoing_the_only_update_restores_the_old_update_time() -> None:
    jane = jane_on(THREE)
    before = jane.dossier.known
    jane.at("2026-05-05T10:00").does(w.Set({"phone": "1"}))
    jane.undoes()
    assert jane.dossier.known == before


@pytest.mark.parametrize(
    ("later", "named"),
    [
        (w.Set({"phone": "2"}), "phone of contact jane has changed since: by tom at 2026-05-05T17:00:00Z"),
        (w.Set({"first_name": "J", "phone": "2"}), "first name, phone of contact jane has changed since: by tom"),
        (w.Remove(), "^contact jane has changed since: by tom"),
    ],
)
def test_E11_the_refusal_names_a_later_change_of_the_same_field(later: w.Wish, named: str) -> None:
    jane = Story(office(THREE, users=[u if u.id != "tom" else USERS[0]._replace(id="tom") for u in USERS]))
    jane.added("three")
    jane.does(w.Set({"phone": "1", "first_name": "Jane"}))
    jane.at("2026-05-05T10:00").does(later, by="tom")
    with pytest.raises(Refused, match=named):
        jane.undoes(2)


def test_E11_the_refusal_names_a_later_change_of_the_same_action_or_enrolment() -> None:
    jane = jane_on(PAIR)
    call = by_hand(jane)
    jane.does(w.Attempt(call))
    jane.does(w.Attempt(call), by="tom")
    with pytest.raises(Refused, match=f"action {call} of contact jane has changed since: by tom"):
        jane.undoes(3)
    jane.closes_on("a", "2026-05-05")
    jane.does(w.Attempt(jane.action("b").id), by="tom")
    with pytest.raises(Refused, match="cycle 'pair' of contact jane has changed since: by tom"):
        jane.undoes(5)


def test_E11_the_refusal_names_the_one_of_several_enrolments_that_has_changed() -> None:
    jane = jane_on(PAIR)
    jane.put_on_plan("show")
    plan = jane.dossier.enrolments[-1]
    (action,) = (action.id for action in jane.open if action.enrolment == plan.id)
    jane.does(w.Attempt(action))
    jane.does(w.Attempt(action), by="tom")
    with pytest.raises(Refused, match="^plan 'show' of contact jane has changed since: by tom"):
        jane.undoes(3)


def test_F6_undo_does_not_put_a_contact_on_a_second_cycle() -> None:
    jane = jane_on(THREE, OTHER)
    jane.does(w.Stop())
    jane.does(w.Assign(w.Choice("other")), by="tom")
    with pytest.raises(Refused, match="the cycle of contact jane has changed since: by tom"):
        jane.undoes(2)


def test_F21_undo_does_not_put_a_won_contact_on_a_cycle() -> None:
    jane = jane_on(THREE)
    jane.does(w.Stop())
    jane.does(w.Set({"phone": "1"}))
    jane.does(w.Close("won"), by="tom")
    with pytest.raises(Refused, match="the cycle of contact jane has changed since: by tom"):
        jane.undoes(2)
    jane.undoes(3)
    assert (jane.dossier.known.phone, jane.dossier.known.stage) == (None, "won")


def test_the_refusal_names_a_plan_as_a_plan() -> None:
    jane = jane_on(THREE)
    jane.put_on_plan("show")
    jane.does(w.Complete(jane.action("hello").id))
    jane.put_on_plan("show")
    with pytest.raises(Refused, match="the plan of contact jane has changed since"):
        jane.undoes(3)


def test_E11_an_apply_cannot_be_undone_for_a_contact_with_later_work() -> None:
    """A change of a field doesn't count as work: it means the same under any catalog."""
    jane = jane_on(THREE)
    jane.does(w.Schedule("call", "2026-05-30", "By hand"))
    before = jane.dossier
    jane.applies(office(cycle("three", step("b", "2 days"), step("c", "3 days"))))
    jane.does(w.Set({"phone": "1"}), by="tom")
    change = jane.change - 1
    jane.office = office(THREE)
    stamp = Stamp(9, instant(jane.now), jane.office.users["sue"])
    _, decision = undo(jane.history, change, jane.office, stamp, jane.office, of_apply=True)
    assert decision.after.actions[: len(before.actions)] == before.actions and decision.after.known.phone == "1"
    jane.does(w.Attempt(max(a.id for a in jane.open if a.enrolment is None)), by="tom")
    undo(jane.history, change, jane.office, stamp, jane.office)
    with pytest.raises(Refused, match="action 3 of contact jane has changed since: by tom"):
        undo(jane.history, change, jane.office, stamp, jane.office, of_apply=True)


# -- under a later office


def test_F20_a_reopened_action_goes_to_the_contacts_current_owner() -> None:
    last = cycle("last", step("a", "2 hours"))
    jane = Story(office(last, calendars={"kim": calendar(zone="Asia/Tokyo")})).added("last")
    call = by_hand(jane)
    jane.does(w.Complete(call))
    jane.completes("a")
    jane.does(w.Set({"owner": "kim"}))
    jane.undoes(4)
    back = jane.action("a")
    assert (back.owner, back.due) == ("kim", "2026-05-05T04:00")
    assert jane.last == ["undone", "reassigned"]
    jane.undoes(3)
    assert next(a for a in jane.open if a.id == call).owner == "sue", "what was made by hand stays whose it was"


def test_F20_a_reopened_action_of_another_user_stays_theirs() -> None:
    jane = jane_on(cycle("last", step("a")))
    jane.history[-1] = jane.history[-1]._replace(event=jane.history[-1].event._replace(owner="lone"))
    jane.dossier = jane.dossier._replace(actions=(jane.dossier.actions[0]._replace(owner="lone"),))
    jane.completes("a")
    jane.does(w.Set({"owner": "kim"}))
    jane.undoes(2)
    assert jane.action("a").owner == "lone"


LEFT = [u._replace(active=False) if u.id == "tom" else u for u in USERS]
WITHOUT = [u for u in USERS if u.id != "tom"]


@pytest.mark.parametrize("users", [LEFT, WITHOUT])
def test_F20_undo_never_returns_work_to_an_inactive_user(users: Any) -> None:
    jane = jane_on(THREE)
    jane.does(w.Schedule("call", "2026-05-30", "By hand", owner="tom"))
    jane.does(w.Complete(max(a.id for a in jane.open)))
    jane.does(w.Set({"owner": "kim"}))
    jane.does(w.Set({"phone": "1"}))
    jane.office = office(THREE, users=users)
    with pytest.raises(Refused, match="By hand was tom's, who is no longer active"):
        jane.undoes(3)
    with pytest.raises(Refused, match="Jane Smith was tom's, who is no longer active: choose another owner"):
        jane.undoes(4)
    jane.undoes(5)


def test_F20_undo_does_not_return_a_won_contact_to_an_inactive_owner() -> None:
    jane = jane_on(THREE)
    jane.does(w.Stop())
    jane.does(w.Close("won"))
    jane.does(w.Set({"phone": "1"}))
    jane.office = office(THREE, users=LEFT)
    with pytest.raises(Refused, match="Jane Smith was tom's, who is no longer active"):
        jane.undoes(3)
    jane.undoes(4)
    assert jane.dossier.known.phone is None


def test_F20_undo_does_not_reopen_a_task_of_an_inactive_user() -> None:
    tom = Story(office(), "user:tom")
    tom.does(w.Schedule("task", None, "Ring"))
    tom.does(w.Complete(1))
    tom.office = office(users=LEFT)
    with pytest.raises(Refused, match="Ring was tom's, who is no longer active"):
        tom.undoes(2)


OFF = cycle("three", step("a", "1 day", active=False), step("b", "2 days"), step("c", "3 days"))


@pytest.mark.parametrize("now", [OFF, cycle("three", step("b", "2 days"), step("c", "3 days"))])
def test_E4_undo_does_not_reopen_an_action_whose_step_was_deactivated(now: Any) -> None:
    jane = jane_on(THREE)
    jane.closes_on("a", "2026-05-05")
    jane.gets(office(now))
    with pytest.raises(Refused, match="step 'a' of cycle 'three' is no longer active"):
        jane.undoes(2)


def test_E4_undo_can_reopen_a_kept_action_of_an_inactive_step() -> None:
    jane = jane_on(THREE)
    jane.gets(office(OFF))
    jane.closes_on("a", "2026-05-05")
    jane.undoes()
    assert jane.due == {"a": "2026-05-05"}


def test_E5_a_step_renamed_since_is_the_same_step() -> None:
    jane = jane_on(THREE)
    jane.closes_on("a", "2026-05-05")
    renamed = cycle("drei", step("one", "1 day"), step("b", "2 days"), step("c", "3 days"))
    jane.gets(office(renamed, moved={"three": "drei", "three/a": "drei/one", "drei/a": "drei/one"}))
    jane.undoes(2)
    assert jane.due == {"a": "2026-05-05"}


# -- any two changes

DOINGS = st.sampled_from(
    [
        *(w.Set({"phone": text}) for text in "12"),
        w.Set({"email": "x", "phone": "3"}),
        *(w.Set({"owner": owner}) for owner in ("kim", "tom")),
        *(w.Attempt(place) for place in range(3)),
        *(w.Complete(place) for place in range(4)),
        *(w.Reschedule(place, "2026-06-01") for place in range(3)),
        w.Schedule("call", "2026-05-30", "By hand"),
        *(w.Assign(w.Choice(id)) for id in ("pair", "three")),
        w.Stop(),
        w.Close("won"),
    ]
)


def parts(dossier: Dossier) -> dict[Key, object]:
    """Everything that can be touched, by key."""
    rows: dict[Key, object] = {("enrolment", x.id): (x, dossier.of(x)) for x in dossier.enrolments}
    rows |= {("action", a.id): a for a in dossier.actions if a.enrolment is None}
    fields = dossier.known._asdict()
    return rows | {("field", name): value for name, value in fields.items() if name != "updated_at"}


@pytest.mark.hypothesis
@settings(max_examples=examples(150))
@given(st.lists(DOINGS, min_size=2, max_size=7), st.integers(0, 6))
def test_E11_undo_restores_exactly_what_its_change_touched(wishes: list[Any], which: int) -> None:
    """Undo is allowed if no later change differs in the same rows; it restores its own rows and keeps the others."""
    jane = jane_on(THREE, PAIR)
    states = [jane.dossier]
    for wish in wishes:
        about = getattr(wish, "action", None)
        if about is not None and jane.open:
            wish = wish._replace(action=jane.open[about % len(jane.open)].id)
        try:
            jane.does(wish)
        except (Refused, Conflict, NotFound):
            continue
        if not [x for x in jane.history if x.change == jane.change]:
            jane.change -= 1
            continue
        states.append(jane.dossier)
    if len(states) < 2:
        return
    place = which % (len(states) - 1)
    own = differing(states[place], states[place + 1])
    since = set().union(*(differing(a, b) for a, b in zip(states[place + 1 :], states[place + 2 :], strict=False)))
    now = jane.dossier
    try:
        jane.undoes(place + 2)
    except Refused as refusal:
        assert own & since or "the cycle of" in str(refusal)
        return
    assert not own & since
    back, were = parts(jane.dossier), parts(states[place])
    for key, part in parts(now).items():
        if key not in own:
            assert back[key] == part
        elif key in were and key[0] != "enrolment":
            assert back[key] == were[key]
    assert len([x for x in jane.dossier.enrolments if x.open]) <= 1
    if jane.dossier.known.closed():
        assert not [x for x in jane.dossier.enrolments if x.open]


def differing(before: Dossier, after: Dossier) -> set[Key]:
    were, are = parts(before), parts(after)
    return {key for key in were.keys() | are.keys() if were.get(key) != are.get(key)}
