"""The PostgreSQL store: concurrent commands, one-line errors, and the same behavior as the other stores."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.conninfo import conninfo_to_dict

from followup.core.reach import EVERYTHING
from followup.core.words import folded
from followup.errors import Busy, NoProject, StoreUnreachable
from followup.store.heads import Head
from followup.store.opening import open_store
from followup.store.postgres import store as postgres_store
from followup.store.postgres.server import address, connect
from followup.store.postgres.store import SCHEMA_VERSION, PostgresStore
from followup.store.tables import HISTORY
from followup.store.urls import display_url
from tests.conftest import NOW, command
from tests.servers import database, let_in, new_schema, schema_of, server_url
from tests.store.conftest import StoredOffice, dropped
from tests.store.faults import one_line, people


def run_all_at_once(pg_office: StoredOffice, lock: str, commands: list[tuple[str, ...]]) -> list[tuple[int, str]]:
    """How each command ended, after all of them waited for `lock` and were released together."""
    with psycopg.connect(server_url()) as holder:
        holder.execute(f"SET search_path = {schema_of(pg_office.url)}")
        holder.execute(lock)
        processes = [pg_office.start(*words[1:], user=words[0]) for words in commands]
        while pg_office.waits() != ["Lock"] * len(commands):
            assert all(one.poll() is None for one in processes), "it did not wait"
    errors = [one.communicate(timeout=120)[1] for one in processes]
    return [(one.returncode, text) for one, text in zip(processes, errors, strict=True)]


@pytest.mark.parametrize("by_hand", [False, True], ids=["a step", "scheduled by hand"])
def test_completing_the_same_action_at_once_says_who_was_first(by_hand: bool, pg_office: StoredOffice) -> None:
    assert pg_office.run("schedule", "jane-smith", "call", "2026-05-04", "--title", "Ask").returncode == 0
    ((action,),) = pg_office.query("SELECT id FROM action WHERE title = 'Ask'")
    commands = [(user, "complete", str(action) if by_hand else "2") for user in ("tom", "sue", "max", "sue")]
    results = run_all_at_once(pg_office, "SELECT 1 FROM contact WHERE id = 'jane-smith' FOR UPDATE", commands)
    assert sorted(code for code, _ in results) == [0, 5, 5, 5], results
    assert all(one_line(text) and "completed" in text for code, text in results if code)
    assert pg_office.query("SELECT count(*) FROM history WHERE kind = 'completed'") == [(1,)]
    assert pg_office.run("doctor", "-q").returncode == 0


def test_F6_concurrent_assigns_are_serialized_at_any_default_isolation_level(
    pg_office: StoredOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGOPTIONS", "-c default_transaction_isolation=serializable")
    commands = [("tom", "assign", "jane-smith", "toured"), ("sue", "assign", "jane-smith", "not-interested")]
    results = run_all_at_once(pg_office, "SELECT 1 FROM contact WHERE id = 'jane-smith' FOR UPDATE", commands)
    assert results == [(0, ""), (0, "")]
    on = "SELECT count(*) FILTER (WHERE ended IS NULL), count(*) FROM enrolment WHERE contact = 'jane-smith'"
    assert pg_office.query(on) == [(1, 3)]
    assert pg_office.run("doctor", "-q").returncode == 0


@pytest.mark.parametrize(("times", "code"), [(1, 0), (2, 0), (3, 75)])
def test_a_command_overtaken_by_a_new_version_decides_again_and_finally_gives_up(
    times: int, code: int, pg_office: StoredOffice
) -> None:
    newer = "INSERT INTO catalog_version SELECT max(number) + 1, max(digest), NULL, max(change) FROM catalog_version"
    before = pg_office.query("SELECT max(number), max(id) FROM catalog_version, change")[0]
    turns = [psycopg.connect(server_url()) for _ in range(times)]
    for turn in turns:
        turn.execute(f"SET search_path = {schema_of(pg_office.url)}")
        turn.commit()
    alone = (
        f"SELECT pg_advisory_xact_lock(1179601995, CAST('{schema_of(pg_office.url)}'::regnamespace::oid AS INTEGER))"
    )
    turns[0].execute(alone)
    process = pg_office.start("complete", "2")
    for number, turn in enumerate(turns):
        while pg_office.waits() != ["Lock"]:
            assert process.poll() is None, "it did not wait"
        turn.execute(newer)
        with ThreadPoolExecutor(1) as pool:
            following = pool.submit(turns[number + 1].execute, alone) if number + 1 < times else None
            while following and not pg_office.query(
                "SELECT 1 FROM pg_locks WHERE NOT granted AND mode = 'ExclusiveLock'"
            ):
                pass
            turn.commit()
            if following:
                following.result()
    error = process.communicate(timeout=60)[1]
    assert process.returncode == code, error
    assert ("was applied at the same time" in error) == (code == 75)
    change = pg_office.query("SELECT id, catalog_version FROM change ORDER BY id DESC LIMIT 1")[0]
    assert (change[0] > before[1], change[1]) == ((True, before[0] + times) if code == 0 else (False, change[1]))
    for turn in turns:
        turn.close()


OFFICE = "SELECT CAST(oid AS INTEGER) FROM pg_namespace WHERE nspname = current_schema()"


def test_an_apply_waits_for_writers(pg_office: StoredOffice) -> None:
    path = pg_office.folder / "cycles" / "long-term.yaml"
    path.write_text(path.read_text().replace("template: keep-in-touch}", "template: keep-in-touch, offset: 3 days}"))
    results = run_all_at_once(
        pg_office,
        f"SELECT pg_advisory_xact_lock_shared(1179601995, ({OFFICE}))",
        [("sue", "apply", "--yes", "--no-test")],
    )
    assert results == [(0, "")] and pg_office.query("SELECT max(number) FROM catalog_version") == [(2,)]


def test_tasks_without_a_contact_are_written_one_at_a_time(pg_office: StoredOffice) -> None:
    """They have no contact that could be locked."""
    lock = f"SELECT pg_advisory_xact_lock(hashtextextended('user:tom', ({OFFICE})))"
    tasks = [("tom", "schedule", "task", "tomorrow", "--title", title) for title in ("Ring the bank", "Order cards")]
    assert run_all_at_once(pg_office, lock, tasks) == [(0, ""), (0, "")]
    ((first,), _) = pg_office.query("SELECT id FROM action WHERE contact IS NULL ORDER BY id")
    results = run_all_at_once(pg_office, lock, [("tom", "complete", str(first))] * 2)
    assert sorted(code for code, _ in results) == [0, 5]
    assert pg_office.run("doctor", "-q").returncode == 0


def test_two_undos_of_the_same_change_undo_it_once(pg_office: StoredOffice) -> None:
    assert pg_office.run("attempt", "2").returncode == 0
    results = run_all_at_once(
        pg_office, "SELECT 1 FROM contact WHERE id = 'jane-smith' FOR UPDATE", [("tom", "undo")] * 2
    )
    assert sorted(code for code, _ in results) == [0, 5] and all(one_line(text) for code, text in results if code), (
        results
    )
    assert pg_office.query("SELECT attempts FROM action WHERE id = 2") == [(0,)]
    assert pg_office.run("doctor", "-q").returncode == 0


def test_a_foreign_schema_is_not_changed(tmp_path: Path) -> None:
    url = new_schema()
    schema = schema_of(url)
    with psycopg.connect(server_url(), autocommit=True) as server:
        server.execute(f"CREATE SCHEMA {schema}")
        server.execute(f"CREATE TABLE {schema}.contact (theirs text)")
        for words in (["store", "create"], ["init", "demo"]):
            result = command(*words, cwd=tmp_path, FOLLOWUP_STORE=url)
            assert result.returncode == 78 and one_line(result.stderr), result
            assert f"the schema {schema} has other tables in it (contact)" in result.stderr
        server.execute(f"DROP TABLE {schema}.contact")
        with closing(open_store(url, create=True)) as store:
            assert list(store.schema_faults()) == []
    dropped(url)


def test_creating_the_same_store_twice_at_once_creates_one() -> None:
    url = new_schema()

    def create_store(_: int) -> str:
        with closing(open_store(url, create=True)) as store:
            return store.url

    waiting = f"SELECT count(*) FROM pg_stat_activity WHERE application_name = 'followup {schema_of(url)}'"
    with psycopg.connect(server_url()) as holder, ThreadPoolExecutor(2) as pool:
        holder.execute("SELECT pg_advisory_xact_lock(1179601997)")
        urls = pool.map(create_store, range(2))
        while holder.execute(waiting + " AND wait_event_type = 'Lock'").fetchone() != (2,):
            holder.execute("SELECT pg_stat_clear_snapshot()")
        holder.rollback()
        assert len(list(urls)) == 2
    with closing(open_store(url)) as store:
        assert list(store.schema_faults()) == []
    dropped(url)


def test_a_command_waits_for_a_free_connection(pg_office: StoredOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    login = f"narrow_{schema_of(pg_office.url)}"
    url = let_in(pg_office.url, login)
    try:
        pg_office.query(f"ALTER ROLE {login} CONNECTION LIMIT 1")
        with psycopg.connect(address(url)[0]) as only:
            monkeypatch.setattr(postgres_store, "WAIT_SECONDS", 0.2)
            with pytest.raises(Busy, match="too many connections: try again"):
                open_store(url)
            monkeypatch.setattr(postgres_store, "WAIT_SECONDS", 30)
            with ThreadPoolExecutor(1) as pool:
                opening = pool.submit(open_store, url)
                with pytest.raises(TimeoutError):
                    opening.result(0.5)
                only.close()
                opening.result().close()
    finally:
        pg_office.query(f"DROP ROLE {login}")


def test_a_login_without_permissions_gets_an_error_that_says_so(pg_office: StoredOffice) -> None:
    login = f"stranger_{schema_of(pg_office.url)}"
    url = let_in(pg_office.url, login)
    pg_office.query(f"REVOKE {schema_of(pg_office.url)}_rep FROM {login}")
    result = command("due", cwd=pg_office.folder, FOLLOWUP_STORE=url)
    pg_office.query(f"DROP ROLE {login}")
    assert (
        result.returncode == 4
        and "you don't have permission on the server" in result.stderr
        and one_line(result.stderr)
    ), result


def test_a_failed_change_is_never_reported_as_saved(pg_office: StoredOffice) -> None:
    with closing(PostgresStore(pg_office.url)) as store:
        head = Head(0, "tom", "test", 1)
        with pytest.raises(StoreUnreachable, match="Nothing changed"), store.change(head) as change:
            with suppress(psycopg.Error):
                store.connection.execute("SELECT 1 / 0")
            change.saved = True
        with pytest.raises(StoreUnreachable, match="lost while saving: check with"), store.change(head) as change:
            change.saved = True
            pg_office.query(f"SELECT pg_terminate_backend({store.connection.info.backend_pid})")


def test_a_snapshot_is_consistent_while_others_write(pg_office: StoredOffice) -> None:
    with closing(open_store(pg_office.url)) as store:
        with store.snapshot():
            before = list(store.rows_of(HISTORY))
            assert pg_office.run("complete", "2").returncode == 0
            assert list(store.rows_of(HISTORY)) == before
        assert len(list(store.rows_of(HISTORY))) > len(before)


@pytest.mark.slow
def test_eight_writers_of_one_action_lose_no_write(pg_office: StoredOffice) -> None:
    def ten(writer: int) -> set[tuple[int, str]]:
        results = [pg_office.run("attempt", "2", "--note", f"{writer}/{n}") for n in range(10)]
        return {(one.returncode, one.stderr) for one in results}

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ten, range(8))) == [{(0, "")}] * 8
    assert pg_office.query("SELECT attempts FROM action WHERE id = 2") == [(80,)]
    assert pg_office.run("doctor", "-q").returncode == 0


def test_P4_two_imports_of_the_same_people_at_once_add_each_person_once(pg_office: StoredOffice) -> None:
    people(pg_office.folder, "more.csv", 300)
    lines = (pg_office.folder / "more.csv").read_text().splitlines()
    (pg_office.folder / "back.csv").write_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n")
    words = [("sue", "contacts", "import", file, "--cycle", "referral", "-q") for file in ("more.csv", "back.csv")]
    results = run_all_at_once(pg_office, f"SELECT pg_advisory_xact_lock(1179601996, ({OFFICE}))", words)
    assert results == [(0, ""), (0, "")]
    assert pg_office.query("SELECT count(*), count(DISTINCT id) FROM contact WHERE id ~ '^p[0-9]+$' AND seq = 3") == [
        (300, 300)
    ]
    assert pg_office.run("doctor", "-q").returncode == 0


def test_a_command_that_waits_too_long_says_to_try_again(pg_office: StoredOffice) -> None:
    code = (
        "import followup.store.postgres.store as p, sys; p.WAIT_SECONDS = 0.2\n"
        "sys.argv = ['followup', 'complete', '2']; from followup.__main__ import main; main()"
    )
    env = {**os.environ, "FOLLOWUP_USER": "tom", "FOLLOWUP_NOW": NOW, "FOLLOWUP_STORE": pg_office.url}
    with psycopg.connect(server_url()) as holder:
        holder.execute(f"SELECT 1 FROM {schema_of(pg_office.url)}.contact WHERE id = 'jane-smith' FOR UPDATE")
        result = subprocess.run(
            [sys.executable, "-c", code], cwd=pg_office.folder, env=env, capture_output=True, text=True
        )
        assert pg_office.run("due").returncode == 0  # readers don't wait
    assert result.returncode == 75 and "busy" in result.stderr and one_line(result.stderr)
    assert pg_office.run("complete", "2").returncode == 0


def test_a_lost_connection_leaves_no_change(pg_office: StoredOffice) -> None:
    store = open_store(pg_office.url)
    with closing(store), pytest.raises(StoreUnreachable), store.change(Head(0, "tom", "test", 1)):
        pid = store.connection.info.backend_pid  # type: ignore[attr-defined]
        pg_office.query(f"SELECT pg_terminate_backend({pid})")
        store.dossiers(["jane-smith"], EVERYTHING)
    assert pg_office.query("SELECT count(*) FROM change WHERE command = 'test'") == [(0,)]


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_change_under_a_version_that_is_not_live_is_refused(
    engine: str, pg_office: StoredOffice, office: Path
) -> None:
    url = pg_office.url if engine == "postgresql" else f"sqlite:///{office}/followup.db"
    with closing(open_store(url)) as store:
        with pytest.raises(Busy, match="another version"), store.change(Head(0, "tom", "test", 2)):
            pass
        with store.change(Head(0, "tom", "test", 1)):
            pass


def test_an_unreachable_server_is_a_one_line_error(tmp_path: Path) -> None:
    result = command("due", cwd=tmp_path, FOLLOWUP_STORE=f"postgresql://tom:secret@/sales?host={tmp_path}")
    assert result.returncode == 69 and one_line(result.stderr) and "secret" not in result.stderr


def test_without_the_driver_the_error_says_what_to_install(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['psycopg'] = None\n"
        "sys.argv = ['followup', 'due']; from followup.__main__ import main; main()"
    )
    env = {**os.environ, "FOLLOWUP_STORE": "postgresql://db.example/sales"}
    result = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert result.returncode == 2 and "followup[postgres]" in result.stderr and one_line(result.stderr)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://tom:se@cret@db/sales?schema=x", "postgresql://tom@db/sales?schema=x"),
        ("postgresql://db/sales?user=tom&password=secret&schema=x", "postgresql://db/sales?user=tom&schema=x"),
        ("postgresql://db/sales?password=secret", "postgresql://db/sales"),
        ("postgresql://tom:se?c#ret@db/sales", "postgresql://tom@db/sales"),
        ("postgresql://tom:se/c?ret@db:5432/sales", "postgresql://..."),
        ("postgresql://tom:123@db/sales", "postgresql://tom@db/sales"),
        ("postgresql://db:5432/sales?user=tom%40x", "postgresql://db:5432/sales?user=tom%40x"),
        ("postgresql://db:5432?user=tom%40x", "postgresql://db:5432?user=tom%40x"),
        ("postgresql:///sales?sslpassword=x&host=/run", "postgresql:///sales?host=/run"),
        ("sqlite:////tmp/a@b.db", "sqlite:////tmp/a@b.db"),
        ("csv:of:fice@x", "csv:of:fice@x"),
    ],
)
def test_P7_a_url_is_displayed_without_its_password(url: str, expected: str) -> None:
    assert display_url(url) == expected


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("postgresql://tom:se%zz cr?et@127.0.0.1:1/sales", "can't be reached (postgresql://tom@127.0.0.1:1/sales"),
        ("postgresql://tom:se/cret@db/sales", "tom@db/sales: write a / in a password as %2F"),
        ("postgresql://db/sales?password=se%zzcret", "db/sales: not a server URL (invalid percent"),
        ("postgresql://db/sales?nonsense=1", '(invalid URI query parameter: "nonsense")'),
        ("postgresql://[::1/sales", "postgresql://...: not a server URL"),
        ("postgresql:///sales?host=/nowhere", 'on socket "/nowhere/'),
        ("postgresql://db/sales?schema=Blue", "schema=Blue: a schema is named in small letters"),
        ("postgresql://db/sales?user=tom@x", "and an @ behind the host %40"),
        ("postgresql://db/sales?secret", 'in URI query parameter: "..."'),
    ],
)
def test_P7_a_bad_url_is_a_one_line_error_without_its_password(url: str, message: str, tmp_path: Path) -> None:
    result = command("due", cwd=tmp_path, FOLLOWUP_STORE=url)
    assert result.returncode in (2, 69) and one_line(result.stderr) and message in result.stderr, result.stderr
    assert "cret" not in result.stderr and "Traceback" not in result.stderr


def test_the_options_and_the_password_of_a_url_reach_the_driver() -> None:
    server = conninfo_to_dict(server_url())
    url = f"postgresql:///{server['dbname']}?host={server['host']}&user=postgres&options=-c%20statement_timeout%3D7s&sslkey="
    place, schema = address(url + "&schema=x")
    with psycopg.connect(place) as connection:
        assert connection.execute("SHOW statement_timeout").fetchone() == ("7s",) and schema == "x"
    for option, timeout in (("", "10"), ("&connect_timeout=7", "7")):
        with connect(place + option, 10) as connection:
            assert connection.info.get_parameters()["connect_timeout"] == timeout
    for password in ("a+b", "a b", "a%b", "100%25", "?#&=:@"):
        parameters = conninfo_to_dict(address(f"postgresql://tom:{password}@db:5432/sales?schema=x&host=/a+b")[0])
        assert parameters["password"] == password.replace("%25", "%") and parameters["host"] == "/a+b", parameters


def test_W5_doctor_works_despite_roles_that_another_doctor_left_behind(pg_office: StoredOffice) -> None:
    """Also despite an office of any name: what it creates for the comparison has a unique name."""
    for name in ("followup_as_it_should_be_rep", "followup_as_it_should_be_worker"):
        pg_office.query(f"CREATE ROLE {name}")
    try:
        result = pg_office.run("doctor", user="sue")
        assert (result.returncode, result.stdout) == (0, "The store is healthy.\n"), result.stdout
    finally:
        pg_office.query("DROP ROLE followup_as_it_should_be_rep, followup_as_it_should_be_worker")


def test_a_missing_a_newer_and_an_older_office_get_different_errors(pg_office: StoredOffice) -> None:
    with pytest.raises(NoProject, match="store create"):
        open_store(new_schema())
    pg_office.query("INSERT INTO migration VALUES (99)")
    result = pg_office.run("due")
    assert result.returncode == 78 and "newer" in result.stderr
    pg_office.query(f"DELETE FROM migration WHERE number IN (99, {SCHEMA_VERSION})")
    result = pg_office.run("due")
    assert result.returncode == 78 and "store upgrade" in result.stderr


def test_the_tests_use_the_server_that_the_environment_names() -> None:
    """CI names Debian's: a fixture hides variables from the commands, but must not hide this one from the tests."""
    url = os.environ.get("POSTGRES_OF_THE_TESTS")
    assert (server_url() == url) if url else "followup-pg-" in server_url()


def test_a_store_cannot_be_created_twice(pg_office: StoredOffice) -> None:
    result = pg_office.run("store", "create")
    assert result.returncode == 73 and "already has an office" in result.stderr
    assert pg_office.run("store", "upgrade").stdout.endswith("is up to date\n")


@pytest.mark.parametrize("schema", ["rep", "order", "integer", "it"])
def test_an_office_can_have_any_name(schema: str) -> None:
    """Even a reserved word of SQL, or a name that is also used in its schema."""
    url = f"{server_url()}{'&' if '?' in server_url() else '?'}schema={schema}"
    try:
        with closing(open_store(url, create=True)) as store:
            assert list(store.schema_faults()) == []
        with psycopg.connect(server_url()) as owner:
            owner.execute(f'GRANT UPDATE ON "{schema}".catalog_item TO {schema}_rep')
            owner.execute(f'ALTER TABLE "{schema}".contact ADD COLUMN more text')
        with closing(open_store(url)) as store:
            faults = list(store.schema_faults())
            assert len(faults) == 2 and "catalog_item" in faults[0] and "contact.more" in faults[1], faults
    finally:
        dropped(url)


def test_a_database_that_cannot_store_every_name_is_refused(tmp_path: Path) -> None:
    name = f"latin_{os.getpid()}"
    with psycopg.connect(server_url(), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} ENCODING 'LATIN1' TEMPLATE template0 LOCALE 'C'")
        url = database(server_url(), name)
        result = command("store", "create", cwd=tmp_path, FOLLOWUP_STORE=url)
        assert (
            result.returncode == 78
            and one_line(result.stderr)
            and "the encoding of the database is LATIN1" in result.stderr
        )
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'followup'").fetchone() is None
        server.execute(f"DROP DATABASE {name} (FORCE)")


def test_client_settings_in_the_environment_do_not_change_texts(pg_office: StoredOffice) -> None:
    result = command("contacts", "set", "li-wei", "--name", "李伟", cwd=pg_office.folder, user="sue",
                   FOLLOWUP_STORE=pg_office.url, PGCLIENTENCODING="LATIN1", PGDATESTYLE="SQL, DMY", PGTZ="Asia/Tokyo")  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert pg_office.query("SELECT name FROM contact WHERE id = 'li-wei'") == [("李伟",)]


def test_P7_a_password_is_neither_stored_nor_printed(tmp_path: Path) -> None:
    url = new_schema().replace("postgres@", "postgres:secret@")
    result = command("init", "demo", cwd=tmp_path, FOLLOWUP_STORE=url)
    assert result.returncode == 0 and "secret" not in result.stdout + result.stderr
    assert (tmp_path / "demo" / ".followup" / "store").read_text() == display_url(url) + "\n"


@given(
    st.lists(
        st.text(st.characters(exclude_categories=("Cs", "Cn"), exclude_characters="\x00"), max_size=12), max_size=40
    )
)
def test_the_server_folds_names_like_the_core(names: list[str]) -> None:
    with folding_connection() as connection:
        assert [
            row[0]
            for row in connection.execute(
                "SELECT fold(name) FROM unnest(%s::text[]) WITH ORDINALITY AS t (name, n) ORDER BY n", [names]
            )
        ] == [folded(name) for name in names]


def folding_connection() -> Any:
    """A connection to an office that is created once."""
    if not FOLDING:
        FOLDING.append(new_schema())
        open_store(FOLDING[0], create=True).close()
    connection = psycopg.connect(server_url(), autocommit=True)
    connection.execute(f"SET search_path = {schema_of(FOLDING[0])}")
    return connection


FOLDING: list[str] = []
