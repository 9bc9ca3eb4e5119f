"""`diff REF`: the catalog of two git commits compared, and what a contact that starts now would get."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Run

IDENTITY = ("-c", "user.name=Sue", "-c", "user.email=sue@bluewater.example", "-c", "commit.gpgsign=false")


def git(folder: Path, *words: str) -> str:
    result = subprocess.run(["git", *IDENTITY, *words], cwd=folder, capture_output=True, text=True, check=True)
    return result.stdout.strip()


def edit(office: Path, file: str, old: str, new: str) -> None:
    path = office / "cycles" / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


@pytest.fixture
def history(office: Path) -> Path:
    """The sample office in git, in two commits: the second shortens a wait."""
    git(office, "init", "-q", "-b", "main")
    git(office, "add", "-A")
    git(office, "commit", "-qm", "One")
    edit(office, "long-term.yaml", "offset: 30 days", "offset: 20 days")
    git(office, "commit", "-qam", "Two")
    return office


def test_E1_between_two_commits_diff_shows_what_a_new_contact_would_get(run: Run, history: Path) -> None:
    result = run("diff", "HEAD~1", "HEAD", "--start", "2026-05-04")
    assert result.stdout.splitlines() == [
        "change cycle future-prospect",
        "  step callback offset: 30 days -> 20 days",
        "",
        "cycle future-prospect, for a contact that starts on 2026-05-04:",
        "      HEAD~1                        HEAD",
        "  --  ----------------------------  ----------------------------",
        "      intro-letter 2026-05-04       intro-letter 2026-05-04",
        "  >   callback 2026-06-03           callback 2026-05-24",
        "  >   callback 2026-07-03, round 2  callback 2026-06-13, round 2",
    ]
    assert run("diff", "HEAD~1..", "--start", "2026-05-04").stdout == result.stdout
    assert (
        run("diff", "HEAD~1...HEAD").stdout == run("diff", "HEAD~1..HEAD", "--start", "today").stdout == result.stdout
    )
    diff = json.loads(run("diff", "HEAD~1..HEAD", "--format", "json", "--exit-code").stdout)
    assert diff["schema"] == "followup/calendar@1" and diff["start"] == "2026-05-04"
    assert diff["timelines"][0]["actions"][1] == {
        "before": {"step": "callback", "due": "2026-06-03", "round": 1},
        "after": {"step": "callback", "due": "2026-05-24", "round": 1},
    }
    assert (
        "| **callback 2026\\-06\\-03** | **callback 2026\\-05\\-24** |"
        in run("diff", "HEAD~1..HEAD", "-f", "md").stdout
    )


def test_one_commit_is_compared_with_the_files_regardless_of_what_is_live(run: Run, history: Path) -> None:
    assert run("diff", "HEAD").stdout == "No changes between HEAD and the files.\n"
    edit(history, "long-term.yaml", "name: Future Prospect", "name: Later")
    result = run("diff", "HEAD", "--exit-code")
    assert result.returncode == 1 and result.stdout.endswith(
        "A contact that starts on 2026-05-04 gets the same as before.\n"
    )
    (history / "followup.db").unlink()
    assert run("diff", "main").stdout == run("diff", "HEAD").stdout == result.stdout, "the store isn't read"


@pytest.mark.parametrize(
    "words, code, message",
    [
        (["--", "--output=x"], 66, "'--output=x' isn't a git commit, branch or tag with a folder cycles/"),
        (["nowhere"], 66, "'nowhere' isn't a git commit, branch or tag with a folder cycles/"),
        (["HEAD~9"], 66, "'HEAD~9'"),
        (["HEAD:cycles"], 66, "'HEAD:cycles'"),
        (["HEAD", "HEAD", "HEAD"], 2, "at most two commits"),
        (["--start", "2026-05-04"], 2, "--start needs a commit"),
        (["HEAD", "--start", "someday"], 65, "'someday' isn't a date"),
    ],
)
def test_an_invalid_comparison_is_reported_in_one_line(
    run: Run, history: Path, words: list[str], code: int, message: str
) -> None:
    result = run("diff", *words)
    assert (result.returncode, result.stdout) == (code, "") and result.stderr.startswith("followup: " + message)
    assert result.stderr.count("\n") == 1 and not (history / "x").exists()


def test_a_broken_catalog_in_a_commit_is_reported_with_file_and_line(run: Run, history: Path) -> None:
    (history / "cycles" / "bad.yaml").write_text("cycles: [\n")
    git(history, "add", "-A")
    git(history, "commit", "-qm", "Three")
    result = run("diff", "HEAD~1", "HEAD")
    assert result.returncode == 3 and result.stderr.startswith("HEAD:cycles/bad.yaml:1:9: error FU007 ")


def test_a_symlink_in_a_commit_is_not_followed(run: Run, history: Path) -> None:
    (history / "cycles" / "else.yaml").symlink_to("/etc/passwd")
    git(history, "add", "-A")
    git(history, "commit", "-qm", "Three")
    result = run("diff", "HEAD~1", "HEAD")
    assert result.returncode == 65 and "HEAD:cycles/else.yaml isn't a regular file" in result.stderr


def test_diff_without_git_or_outside_a_repository_is_an_error(run: Run, office: Path) -> None:
    assert "not a git repository" in run("diff", "HEAD").stderr
    assert run("diff", "HEAD", PATH="/nowhere").stderr == "followup: git isn't installed\n"


def test_E5_a_rename_between_two_commits_is_proposed(run: Run, history: Path) -> None:
    file = history / "cycles" / "aliases.yaml"
    file.write_text(file.read_text().replace("  not-interested:", "  uninterested:"))
    assert "\n  moved: [{from: not-interested, to: uninterested}]\n" in run("diff", "HEAD").stdout
    assert "\nmoved: [{from: not-interested, to: uninterested}]\n" in run("diff", "HEAD", "--format", "md").stdout
    (rename,) = json.loads(run("diff", "HEAD", "--format", "json").stdout)["renames"]
    assert (rename["kind"], rename["from"], rename["to"]) == ("alias", "not-interested", "uninterested")


def test_a_version_records_its_commit_and_whether_the_files_were_dirty(run: Run, history: Path) -> None:
    head = git(history, "rev-parse", "HEAD")
    assert run("apply", "--yes", "--no-test", user="sue").returncode == 0
    (history / "cycles" / "more.yaml").write_text("sources: {fair: Fair}\n")
    assert run("apply", "--yes", "--no-test", user="sue").returncode == 0
    events = json.loads(run("history", "--format", "json").stdout)["items"]
    assert [x["data"].get("commit") for x in events if x["kind"] == "applied"][1:] == [head, head + "-dirty"]


def test_P10_a_symlink_committed_as_the_cycles_folder_is_reported(run: Run, history: Path) -> None:
    (history / "cycles").rename(history / "real")
    (history / "cycles").symlink_to("real")
    git(history, "add", "-A")
    git(history, "commit", "-qm", "A link")
    result = run("diff", "HEAD")
    assert (result.returncode, result.stdout) == (65, "")
    assert result.stderr == (
        "followup: HEAD:cycles is not a folder but a link to 'real': commit the folder itself as cycles/\n"
    )
    assert run("diff", "HEAD~1", "HEAD").returncode == 65 and run("validate").returncode == 0
