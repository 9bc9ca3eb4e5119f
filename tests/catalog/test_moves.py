"""E5: after any number of renames an old id leads to its current id, and no declared id leads to another."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from hypothesis import event, given, settings
from hypothesis import strategies as st

from followup.catalog.load import Catalog, load
from tests.properties import examples

Steps = Mapping[str, list[str]]

CYCLES = ("a", "b")
STEPS = ("x", "y")
WITHIN = [f"{cycle}/{step}" for cycle in CYCLES for step in STEPS]


def catalog(cycles: Steps, moves: Mapping[str, str]) -> Catalog:
    text = "office: {name: Example, zone: UTC}\nusers: {ann: {name: Ann, role: administrator}}\ncycles:\n"
    for cycle, steps in cycles.items():
        listed = ", ".join(f"{{id: {step}, type: call, offset: 1 day}}" for step in steps)
        text += f"  {cycle}: {{name: {cycle}, steps: [{listed}]}}\n"
    text += "moved:\n" + "".join(f"  - {{from: {old}, to: {new}}}\n" for old, new in moves.items())
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "case.yaml").write_text(text)
        return load(folder)


class RenamedCatalog:
    """Two cycles of two steps, with every name that each of them has had."""

    def __init__(self) -> None:
        self.cycles = [["c0"], ["d0"]]
        self.steps = [[["x0"], ["y0"]], [["x0"], ["z0"]]]
        self.moves: dict[str, str] = {}
        #: an enrolment's cycle and an action's step, as rows keep them -> number of cycle, number of step
        self.rows: dict[tuple[str, str], tuple[int, int]] = {}
        self.work()

    def work(self) -> None:
        """Contacts who enrolled under any name of the cycle get actions under the steps' current names."""
        for cycle, names in enumerate(self.cycles):
            for step, ids in enumerate(self.steps[cycle]):
                self.rows.update({(name, ids[-1]): (cycle, step) for name in names})

    def rename(self, cycle: int, step: int | None) -> None:
        names = self.cycles[cycle] if step is None else self.steps[cycle][step]
        names.append(f"{names[0][0]}{len(names)}")
        within = "" if step is None else f"{self.cycles[cycle][-1]}/"
        self.moves[within + names[-2]] = within + names[-1]
        self.work()


@given(st.lists(st.tuples(st.integers(0, 1), st.sampled_from([None, 0, 1])), min_size=1, max_size=8))
@settings(max_examples=examples(150))
def test_E5_any_number_of_renames_is_valid_and_every_row_leads_to_its_current_name(
    renamings: list[tuple[int, int | None]],
) -> None:
    office = RenamedCatalog()
    for renaming in renamings:
        office.rename(*renaming)
    declared = {names[-1]: [ids[-1] for ids in steps] for names, steps in zip(office.cycles, office.steps, strict=True)}
    result = catalog(declared, office.moves)
    assert result.errors == ()
    today = result.documents["moved"]["moved"]
    for (process, step), (cycle, number) in office.rows.items():
        assert today.get(process, process) == office.cycles[cycle][-1]
        assert today.get(f"{process}/{step}", step).rpartition("/")[2] == office.steps[cycle][number][-1]


@given(
    st.dictionaries(st.sampled_from(CYCLES), st.lists(st.sampled_from(STEPS), unique=True), min_size=1),
    st.dictionaries(st.sampled_from(CYCLES), st.sampled_from(CYCLES), max_size=1),
    st.dictionaries(st.sampled_from(WITHIN), st.sampled_from(WITHIN), max_size=2),
)
@settings(max_examples=examples(400))
def test_E5_valid_moves_lead_to_declared_items_and_redirect_no_declared_item(
    cycles: dict[str, list[str]], cycles_moved: dict[str, str], steps_moved: dict[str, str]
) -> None:
    moves = cycles_moved | steps_moved
    result = catalog(cycles, moves)
    event("passes" if not result.errors else "is refused")
    if result.errors:
        return
    today = result.documents["moved"]["moved"]
    for old in moves:
        cycle, _, step = today[old].partition("/")
        before = old.partition("/")[0]
        assert cycle == today.get(before, before) and cycle in cycles and (not step or step in cycles[cycle])
    assert not cycles.keys() & moves.keys()
    for cycle in CYCLES:
        home = today.get(cycle, cycle)
        for step in cycles.get(home, ()):  # an action created today, for a contact enrolled under any name
            assert today.get(f"{cycle}/{step}", f"{home}/{step}") == f"{home}/{step}"
