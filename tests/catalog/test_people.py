"""F17: a catalog that nobody could apply again is refused, where its users stand; nothing is said of what is unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from followup.catalog.load import load

OFFICE = "office: {name: Example, zone: UTC}\n"


def said(folder: Path, text: str) -> list[tuple[str, str, int, int, str]]:
    (folder / "b.yaml").write_text("\n" + text)
    (folder / "c.yaml").write_text(OFFICE)
    return [(p.code, Path(p.file).name, p.line, p.column, p.path) for p in load(str(folder)).problems]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("sources: {web: Website}", ("b.yaml", 1, 1)),
        ("sources: {web: Website}\nusers:", ("b.yaml", 3, 1)),
        ("sources: {web: Website}\nusers: {}", ("b.yaml", 3, 1)),
        ("users:\n  tom: {name: Tom, role: sales-exec}", ("b.yaml", 2, 1)),
        ("users: {sue: {name: Sue, role: administrator, active: false}}", ("b.yaml", 2, 1)),
        ("", ("c.yaml", 1, 1)),
    ],
)
def test_F17_nobody_who_may_apply_is_said_where_the_users_stand(
    text: str, place: tuple[str, int, int], tmp_path: Path
) -> None:
    assert said(tmp_path, text) == [("FU226", *place, "users")]


def test_F17_of_users_in_several_files_the_first_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("sources: {}\nusers: {tom: {name: Tom, role: sales-exec}}")
    (found,) = said(tmp_path, "users: {ann: {name: Ann, role: sales-exec}}")
    assert found == ("FU226", "a.yaml", 2, 1, "users")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("users: {sue: {nam: Sue, name: Sue, role: administrator}}", "FU103"),
        ("users: {sue: {name: Sue, role: administrater}}", "FU202"),
        ("users: {sue: {name: Sue, role: chief}}\nroles: {chief: {permissions: [aply-catalog]}}", "FU104"),
        ("users: [", "FU007"),
    ],
)
def test_F17_somebody_who_may_be_meant_to_apply_is_no_second_mistake(text: str, code: str, tmp_path: Path) -> None:
    assert [found[0] for found in said(tmp_path, text)] == [code]
