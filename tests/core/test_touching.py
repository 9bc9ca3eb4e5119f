"""E11: what a later change touched keeps an earlier one from being undone; what it did not touch does not."""

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


def test_E11_each_wish_touches_what_it_is_about() -> None:
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


def test_E11_another_name_and_a_new_round_touch_the_enrolment_and_not_its_place() -> None:
    looped = cycle("looped", step("a", loop_to="a"))
    jane = Story(office(looped, aliases=[alias("again", "looped")])).added("looped")
    jane.does(w.Assign(w.Choice("again")))
    assert keys(jane) == {("enrolment", 1)}
    jane.closes_on("a", "2026-05-05")
    assert keys(jane) == {("enrolment", 1)} and jane.enrolment.round == 2


def test_E11_an_apply_by_itself_touches_nothing_of_anybody() -> None:
    entry = h.Entry("office", 1, 1, 0, "sue", h.Applied(1, "x", None))
    assert touched_by([entry], Dossier("office")) == Touched(frozenset())


def test_E11_what_two_changes_touch_is_in_their_way() -> None:
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
def test_E11_a_later_change_of_something_else_does_not_stand_in_the_way(later: Any) -> None:
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


def test_E11_a_field_goes_back_and_the_others_stay() -> None:
    jane = jane_on(THREE)
    jane.does(w.Set({"phone": "1", "email": "a@example.com"}))
    jane.at("2026-05-05T10:00").does(w.Set({"source": "web"}), by="tom")
    updated = jane.dossier.known.updated_at
    jane.at("2026-05-06T10:00").undoes(2)
    contact = jane.dossier.known
    assert (contact.phone, contact.email, contact.source, contact.updated_at) == (None, None, "web", updated)
    jane.undoes(3)
    assert (jane.dossier.known.phone, jane.dossier.known.source) == (None, None)


def test_C2_what_was_updated_by_nothing_else_is_as_old_as_before() -> None:
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
def test_E11_a_later_change_of_the_same_field_is_named(later: w.Wish, named: str) -> None:
    jane = Story(office(THREE, users=[u if u.id != "tom" else USERS[0]._replace(id="tom") for u in USERS]))
    jane.added("three")
    jane.does(w.Set({"phone": "1", "first_name": "Jane"}))
    jane.at("2026-05-05T10:00").does(later, by="tom")
    with pytest.raises(Refused, match=named):
        jane.undoes(2)


def test_E11_a_later_change_of_the_same_action_or_enrolment_is_named() -> None:
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


def test_F6_nobody_goes_back_onto_a_cycle_while_they_are_on_another() -> None:
    jane = jane_on(THREE, OTHER)
    jane.does(w.Stop())
    jane.does(w.Assign(w.Choice("other")), by="tom")
    with pytest.raises(Refused, match="the cycle of contact jane has changed since: by tom"):
        jane.undoes(2)


def test_F21_nobody_goes_back_onto_a_cycle_once_they_are_won() -> None:
    jane = jane_on(THREE)
    jane.does(w.Stop())
    jane.does(w.Set({"phone": "1"}))
    jane.does(w.Close("won"), by="tom")
    with pytest.raises(Refused, match="the cycle of contact jane has changed since: by tom"):
        jane.undoes(2)
    jane.undoes(3)
    assert (jane.dossier.known.phone, jane.dossier.known.stage) == (None, "won")


def test_a_plan_is_named_as_a_plan() -> None:
    jane = jane_on(THREE)
    jane.put_on_plan("show")
    jane.does(w.Complete(jane.action("hello").id))
    jane.put_on_plan("show")
    with pytest.raises(Refused, match="the plan of contact jane has changed since"):
        jane.undoes(3)


def test_E11_an_apply_goes_back_under_nobody_who_was_worked_with_since() -> None:
    """A field is no work: it means the same under any catalog."""
    jane = jane_on(THREE)
    jane.does(w.Schedule("call", "2026-05-30", "By hand"))
    before = jane.dossier
    jane.applies(office(cycle("three", step("b", "2 days"), step("c", "3 days"))))
    jane.does(w.Set({"phone": "1"}), by="tom")
    change = jane.change - 1
    jane.office = office(THREE)
    stamp = Stamp(9, instant(jane.now), jane.office.users["sue"])
    _, made = undo(jane.history, change, jane.office, stamp, jane.office, of_apply=True)
    assert made.after.actions[: len(before.actions)] == before.actions and made.after.known.phone == "1"
    jane.does(w.Attempt(max(a.id for a in jane.open if a.enrolment is None)), by="tom")
    undo(jane.history, change, jane.office, stamp, jane.office)
    with pytest.raises(Refused, match="action 3 of contact jane has changed since: by tom"):
        undo(jane.history, change, jane.office, stamp, jane.office, of_apply=True)


# -- under an office of another time


def test_F20_what_comes_back_goes_to_the_owner_of_today() -> None:
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


def test_F20_what_others_held_of_an_enrolment_stays_theirs() -> None:
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
def test_F20_work_never_comes_back_to_somebody_who_left(users: Any) -> None:
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


def test_F20_a_won_contact_of_somebody_who_left_is_no_lead_of_theirs_again() -> None:
    jane = jane_on(THREE)
    jane.does(w.Stop())
    jane.does(w.Close("won"))
    jane.does(w.Set({"phone": "1"}))
    jane.office = office(THREE, users=LEFT)
    with pytest.raises(Refused, match="Jane Smith was tom's, who is no longer active"):
        jane.undoes(3)
    jane.undoes(4)
    assert jane.dossier.known.phone is None


def test_F20_a_task_of_somebody_who_left_does_not_come_back() -> None:
    tom = Story(office(), "user:tom")
    tom.does(w.Schedule("task", None, "Ring"))
    tom.does(w.Complete(1))
    tom.office = office(users=LEFT)
    with pytest.raises(Refused, match="Ring was tom's, who is no longer active"):
        tom.undoes(2)


OFF = cycle("three", step("a", "1 day", active=False), step("b", "2 days"), step("c", "3 days"))


@pytest.mark.parametrize("now", [OFF, cycle("three", step("b", "2 days"), step("c", "3 days"))])
def test_E4_a_step_that_was_turned_off_since_is_not_reopened(now: Any) -> None:
    jane = jane_on(THREE)
    jane.closes_on("a", "2026-05-05")
    jane.gets(office(now))
    with pytest.raises(Refused, match="step 'a' of cycle 'three' is no longer active"):
        jane.undoes(2)


def test_E4_what_was_kept_of_a_step_that_is_off_can_be_reopened() -> None:
    jane = jane_on(THREE)
    jane.gets(office(OFF))
    jane.closes_on("a", "2026-05-05")
    jane.undoes()
    assert jane.due == {"a": "2026-05-05"}


def test_E5_a_step_that_was_renamed_since_is_the_same_step() -> None:
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
    """All that can be touched, by key."""
    whole: dict[Key, object] = {("enrolment", x.id): (x, dossier.of(x)) for x in dossier.enrolments}
    whole |= {("action", a.id): a for a in dossier.actions if a.enrolment is None}
    fields = dossier.known._asdict()
    return whole | {("field", name): value for name, value in fields.items() if name != "updated_at"}


@pytest.mark.hypothesis
@settings(max_examples=examples(150))
@given(st.lists(DOINGS, min_size=2, max_size=7), st.integers(0, 6))
def test_E11_an_undo_puts_back_what_its_change_touched_and_nothing_else(doings: list[Any], which: int) -> None:
    """Whether it may is told by what differs, row by row; then the others are as they were, and so are its own."""
    jane = jane_on(THREE, PAIR)
    states = [jane.dossier]
    for wish in doings:
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
