"""kill -9 at every message to the server: the old state or the new one, never between; running again finishes."""

from __future__ import annotations

import pytest

from tests.store.conftest import StoredOffice
from tests.store.faults import STRACE, failing, needs_strace, people

pytestmark = [pytest.mark.slow, needs_strace]

#: counts of everything that a change may touch
STATE = """
SELECT (SELECT count(*) FROM change), (SELECT count(*) FROM history), (SELECT sum(seq) FROM contact),
       (SELECT count(*) FROM enrolment), (SELECT count(*) FROM enrolment WHERE ended IS NULL),
       (SELECT count(*) FROM action), (SELECT count(*) FROM action WHERE status = 'scheduled'),
       (SELECT max(number) FROM catalog_version), (SELECT count(*) FROM catalog_item WHERE until IS NULL)
"""


def kill_at_send(pg_office: StoredOffice, words: list[str], when: int) -> bool:
    """Whether the command was killed while sending for the `when`th time; False if it sends less often."""
    return pg_office.run(*words, user="sue", tracer=failing("sendto", "signal=SIGKILL", when)).returncode != 0


def first_send_of_the_change(pg_office: StoredOffice, words: list[str]) -> int:
    """The number of the send with which a command begins its change. Before it there is nothing to lose."""
    log = pg_office.folder / "sent"
    watching = (str(STRACE), "-o", str(log), "--trace=sendto")
    assert pg_office.run(*words, "--dry-run", user="sue", tracer=watching).returncode == 0
    sends = [line for line in log.read_text().splitlines() if line.startswith("sendto")]
    log.unlink()
    return 1 + next(number for number, line in enumerate(sends) if "BEGIN" in line)


@pytest.mark.slow(6)
@pytest.mark.parametrize(
    "words", [["complete", "2"], ["assign", "li-wei", "toured"], ["apply", "--yes", "--no-test", "-q"]], ids=" ".join
)
def test_P4_a_kill_at_any_message_leaves_the_old_or_the_new_state(words: list[str], pg_office: StoredOffice) -> None:
    cycles = pg_office.folder / "cycles" / "long-term.yaml"
    cycles.write_text(
        cycles.read_text().replace("template: keep-in-touch}", "template: keep-in-touch, offset: 3 days}")
    )
    old = pg_office.query(STATE)
    for when in range(first_send_of_the_change(pg_office, words), 250):
        died = kill_at_send(pg_office, words, when)
        wait_until_disconnected(pg_office)
        if pg_office.query(STATE) != old:
            break
        assert died, "it ended without a change"
    new = pg_office.query(STATE)
    assert new[0][0] == old[0][0] + 1, "exactly one change"
    result = pg_office.run(*words, user="sue")
    assert result.returncode == (5 if words[0] == "complete" else 0)
    assert pg_office.query(STATE) == new
    assert pg_office.run("doctor", "-q").returncode == 0


def test_P4_a_killed_import_is_resumed(pg_office: StoredOffice) -> None:
    people(pg_office.folder, "more.csv", 4500)
    words = ["contacts", "import", "more.csv", "--cycle", "referral", "-q"]
    before = pg_office.query("SELECT count(*) FROM change")
    for when in (40, 80, 200, 400):
        kill_at_send(pg_office, words, when)
        wait_until_disconnected(pg_office)
        assert pg_office.query("SELECT count(*) FROM contact WHERE id ~ '^p[0-9]+$'")[0][0] in (0, 2000, 4000, 4500)
    assert pg_office.run(*words, user="sue").returncode == 0
    assert pg_office.query("SELECT count(*) FROM contact WHERE id ~ '^p[0-9]+$'") == [(4500,)]
    assert pg_office.query("SELECT count(*) FROM change")[0][0] == before[0][0] + 1, "all of it is one change"
    assert pg_office.run("doctor", "-q").returncode == 0


def wait_until_disconnected(pg_office: StoredOffice) -> None:
    """Wait until the server has noticed that the killed command is gone."""
    while pg_office.waits():
        pass
