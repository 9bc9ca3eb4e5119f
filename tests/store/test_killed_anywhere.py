"""kill -9 at every write: the old state or the new one, never between; running again finishes.

One run is traced to find the calls that it writes with. Then a run is killed at each of them in turn.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.store.faults import Call, State, failing, kill_points, needs_strace, people, run_command, state

CALLS = "pwrite64,fdatasync,fsync,unlink,ftruncate,rename"

pytestmark = [pytest.mark.slow, needs_strace]

#: a command, and N: it is killed at every Nth page that it writes; a small change at every page
COMMANDS = {
    "complete": (["complete", "10"], 1),
    "import": (["contacts", "import", "more.csv", "--cycle", "referral", "-q"], 5),
    "apply": (["apply", "--yes", "--no-test", "-q"], 5),
    "undo": (["undo", "-q"], 5),
}

#: an edit that moves the dates of some contacts
EDIT = ("long-term.yaml", "template: keep-in-touch}", "template: keep-in-touch, offset: 3 days}")
CHOICES = "migrate:\n  - {step: future-prospect/intro-letter, dates: recompute}\n"


def edit_catalog(office: Path) -> None:
    file, old, new = EDIT
    path = office / "cycles" / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    (office / "cycles" / "choices.yaml").write_text(CHOICES)


@pytest.mark.slow(5)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_kill_at_any_write_leaves_the_old_or_the_new_state(name: str, office: Path, tmp_path: Path) -> None:
    words, one_in = COMMANDS[name]
    people(office, "more.csv", 300)
    if name in ("apply", "undo"):
        edit_catalog(office)
    if name == "undo":  # undo that apply
        assert run_command(*COMMANDS["apply"][0], cwd=office).returncode == 0
    finished = Path(shutil.copytree(office, tmp_path / "finished"))
    calls = kill_points(words, CALLS, finished, tmp_path / "log")
    assert {"pwrite64", "fdatasync", "unlink"} <= {call.name for call in calls}
    states = state(office), state(finished)
    ends = [call for call in calls if call.name != "pwrite64" or call.nth % one_in == 0]
    outcomes = [kill_at(words, call, office, tmp_path / "copy", states) for call in ends]
    assert outcomes == sorted(outcomes) and set(outcomes) == {False, True}, "once the change is saved, it stays saved"


def kill_at(words: list[str], call: Call, office: Path, copy: Path, states: tuple[State, State]) -> bool:
    """Whether the change was in the store when the command was killed there. If not, the same command finishes it:
    checked after each call except pages, and after one page in ten."""
    shutil.copytree(office, copy)
    assert run_command(*words, cwd=copy, tracer=failing(call.name, "signal=SIGKILL", call.nth)).returncode == -9
    current, (old, new) = state(copy), states
    assert current in states, f"killed at {call} it left something between"
    if current == old and (call.name != "pwrite64" or call.nth % 10 == 0):
        assert run_command(*words, cwd=copy).returncode == 0
        assert state(copy) == new
    shutil.rmtree(copy)
    return current == new
