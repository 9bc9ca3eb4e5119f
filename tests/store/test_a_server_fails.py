"""A server that dies, has a full disk, or is read-only; a backup taken while others write."""

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
from tests.store.conftest import StoredOffice
from tests.store.faults import one_line, people
from tests.store.test_faults import mount

pytestmark = pytest.mark.slow

BATCH = 2000
MANY = 5 * BATCH
IMPORTED = "SELECT count(*) FROM contact WHERE id ~ '^p[0-9]+$'"
IMPORT = ("contacts", "import", "more.csv", "--cycle", "referral", "-q")


class OwnServerOffice(StoredOffice):
    """The sample office on its own server."""

    def __init__(self, folder: Path, server: OwnServer) -> None:
        super().__init__(folder, new_schema(server.url))
        self.server = server

    def query(self, sql: str) -> list[tuple[object, ...]]:
        with self.server.connected() as connection:
            connection.execute(f"SET search_path = {schema_of(self.url)}")
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []


@pytest.fixture
def place() -> Iterator[Path]:
    """Where the server keeps its files: on its own disk, if one can be mounted. Not in pytest's folder, which may be
    closed to the account that a server started by root runs as."""
    with tempfile.TemporaryDirectory(prefix="followup-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        is_disk = mount(folder, "size=220m")
        yield folder
        if is_disk:
            subprocess.run(["umount", "-l", folder], check=True)


@pytest.fixture
def own_office(place: Path, tmp_path: Path) -> Iterator[OwnServerOffice]:
    with closing(OwnServer(place / "data")) as server:
        office = OwnServerOffice(tmp_path / "kept", server)
        assert command("init", "kept", cwd=tmp_path, FOLLOWUP_STORE=office.url).returncode == 0
        people(office.folder, "more.csv", 5 * BATCH)
        yield office


def kill_the_server(own_office: OwnServerOffice) -> None:
    own_office.server.die()
    own_office.server.revive()


def kill_the_connection(own_office: OwnServerOffice) -> None:
    """As the administrator or the network would."""
    own_office.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'followup %'")


DEATHS = pytest.mark.parametrize("die", [kill_the_server, kill_the_connection], ids=lambda die: die.__name__)


@DEATHS
def test_P4_a_server_that_dies_during_a_command_leaves_no_change(
    die: Callable[[OwnServerOffice], None], own_office: OwnServerOffice
) -> None:
    state = "SELECT (SELECT count(*) FROM history), (SELECT status FROM action WHERE id = 2)"
    before = own_office.query(state)
    with own_office.server.connected() as holder, holder.transaction():
        holder.execute(f"SELECT 1 FROM {schema_of(own_office.url)}.contact WHERE id = 'jane-smith' FOR UPDATE")
        process = own_office.start("complete", "2", user="tom")
        while own_office.waits() != ["Lock"]:
            assert process.poll() is None
        if die is kill_the_server:
            holder.pgconn.finish()
        die(own_office)
    error = process.communicate(timeout=60)[1]
    assert process.returncode == 69 and one_line(error), error
    assert own_office.query(state) == before
    assert own_office.run("complete", "2").returncode == 0
    assert own_office.run("doctor", "-q", user="sue").returncode == 0


@DEATHS
def test_P4_a_server_that_dies_during_an_import_keeps_complete_batches(
    die: Callable[[OwnServerOffice], None], own_office: OwnServerOffice
) -> None:
    process = own_office.start(*IMPORT, user="sue")
    while own_office.query(IMPORTED) == [(0,)]:
        assert process.poll() is None
    die(own_office)
    error = process.communicate(timeout=60)[1]
    assert process.returncode == 69 and "Traceback" not in error, error
    assert re.fullmatch(r"followup: stopped after [\d,]+ rows: run it again to continue\nfollowup: .+\n", error)
    ((count,),) = own_office.query(IMPORTED)
    assert isinstance(count, int) and 0 < count < 5 * BATCH and count % BATCH == 0
    changes = own_office.query("SELECT count(*) FROM change")
    assert own_office.run(*IMPORT, user="sue").returncode == 0
    assert own_office.query(IMPORTED) == [(5 * BATCH,)]
    assert own_office.query("SELECT count(*) FROM change") == changes, "all of it is one change"
    assert own_office.run("doctor", "-q", user="sue").returncode == 0


def test_P4_an_import_on_a_full_server_disk_changes_nothing_and_works_once_there_is_space(
    own_office: OwnServerOffice, place: Path
) -> None:
    if not place.is_mount():
        pytest.skip("nothing can be mounted here")
    before = own_office.query("SELECT count(*) FROM history")
    with pytest.raises(OSError, match="No space"), open(place / "filling", "wb", buffering=0) as filling:
        while True:
            filling.write(bytes(65536))
    result = own_office.run(*IMPORT, user="sue")
    assert result.returncode == 73 and one_line(result.stderr) and "disk" in result.stderr, result
    assert own_office.query("SELECT count(*) FROM history") == before
    assert own_office.run("due").returncode == 0
    (place / "filling").unlink()
    assert own_office.run(*IMPORT, user="sue").returncode == 0
    assert own_office.query(IMPORTED) == [(5 * BATCH,)]
    assert own_office.run("doctor", "-q", user="sue").returncode == 0


def test_a_read_only_server_can_be_read_and_a_write_is_an_error(own_office: OwnServerOffice) -> None:
    own_office.query("ALTER SYSTEM SET default_transaction_read_only = on")
    own_office.query("SELECT pg_reload_conf()")
    assert own_office.run("due").returncode == own_office.run("show", "jane-smith").returncode == 0
    result = own_office.run("complete", "2")
    assert result.returncode == 73 and one_line(result.stderr) and "read-only" in result.stderr


def test_a_stopped_server_is_a_one_line_error(own_office: OwnServerOffice) -> None:
    own_office.server.die()
    for words in (
        ["due"],
        ["complete", "2"],
        ["store", "create"],
        ["store", "copy", own_office.url, "csv:x"],
        ["doctor"],
    ):
        result = own_office.run(*words)
        assert result.returncode == 69 and one_line(result.stderr), result


def count_imported(office: StoredOffice) -> int:
    return len(re.findall(r'"id": "p[0-9]', office.run("contacts", "list", "--format", "json", user="sue").stdout))


@pytest.mark.slow(8)
def test_a_dump_taken_under_write_load_is_restored_completely(pg_office: StoredOffice) -> None:
    people(pg_office.folder, "more.csv", MANY)
    schema, name = schema_of(pg_office.url), f"restored_{schema_of(pg_office.url)}"
    elsewhere = database(server_url(), name)
    process = pg_office.start(*IMPORT, user="sue")
    while pg_office.query(IMPORTED) == [(0,)]:
        assert process.poll() is None
    dump = subprocess.run(
        [tool("pg_dump"), "-n", schema, server_url()], check=True, capture_output=True, text=True
    ).stdout
    assert process.poll() is None, "the import ended before the dump"
    process.communicate(timeout=120)
    assert process.returncode == 0
    pg_office.query(f"CREATE DATABASE {name}")
    subprocess.run(
        [tool("psql"), "-q", "-v", "ON_ERROR_STOP=1", elsewhere],
        input=dump,
        check=True,
        text=True,
        stdout=subprocess.PIPE,
    )
    copy = StoredOffice(pg_office.folder, f"{elsewhere}{'&' if '?' in elsewhere else '?'}schema={schema}")
    assert copy.run("doctor", user="sue").stdout == "The store is healthy.\n"
    count = count_imported(copy)
    assert 0 < count < MANY and count % BATCH == 0
    assert copy.run(*IMPORT, user="sue").returncode == 0, "the restored office resumes the import"
    assert count_imported(copy) == MANY
    pg_office.query(f"DROP DATABASE {name} WITH (FORCE)")
