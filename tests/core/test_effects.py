"""What an edit does to contacts, counted and described: E1, F14, G1."""

from __future__ import annotations

import pytest

from followup.core.kinds import CYCLE, PLAN
from followup.core.migration.effects import KINDS, REFUSED, Effect, refusal
from followup.core.migration.summary import Impact, ItemChange
from followup.core.office import Ref

SALE, RENT = Ref(CYCLE, "sale"), Ref(CYCLE, "rent")


def line(what: str, contact: str = "jane", process: Ref | None = SALE, **how: object) -> Effect:
    return Effect(contact, contact.title(), "tom", process, what, **how)  # type: ignore[arg-type]


def impact_of(*contacts: list[Effect], most: int | None = 20) -> Impact:
    impact = Impact(most)
    for effects in contacts:
        impact.note(effects)
    return impact


def test_every_effect_kind_has_its_own_words() -> None:
    phrases, columns = [kind.phrase for kind in KINDS.values()], [kind.column for kind in KINDS.values()]
    assert all(phrases) and len(set(phrases)) == len(KINDS) == len(set(columns))
    assert [what for what, kind in KINDS.items() if not kind.column] == ["same"], "it is counted, and never listed"


@pytest.mark.parametrize("what", sorted(REFUSED))
def test_F14_a_refusal_names_the_contacts_and_the_item(what: str) -> None:
    text = refusal(what, SALE, "call", "Jane, John")
    assert "'sale" in text and "Jane, John" in text
    assert "{{" not in text and "{id}" not in text


@pytest.mark.parametrize(
    ("process", "way_out"),
    [
        (SALE, "`migrate: [{cycle: sale, move_to: ALIAS}]`"),
        (Ref(PLAN, "sale"), "`status: ready` until they have finished"),
    ],
)
def test_F14_a_refusal_says_what_to_write_instead_by_kind(process: Ref, way_out: str) -> None:
    assert way_out in refusal("homeless", process, None, "Jane")


def test_an_apply_refuses_exactly_these_effects() -> None:
    assert {"homeless", "stranded", "waiting", "unkept", "protected"} == REFUSED


def test_a_refusal_about_a_protected_cycle_names_the_setting() -> None:
    assert "`protect`" in refusal("protected", SALE, None, "Jane")


def test_an_item_change_is_an_add_a_remove_or_a_change() -> None:
    one, other = {"name": "One"}, {"name": "Other"}
    changes = [ItemChange("cycle", "x", *both) for both in ((None, one), (one, None), (one, other))]  # type: ignore[arg-type]
    assert [change.what for change in changes] == ["add", "remove", "change"]


def test_E1_all_effects_are_counted_and_the_first_contacts_are_named() -> None:
    impact = impact_of(
        [line("same"), line("keeps", past=True)],
        [line("keeps", "john"), line("later", "john", past=True)],
        [line("later", "mary", RENT)],
        [line("rezoned", "mary", None)],
        [],
        most=2,
    )
    assert [id for id, _ in impact.tallies] == ["", "rent", "sale"]
    sale = impact.processes[SALE]
    assert (sale.standing, sale.past, dict(sale.counts)) == (2, 2, {"same": 1, "keeps": 2, "later": 1})
    assert ([x.contact for x in sale.named], sale.named.total) == (["jane", "john"], 3)
    assert (impact.processes[RENT].standing, impact.processes[None].standing) == (1, 1)


def test_an_entry_counts_as_used_if_it_changes_something() -> None:
    impact = impact_of([line("same", entry="step:sale/a"), line("later", entry="step:sale/b"), line("keeps")])
    assert impact.used == {"step:sale/b"}


def test_F14_a_refusal_names_five_contacts_and_counts_all() -> None:
    names = [f"c{n}" for n in range(7)]
    impact = impact_of(*([line("stranded", name, step="call"), line("later", name)] for name in names))
    impact.note([line("stranded", "last", step="visit"), line("rezoned", "last", None)])
    assert {(x.what, x.process, x.step): (list(few), few.total) for x, few in impact.refused.items()} == {
        ("stranded", SALE, "call"): (names[:5], 7),
        ("stranded", SALE, "visit"): (["last"], 1),
    }


def test_the_digest_depends_on_the_effects_and_their_contacts() -> None:
    effects = [line("later", was="2026-05-05", becomes="2026-05-06")]
    digest = impact_of(effects).digest
    assert digest == impact_of(effects, most=0).digest and len(digest) == 64
    others = [
        impact_of(),
        impact_of([effects[0]._replace(becomes="2026-05-07")]),
        impact_of([effects[0]._replace(contact="john")]),
    ]
    assert len({digest, *(impact.digest for impact in others)}) == 4


def test_F14_a_refused_cycle_may_be_removed_or_only_inactive_and_the_words_fit_both() -> None:
    assert refusal("homeless", Ref("cycle", "x"), None, "ann").startswith("can't remove or deactivate cycle 'x': ")
    assert "inactive" in KINDS["homeless"].phrase and "inactive" in KINDS["homeless"].column
