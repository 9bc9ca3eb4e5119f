"""No command overwrites a store, the files next to it, a catalog file or a project's settings: one function decides,
for every command and every project."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from followup.disk import beside, replacing
from followup.errors import CannotWrite
from tests.conftest import Run, command
from tests.store.faults import one_line, started

#: commands that write to the file that is named last
WRITERS = (
    ("contacts", "export", "--out"),
    ("forecast", "--format", "html", "--out"),
    ("forecast", "--format", "svg", "--out"),
    ("simulate", "--format", "html", "--out"),
    ("cycles", "graph", "future-prospect", "--format", "svg", "--out"),
    ("backup",),
    ("store", "copy", "sqlite:///{store}"),
)

#: in the office's folder
PROTECTED = (
    "followup.db",
    "followup.db-journal",
    "followup.db-wal",
    "followup.db-shm",
    "cycles/office.yaml",
    "cycles/new.yaml",
    "cycles/letters/intro-package.txt",
    "cycles/report.csv",
    ".followup/store",
    ".followup/notes",
    ".followup/sub/notes",
    ".gitignore",
    "office/contacts.csv",
    "office/new.txt",
    "office/office.json",
    "begun.db",
    "link/office.yaml",
)


@pytest.fixture
def full(office: Path) -> Path:
    """The office, a copy of it in a folder of CSV files, and an unfinished store."""
    done = command("store", "copy", f"sqlite:///{office}/followup.db", f"csv:{office}/office", cwd=office, user="sue")
    assert done.returncode == 0, done.stderr
    (office / "begun.db").touch()
    (office / ".followup" / "sub").mkdir()
    (office / "link").symlink_to("cycles")
    letters = office / "cycles" / "letters"
    (letters / "intro-package.txt").write_text("Dear")
    return office


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("path", PROTECTED)
@pytest.mark.parametrize("writer", WRITERS, ids=" ".join)
def test_D1_no_command_overwrites_a_protected_file(full: Path, writer: tuple[str, ...], path: str) -> None:
    before = content(full)
    if (writer[0], path) == ("store", "begun.db"):
        (full / path).write_text("no store")
        before = content(full)
    words = [word.format(store=full / "followup.db") for word in writer]
    target = f"sqlite:///{full / path}" if writer[0] == "store" else path
    done = command(*words, target, cwd=full, user="sue")
    assert done.returncode in ((69, 73) if path == "begun.db" else (73,)), (done.stdout, done.stderr)
    assert one_line(done.stderr) and content(full) == before


@pytest.mark.parametrize(
    ("folder", "what"),
    [
        ("office", "in the folder of a store"),
        ("cycles", "part of a catalog"),
        (".followup", "part of a project's settings"),
    ],
)
def test_D1_agendas_are_not_written_into_a_folder_of_the_project(full: Path, folder: str, what: str) -> None:
    before = content(full)
    done = command("agenda", "--out", folder, cwd=full, user="sue")
    assert (done.returncode, done.stdout) == (73, "") and what in done.stderr
    assert content(full) == before


@pytest.mark.parametrize("place", ["office/sub", "office/a/b", "cycles/office", ".followup/office"])
@pytest.mark.parametrize(
    "words",
    [
        ("store", "copy", "sqlite:///followup.db", "{url}"),
        ("store", "create", "--store", "{url}"),
        ("init", "--store", "{url}"),
        ("restore", "monday.backup", "--yes", "--store", "{url}"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_D1_no_store_is_made_inside_of_what_is_ours(full: Path, place: str, words: tuple[str, ...]) -> None:
    assert command("backup", "monday.backup", cwd=full, user="sue").returncode == 0
    (full / "office" / "a").mkdir()
    for url in (f"csv:{full}/{place}", f"sqlite:///{full}/{place}"):
        before = content(full)
        done = command(*(word.format(url=url) for word in words), cwd=full, user="sue")
        assert done.returncode == 73 and one_line(done.stderr), (done.stdout, done.stderr)
        assert content(full) == before and not (full / place).exists()


def test_D1_files_of_another_project_are_protected_on_every_path(full: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(full, tmp_path / "other"))
    os.link(other / "followup.db", full / "harmless.csv")
    os.chdir(full)
    for path in ("../other/followup.db", "harmless.csv", f"{tmp_path}/x/../other/cycles/office.yaml"):
        (tmp_path / "x").mkdir(exist_ok=True)
        before = content(other)
        with pytest.raises(CannotWrite, match="Nothing was written"), replacing(path) as file:
            file.write("gone")
        assert content(other) == before


@pytest.mark.parametrize("path", ["report.csv", "cycles.csv", "followup.db.txt", "sub/cycles/out.csv"])
def test_results_can_be_written_anywhere_else_and_again(office: Path, path: str, run: Run) -> None:
    (office / "sub" / "cycles").mkdir(parents=True)
    for _ in range(2):
        assert run("contacts", "export", "--out", path).returncode == 0
    assert (office / path).read_text().startswith("id,")


def test_a_missing_folder_is_an_error_and_a_journal_without_a_store_can_be_replaced(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite), beside(str(tmp_path / "nowhere" / "x")):
        pass
    (tmp_path / "x-journal").write_text("old")
    with replacing(str(tmp_path / "x-journal")) as file:
        file.write("new")
    assert (tmp_path / "x-journal").read_text() == "new"


def test_P13_new_results_are_private_to_their_owner_whatever_the_umask(office: Path) -> None:
    before = os.umask(0)
    try:
        for words in (["contacts", "export", "--out", "c.csv"], ["agenda", "--out", "agendas"]):
            assert started(*words, cwd=office).communicate()[1] == ""
        assert started("init", "fresh", cwd=office).communicate()[1] == ""
    finally:
        os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o777 for path in [office / "c.csv", *(office / "agendas").iterdir()]}
    assert set(modes.values()) == {0o600}, modes
    (office / "c.csv").chmod(0o644)
    assert command("contacts", "export", "--out", "c.csv", cwd=office).returncode == 0
    assert (office / "c.csv").stat().st_mode & 0o777 == 0o644, "an operator has opened it to others"
    assert (office / "fresh" / ".followup" / "store").stat().st_mode & 0o022 == 0


def test_P5_a_store_that_cannot_be_created_is_a_location_that_cannot_be_written(office: Path) -> None:
    for target in ("sqlite:////nowhere/x.db", f"csv:{office}/followup.db/x"):
        done = command("store", "copy", f"sqlite:///{office}/followup.db", target, cwd=office, user="sue")
        assert done.returncode == 73 and one_line(done.stderr), done.stderr
