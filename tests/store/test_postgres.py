"""The PostgreSQL store: many at once, what goes wrong in one line, words that mean the same as in the other stores."""

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
from tests.store.conftest import Kept, dropped
from tests.store.faults import one_line, people


def all_at_once(kept: Kept, lock: str, commands: list[tuple[str, ...]]) -> list[tuple[int, str]]:
    """How each command ended, all of which had to wait for `lock` and then were let go together."""
    with psycopg.connect(server_url()) as holder:
        holder.execute(f"SET search_path = {schema_of(kept.url)}")
        holder.execute(lock)
        under_way = [kept.started(*words[1:], user=words[0]) for words in commands]
        while kept.there() != ["Lock"] * len(commands):
            assert all(one.poll() is None for one in under_way), "it did not wait"
    said = [one.communicate(timeout=120)[1] for one in under_way]
    return [(one.returncode, text) for one, text in zip(under_way, said, strict=True)]


@pytest.mark.parametrize("by_hand", [False, True], ids=["a step", "made by hand"])
def test_who_completes_the_same_is_told_who_was_first(by_hand: bool, kept: Kept) -> None:
    assert kept.run("schedule", "jane-smith", "call", "2026-05-04", "--title", "Ask").returncode == 0
    ((made,),) = kept.asked("SELECT id FROM action WHERE title = 'Ask'")
    commands = [(user, "complete", str(made) if by_hand else "2") for user in ("tom", "sue", "max", "sue")]
    told = all_at_once(kept, "SELECT 1 FROM contact WHERE id = 'jane-smith' FOR UPDATE", commands)
    assert sorted(code for code, _ in told) == [0, 5, 5, 5], told
    assert all(one_line(text) and "completed" in text for code, text in told if code)
    assert kept.asked("SELECT count(*) FROM history WHERE kind = 'completed'") == [(1,)]
    assert kept.run("doctor", "-q").returncode == 0


def test_F6_two_who_assign_the_same_contact_are_one_after_the_other_whatever_the_server_begins_with(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGOPTIONS", "-c default_transaction_isolation=serializable")
    commands = [("tom", "assign", "jane-smith", "toured"), ("sue", "assign", "jane-smith", "not-interested")]
    told = all_at_once(kept, "SELECT 1 FROM contact WHERE id = 'jane-smith' FOR UPDATE", commands)
    assert told == [(0, ""), (0, "")]
    on = "SELECT count(*) FILTER (WHERE ended IS NULL), count(*) FROM enrolment WHERE contact = 'jane-smith'"
    assert kept.asked(on) == [(1, 3)]
    assert kept.run("doctor", "-q").returncode == 0


@pytest.mark.parametrize(("times", "code"), [(1, 0), (2, 0), (3, 75)])
def test_who_is_overtaken_by_a_new_version_decides_anew_under_it_and_gives_up_at_last(
    times: int, code: int, kept: Kept
) -> None:
    newer = "INSERT INTO catalog_version SELECT max(number) + 1, max(digest), NULL, max(change) FROM catalog_version"
    before = kept.asked("SELECT max(number), max(id) FROM catalog_version, change")[0]
    turns = [psycopg.connect(server_url()) for _ in range(times)]
    for turn in turns:
        turn.execute(f"SET search_path = {schema_of(kept.url)}")
        turn.commit()
    alone = f"SELECT pg_advisory_xact_lock(1179601995, CAST('{schema_of(kept.url)}'::regnamespace::oid AS INTEGER))"
    turns[0].execute(alone)
    typed = kept.started("complete", "2")
    for number, turn in enumerate(turns):
        while kept.there() != ["Lock"]:
            assert typed.poll() is None, "it did not wait"
        turn.execute(newer)
        with ThreadPoolExecutor(1) as pool:
            following = pool.submit(turns[number + 1].execute, alone) if number + 1 < times else None
            while following and not kept.asked("SELECT 1 FROM pg_locks WHERE NOT granted AND mode = 'ExclusiveLock'"):
                pass
            turn.commit()
            if following:
                following.result()
    said = typed.communicate(timeout=60)[1]
    assert typed.returncode == code, said
    assert ("was applied at the same time" in said) == (code == 75)
    made = kept.asked("SELECT id, catalog_version FROM change ORDER BY id DESC LIMIT 1")[0]
    assert (made[0] > before[1], made[1]) == ((True, before[0] + times) if code == 0 else (False, made[1]))
    for turn in turns:
        turn.close()


OFFICE = "SELECT CAST(oid AS INTEGER) FROM pg_namespace WHERE nspname = current_schema()"


def test_an_apply_waits_for_whoever_writes(kept: Kept) -> None:
    path = kept.folder / "cycles" / "long-term.yaml"
    path.write_text(path.read_text().replace("template: keep-in-touch}", "template: keep-in-touch, offset: 3 days}"))
    told = all_at_once(
        kept, f"SELECT pg_advisory_xact_lock_shared(1179601995, ({OFFICE}))", [("sue", "apply", "--yes", "--no-test")]
    )
    assert told == [(0, "")] and kept.asked("SELECT max(number) FROM catalog_version") == [(2,)]


def test_tasks_of_ones_own_are_written_one_after_the_other(kept: Kept) -> None:
    """They have no contact that could be held."""
    lock = f"SELECT pg_advisory_xact_lock(hashtextextended('user:tom', ({OFFICE})))"
    tasks = [("tom", "schedule", "task", "tomorrow", "--title", title) for title in ("Ring the bank", "Order cards")]
    assert all_at_once(kept, lock, tasks) == [(0, ""), (0, "")]
    ((first,), _) = kept.asked("SELECT id FROM action WHERE contact IS NULL ORDER BY id")
    told = all_at_once(kept, lock, [("tom", "complete", str(first))] * 2)
    assert sorted(code for code, _ in told) == [0, 5]
    assert kept.run("doctor", "-q").returncode == 0


def test_two_who_take_back_the_same_do_it_once(kept: Kept) -> None:
    assert kept.run("attempt", "2").returncode == 0
    told = all_at_once(kept, "SELECT 1 FROM contact WHERE id = 'jane-smith' FOR UPDATE", [("tom", "undo")] * 2)
    assert sorted(code for code, _ in told) == [0, 5] and all(one_line(text) for code, text in told if code), told
    assert kept.asked("SELECT attempts FROM action WHERE id = 2") == [(0,)]
    assert kept.run("doctor", "-q").returncode == 0


def test_a_schema_that_is_somebody_elses_is_left_as_it_is(tmp_path: Path) -> None:
    url = new_schema()
    schema = schema_of(url)
    with psycopg.connect(server_url(), autocommit=True) as server:
        server.execute(f"CREATE SCHEMA {schema}")
        server.execute(f"CREATE TABLE {schema}.contact (theirs text)")
        for words in (["store", "create"], ["init", "demo"]):
            told = command(*words, cwd=tmp_path, FOLLOWUP_STORE=url)
            assert told.returncode == 78 and one_line(told.stderr), told
            assert f"the schema {schema} has other tables in it (contact)" in told.stderr
        server.execute(f"DROP TABLE {schema}.contact")
        with closing(open_store(url, create=True)) as store:
            assert list(store.schema_faults()) == []
    dropped(url)


def test_two_who_make_the_same_store_make_one() -> None:
    url = new_schema()

    def made(_: int) -> str:
        with closing(open_store(url, create=True)) as store:
            return store.url

    waiting = f"SELECT count(*) FROM pg_stat_activity WHERE application_name = 'followup {schema_of(url)}'"
    with psycopg.connect(server_url()) as holder, ThreadPoolExecutor(2) as pool:
        holder.execute("SELECT pg_advisory_xact_lock(1179601997)")
        both = pool.map(made, range(2))
        while holder.execute(waiting + " AND wait_event_type = 'Lock'").fetchone() != (2,):
            holder.execute("SELECT pg_stat_clear_snapshot()")
        holder.rollback()
        assert len(list(both)) == 2
    with closing(open_store(url)) as store:
        assert list(store.schema_faults()) == []
    dropped(url)


def test_a_server_without_room_is_waited_for(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    login = f"narrow_{schema_of(kept.url)}"
    url = let_in(kept.url, login)
    try:
        kept.asked(f"ALTER ROLE {login} CONNECTION LIMIT 1")
        with psycopg.connect(address(url)[0]) as only:
            monkeypatch.setattr(postgres_store, "WAIT_SECONDS", 0.2)
            with pytest.raises(Busy, match="too many connections: try again"):
                open_store(url)
            monkeypatch.setattr(postgres_store, "WAIT_SECONDS", 30)
            with ThreadPoolExecutor(1) as pool:
                coming = pool.submit(open_store, url)
                with pytest.raises(TimeoutError):
                    coming.result(0.5)
                only.close()
                coming.result().close()
    finally:
        kept.asked(f"DROP ROLE {login}")


def test_a_login_that_was_let_in_nowhere_is_told_so(kept: Kept) -> None:
    login = f"stranger_{schema_of(kept.url)}"
    url = let_in(kept.url, login)
    kept.asked(f"REVOKE {schema_of(kept.url)}_rep FROM {login}")
    told = command("due", cwd=kept.folder, FOLLOWUP_STORE=url)
    kept.asked(f"DROP ROLE {login}")
    assert (
        told.returncode == 4 and "you don't have permission on the server" in told.stderr and one_line(told.stderr)
    ), told


def test_nothing_that_failed_is_taken_for_saved(kept: Kept) -> None:
    with closing(PostgresStore(kept.url)) as store:
        head = Head(0, "tom", "test", 1)
        with pytest.raises(StoreUnreachable, match="Nothing changed"), store.change(head) as change:
            with suppress(psycopg.Error):
                store.connection.execute("SELECT 1 / 0")
            change.saved = True
        with pytest.raises(StoreUnreachable, match="lost while saving: check with"), store.change(head) as change:
            change.saved = True
            kept.asked(f"SELECT pg_terminate_backend({store.connection.info.backend_pid})")


def test_a_snapshot_is_one_state_whoever_writes_meanwhile(kept: Kept) -> None:
    with closing(open_store(kept.url)) as store:
        with store.snapshot():
            before = list(store.rows_of(HISTORY))
            assert kept.run("complete", "2").returncode == 0
            assert list(store.rows_of(HISTORY)) == before
        assert len(list(store.rows_of(HISTORY))) > len(before)


@pytest.mark.slow
def test_eight_writers_of_one_action_lose_no_write(kept: Kept) -> None:
    def ten(writer: int) -> set[tuple[int, str]]:
        told = [kept.run("attempt", "2", "--note", f"{writer}/{n}") for n in range(10)]
        return {(one.returncode, one.stderr) for one in told}

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ten, range(8))) == [{(0, "")}] * 8
    assert kept.asked("SELECT attempts FROM action WHERE id = 2") == [(80,)]
    assert kept.run("doctor", "-q").returncode == 0


def test_P4_two_imports_of_the_same_people_at_once_add_each_once(kept: Kept) -> None:
    people(kept.folder, "more.csv", 300)
    lines = (kept.folder / "more.csv").read_text().splitlines()
    (kept.folder / "back.csv").write_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n")
    words = [("sue", "contacts", "import", file, "--cycle", "referral", "-q") for file in ("more.csv", "back.csv")]
    told = all_at_once(kept, f"SELECT pg_advisory_xact_lock(1179601996, ({OFFICE}))", words)
    assert told == [(0, ""), (0, "")]
    assert kept.asked("SELECT count(*), count(DISTINCT id) FROM contact WHERE id ~ '^p[0-9]+$' AND seq = 3") == [
        (300, 300)
    ]
    assert kept.run("doctor", "-q").returncode == 0


def test_whoever_waits_too_long_is_told_to_try_again(kept: Kept) -> None:
    code = (
        "import followup.store.postgres.store as p, sys; p.WAIT_SECONDS = 0.2\n"
        "sys.argv = ['followup', 'complete', '2']; from followup.__main__ import main; main()"
    )
    env = {**os.environ, "FOLLOWUP_USER": "tom", "FOLLOWUP_NOW": NOW, "FOLLOWUP_STORE": kept.url}
    with psycopg.connect(server_url()) as holder:
        holder.execute(f"SELECT 1 FROM {schema_of(kept.url)}.contact WHERE id = 'jane-smith' FOR UPDATE")
        told = subprocess.run([sys.executable, "-c", code], cwd=kept.folder, env=env, capture_output=True, text=True)
        assert kept.run("due").returncode == 0  # whoever reads waits for nobody
    assert told.returncode == 75 and "busy" in told.stderr and one_line(told.stderr)
    assert kept.run("complete", "2").returncode == 0


def test_a_connection_that_is_cut_leaves_nothing(kept: Kept) -> None:
    store = open_store(kept.url)
    with closing(store), pytest.raises(StoreUnreachable), store.change(Head(0, "tom", "test", 1)):
        pid = store.connection.info.backend_pid  # type: ignore[attr-defined]
        kept.asked(f"SELECT pg_terminate_backend({pid})")
        store.dossiers(["jane-smith"], EVERYTHING)
    assert kept.asked("SELECT count(*) FROM change WHERE command = 'test'") == [(0,)]


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_change_under_a_version_that_is_no_longer_in_force_is_refused(engine: str, kept: Kept, office: Path) -> None:
    url = kept.url if engine == "postgresql" else f"sqlite:///{office}/followup.db"
    with closing(open_store(url)) as store:
        with pytest.raises(Busy, match="another version"), store.change(Head(0, "tom", "test", 2)):
            pass
        with store.change(Head(0, "tom", "test", 1)):
            pass


def test_no_server_is_one_line(tmp_path: Path) -> None:
    told = command("due", cwd=tmp_path, FOLLOWUP_STORE=f"postgresql://tom:secret@/sales?host={tmp_path}")
    assert told.returncode == 69 and one_line(told.stderr) and "secret" not in told.stderr


def test_without_its_driver_it_says_what_to_install(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['psycopg'] = None\n"
        "sys.argv = ['followup', 'due']; from followup.__main__ import main; main()"
    )
    env = {**os.environ, "FOLLOWUP_STORE": "postgresql://db.example/sales"}
    told = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert told.returncode == 2 and "followup[postgres]" in told.stderr and one_line(told.stderr)


@pytest.mark.parametrize(
    ("url", "said"),
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
def test_P7_a_url_is_said_without_its_password(url: str, said: str) -> None:
    assert display_url(url) == said


@pytest.mark.parametrize(
    ("url", "said"),
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
def test_P7_a_url_that_leads_nowhere_is_one_line_without_its_password(url: str, said: str, tmp_path: Path) -> None:
    told = command("due", cwd=tmp_path, FOLLOWUP_STORE=url)
    assert told.returncode in (2, 69) and one_line(told.stderr) and said in told.stderr, told.stderr
    assert "cret" not in told.stderr and "Traceback" not in told.stderr


def test_a_url_says_to_the_driver_what_it_says() -> None:
    given = conninfo_to_dict(server_url())
    url = f"postgresql:///{given['dbname']}?host={given['host']}&user=postgres&options=-c%20statement_timeout%3D7s&sslkey="
    place, schema = address(url + "&schema=x")
    with psycopg.connect(place) as connection:
        assert connection.execute("SHOW statement_timeout").fetchone() == ("7s",) and schema == "x"
    for said, patience in (("", "10"), ("&connect_timeout=7", "7")):
        with connect(place + said, 10) as connection:
            assert connection.info.get_parameters()["connect_timeout"] == patience
    for password in ("a+b", "a b", "a%b", "100%25", "?#&=:@"):
        named = conninfo_to_dict(address(f"postgresql://tom:{password}@db:5432/sales?schema=x&host=/a+b")[0])
        assert named["password"] == password.replace("%25", "%") and named["host"] == "/a+b", named


def test_W5_doctor_is_not_disturbed_by_what_another_doctor_left(kept: Kept) -> None:
    """Nor by an office of any name: what it makes to compare with has one of its own."""
    for name in ("followup_as_it_should_be_rep", "followup_as_it_should_be_worker"):
        kept.asked(f"CREATE ROLE {name}")
    try:
        done = kept.run("doctor", user="sue")
        assert (done.returncode, done.stdout) == (0, "The store is healthy.\n"), done.stdout
    finally:
        kept.asked("DROP ROLE followup_as_it_should_be_rep, followup_as_it_should_be_worker")


def test_no_office_a_newer_and_an_older_one_are_told_apart(kept: Kept) -> None:
    with pytest.raises(NoProject, match="store create"):
        open_store(new_schema())
    kept.asked("INSERT INTO migration VALUES (99)")
    told = kept.run("due")
    assert told.returncode == 78 and "newer" in told.stderr
    kept.asked(f"DELETE FROM migration WHERE number IN (99, {SCHEMA_VERSION})")
    told = kept.run("due")
    assert told.returncode == 78 and "store upgrade" in told.stderr


def test_the_server_is_the_one_that_was_named() -> None:
    """CI names Debian's: what a fixture hides from the commands must not hide that."""
    named = os.environ.get("POSTGRES_OF_THE_TESTS")
    assert (server_url() == named) if named else "followup-pg-" in server_url()


def test_a_store_is_made_once(kept: Kept) -> None:
    told = kept.run("store", "create")
    assert told.returncode == 73 and "already has an office" in told.stderr
    assert kept.run("store", "upgrade").stdout.endswith("is up to date\n")


@pytest.mark.parametrize("schema", ["rep", "order", "integer", "it"])
def test_an_office_may_be_called_by_any_word(schema: str) -> None:
    """What the server's language reserves, or what stands in its schema too."""
    url = f"{server_url()}{'&' if '?' in server_url() else '?'}schema={schema}"
    try:
        with closing(open_store(url, create=True)) as store:
            assert list(store.schema_faults()) == []
        with psycopg.connect(server_url()) as owner:
            owner.execute(f'GRANT UPDATE ON "{schema}".catalog_item TO {schema}_rep')
            owner.execute(f'ALTER TABLE "{schema}".contact ADD COLUMN more text')
        with closing(open_store(url)) as store:
            told = list(store.schema_faults())
            assert len(told) == 2 and "catalog_item" in told[0] and "contact.more" in told[1], told
    finally:
        dropped(url)


def test_a_database_that_cannot_hold_every_name_is_refused(tmp_path: Path) -> None:
    name = f"latin_{os.getpid()}"
    with psycopg.connect(server_url(), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} ENCODING 'LATIN1' TEMPLATE template0 LOCALE 'C'")
        url = database(server_url(), name)
        told = command("store", "create", cwd=tmp_path, FOLLOWUP_STORE=url)
        assert (
            told.returncode == 78 and one_line(told.stderr) and "the encoding of the database is LATIN1" in told.stderr
        )
        with psycopg.connect(url) as there:
            assert there.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'followup'").fetchone() is None
        server.execute(f"DROP DATABASE {name} (FORCE)")


def test_what_the_environment_says_of_texts_changes_none(kept: Kept) -> None:
    told = command("contacts", "set", "li-wei", "--name", "李伟", cwd=kept.folder, user="sue",
                   FOLLOWUP_STORE=kept.url, PGCLIENTENCODING="LATIN1", PGDATESTYLE="SQL, DMY", PGTZ="Asia/Tokyo")  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert kept.asked("SELECT name FROM contact WHERE id = 'li-wei'") == [("李伟",)]


def test_P7_a_password_is_neither_kept_nor_said(tmp_path: Path) -> None:
    url = new_schema().replace("postgres@", "postgres:secret@")
    told = command("init", "demo", cwd=tmp_path, FOLLOWUP_STORE=url)
    assert told.returncode == 0 and "secret" not in told.stdout + told.stderr
    assert (tmp_path / "demo" / ".followup" / "store").read_text() == display_url(url) + "\n"


@given(
    st.lists(
        st.text(st.characters(exclude_categories=("Cs", "Cn"), exclude_characters="\x00"), max_size=12), max_size=40
    )
)
def test_names_are_folded_as_everywhere(names: list[str]) -> None:
    with folding() as connection:
        assert [
            row[0]
            for row in connection.execute(
                "SELECT fold(name) FROM unnest(%s::text[]) WITH ORDINALITY AS t (name, n) ORDER BY n", [names]
            )
        ] == [folded(name) for name in names]


def folding() -> Any:
    """A connection to an office that is made once."""
    if not FOLDING:
        FOLDING.append(new_schema())
        open_store(FOLDING[0], create=True).close()
    connection = psycopg.connect(server_url(), autocommit=True)
    connection.execute(f"SET search_path = {schema_of(FOLDING[0])}")
    return connection


FOLDING: list[str] = []
