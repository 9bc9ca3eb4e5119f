"""Nothing that a repository's own configuration names is run, whatever is asked of git."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from followup.app.git import commit
from tests.cli.test_comparing import git
from tests.cli.test_comparing import history as history
from tests.conftest import Run

COMMANDS = (
    ["diff"],
    ["apply", "--yes", "--no-test"],
    ["diff", "HEAD"],
    ["diff", "HEAD~1", "HEAD"],
    ["diff", "1234567890123456789012345678901234567890"],
    ["validate"],
)


@pytest.fixture
def planted(history: Path) -> Path:
    """The office in git, with every setting that names a program, and a filter on each file."""
    evil = history / "evil.sh"
    evil.write_text(f"#!/bin/sh\necho run >> {history}/was-run\ncat\n")
    evil.chmod(0o755)
    for hook in ("post-index-change", "reference-transaction", "post-checkout", "fsmonitor-watchman"):
        shutil.copy(evil, history / ".git" / "hooks" / hook)
    named = ("core.fsmonitor", "core.pager", "core.sshCommand", "core.alternateRefsCommand", "diff.external")
    for name in (*named, "filter.x.clean", "filter.x.smudge", "diff.x.textconv", "diff.x.command", "gpg.program"):
        git(history, "config", name, str(evil))
    (history / ".git" / "info" / "attributes").write_text("* filter=x diff=x\n")
    for name, value in (
        ("core.repositoryformatversion", "1"),
        ("extensions.partialclone", "far"),
        ("remote.far.url", f"ext::{evil}"),
        ("remote.far.promisor", "true"),
        ("protocol.ext.allow", "always"),
    ):
        git(history, "config", name, value)
    return history


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_S9_git_runs_no_program_of_the_repository(planted: Path, run: Run, words: list[str]) -> None:
    (planted / "was-run").unlink(missing_ok=True)
    (planted / "cycles" / "follow-up.yaml").touch()
    done = run(*words, user="sue")
    assert done.returncode in (0, 66), done.stderr
    assert not (planted / "was-run").exists()


def test_S9_a_lost_object_is_not_fetched(planted: Path, run: Run) -> None:
    blob = git(planted, "rev-parse", "HEAD~1:cycles/long-term.yaml")
    (planted / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    (planted / "was-run").unlink(missing_ok=True)
    done = run("diff", "HEAD~1", "HEAD")
    assert done.returncode == 66 and done.stderr.count("\n") == 1, done.stderr
    assert not (planted / "was-run").exists()


@pytest.mark.parametrize(
    ("edit", "is_dirty"),
    [
        ("nothing", False),
        ("a file that is no catalog file", False),
        ("an edited file", True),
        ("a removed file", True),
        ("a new file", True),
        ("a link", True),
    ],
)
def test_the_commit_is_dirty_exactly_where_the_catalog_is_not_what_was_committed(
    history: Path, run: Run, edit: str, is_dirty: bool
) -> None:
    file = history / "cycles" / "lists.yaml"
    (history / "cycles" / "long-term.yaml").touch()
    match edit:
        case "a file that is no catalog file":
            (history / "cycles" / "lists.yaml~").write_text("old")
        case "an edited file":
            file.write_text(file.read_text() + "# more\n")
        case "a removed file":
            file.rename(history / "cycles" / "LISTS.txt")
        case "a new file":
            (history / "cycles" / "more.yaml").write_text("sources: {fair: Fair}\n")
        case "a link":
            file.rename(history / "elsewhere.yaml")
            file.symlink_to("../elsewhere.yaml")
    head = git(history, "rev-parse", "HEAD")
    assert commit(str(history)) == head + ("-dirty" if is_dirty else "")
