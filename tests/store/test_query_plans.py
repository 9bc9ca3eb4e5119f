"""Everyday queries use indexes, however much is stored: no plan scans a table.

A store that records its queries is used as commands use one; then each engine explains how it would run them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from followup.app import action_lists, contact_page, named_contacts
from followup.app.deciding import for_actions, for_contacts
from followup.app.undoing import undo_change
from followup.core import wishes as w
from followup.store.postgres.placeholders import driver_statement
from followup.store.postgres.store import PostgresStore
from followup.store.sqlite.store import SqliteStore
from followup.store.statements import statement
from tests.servers import let_in, schema_of, server_url
from tests.sessions import session_in
from tests.store.conftest import StoredOffice, office_in

NOON = 1_777_910_400  # 2026-05-04 16:00 UTC
MANY = 40_000  # contacts: too many for a planner to scan all of them for a hundred

#: that many similar contacts, with two actions each, one of them open
FILLING = [
    "INSERT INTO contact SELECT 'c' || n, 'Person ' || n, NULL, NULL, NULL, NULL, 'rep' || (n % 50), 'bluewater', NULL,"
    " NULL, NULL, 'lead', '', '', NULL, NULL, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', NULL, 1, '2026-05-04',"
    " '', '', NULL FROM numbers WHERE n <= {many}",
    "INSERT INTO enrolment SELECT 100000 + n, 'c' || n, 'cycle', 'future-prospect', NULL, 1, '2026-01-01', 0, 9,"
    " '2026-01-01', 0, NULL, NULL, NULL FROM numbers WHERE n <= {many}",
    "INSERT INTO action SELECT 200000 + n, 'c' || ((n + 1) / 2), 'rep' || (((n + 1) / 2) % 50), 'call', 'Callback',"
    " CASE WHEN n % 2 = 0 THEN 'scheduled' ELSE 'completed' END, '2026-05-04', '2026-05-04', 0, 100000 + (n + 1) / 2,"
    " 'callback', n % 2, 1, 1, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL,"
    " CASE WHEN n % 2 <> 0 THEN '2026-02-01' END, NULL, NULL, NULL FROM numbers",
    "INSERT INTO history SELECT 'contact:c' || ((n + 1) / 2), n % 2 + 1, 1, 'attempted', NULL, '{{}}' FROM numbers",
    "INSERT INTO change SELECT 1000 + n, 0, 'rep1', 'complete', 1, NULL, NULL FROM numbers WHERE n <= {many}",
]


def recording(store_class: type[Any]) -> type[Any]:
    """A class of that kind of store that records its queries."""

    class Recording(store_class):  # type: ignore[misc]
        def __init__(self, url: str) -> None:
            self.queries: dict[str, dict[str, Any]] = {}
            super().__init__(url)

        def ask(self, name: str, /, **values: Any) -> Iterator[tuple[Any, ...]]:
            self.queries.setdefault(name, values)
            return super().ask(name, **values)  # type: ignore[no-any-return]

    return Recording


def morning_of_work(store: Any) -> None:
    """What a rep does, in the way the commands do it."""
    session = session_in(store, NOON, "tom", "test")
    rows = action_lists.due(session, "tom", "2026-05-05")
    action_lists.action(session, rows[0].id)
    contact_page.page(session, "jane-smith")
    named_contacts.contact_id(session, "jane-smith")
    for_actions(session, [([rows[0].id], [w.Complete(rows[0].id)])])
    for_actions(session, [([rows[1].id], [w.Attempt(rows[1].id, None, "engaged")])])
    for_contacts(session, [("jane-smith", w.Set({"phone": "1"}))])
    for_contacts(session, [("li-wei", w.Assign(w.Choice("toured")))])
    undo_change(session)


#: queries of tables that stay small: the catalog and the counters
SMALL = re.compile(r"catalog\.|write\.")
BIG = "contact|enrolment|action|history|change"


def test_SQLite_scans_no_table_for_a_reps_morning(office: Path) -> None:
    store = recording(SqliteStore)(str(office / "followup.db"))
    with closing(store):
        numbers = f"WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {MANY * 2})"
        fill(lambda sql: store.connection.execute(sql), numbers)
        morning_of_work(store)
        plans = {}
        for name, values in store.queries.items():
            rows = store.connection.execute("EXPLAIN QUERY PLAN " + statement("sqlite", name), values)
            plans[name] = [row[3] for row in rows]
    scans = {
        name: lines
        for name, lines in plans.items()
        if any(re.match(r"SCAN (?!json_each|wanted|CONST)", line) for line in lines)
    }
    assert len(plans) > 12 and {name for name in scans if not SMALL.match(name)} == set(), scans


@pytest.mark.slow
@pytest.mark.parametrize("user", ["rep", "worker"])
def test_PostgreSQL_scans_no_table_for_a_reps_morning(user: str, tmp_path: Path) -> None:
    with office_in("postgres", tmp_path / "kept") as office:
        login = f"tom_{schema_of(office.url)}"
        people = office.folder / "cycles" / "people.yaml"
        text = re.sub(r"(?m)^    login: .*\n", "", people.read_text())
        people.write_text(text.replace("  tom:\n", f"  tom:\n    login: {login}\n"))
        assert office.run("apply", "--yes", user="sue").returncode == 0
        url = let_in(office.url, login, user)
        fill_the_server(office)
        plans = plans_of_the_morning(url)
        office.query(f"DROP OWNED BY {login}")
        office.query(f"DROP ROLE {login}")
    scans = {name: plan for name, plan in plans.items() if re.search(rf"Seq Scan on ({BIG})\b", plan)}
    assert len(plans) > 12 and scans == {}, "\n".join(f"{name}\n{plan}" for name, plan in scans.items())


def fill(execute: Callable[[str], object], numbers: str) -> None:
    for sql in FILLING:
        execute(re.sub("FROM numbers", f"FROM ({numbers} SELECT n FROM numbers) AS numbers", sql.format(many=MANY)))
    execute("ANALYZE")


def fill_the_server(office: StoredOffice) -> None:
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute(f"SET search_path = {schema_of(office.url)}")
        fill(connection.execute, f"WITH numbers (n) AS (SELECT generate_series(1, {MANY * 2}))")  # type: ignore[arg-type]


def plans_of_the_morning(url: str) -> dict[str, str]:
    with closing(recording(PostgresStore)(url)) as store:
        morning_of_work(store)
        return {name: plan(store.connection, name, values) for name, values in store.queries.items()}


def plan(connection: psycopg.Connection[Any], name: str, values: Mapping[str, Any]) -> str:
    with connection.transaction(force_rollback=True):
        return "\n".join(
            row[0] for row in psycopg.ClientCursor(connection).execute("EXPLAIN " + driver_statement(name), values)
        )
