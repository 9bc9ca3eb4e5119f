"""followup never runs a program that a repository's own git configuration names."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from followup.app.git import commit
from tests.cli.test_comparing import git
from tests.cli.test_comparing import history as history
from tests.conftest import Run
from tests.store.faults import one_line

COMMANDS = (
    ["diff"],
    ["apply", "--yes", "--no-test"],
    ["diff", "HEAD"],
    ["diff", "HEAD~1", "HEAD"],
    ["diff", "1234567890123456789012345678901234567890"],
    ["validate"],
)


@pytest.fixture
def hostile_repository(history: Path) -> Path:
    """The office in git, with every setting that can name a program, and a filter on each file."""
    evil = history / "evil.sh"
    evil.write_text(f"#!/bin/sh\necho run >> {history}/was-run\ncat\n")
    evil.chmod(0o755)
    for hook in ("post-index-change", "reference-transaction", "post-checkout", "fsmonitor-watchman"):
        shutil.copy(evil, history / ".git" / "hooks" / hook)
    settings = ("core.fsmonitor", "core.pager", "core.sshCommand", "core.alternateRefsCommand", "diff.external")
    for name in (*settings, "filter.x.clean", "filter.x.smudge", "diff.x.textconv", "diff.x.command", "gpg.program"):
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
def test_S9_git_runs_no_program_that_the_repository_configures(
    hostile_repository: Path, run: Run, words: list[str]
) -> None:
    (hostile_repository / "was-run").unlink(missing_ok=True)
    (hostile_repository / "cycles" / "follow-up.yaml").touch()
    result = run(*words, user="sue")
    assert result.returncode in (0, 66), result.stderr
    assert not (hostile_repository / "was-run").exists()


def test_S9_a_missing_git_object_is_not_fetched(hostile_repository: Path, run: Run) -> None:
    blob = git(hostile_repository, "rev-parse", "HEAD~1:cycles/long-term.yaml")
    (hostile_repository / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    (hostile_repository / "was-run").unlink(missing_ok=True)
    result = run("diff", "HEAD~1", "HEAD")
    assert result.returncode == 66 and result.stderr.count("\n") == 1, result.stderr
    assert not (hostile_repository / "was-run").exists()


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
def test_the_commit_is_dirty_only_if_the_catalog_differs_from_it(
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


def test_a_commit_that_a_partial_clone_lacks_is_named(history: Path, run: Run) -> None:
    for name, value in (("extensions.partialClone", "origin"), ("remote.origin.promisor", "true")):
        git(history, "config", name, value)
    git(history, "config", "remote.origin.url", "/nowhere")
    result = run("diff", "0123456789" * 4, user="sue")
    assert result.returncode == 66 and one_line(result.stderr), result.stderr
    assert f"this partial clone has no '{'0123456789' * 4}'" in result.stderr
