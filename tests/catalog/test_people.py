"""F17: a catalog without a user who may apply is refused at its users, unless another mistake may be the cause."""

from __future__ import annotations

from pathlib import Path

import pytest

from followup.catalog.load import load

OFFICE = "office: {name: Example, zone: UTC}\n"


def problems_of(folder: Path, text: str) -> list[tuple[str, str, int, int, str]]:
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
def test_F17_a_catalog_without_a_user_who_may_apply_is_reported_at_its_users(
    text: str, place: tuple[str, int, int], tmp_path: Path
) -> None:
    assert problems_of(tmp_path, text) == [("FU226", *place, "users")]


def test_F17_with_users_in_several_files_the_first_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("sources: {}\nusers: {tom: {name: Tom, role: sales-exec}}")
    (problem,) = problems_of(tmp_path, "users: {ann: {name: Ann, role: sales-exec}}")
    assert problem == ("FU226", "a.yaml", 2, 1, "users")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("users: {sue: {nam: Sue, name: Sue, role: administrator}}", "FU103"),
        ("users: {sue: {name: Sue, role: administrater}}", "FU202"),
        ("users: {sue: {name: Sue, role: chief}}\nroles: {chief: {permissions: [aply-catalog]}}", "FU104"),
        ("users: [", "FU007"),
    ],
)
def test_F17_a_user_who_may_be_meant_to_apply_causes_no_second_problem(text: str, code: str, tmp_path: Path) -> None:
    assert [problem[0] for problem in problems_of(tmp_path, text)] == [code]
