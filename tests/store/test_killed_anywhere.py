"""kill -9 at every write: the old state or the new one, never between; running again finishes.

One run is watched for the calls by which it writes. Then each of them in turn is the last that a run comes to.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.store.faults import Call, State, failing, needs_strace, people, places_to_die, ran, state

CALLS = "pwrite64,fdatasync,fsync,unlink,ftruncate,rename"

pytestmark = [pytest.mark.slow, needs_strace]

#: what is typed, and of how many pages that are written one is the last: a small change dies at each
COMMANDS = {
    "complete": (["complete", "10"], 1),
    "import": (["contacts", "import", "more.csv", "--cycle", "referral", "-q"], 5),
    "apply": (["apply", "--yes", "--no-test", "-q"], 5),
    "undo": (["undo", "-q"], 5),
}

#: an edit that moves some people and takes the step of others away
EDIT = ("long-term.yaml", "template: keep-in-touch}", "template: keep-in-touch, offset: 3 days}")
CHOICES = "migrate:\n  - {step: future-prospect/intro-letter, dates: recompute}\n"


def edited(office: Path) -> None:
    file, old, new = EDIT
    path = office / "cycles" / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    (office / "cycles" / "choices.yaml").write_text(CHOICES)


@pytest.mark.slow(5)
@pytest.mark.parametrize("name", COMMANDS)
def test_killed_at_any_write_it_is_the_old_state_or_the_new(name: str, office: Path, tmp_path: Path) -> None:
    words, one_in = COMMANDS[name]
    people(office, "more.csv", 300)
    if name in ("apply", "undo"):
        edited(office)
    if name == "undo":  # of that apply
        assert ran(*COMMANDS["apply"][0], cwd=office).returncode == 0
    finished = Path(shutil.copytree(office, tmp_path / "finished"))
    calls = places_to_die(words, CALLS, finished, tmp_path / "log")
    assert {"pwrite64", "fdatasync", "unlink"} <= {call.name for call in calls}
    states = state(office), state(finished)
    ends = [call for call in calls if call.name != "pwrite64" or call.nth % one_in == 0]
    changed = [killed(words, call, office, tmp_path / "copy", states) for call in ends]
    assert changed == sorted(changed) and set(changed) == {False, True}, "from one call on it is the new state"


def killed(words: list[str], call: Call, office: Path, copy: Path, states: tuple[State, State]) -> bool:
    """Whether the change was in the store when the command was killed there. Where it was not, the same command
    finishes: after each call but a page, and after one page in ten."""
    shutil.copytree(office, copy)
    assert ran(*words, cwd=copy, tracer=failing(call.name, "signal=SIGKILL", call.nth)).returncode == -9
    left, (old, new) = state(copy), states
    assert left in states, f"killed at {call} it left something between"
    if left == old and (call.name != "pwrite64" or call.nth % 10 == 0):
        assert ran(*words, cwd=copy).returncode == 0
        assert state(copy) == new
    shutil.rmtree(copy)
    return left == new
