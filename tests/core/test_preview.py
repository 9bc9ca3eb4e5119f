"""E1: the actions that a contact gets who starts on a day, before and after an edit."""

from __future__ import annotations

from followup.core import office as o
from followup.core import wishes as w
from followup.core.rehearsal.preview import Preview, Side, previews, timeline
from tests.core.building import alias, cycle, office, step

DAY = "2026-05-04"
CALLS = cycle("calls", step("note", "2 days"), step("call", "3 days", loop_to="call"))
SALE = cycle("sale", step("one"), step("two", "2 days"), anchor="due")


def declared(*cycles: o.Process, **how: object) -> Side:
    result = office(*cycles, **how)  # type: ignore[arg-type]
    return Side(result, [ref.id for ref in result.processes], list(result.aliases))


def pair_lines(preview: Preview) -> list[str]:
    return [f"{pair.expected or '-'} | {pair.got or '-'}" for pair in preview.pairs]


def test_the_timeline_completes_every_action_on_its_day_for_two_rounds() -> None:
    lines = timeline(office(CALLS), w.Choice("calls"), DAY)
    assert list(map(str, lines)) == ["note 2026-05-06", "call 2026-05-09", "call 2026-05-12, round 2"]
    assert list(map(str, timeline(office(SALE), w.Choice(None, "sale"), DAY))) == ["one 2026-05-05", "two 2026-05-07"]


def test_the_timeline_follows_the_second_round_to_its_end() -> None:
    looped = cycle("round", step("one"), step("two", loop_to="one"))
    lines = timeline(office(looped), w.Choice("round"), DAY)
    assert [(line.step, line.round) for line in lines] == [("one", 1), ("two", 1), ("one", 2), ("two", 2)]


def test_aliases_are_sorted_by_id() -> None:
    names = [f"alias-{n}" for n in range(9)]
    before = declared(CALLS, SALE, aliases=[alias(name, "calls") for name in names])
    after = declared(CALLS, SALE, aliases=[alias(name, "sale") for name in reversed(names)])
    assert [preview.id for preview in previews(before, after, DAY)] == names


def test_the_timeline_is_empty_if_no_contact_can_be_placed() -> None:
    resting = office(
        cycle("rest"), cycle("off", step("one"), active=False), aliases=[alias("gone", "rest", active=False)]
    )
    for choice in (
        w.Choice("rest"),
        w.Choice("gone"),
        w.Choice("just-looking"),
        w.Choice(None, "off"),
        w.Choice(None, "x"),
    ):
        assert timeline(resting, choice, DAY) == []


def test_a_cycle_with_the_same_timeline_is_omitted() -> None:
    renamed = CALLS._replace(name="Other words")
    assert list(previews(declared(CALLS, SALE), declared(renamed, SALE), DAY)) == []


def test_an_edited_step_is_listed_before_and_after_next_to_unchanged_steps() -> None:
    after = cycle("calls", step("note", "2 days"), step("text", "1 day"), step("call", "4 days", loop_to="call"))
    (preview,) = previews(declared(CALLS), declared(after), DAY)
    assert (preview.kind, preview.id, preview.became) == ("cycle", "calls", "calls")
    assert pair_lines(preview) == [
        "note 2026-05-06 | note 2026-05-06",
        "- | text 2026-05-07",
        "call 2026-05-09 | call 2026-05-11",
        "call 2026-05-12, round 2 | call 2026-05-15, round 2",
    ]


def test_E5_a_renamed_cycle_and_its_steps_are_compared_under_their_new_ids() -> None:
    after = cycle("ring", step("note", "2 days"), step("ring", "3 days", loop_to="ring"))
    moved = {"calls": "ring", "calls/call": "ring/ring"}
    both = [declared(CALLS, aliases=[alias("toured", "calls")])]
    both.append(declared(after, moved=moved, aliases=[alias("toured", "ring")]))
    assert list(previews(*both, DAY)) == []
    later = cycle("ring", step("note", "2 days"), step("ring", "4 days", loop_to="ring"))
    (preview,) = previews(declared(CALLS), declared(later, moved=moved), DAY)
    assert (preview.id, preview.became, pair_lines(preview)[1]) == (
        "calls",
        "ring",
        "ring 2026-05-09 | ring 2026-05-10",
    )


def test_a_new_cycle_a_removed_one_and_a_redirected_alias_are_listed() -> None:
    before = declared(CALLS, cycle("old", step("one")), aliases=[alias("toured", "calls")])
    after = declared(CALLS, SALE, aliases=[alias("toured", "sale")])
    assert [(preview.kind, preview.id, pair_lines(preview)[0]) for preview in previews(before, after, DAY)] == [
        ("cycle", "old", "one 2026-05-05 | -"),
        ("cycle", "sale", "- | one 2026-05-05"),
        ("alias", "toured", "- | one 2026-05-05"),
    ]


def test_T1_a_new_time_of_day_counts_as_a_difference() -> None:
    timed = cycle("sale", step("one", at="10:00"), step("two", "2 days"), anchor="due")
    (preview,) = previews(declared(SALE), declared(timed), DAY)
    assert pair_lines(preview)[0] == "one 2026-05-05 | one 2026-05-05 10:00"
