"""Who sees what (F20), held by the server: real logins, and whatever SQL they may think of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from followup.app import action_lists, contact_lists, history_lists
from followup.core import wishes as w
from followup.core.decide import decide
from followup.core.draft import Stamp
from followup.core.list_filters import ContactFilter
from followup.core.reach import EVERYTHING
from followup.store.heads import Head
from followup.store.opening import open_store
from followup.store.postgres.placeholders import driver_statement
from tests.conftest import command
from tests.servers import as_login, let_in, new_schema, schema_of, server_url
from tests.sessions import session_in
from tests.store.conftest import Kept, dropped
from tests.store.faults import one_line

USERS = ("sue", "max", "tom", "anne", "pat")


class Guarded(Kept):
    """An office in PostgreSQL whose users have logins of their own."""

    def __init__(self, folder: Path, url: str, logins: dict[str, str]) -> None:
        super().__init__(folder, url)
        self.logins, self.schema = logins, schema_of(url)

    def run(self, *words: str, user: str = "tom") -> Any:
        """The real command, as that user's login, which is all that says who it is."""
        return command(*words, cwd=self.folder, user="", FOLLOWUP_STORE=self.logins[user])

    def connected(self, user: str) -> psycopg.Connection[Any]:
        connection = psycopg.connect(re.sub(r"[?&]schema=.*", "", self.logins[user]))
        connection.execute(f"SET search_path = {self.schema}")
        connection.commit()
        return connection

    def ids(self, user: str, sql: str) -> set[Any]:
        with self.connected(user) as connection:
            return {row[0] for row in connection.execute(sql)}


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Guarded]:
    url = new_schema()
    schema = schema_of(url)
    folder = tmp_path / "demo"
    assert command("init", "demo", "--empty", cwd=tmp_path, FOLLOWUP_STORE=url).returncode == 0
    people = folder / "cycles" / "people.yaml"
    for user in USERS:
        text = re.sub(
            rf"(?m)^  {user}:\n(    login: .*\n)?", f"  {user}:\n    login: {user}_{schema}\n", people.read_text()
        )
        text = re.sub(r'    login: "[^"]*"\n', "", text)
        people.write_text(text.replace("role: sales-assistant", "role: administrator"))  # Pat, of a property
    for words in (["apply", "--yes"], ["contacts", "import", "sample_data/contacts.csv", "-q"]):
        told = command(*words, cwd=folder, user="sue", FOLLOWUP_STORE=url)
        assert told.returncode == 0, told.stderr
    logins = {user: let_in(url, f"{user}_{schema}") for user in USERS}
    yield Guarded(folder, url, logins)
    dropped(url, *(f"{user}_{schema}" for user in USERS))


def refused(connection: psycopg.Connection[Any], sql: str, *values: Any) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
        connection.execute(sql, values)


def test_F20_the_server_shows_each_what_the_rule_says(kept: Guarded) -> None:
    schedule = ("schedule", "jane-smith", "call", "2026-05-06", "--title", "Ask", "--owner", "anne")
    assert kept.run(*schedule, user="sue").returncode == 0
    with closing(open_store(kept.url)) as store:
        for user in USERS:
            session = session_in(store, 1777910400, user)
            mine = {row.id for row in contact_lists.contacts(session, ContactFilter(closed=True))}
            assert kept.ids(user, "SELECT id FROM contact") == mine
            assert kept.ids(user, "SELECT DISTINCT contact FROM enrolment") <= mine
            assert kept.ids(user, "SELECT id FROM action") == {row.id for row in action_lists.search(session)}
            told = {item["subject"] for item in history_lists.history(session)}
            assert kept.ids(user, "SELECT DISTINCT subject FROM history") == told
    assert kept.ids("tom", "SELECT id FROM contact") < kept.ids("max", "SELECT id FROM contact")
    assert "jane-smith" in kept.ids("anne", "SELECT id FROM contact") - {"tom"}


def test_a_rep_cannot_change_what_is_not_theirs(kept: Guarded) -> None:
    with kept.connected("tom") as tom:
        for sql in (
            "UPDATE contact SET name = 'mine' WHERE id = 'brian-jones'",
            "UPDATE contact SET owner = 'tom' WHERE id = 'brian-jones'",
            "UPDATE action SET owner = 'tom' WHERE contact = 'brian-jones'",
            "UPDATE enrolment SET ended = '2026-05-04', reason = 'x' WHERE contact = 'brian-jones'",
        ):
            assert tom.execute(sql).rowcount == 0
        # not seeing is not enough: without a condition nothing would be read
        refused(tom, "UPDATE contact SET owner = 'tom'")
        tom.execute("UPDATE action SET owner = 'tom'")
        tom.execute("ROLLBACK")
        for table in ("contact", "enrolment", "action", "history", "change"):
            refused(tom, f"DELETE FROM {table}")
            refused(tom, f"TRUNCATE {table}")
    assert kept.ids("sue", "SELECT owner FROM action WHERE contact = 'brian-jones'") == {"anne"}


def test_a_rep_cannot_take_others_along_with_what_they_tell_of_their_own(kept: Guarded) -> None:
    with kept.connected("tom") as tom:
        _begins(tom, 900, "tom")
        tell = "INSERT INTO history VALUES ('contact:jane-smith', 900, 900, 'attempted', 2, '{}')"
        tom.execute(tell)
        # what no condition reads is not looked at by the policy of reading: that of changing must keep it apart
        tom.execute("UPDATE action SET owner = 'tom', contact = 'jane-smith', enrolment = NULL, step = NULL")
        tom.execute("UPDATE enrolment SET alias = 'x'")
        tom.execute("COMMIT")
    assert kept.ids("sue", "SELECT count(*) FROM action WHERE owner = 'anne'") != {0}
    assert kept.ids("sue", "SELECT contact FROM enrolment WHERE alias = 'x'") == {"jane-smith"}
    with kept.connected("tom") as tom:
        _begins(tom, 901, "tom")
        tom.execute("INSERT INTO history VALUES ('contact:jane-smith', 901, 901, 'attempted', 2, '{}')")
        refused(tom, "UPDATE contact SET id = 'brian-jones' WHERE id = 'li-wei'")
        refused(
            tom,
            "INSERT INTO enrolment SELECT 9999, 'brian-jones', kind, process, alias, version, start, start_at, "
            "round, round_start, round_at, paused_until, '2026', 'x' FROM enrolment LIMIT 1",
        )


def _begins(connection: psycopg.Connection[Any], number: int, by: str) -> None:
    connection.execute(
        "INSERT INTO change (id, at, by, command, catalog_version) VALUES (%s, 0, %s, 'x', 2)", [number, by]
    )


def test_a_rep_writes_history_as_themselves_and_never_again(kept: Guarded) -> None:
    tell = "INSERT INTO history VALUES (%s, 900, %s, 'attempted', 2, '{}')"
    with kept.connected("tom") as tom:
        with pytest.raises(psycopg.errors.InsufficientPrivilege), tom.transaction():
            _begins(tom, 900, "anne")
        refused(tom, tell, "contact:jane-smith", 2)  # a change of Sue's
        refused(tom, "UPDATE history SET data = '{}'")
        refused(tom, "UPDATE change SET by = 'tom'")
        refused(tom, "UPDATE change SET at = 0")
        _begins(tom, 900, "tom")
        for subject in ("contact:brian-jones", "user:anne", "office"):
            refused(tom, tell, subject, 900)
        tom.execute(tell, ["contact:jane-smith", 900])


@pytest.mark.parametrize("table", ["catalog_version", "catalog_item", "person", "instance", "migration"])
def test_a_rep_changes_no_catalog_and_lets_nobody_in(kept: Guarded, table: str) -> None:
    with kept.connected("tom") as tom:
        refused(tom, f"DELETE FROM {table}")
        refused(tom, f"INSERT INTO {table} SELECT * FROM {table}")
        refused(tom, f"SET ROLE {kept.schema}_worker")
        refused(tom, f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")


def test_nobody_becomes_another_by_tables_or_functions_of_their_own(kept: Guarded) -> None:
    mine = kept.ids("tom", "SELECT id FROM contact")
    with kept.connected("tom") as tom:
        tom.execute(
            "CREATE TEMP TABLE person AS SELECT session_user::text AS login, 'sue' AS id, true AS everything, "
            "ARRAY['sue'] AS team, NULL::text AS property"
        )
        tom.execute(f"SET search_path = pg_temp, {kept.schema}")
        assert {row[0] for row in tom.execute("SELECT id FROM contact")} == mine
        assert tom.execute("SELECT me()").fetchone() == ("tom",)


def test_a_rep_does_their_own_work_and_nobody_elses(kept: Guarded) -> None:
    assert "Welcome call" in kept.run("due", user="tom").stdout
    assert kept.run("complete", "2", "--note", "spoke", user="tom").returncode == 0
    assert kept.run("assign", "li-wei", "toured", user="tom").returncode == 0
    assert kept.run("attempt", "28", user="tom").returncode == 0
    assert kept.run("undo", user="tom").returncode == 0
    assert kept.run("contacts", "set", "jane-smith", "--phone", "+1 604 555 0199", user="tom").returncode == 0
    assert kept.run("contacts", "add", "--name", "New One", "--cycle", "referral", user="tom").returncode == 0
    anne = next(iter(kept.ids("anne", "SELECT id FROM action WHERE owner = 'anne' AND status = 'scheduled'")))
    assert kept.run("complete", str(anne), user="tom").returncode == 66
    for words in (["attempt", "28"], ["due"], ["agenda"], ["show", "jane-smith"]):
        told = kept.run(*words, "--user", "anne", user="tom")
        assert told.returncode == 4 and "your login is tom_" in told.stderr and one_line(told.stderr), told
        assert kept.run(*words, "--user", "Tom Brown", user="tom").returncode == 0
    assert command("doctor", "-q", cwd=kept.folder, FOLLOWUP_STORE=kept.url).returncode == 0


@pytest.mark.parametrize("who", ["li-wei", "robert-mclean"])  # with an open action, and on hold
def test_a_contact_that_is_handed_over_is_the_new_owners_alone(kept: Guarded, who: str) -> None:
    told = kept.run("contacts", "set", who, "--owner", "anne", user="tom")
    assert told.returncode == 0, told.stderr
    assert who not in kept.ids("tom", "SELECT id FROM contact")
    assert kept.ids("tom", f"SELECT subject FROM history WHERE subject = 'contact:{who}'") == set()
    assert who in kept.ids("anne", "SELECT id FROM contact")
    assert command("doctor", "-q", cwd=kept.folder, FOLLOWUP_STORE=kept.url).returncode == 0


def test_whoever_holds_an_action_completes_it_on_anothers_contact(kept: Guarded) -> None:
    schedule = ("schedule", "brian-jones", "call", "2026-05-04", "--title", "Ask", "--owner", "tom")
    assert kept.run(*schedule, user="sue").returncode == 0
    held = next(iter(kept.ids("tom", "SELECT id FROM action WHERE contact = 'brian-jones' AND title = 'Ask'")))
    told = kept.run("complete", str(held), user="tom")
    assert told.returncode == 0, told.stderr
    assert "brian-jones" not in kept.ids("tom", "SELECT id FROM contact")
    assert command("doctor", "-q", cwd=kept.folder, FOLLOWUP_STORE=kept.url).returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "way",
    [
        "ALTER ROLE {login} BYPASSRLS",
        "ALTER ROLE {login} SUPERUSER",
        "GRANT {schema}_worker TO {login}",
        "GRANT {schema}_worker TO {schema}_rep",
    ],
)
def test_doctor_fails_where_a_rep_could_pass_by(kept: Guarded, way: str) -> None:
    login = kept.logins["tom"].partition("//")[2].partition("@")[0]
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute(way.format(login=login, schema=kept.schema))
        told = command("doctor", cwd=kept.folder, FOLLOWUP_STORE=kept.url)
        assert told.returncode == 1 and login in told.stdout and "it could see every row" in told.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("DROP POLICY rep_reads ON contact", "policy contact.rep_reads is missing"),
        ("ALTER TABLE action NO FORCE ROW LEVEL SECURITY", "table action was changed"),
        ("GRANT DELETE ON history TO {schema}_rep", "table history was changed"),
        ("DROP INDEX action_one_try", "index action_one_try is missing"),
        (
            "CREATE OR REPLACE FUNCTION sees_everything() RETURNS BOOLEAN LANGUAGE sql AS 'SELECT true'",
            "sees_everything",
        ),
    ],
)
def test_doctor_names_a_guard_that_was_changed(kept: Guarded, change: str, said: str) -> None:
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute(f"SET search_path = {kept.schema}")
        connection.execute(change.format(schema=kept.schema))
    told = command("doctor", cwd=kept.folder, FOLLOWUP_STORE=kept.url)
    assert told.returncode == 1 and said in told.stdout


@pytest.mark.parametrize("user", ["tom", "sue"])
def test_the_due_list_is_one_range_of_its_index_whoever_asks(kept: Guarded, user: str) -> None:
    """Also where row security stands between: what is compared there gives nothing away."""
    values = {"owner": "tom", "before": "2026-05-05", "since": "", "type": None, "category": None, "cycle": None}
    with kept.connected(user) as connection:
        connection.execute("SET enable_seqscan = off")  # of forty contacts all would be read
        connection.execute("SET enable_bitmapscan = off")
        cursor = psycopg.ClientCursor(connection)
        plan = " ".join(row[0] for row in cursor.execute("EXPLAIN " + driver_statement("lists.due"), values))
    assert re.search(r"Index Scan using action_due .*?Index Cond: \(\(owner = 'tom'::text\) AND \(due < ", plan), plan
    assert "Sort" not in plan and "Seq Scan" not in plan


def test_E11_an_undo_passes_over_nobody_who_was_handed_over(kept: Guarded) -> None:
    assert kept.run("contacts", "set", "li-wei", "renee-cote", "--phone", "1", user="tom").returncode == 0
    assert kept.run("contacts", "set", "li-wei", "--owner", "anne", user="sue").returncode == 0
    told = kept.run("undo", user="tom")
    assert (
        told.returncode == 4 and "you no longer have access to a contact" in told.stderr and "li-wei" not in told.stderr
    )
    told = kept.run("undo", "--partial", user="tom")
    assert told.returncode == 0 and "renee-cote" in told.stdout
    assert kept.ids("sue", "SELECT id FROM contact WHERE phone = '1'") == {"li-wei"}


def test_who_does_not_see_everything_is_no_doctor(kept: Guarded) -> None:
    told = kept.run("doctor", user="tom")
    assert told.returncode == 4 and one_line(told.stderr)


def test_an_office_is_owned_and_worked_without_a_superuser(tmp_path: Path) -> None:
    url = new_schema()
    schema = schema_of(url)
    owner, worker = f"owner_{schema}", f"worker_{schema}"
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {owner} LOGIN CREATEROLE")
        connection.execute(f"GRANT CREATE ON DATABASE postgres TO {owner}")
        told = command("init", "demo", cwd=tmp_path, FOLLOWUP_STORE=as_login(url, owner))
        assert told.returncode == 0, told.stderr
        logins = {"owner": as_login(url, owner), "worker": let_in(url, worker, "worker"), "superuser": url}

        def run(who: str, *words: str) -> Any:
            return command(*words, cwd=tmp_path / "demo", user="sue", FOLLOWUP_STORE=logins[who])

        assert run("worker", "complete", "2").returncode == 0
        assert run("worker", "due", "--all-users").returncode == 0
        (tmp_path / "demo" / "cycles" / "more.yaml").write_text("aliases:\n  again: {name: Again, cycle: null}\n")
        applied = run("worker", "apply", "--yes")
        assert applied.returncode == 0, applied.stderr
        for who, code in (("owner", 0), ("superuser", 0), ("worker", 4)):
            told = run(who, "doctor")
            assert told.returncode == code, (who, told.stdout, told.stderr)
        used = " WITH INHERIT TRUE" if connection.info.server_version >= 160000 else ""
        connection.execute(f"GRANT {schema}_rep TO {owner}{used}")
        told = run("owner", "doctor")
        assert told.returncode == 1 and owner in told.stdout
        connection.execute(f"DROP SCHEMA {schema} CASCADE")
        connection.execute(f"DROP OWNED BY {owner}, {worker}")
        for role in (worker, f"{schema}_rep", f"{schema}_worker", owner):
            connection.execute(f"DROP ROLE {role}")


def test_a_server_is_backed_up_by_its_own_tool(kept: Guarded) -> None:
    told = command("backup", "copy.db", cwd=kept.folder, user="sue", FOLLOWUP_STORE=kept.url)
    assert told.returncode == 2 and "pg_dump" in told.stderr and not (kept.folder / "copy.db").exists()


def test_F20_an_import_refuses_the_rows_of_those_who_are_kept_from_the_rep_and_takes_the_others(kept: Guarded) -> None:
    (kept.folder / "more.csv").write_text(
        "id,name,email,owner\nbrian-jones,Mine,b@x.example,tom\nnew,New One,n@x.example,tom\n"
    )
    before = kept.ids("sue", "SELECT name || owner FROM contact WHERE id = 'brian-jones'")
    told = kept.run("contacts", "import", "more.csv", "--cycle", "referral", user="tom")
    assert told.returncode == 65 and "1 refused" in told.stdout, told
    assert (
        "the id 'brian-jones' is taken, or belonged to a contact" in (kept.folder / "more.csv.refused.csv").read_text()
    )
    assert kept.ids("sue", "SELECT name || owner FROM contact WHERE id = 'brian-jones'") == before
    assert kept.ids("tom", "SELECT owner FROM contact WHERE id = 'new'") == {"tom"}
    told = kept.run("contacts", "add", "--id", "brian-jones", "--name", "Mine", "--cycle", "referral", user="tom")
    assert told.returncode == 4 and one_line(told.stderr)


def test_what_was_typed_of_unfinished_work_is_nobody_elses_business_and_is_found_by_who_types_it_again(
    kept: Guarded,
) -> None:
    with kept.connected("tom") as tom:
        refused(tom, "SELECT unfinished FROM change")
        tom.execute("SELECT id, at, by, command, catalog_version, undoes FROM change")
    with closing(open_store(kept.logins["tom"])) as store:
        with store.change(Head(1777910400, "tom", "test", 2)) as change:
            dossier = store.dossiers(["jane-smith"], EVERYTHING)["jane-smith"]
            here = session_in(store, 1777910400, "tom")
            stamp = Stamp(change.id, 1777910400, here.user)
            change.save([(dossier, decide(dossier, w.Stop(), here.office, stamp, change.ids))])
            change.leave_unfinished("typed")
        asked = {"by": "tom", "typed": "typed", "version": 2}
        assert [row[0] for row in store.ask("lists.unfinished", **asked)] == [change.id]
        assert list(store.ask("lists.unfinished", **{**asked, "typed": "other"})) == []


def test_F20_an_import_meets_a_contact_that_is_kept_from_the_user_and_says_nothing_of_it(kept: Guarded) -> None:
    """What the row is known by is somebody's: neither does it become a second contact, nor is told whose it is."""
    file = kept.folder / "people.csv"
    file.write_text("Name,Email\nBea Secret,bea@x.example\n")
    assert kept.run("contacts", "import", "people.csv", "--no-cycle", user="anne").returncode == 0
    file.write_text("Name,Email\nSomebody,bea@x.example\nNew One,new@x.example\n")
    told = kept.run("contacts", "import", "people.csv", "--no-cycle", user="tom")
    assert (told.returncode, told.stdout) == (65, "2 rows: 1 new, 0 changed, 0 same, 1 refused\n")
    refused = (kept.folder / "people.csv.refused.csv").read_text("utf-8-sig")
    assert "ask an administrator who owns it" in refused
    assert "bea-secret" not in (told.stderr + refused).lower().replace(" ", "-")
    # an id made of a name that is taken by somebody who is kept from the user is another
    file.write_text("Name,Email\nBea Secret,other@x.example\n")
    assert kept.run("contacts", "import", "people.csv", "--no-cycle", user="tom").returncode == 0
    assert kept.ids("tom", "SELECT id FROM contact WHERE email = 'other@x.example'") == {"bea-secret-2"}
