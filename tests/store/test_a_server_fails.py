"""A server that dies, is full, or may only be read; a backup that is taken while others write."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import command
from tests.servers import OwnServer, database, new_schema, schema_of, server_url, tool
from tests.store.conftest import Kept
from tests.store.faults import one_line, people
from tests.store.test_faults import mounted

pytestmark = pytest.mark.slow

BATCH = 2000
MANY = 5 * BATCH
IMPORTED = "SELECT count(*) FROM contact WHERE id ~ '^p[0-9]+$'"
IMPORT = ("contacts", "import", "more.csv", "--cycle", "referral", "-q")


class Ill(Kept):
    """The sample office on a server of its own."""

    def __init__(self, folder: Path, server: OwnServer) -> None:
        super().__init__(folder, new_schema(server.url))
        self.server = server

    def asked(self, sql: str) -> list[tuple[object, ...]]:
        with self.server.connected() as connection:
            connection.execute(f"SET search_path = {schema_of(self.url)}")
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []


@pytest.fixture
def place() -> Iterator[Path]:
    """Where the server keeps its files: a disk of its own, where one can be mounted. Not in pytest's folder, which may
    be closed to the account that a server started by root runs as."""
    with tempfile.TemporaryDirectory(prefix="followup-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        is_disk = mounted(folder, "size=220m")
        yield folder
        if is_disk:
            subprocess.run(["umount", "-l", folder], check=True)


@pytest.fixture
def ill(place: Path, tmp_path: Path) -> Iterator[Ill]:
    with closing(OwnServer(place / "data")) as server:
        kept = Ill(tmp_path / "kept", server)
        assert command("init", "kept", cwd=tmp_path, FOLLOWUP_STORE=kept.url).returncode == 0
        people(kept.folder, "more.csv", 5 * BATCH)
        yield kept


def the_whole_server(ill: Ill) -> None:
    ill.server.die()
    ill.server.revive()


def one_connection(ill: Ill) -> None:
    """The administrator ends it, or the network."""
    ill.asked("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'followup %'")


DEATHS = pytest.mark.parametrize("die", [the_whole_server, one_connection], ids=lambda die: die.__name__)


@DEATHS
def test_P4_a_server_that_dies_in_the_middle_of_a_command_leaves_it_undone(
    die: Callable[[Ill], None], ill: Ill
) -> None:
    state = "SELECT (SELECT count(*) FROM history), (SELECT status FROM action WHERE id = 2)"
    before = ill.asked(state)
    with ill.server.connected() as holder, holder.transaction():
        holder.execute(f"SELECT 1 FROM {schema_of(ill.url)}.contact WHERE id = 'jane-smith' FOR UPDATE")
        waiting = ill.started("complete", "2", user="tom")
        while ill.there() != ["Lock"]:
            assert waiting.poll() is None
        if die is the_whole_server:
            holder.pgconn.finish()
        die(ill)
    said = waiting.communicate(timeout=60)[1]
    assert waiting.returncode == 69 and one_line(said), said
    assert ill.asked(state) == before
    assert ill.run("complete", "2").returncode == 0
    assert ill.run("doctor", "-q", user="sue").returncode == 0


@DEATHS
def test_P4_a_server_that_dies_under_an_import_keeps_whole_batches(die: Callable[[Ill], None], ill: Ill) -> None:
    under_way = ill.started(*IMPORT, user="sue")
    while ill.asked(IMPORTED) == [(0,)]:
        assert under_way.poll() is None
    die(ill)
    said = under_way.communicate(timeout=60)[1]
    assert under_way.returncode == 69 and "Traceback" not in said, said
    assert re.fullmatch(r"followup: stopped after [\d,]+ rows: run it again to continue\nfollowup: .+\n", said)
    ((count,),) = ill.asked(IMPORTED)
    assert isinstance(count, int) and 0 < count < 5 * BATCH and count % BATCH == 0
    changes = ill.asked("SELECT count(*) FROM change")
    assert ill.run(*IMPORT, user="sue").returncode == 0
    assert ill.asked(IMPORTED) == [(5 * BATCH,)]
    assert ill.asked("SELECT count(*) FROM change") == changes, "all of it is one change"
    assert ill.run("doctor", "-q", user="sue").returncode == 0


def test_P4_a_server_whose_disk_is_full_keeps_whole_batches_and_goes_on_when_there_is_room(
    ill: Ill, place: Path
) -> None:
    if not place.is_mount():
        pytest.skip("nothing can be mounted here")
    before = ill.asked("SELECT count(*) FROM history")
    with pytest.raises(OSError, match="No space"), open(place / "filling", "wb", buffering=0) as filling:
        while True:
            filling.write(bytes(65536))
    told = ill.run(*IMPORT, user="sue")
    assert told.returncode == 73 and one_line(told.stderr) and "disk" in told.stderr, told
    assert ill.asked("SELECT count(*) FROM history") == before
    assert ill.run("due").returncode == 0
    (place / "filling").unlink()
    assert ill.run(*IMPORT, user="sue").returncode == 0
    assert ill.asked(IMPORTED) == [(5 * BATCH,)]
    assert ill.run("doctor", "-q", user="sue").returncode == 0


def test_a_server_that_may_only_be_read_is_read_and_a_write_says_so(ill: Ill) -> None:
    ill.asked("ALTER SYSTEM SET default_transaction_read_only = on")
    ill.asked("SELECT pg_reload_conf()")
    assert ill.run("due").returncode == ill.run("show", "jane-smith").returncode == 0
    told = ill.run("complete", "2")
    assert told.returncode == 73 and one_line(told.stderr) and "read-only" in told.stderr


def test_nobody_at_home_is_said_in_one_line(ill: Ill) -> None:
    ill.server.die()
    for words in (["due"], ["complete", "2"], ["store", "create"], ["store", "copy", ill.url, "csv:x"], ["doctor"]):
        told = ill.run(*words)
        assert told.returncode == 69 and one_line(told.stderr), told


def imported(kept: Kept) -> int:
    return len(re.findall(r'"id": "p[0-9]', kept.run("contacts", "list", "--format", "json", user="sue").stdout))


@pytest.mark.slow(8)
def test_a_dump_taken_under_write_load_is_restored_whole(kept: Kept) -> None:
    people(kept.folder, "more.csv", MANY)
    schema, name = schema_of(kept.url), f"restored_{schema_of(kept.url)}"
    elsewhere = database(server_url(), name)
    under_way = kept.started(*IMPORT, user="sue")
    while kept.asked(IMPORTED) == [(0,)]:
        assert under_way.poll() is None
    dump = subprocess.run(
        [tool("pg_dump"), "-n", schema, server_url()], check=True, capture_output=True, text=True
    ).stdout
    assert under_way.poll() is None, "it was over before the dump was"
    under_way.communicate(timeout=120)
    assert under_way.returncode == 0
    kept.asked(f"CREATE DATABASE {name}")
    subprocess.run(
        [tool("psql"), "-q", "-v", "ON_ERROR_STOP=1", elsewhere],
        input=dump,
        check=True,
        text=True,
        stdout=subprocess.PIPE,
    )
    restored = Kept(kept.folder, f"{elsewhere}{'&' if '?' in elsewhere else '?'}schema={schema}")
    assert restored.run("doctor", user="sue").stdout == "The store is healthy.\n"
    found = imported(restored)
    assert 0 < found < MANY and found % BATCH == 0
    assert restored.run(*IMPORT, user="sue").returncode == 0, "the backup goes on where it was"
    assert imported(restored) == MANY
    kept.asked(f"DROP DATABASE {name} WITH (FORCE)")
