"""Whatever is in the folder, the user gets one clear line about it, quickly, and nothing else."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from followup.catalog.load import load
from followup.errors import Problem

OFFICE = """\
office: {name: Example, zone: America/Vancouver}
users: {walter: {name: Walter, role: administrator}}
"""
BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10))
STAIRS = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [[[[*a{n - 1}]]]]\n" for n in range(1, 2000))

#: libyaml from 0.2.6 on stops at its own limit, 1,000, while it looks ahead; older versions stop at ours
NEW_LIBYAML = yaml.__with_libyaml__ and yaml._yaml.get_version() >= (0, 2, 6)
BRACKET = (1, 1001) if NEW_LIBYAML else (1, 21)

TEXTS = {
    "open brackets": ("[" * 100_000, "FU009", BRACKET),
    "many open brackets": ("[" * 3_000_000, "FU009", BRACKET),
    "open mappings": ("{a: " * 100_000, "FU009", (1, 81)),
    "lists in lists": ("- " * 100_000, "FU009", (1, 41)),
    "keys in keys": ("? " * 100_000, "FU014", (1, 3)),
    "an alias bomb": (BOMB, "FU010", (6, 25)),
    "aliases that nest": (STAIRS, "FU009", (6, 13)),
    "an alias inside itself": ("a: &a [*a]", "FU016", (1, 8)),
    "an alias as a key": ("a: &a x\n*a : y", "FU014", (2, 1)),
    "a million items": ("- a\n" * 1_000_000, "FU010", (100_000, 3)),
    "a second document": ("{}\n---\n{}", "FU008", (2, 1)),
    "a python tag": ("sources: !!python/object/apply:os.system {}", "FU011", (1, 10)),
    "a NUL": ("sources:\n  a\0b: x", "FU006", (2, 4)),
    "a lone carriage return": ("sources:\r  a: b", "FU006", (1, 9)),
    "a line separator": ("sources:\n  a: b\u2028c", "FU006", (2, 7)),
    "a byte order mark in the middle": ("sources: {}\n\ufeff", "FU006", (2, 1)),
    "a tab": ("sources:\n\ta: b", "FU007", (2, 1)),
    "a quote that stays open": ("sources: 'abc", "FU007", (1, 10)),
    "a list": ("- 1", "FU101", (1, 1)),
    "text": ("x" * 3_000_000, "FU101", (1, 1)),
}
BYTES = {
    "UTF-16": ("sources: {}".encode("utf-16"), "FU005", (1, 1)),
    "UTF-16 without a byte order mark": ("sources: {}".encode("utf-16-le"), "FU005", (1, 1)),
    "UTF-32": ("sources: {}".encode("utf-32-be"), "FU005", (1, 1)),
    "Latin-1": (b"sources:\n  caf\xe9: x", "FU005", (2, 6)),
    "a cut character": (b"sources: {a: \xc3", "FU005", (1, 14)),
    "a surrogate": (b"sources: {a: \xed\xa0\x80}", "FU005", (1, 14)),
    "five megabytes": (b"# x\n" * 1_300_000, "FU004", (1, 1)),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "office.yaml").write_text(OFFICE)
    return tmp_path


def the_problem(folder: Path, name: str = "case.yaml") -> Problem:
    (problem,) = load(str(folder)).problems
    assert problem.file == str(folder / name)
    assert "\n" not in problem.message and len(problem.message) < 200
    return problem


@pytest.mark.parametrize("name", TEXTS)
def test_a_hostile_text_gets_one_line(name: str, folder: Path) -> None:
    text, code, place = TEXTS[name]
    (folder / "case.yaml").write_text(text, encoding="utf-8", newline="")
    problem = the_problem(folder)
    assert (problem.code, (problem.line, problem.column)) == (code, place)


@pytest.mark.parametrize("name", BYTES)
def test_bytes_that_are_not_valid_text_get_one_line(name: str, folder: Path) -> None:
    data, code, place = BYTES[name]
    (folder / "case.yaml").write_bytes(data)
    problem = the_problem(folder)
    assert (problem.code, (problem.line, problem.column)) == (code, place)


def test_a_byte_order_mark_at_the_start_and_windows_line_ends_are_fine(folder: Path) -> None:
    (folder / "case.yaml").write_bytes(b"\xef\xbb\xbfsources:\r\n  web: Website\r\n")
    assert load(str(folder)).problems == ()


@pytest.mark.parametrize("data", [b"", b"# only a comment\n", b"---\n", b"cycles:\n"])
def test_an_empty_file_is_fine(data: bytes, folder: Path) -> None:
    (folder / "case.yaml").write_bytes(data)
    assert load(str(folder)).problems == ()


def test_a_pipe_is_refused_before_it_is_opened(folder: Path) -> None:
    os.mkfifo(folder / "case.yaml")
    assert the_problem(folder).code == "FU001"


def test_a_folder_with_a_files_name_is_refused_and_not_read(folder: Path) -> None:
    (folder / "case.yaml").mkdir()
    assert the_problem(folder).code == "FU001"


def test_a_link_out_of_the_folder_is_refused(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret.yaml"
    outside.write_text("sources: {secret: Secret}")
    (folder / "case.yaml").symlink_to(outside)
    assert the_problem(folder).code == "FU002"


def test_a_link_to_a_folder_is_not_followed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    (folder / "more").symlink_to(tmp_path_factory.mktemp("outside"))
    assert the_problem(folder, "more").code == "FU002"


@pytest.mark.parametrize("target", ["/dev/zero", "/dev/stdin", "/proc/self/environ"])
def test_a_link_to_a_device_is_refused(target: str, folder: Path) -> None:
    (folder / "case.yaml").symlink_to(target)
    assert the_problem(folder).code == "FU002"


def test_a_broken_or_circular_link_is_refused(folder: Path) -> None:
    (folder / "case.yaml").symlink_to(folder / "gone")
    assert the_problem(folder).code == "FU003"
    (folder / "case.yaml").unlink()
    (folder / "case.yaml").symlink_to(folder / "case.yaml")
    assert the_problem(folder).code == "FU003"


def test_a_link_inside_the_folder_is_read(folder: Path) -> None:
    (folder / ".hidden.yaml").write_text("sources: {web: Website}")
    (folder / "case.yaml").symlink_to(folder / ".hidden.yaml")
    catalog = load(str(folder))
    assert catalog.problems == () and "web" in catalog.documents["source"]


def test_a_folder_reached_through_a_link_is_read(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    link = tmp_path_factory.mktemp("elsewhere") / "cycles"
    link.symlink_to(folder)
    assert load(str(link)).problems == ()


def test_hidden_files_hidden_folders_and_other_files_are_ignored(folder: Path) -> None:
    (folder / ".git").mkdir()
    for name in (".git/x.yaml", ".x.yaml", "x.yaml~", "x.txt"):
        (folder / name).write_text("[[[")
    assert load(str(folder)).problems == ()


def test_an_unprintable_file_name_is_escaped(folder: Path) -> None:
    os.mkfifo(os.path.join(os.fsencode(folder), b"a\nb\xff.yaml"))
    assert the_problem(folder, "a\\nb\\udcff.yaml").code == "FU001"


def test_an_empty_folder_and_a_missing_folder_are_reported(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "gone"):
        assert [problem.code for problem in load(str(folder)).problems] == ["FU017"]


def test_a_file_instead_of_a_folder_and_a_missing_folder_have_their_own_messages(folder: Path) -> None:
    (message,) = [problem.message for problem in load(str(folder / "office.yaml")).problems]
    assert message == "a file, not a folder"
    (message,) = [problem.message for problem in load(str(folder / "gone")).problems]
    assert message == "there is no such folder"


def test_a_broken_file_hides_no_problem_in_other_files_and_causes_none(folder: Path) -> None:
    (folder / "broken.yaml").write_text("cycles: {held: {name: Held")
    (folder / "cut.yaml").write_text("users: [", encoding="utf-16")
    (folder / "case.yaml").write_text(
        "aliases:\n  held: {nam: Held, name: Held, cycle: held}\n  on: {name: On, cycle: x}"
    )
    problems = load(str(folder)).problems
    assert [(os.path.basename(p.file), p.code) for p in problems] == [
        ("broken.yaml", "FU007"),
        ("case.yaml", "FU103"),
        ("cut.yaml", "FU005"),
    ]
    (folder / "broken.yaml").unlink()
    assert [problem.code for problem in load(str(folder)).problems] == ["FU103", "FU005"]


def test_the_largest_allowed_file_is_read(folder: Path) -> None:
    (folder / "case.yaml").write_bytes(b"#" + b" " * (4 * 1024 * 1024 - 1))
    assert load(str(folder)).problems == ()
    (folder / "case.yaml").write_bytes(b"#" + b" " * (4 * 1024 * 1024))
    assert the_problem(folder).message == "larger than 4 MB"


def test_a_key_with_many_problems_does_not_flood_the_output(folder: Path) -> None:
    (folder / "case.yaml").write_text("? a\n" * 50_000)
    assert len(load(str(folder)).problems) <= 101


@pytest.mark.parametrize("text", [BOMB, "[" * 3_000_000, "- a\n" * 1_000_000], ids=["bomb", "brackets", "items"])
def test_a_hostile_text_needs_little_memory(text: str, folder: Path) -> None:
    (folder / "case.yaml").write_text(text)
    limit = 300 * 1024 * 1024
    code = f"from followup.catalog.load import load; print(len(load({str(folder)!r}).problems))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )
    assert (done.returncode, done.stdout) == (0, "1\n"), done.stderr
