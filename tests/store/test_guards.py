"""Who sees what (F20), enforced by the server: real logins that run any SQL."""

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
from tests.store.conftest import StoredOffice, dropped
from tests.store.faults import one_line

USERS = ("sue", "max", "tom", "anne", "pat")


class GuardedOffice(StoredOffice):
    """An office in PostgreSQL whose users have logins of their own."""

    def __init__(self, folder: Path, url: str, logins: dict[str, str]) -> None:
        super().__init__(folder, url)
        self.logins, self.schema = logins, schema_of(url)

    def run(self, *words: str, user: str = "tom") -> Any:
        """Run the real command with that user's login, which alone says who the user is."""
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
def office(tmp_path: Path) -> Iterator[GuardedOffice]:
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
        people.write_text(text.replace("role: sales-assistant", "role: administrator"))  # Pat, who has a property
    for words in (["apply", "--yes"], ["contacts", "import", "sample_data/contacts.csv", "-q"]):
        result = command(*words, cwd=folder, user="sue", FOLLOWUP_STORE=url)
        assert result.returncode == 0, result.stderr
    logins = {user: let_in(url, f"{user}_{schema}") for user in USERS}
    yield GuardedOffice(folder, url, logins)
    dropped(url, *(f"{user}_{schema}" for user in USERS))


def assert_refused(connection: psycopg.Connection[Any], sql: str, *values: Any) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
        connection.execute(sql, values)


def test_F20_the_server_shows_each_user_what_the_rule_says(office: GuardedOffice) -> None:
    schedule = ("schedule", "jane-smith", "call", "2026-05-06", "--title", "Ask", "--owner", "anne")
    assert office.run(*schedule, user="sue").returncode == 0
    with closing(open_store(office.url)) as store:
        for user in USERS:
            session = session_in(store, 1777910400, user)
            contacts = {row.id for row in contact_lists.contacts(session, ContactFilter(closed=True))}
            assert office.ids(user, "SELECT id FROM contact") == contacts
            assert office.ids(user, "SELECT DISTINCT contact FROM enrolment") <= contacts
            assert office.ids(user, "SELECT id FROM action") == {row.id for row in action_lists.search(session)}
            subjects = {item["subject"] for item in history_lists.history(session)}
            assert office.ids(user, "SELECT DISTINCT subject FROM history") == subjects
    assert office.ids("tom", "SELECT id FROM contact") < office.ids("max", "SELECT id FROM contact")
    assert "jane-smith" in office.ids("anne", "SELECT id FROM contact") - {"tom"}


def test_a_rep_cannot_change_another_reps_rows(office: GuardedOffice) -> None:
    with office.connected("tom") as tom:
        for sql in (
            "UPDATE contact SET name = 'mine' WHERE id = 'brian-jones'",
            "UPDATE contact SET owner = 'tom' WHERE id = 'brian-jones'",
            "UPDATE action SET owner = 'tom' WHERE contact = 'brian-jones'",
            "UPDATE enrolment SET ended = '2026-05-04', reason = 'x' WHERE contact = 'brian-jones'",
        ):
            assert tom.execute(sql).rowcount == 0
        # hiding rows is not enough: without a condition nothing is read
        assert_refused(tom, "UPDATE contact SET owner = 'tom'")
        tom.execute("UPDATE action SET owner = 'tom'")
        tom.execute("ROLLBACK")
        for table in ("contact", "enrolment", "action", "history", "change"):
            assert_refused(tom, f"DELETE FROM {table}")
            assert_refused(tom, f"TRUNCATE {table}")
    assert office.ids("sue", "SELECT owner FROM action WHERE contact = 'brian-jones'") == {"anne"}


def test_a_rep_cannot_change_another_reps_rows_by_recording_a_change_of_their_own(office: GuardedOffice) -> None:
    with office.connected("tom") as tom:
        _begin_change(tom, 900, "tom")
        record = "INSERT INTO history VALUES ('contact:jane-smith', 900, 900, 'attempted', 2, '{}')"
        tom.execute(record)
        # without a condition the policy for reading doesn't apply: the policy for changing has to exclude other rows
        tom.execute("UPDATE action SET owner = 'tom', contact = 'jane-smith', enrolment = NULL, step = NULL")
        tom.execute("UPDATE enrolment SET alias = 'x'")
        tom.execute("COMMIT")
    assert office.ids("sue", "SELECT count(*) FROM action WHERE owner = 'anne'") != {0}
    assert office.ids("sue", "SELECT contact FROM enrolment WHERE alias = 'x'") == {"jane-smith"}
    with office.connected("tom") as tom:
        _begin_change(tom, 901, "tom")
        tom.execute("INSERT INTO history VALUES ('contact:jane-smith', 901, 901, 'attempted', 2, '{}')")
        assert_refused(tom, "UPDATE contact SET id = 'brian-jones' WHERE id = 'li-wei'")
        assert_refused(
            tom,
            "INSERT INTO enrolment SELECT 9999, 'brian-jones', kind, process, alias, version, start, start_at, "
            "round, round_start, round_at, paused_until, '2026', 'x' FROM enrolment LIMIT 1",
        )


def _begin_change(connection: psycopg.Connection[Any], number: int, by: str) -> None:
    connection.execute(
        "INSERT INTO change (id, at, by, command, catalog_version) VALUES (%s, 0, %s, 'x', 2)", [number, by]
    )


def test_a_rep_writes_history_only_as_themselves_and_cannot_change_it(office: GuardedOffice) -> None:
    record = "INSERT INTO history VALUES (%s, 900, %s, 'attempted', 2, '{}')"
    with office.connected("tom") as tom:
        with pytest.raises(psycopg.errors.InsufficientPrivilege), tom.transaction():
            _begin_change(tom, 900, "anne")
        assert_refused(tom, record, "contact:jane-smith", 2)  # a change of Sue's
        assert_refused(tom, "UPDATE history SET data = '{}'")
        assert_refused(tom, "UPDATE change SET by = 'tom'")
        assert_refused(tom, "UPDATE change SET at = 0")
        _begin_change(tom, 900, "tom")
        for subject in ("contact:brian-jones", "user:anne", "office"):
            assert_refused(tom, record, subject, 900)
        tom.execute(record, ["contact:jane-smith", 900])


@pytest.mark.parametrize("table", ["catalog_version", "catalog_item", "person", "instance", "migration"])
def test_a_rep_cannot_change_the_catalog_or_grant_access(office: GuardedOffice, table: str) -> None:
    with office.connected("tom") as tom:
        assert_refused(tom, f"DELETE FROM {table}")
        assert_refused(tom, f"INSERT INTO {table} SELECT * FROM {table}")
        assert_refused(tom, f"SET ROLE {office.schema}_worker")
        assert_refused(tom, f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")


def test_a_rep_cannot_impersonate_another_user_with_tables_of_their_own(office: GuardedOffice) -> None:
    contacts = office.ids("tom", "SELECT id FROM contact")
    with office.connected("tom") as tom:
        tom.execute(
            "CREATE TEMP TABLE person AS SELECT session_user::text AS login, 'sue' AS id, true AS everything, "
            "ARRAY['sue'] AS team, NULL::text AS property"
        )
        tom.execute(f"SET search_path = pg_temp, {office.schema}")
        assert {row[0] for row in tom.execute("SELECT id FROM contact")} == contacts
        assert tom.execute("SELECT me()").fetchone() == ("tom",)


def test_a_rep_can_do_only_their_own_work(office: GuardedOffice) -> None:
    assert "Welcome call" in office.run("due", user="tom").stdout
    assert office.run("complete", "2", "--note", "spoke", user="tom").returncode == 0
    assert office.run("assign", "li-wei", "toured", user="tom").returncode == 0
    assert office.run("attempt", "28", user="tom").returncode == 0
    assert office.run("undo", user="tom").returncode == 0
    assert office.run("contacts", "set", "jane-smith", "--phone", "+1 604 555 0199", user="tom").returncode == 0
    assert office.run("contacts", "add", "--name", "New One", "--cycle", "referral", user="tom").returncode == 0
    anne = next(iter(office.ids("anne", "SELECT id FROM action WHERE owner = 'anne' AND status = 'scheduled'")))
    assert office.run("complete", str(anne), user="tom").returncode == 66
    for words in (["attempt", "28"], ["due"], ["agenda"], ["show", "jane-smith"]):
        result = office.run(*words, "--user", "anne", user="tom")
        assert result.returncode == 4 and "your login is tom_" in result.stderr and one_line(result.stderr), result
        assert office.run(*words, "--user", "Tom Brown", user="tom").returncode == 0
    assert command("doctor", "-q", cwd=office.folder, FOLLOWUP_STORE=office.url).returncode == 0


@pytest.mark.parametrize("who", ["li-wei", "robert-mclean"])  # with an open action, and on hold
def test_a_contact_handed_over_is_visible_only_to_the_new_owner(office: GuardedOffice, who: str) -> None:
    result = office.run("contacts", "set", who, "--owner", "anne", user="tom")
    assert result.returncode == 0, result.stderr
    assert who not in office.ids("tom", "SELECT id FROM contact")
    assert office.ids("tom", f"SELECT subject FROM history WHERE subject = 'contact:{who}'") == set()
    assert who in office.ids("anne", "SELECT id FROM contact")
    assert command("doctor", "-q", cwd=office.folder, FOLLOWUP_STORE=office.url).returncode == 0


def test_the_owner_of_an_action_can_complete_it_on_another_reps_contact(office: GuardedOffice) -> None:
    schedule = ("schedule", "brian-jones", "call", "2026-05-04", "--title", "Ask", "--owner", "tom")
    assert office.run(*schedule, user="sue").returncode == 0
    action = next(iter(office.ids("tom", "SELECT id FROM action WHERE contact = 'brian-jones' AND title = 'Ask'")))
    result = office.run("complete", str(action), user="tom")
    assert result.returncode == 0, result.stderr
    assert "brian-jones" not in office.ids("tom", "SELECT id FROM contact")
    assert command("doctor", "-q", cwd=office.folder, FOLLOWUP_STORE=office.url).returncode == 0


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
def test_doctor_reports_a_rep_who_could_bypass_the_policies(office: GuardedOffice, way: str) -> None:
    login = office.logins["tom"].partition("//")[2].partition("@")[0]
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute(way.format(login=login, schema=office.schema))
        result = command("doctor", cwd=office.folder, FOLLOWUP_STORE=office.url)
        assert result.returncode == 1 and login in result.stdout and "it could see every row" in result.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "message"),
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
def test_doctor_names_a_changed_guard(office: GuardedOffice, change: str, message: str) -> None:
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute(f"SET search_path = {office.schema}")
        connection.execute(change.format(schema=office.schema))
    result = command("doctor", cwd=office.folder, FOLLOWUP_STORE=office.url)
    assert result.returncode == 1 and message in result.stdout


@pytest.mark.parametrize("user", ["tom", "sue"])
def test_the_due_list_is_one_index_range_for_every_user(office: GuardedOffice, user: str) -> None:
    """Also with row security, because its comparisons are leakproof."""
    values = {"owner": "tom", "before": "2026-05-05", "since": "", "type": None, "category": None, "cycle": None}
    with office.connected(user) as connection:
        connection.execute("SET enable_seqscan = off")  # a table of forty contacts would be scanned
        connection.execute("SET enable_bitmapscan = off")
        cursor = psycopg.ClientCursor(connection)
        plan = " ".join(row[0] for row in cursor.execute("EXPLAIN " + driver_statement("lists.due"), values))
    assert re.search(r"Index Scan using action_due .*?Index Cond: \(\(owner = 'tom'::text\) AND \(due < ", plan), plan
    assert "Sort" not in plan and "Seq Scan" not in plan


def test_E11_an_undo_skips_contacts_that_were_handed_over_without_naming_them(office: GuardedOffice) -> None:
    assert office.run("contacts", "set", "li-wei", "renee-cote", "--phone", "1", user="tom").returncode == 0
    assert office.run("contacts", "set", "li-wei", "--owner", "anne", user="sue").returncode == 0
    result = office.run("undo", user="tom")
    assert (
        result.returncode == 4
        and "you don't have access to a contact" in result.stderr
        and "li-wei" not in result.stderr
    )
    result = office.run("undo", "--partial", user="tom")
    assert result.returncode == 0 and "renee-cote" in result.stdout
    assert office.ids("sue", "SELECT id FROM contact WHERE phone = '1'") == {"li-wei"}


def test_a_user_who_cannot_see_everything_cannot_run_doctor(office: GuardedOffice) -> None:
    result = office.run("doctor", user="tom")
    assert result.returncode == 4 and one_line(result.stderr)


def test_an_office_needs_no_superuser(tmp_path: Path) -> None:
    url = new_schema()
    schema = schema_of(url)
    owner, worker = f"owner_{schema}", f"worker_{schema}"
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {owner} LOGIN CREATEROLE")
        connection.execute(f"GRANT CREATE ON DATABASE postgres TO {owner}")
        result = command("init", "demo", cwd=tmp_path, FOLLOWUP_STORE=as_login(url, owner))
        assert result.returncode == 0, result.stderr
        logins = {"owner": as_login(url, owner), "worker": let_in(url, worker, "worker"), "superuser": url}

        def run(who: str, *words: str) -> Any:
            return command(*words, cwd=tmp_path / "demo", user="sue", FOLLOWUP_STORE=logins[who])

        assert run("worker", "complete", "2").returncode == 0
        assert run("worker", "due", "--all-users").returncode == 0
        (tmp_path / "demo" / "cycles" / "more.yaml").write_text("aliases:\n  again: {name: Again, cycle: null}\n")
        apply = run("worker", "apply", "--yes")
        assert apply.returncode == 0, apply.stderr
        for who, code in (("owner", 0), ("superuser", 0), ("worker", 4)):
            result = run(who, "doctor")
            assert result.returncode == code, (who, result.stdout, result.stderr)
        inherit = " WITH INHERIT TRUE" if connection.info.server_version >= 160000 else ""
        connection.execute(f"GRANT {schema}_rep TO {owner}{inherit}")
        result = run("owner", "doctor")
        assert result.returncode == 1 and owner in result.stdout
        connection.execute(f"DROP SCHEMA {schema} CASCADE")
        connection.execute(f"DROP OWNED BY {owner}, {worker}")
        for role in (worker, f"{schema}_rep", f"{schema}_worker", owner):
            connection.execute(f"DROP ROLE {role}")


def test_backing_up_a_server_refers_to_pg_dump(office: GuardedOffice) -> None:
    result = command("backup", "copy.db", cwd=office.folder, user="sue", FOLLOWUP_STORE=office.url)
    assert result.returncode == 2 and "pg_dump" in result.stderr and not (office.folder / "copy.db").exists()


def test_F20_an_import_refuses_rows_of_hidden_contacts_and_imports_the_others(office: GuardedOffice) -> None:
    (office.folder / "more.csv").write_text(
        "id,name,email,owner\nbrian-jones,Mine,b@x.example,tom\nnew,New One,n@x.example,tom\n"
    )
    before = office.ids("sue", "SELECT name || owner FROM contact WHERE id = 'brian-jones'")
    result = office.run("contacts", "import", "more.csv", "--cycle", "referral", user="tom")
    assert result.returncode == 65 and "1 refused" in result.stdout, result
    assert (
        "the id 'brian-jones' is taken, or belonged to a contact"
        in (office.folder / "more.csv.refused.csv").read_text()
    )
    assert office.ids("sue", "SELECT name || owner FROM contact WHERE id = 'brian-jones'") == before
    assert office.ids("tom", "SELECT owner FROM contact WHERE id = 'new'") == {"tom"}
    result = office.run("contacts", "add", "--id", "brian-jones", "--name", "Mine", "--cycle", "referral", user="tom")
    assert result.returncode == 4 and one_line(result.stderr)


def test_the_arguments_of_an_unfinished_change_are_private_and_found_when_repeated(
    office: GuardedOffice,
) -> None:
    with office.connected("tom") as tom:
        assert_refused(tom, "SELECT unfinished FROM change")
        tom.execute("SELECT id, at, by, command, catalog_version, undoes FROM change")
    with closing(open_store(office.logins["tom"])) as store:
        with store.change(Head(1777910400, "tom", "test", 2)) as change:
            dossier = store.dossiers(["jane-smith"], EVERYTHING)["jane-smith"]
            session = session_in(store, 1777910400, "tom")
            stamp = Stamp(change.id, 1777910400, session.user)
            change.save([(dossier, decide(dossier, w.Stop(), session.office, stamp, change.ids))])
            change.leave_unfinished("typed")
        values = {"by": "tom", "typed": "typed", "version": 2}
        assert [row[0] for row in store.ask("lists.unfinished", **values)] == [change.id]
        assert list(store.ask("lists.unfinished", **{**values, "typed": "other"})) == []


def test_F20_an_import_that_matches_a_hidden_contact_reveals_nothing_about_it(office: GuardedOffice) -> None:
    """A row that matches a hidden contact is a contact of its own, which the same file finds again."""
    file = office.folder / "people.csv"
    file.write_text("Name,Email\nBea Secret,bea@x.example\n")
    assert office.run("contacts", "import", "people.csv", "--no-cycle", user="anne").returncode == 0
    file.write_text("Name,Email\nSomebody,bea@x.example\nNew One,new@x.example\n")
    result = office.run("contacts", "import", "people.csv", "--no-cycle", user="tom")
    assert (result.returncode, result.stdout) == (0, "2 rows: 2 new, 0 changed, 0 same, 0 refused\n")
    assert "bea-secret" not in result.stderr.lower().replace(" ", "-")
    result = office.run("contacts", "import", "people.csv", "--no-cycle", user="tom")
    assert (result.returncode, result.stdout) == (0, "2 rows: 0 new, 0 changed, 2 same, 0 refused\n")
    # a generated id that a hidden contact already has gets a number
    file.write_text("Name,Email\nBea Secret,other@x.example\n")
    assert office.run("contacts", "import", "people.csv", "--no-cycle", user="tom").returncode == 0
    assert office.ids("tom", "SELECT id FROM contact WHERE email = 'other@x.example'") == {"bea-secret-2"}
