"""F9: names are compared as on the command line; every valid alias can be chosen by its name."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import event, given, settings
from hypothesis import strategies as st

from followup.catalog.load import load
from followup.core.words import meant
from tests.properties import examples

OFFICE = "office: {name: Example, zone: UTC}\nusers: {ann: {name: Ann, role: administrator}}\n"
IDS = st.sampled_from(["hold", "a-b", "strasse", "ana"])
NAMES = st.sampled_from(["Hold", "A b", "a-B", "a  b", "Straße", "STRASSE", "Ána", "On hold", "ﬁn", "fin"])


@given(st.dictionaries(IDS, NAMES, min_size=1))
@settings(max_examples=examples(200))
def test_F9_valid_aliases_can_each_be_chosen_by_id_and_by_name(aliases: dict[str, str]) -> None:
    text = f"{OFFICE}aliases:\n"
    text += "".join(f"  {id}: {{name: {name}, cycle: null}}\n" for id, name in aliases.items())
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "case.yaml").write_text(text)
        catalog = load(folder)
    alone = all(meant(word, aliases) == [id] for id, name in aliases.items() for word in (id, name, name.upper()))
    event("passes" if not catalog.errors else "is refused")
    assert (catalog.errors == ()) == alone


def test_the_first_of_two_files_owns_a_name_and_built_in_names_come_before_both(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(OFFICE + "sources:\n  z: Website\naction_types: {stroll: tour}")
    (tmp_path / "b.yaml").write_text("sources: {a: website}")
    stroll, source = load(str(tmp_path)).problems
    assert (stroll.path, source.path) == ("action_types.stroll.name", "sources.a.name")
    assert "'tour' has this name too (built in)" in stroll.message
    assert f"'z' has this name too ({tmp_path / 'a.yaml'}, line 4)" in source.message
