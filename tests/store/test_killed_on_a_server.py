"""kill -9 at every word to the server: the old state or the new one, never between; running again finishes."""

from __future__ import annotations

import pytest

from tests.store.conftest import Kept
from tests.store.faults import STRACE, failing, needs_strace, people

pytestmark = [pytest.mark.slow, needs_strace]

#: of everything that a change may touch
STATE = """
SELECT (SELECT count(*) FROM change), (SELECT count(*) FROM history), (SELECT sum(seq) FROM contact),
       (SELECT count(*) FROM enrolment), (SELECT count(*) FROM enrolment WHERE ended IS NULL),
       (SELECT count(*) FROM action), (SELECT count(*) FROM action WHERE status = 'scheduled'),
       (SELECT max(number) FROM catalog_version), (SELECT count(*) FROM catalog_item WHERE until IS NULL)
"""


def killed(kept: Kept, words: list[str], when: int) -> bool:
    """Whether the command died as it was sending for the `when`th time; False once it sends less often."""
    return kept.run(*words, user="sue", tracer=failing("sendto", "signal=SIGKILL", when)).returncode != 0


def first_of_the_change(kept: Kept, words: list[str]) -> int:
    """As the how manieth that it sends a command begins its change, before which there is nothing to undo."""
    log = kept.folder / "sent"
    watching = (str(STRACE), "-o", str(log), "--trace=sendto")
    assert kept.run(*words, "--dry-run", user="sue", tracer=watching).returncode == 0
    sent = [line for line in log.read_text().splitlines() if line.startswith("sendto")]
    log.unlink()
    return 1 + next(number for number, line in enumerate(sent) if "BEGIN" in line)


@pytest.mark.slow(6)
@pytest.mark.parametrize(
    "words", [["complete", "2"], ["assign", "li-wei", "toured"], ["apply", "--yes", "--no-test", "-q"]], ids=" ".join
)
def test_P4_killed_at_any_word_it_is_the_old_state_or_the_new(words: list[str], kept: Kept) -> None:
    cycles = kept.folder / "cycles" / "long-term.yaml"
    cycles.write_text(
        cycles.read_text().replace("template: keep-in-touch}", "template: keep-in-touch, offset: 3 days}")
    )
    old = kept.asked(STATE)
    for when in range(first_of_the_change(kept, words), 250):
        died = killed(kept, words, when)
        wait_for_nobody(kept)
        if kept.asked(STATE) != old:
            break
        assert died, "it has ended, and nothing is different"
    new = kept.asked(STATE)
    assert new[0][0] == old[0][0] + 1, "one change, whole"
    again = kept.run(*words, user="sue")
    assert again.returncode == (5 if words[0] == "complete" else 0)
    assert kept.asked(STATE) == new
    assert kept.run("doctor", "-q").returncode == 0


def test_P4_an_import_that_was_killed_is_taken_up(kept: Kept) -> None:
    people(kept.folder, "more.csv", 4500)
    words = ["contacts", "import", "more.csv", "--cycle", "referral", "-q"]
    before = kept.asked("SELECT count(*) FROM change")
    for when in (40, 80, 200, 400):
        killed(kept, words, when)
        wait_for_nobody(kept)
        assert kept.asked("SELECT count(*) FROM contact WHERE id ~ '^p[0-9]+$'")[0][0] in (0, 2000, 4000, 4500)
    assert kept.run(*words, user="sue").returncode == 0
    assert kept.asked("SELECT count(*) FROM contact WHERE id ~ '^p[0-9]+$'") == [(4500,)]
    assert kept.asked("SELECT count(*) FROM change")[0][0] == before[0][0] + 1, "all of it is one change"
    assert kept.run("doctor", "-q").returncode == 0


def wait_for_nobody(kept: Kept) -> None:
    """Until the server has noticed that whoever was killed is gone."""
    while kept.there():
        pass
