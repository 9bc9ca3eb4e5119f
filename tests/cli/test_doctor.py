"""Doctor: each kind of damage to a store has a line that names it, and nothing else is reported."""

from __future__ import annotations

import os
import pty
import random
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from followup.app.checking import Doctor
from followup.app.checking.histories import Histories
from followup.errors import FollowupError
from followup.store.opening import open_store
from followup.store.statements import migrations
from tests.conftest import NOW, Run, all_shown, command

ADVICE = "keep this file, and restore your last backup with `followup restore FILE`"

#: what users did in the office: two tasks, an undone change, a logged call, an attempt, a close, a removal, a rename
ACTIVITY = (
    ("tom", "schedule task tomorrow --title Stamps"),
    ("tom", "schedule task tomorrow --title Paper"),
    ("tom", "complete 2 --outcome reached --cycle not-interested"),
    ("tom", "undo"),
    ("tom", "log jane-smith inbound --channel call"),
    ("tom", "attempt 3 --note nobody"),
    ("tom", "close grace-kim won"),
    ("sue", "contacts remove li-wei --yes"),
    ("sue", "apply --yes"),
)


def rename_a_cycle(office: Path) -> None:
    for file, old, new in (
        ("long-term.yaml", "future-prospect:", "later-on:"),
        ("aliases.yaml", "cycle: future-prospect", "cycle: later-on"),
    ):
        path = office / "cycles" / file
        path.write_text(path.read_text().replace(old, new))
    (office / "cycles" / "moved.yaml").write_text("moved:\n  - {from: future-prospect, to: later-on}\n")


@pytest.fixture(scope="module")
def used_store(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of a sample office after some activity. Only read and copied."""
    office = Path(shutil.copytree(sample, tmp_path_factory.mktemp("lived") / "demo"))
    rename_a_cycle(office)
    for user, words in ACTIVITY:
        result = command(*words.split(), cwd=office, user=user)
        assert result.returncode == 0, result.stderr
    return office / "followup.db"


@pytest.fixture
def store(used_store: Path, tmp_path: Path) -> Path:
    """A copy of it for one test."""
    return Path(shutil.copy(used_store, tmp_path / "followup.db"))


def damage(store: Path, sql: str) -> None:
    connection = sqlite3.connect(store)
    connection.executescript(sql)
    connection.close()


def lines(store: Path) -> list[str]:
    open_database = open_store(f"sqlite:///{store}")
    try:
        doctor = Doctor(open_database)
        return [*doctor.damage(), *doctor.warnings()]
    finally:
        open_database.close()


def copy_of_row(table: str, where: str, **other: object) -> str:
    """SQL that adds one more row, like that one except for `other`."""
    connection = sqlite3.connect(":memory:")
    for _, sql in migrations("sqlite"):
        connection.executescript(sql)
    names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    connection.close()
    values = ", ".join(str(other.get(name, name)) for name in names)
    return f"INSERT INTO {table} SELECT {values} FROM {table} WHERE {where};"


JANE = "subject = 'contact:jane-smith'"
LAST = f"{JANE} AND seq = 15"
UNREAD = "later events were not checked"
ROOM = "UPDATE counter SET next = 1000 WHERE name = 'action';"


def event(what: str, seq: int = 15, kind: str = "attempted") -> str:
    return f"contact:jane-smith: event {seq} ({kind}) can't be replayed: {what}; {UNREAD}"


#: kind of damage -> SQL that causes it, and every line that doctor then prints
DAMAGE: dict[str, tuple[str, list[str]]] = {
    "nothing": ("SELECT 1", []),
    # rows of contacts
    "a next action": (
        "UPDATE contact SET next_action = '2030-01-01' WHERE id = 'jane-smith'",
        ["contact:jane-smith: next_action is '2030-01-01', the history says '2026-05-04'"],
    ),
    "no next action": (
        "UPDATE contact SET next_action = NULL WHERE id = 'jane-smith'",
        ["contact:jane-smith: next_action is None, the history says '2026-05-04'"],
    ),
    "a contact's seq": (
        "UPDATE contact SET seq = 3 WHERE id = 'jane-smith'",
        ["contact:jane-smith: seq is 3, the history says 15"],
    ),
    "two columns": (
        "UPDATE contact SET owner = 'max', stage = 'lost' WHERE id = 'jane-smith'",
        ["contact:jane-smith: owner is 'max', the history says 'tom'; stage is 'lost', the history says 'lead'"],
    ),
    "a name that isn't UTF-8": (
        "UPDATE contact SET name = CAST(x'4aff' AS TEXT) WHERE id = 'jane-smith'",
        ["contact:jane-smith: name is 'J\\udcff', the history says 'Jane Smith'"],
    ),
    "a long value": (
        "UPDATE contact SET details = printf('%.*c', 1000, 'x') WHERE id = 'jane-smith'",
        ["contact:jane-smith: details is '" + "x" * 56 + "..., the history says None"],
    ),
    "a value that just fits": (
        "UPDATE contact SET details = printf('%.*c', 58, 'x') WHERE id = 'jane-smith'",
        ["contact:jane-smith: details is '" + "x" * 58 + "', the history says None"],
    ),
    "a contact without a history": (
        copy_of_row("contact", "id = 'jane-smith'", id="'eve'", next_action="NULL"),
        ["contact:eve is a row without history"],
    ),
    "no contact": (
        "DELETE FROM contact WHERE id = 'li-wei'",
        [
            "enrolment 17: its contact li-wei is missing",
            "action 18: its contact li-wei is missing",
            "contact:li-wei is in the history but has no row",
        ],
    ),
    # rows of enrolments and actions
    "an action's due": (
        "UPDATE action SET due = '2027-01-01' WHERE id = 4",
        ["contact:jane-smith: action 4: due is '2027-01-01', the history says '2026-05-07'"],
    ),
    "an enrolment without a history": (
        ROOM + copy_of_row("enrolment", "id = 17", id=900),
        ["contact:li-wei: enrolment 900 is a row without history"],
    ),
    "an action without a history": (
        ROOM + copy_of_row("action", "id = 18", id=900, trial=2),
        ["contact:li-wei: action 900 is a row without history"],
    ),
    "no enrolment": (
        "DELETE FROM enrolment WHERE id = 17",
        [
            "action 18: its enrolment 17 is missing, or belongs to another contact than li-wei",
            "contact:li-wei: enrolment 17 is in the history but has no row",
        ],
    ),
    "another's enrolment": (
        "UPDATE action SET enrolment = 23 WHERE id = 18",
        [
            "action 18: its enrolment 23 is missing, or belongs to another contact than li-wei",
            "contact:li-wei: action 18: enrolment is 23, the history says 17",
        ],
    ),
    "no action": (
        "DELETE FROM action WHERE id = 18",
        ["contact:li-wei: action 18 is in the history but has no row"],
    ),
    "a task's title": (
        "UPDATE action SET title = 'Envelopes' WHERE id = 118",
        ["user:tom: action 118: title is 'Envelopes', the history says 'Stamps'"],
    ),
    "a task's owner": (
        "UPDATE action SET owner = 'max' WHERE id = 118",
        [
            "user:max: action 118 is a row without history",
            "user:tom: action 118 is in the history but has no row",
        ],
    ),
    "no task": (
        "DELETE FROM action WHERE id = 118",
        ["user:tom: action 118 is in the history but has no row"],
    ),
    "a task without a history": (
        ROOM + copy_of_row("action", "id = 118", id=900, owner="NULL"),
        ["user:: action 900 is a row without history"],
    ),
    # the history
    "no history of a contact": (
        "DELETE FROM history WHERE subject = 'contact:li-wei'",
        [
            "change 10 (contacts remove, by sue): without history",
            "contact:li-wei is a row without history",
            "contact:li-wei: enrolment 17 is a row without history",
            "contact:li-wei: action 18 is a row without history",
        ],
    ),
    "no history of tasks": (
        "DELETE FROM history WHERE subject = 'user:tom'",
        [
            "change 3 (schedule, by tom): without history",
            "change 4 (schedule, by tom): without history",
            "user:tom: action 118 is a row without history",
            "user:tom: action 119 is a row without history",
        ],
    ),
    "no history of the office": (
        "DELETE FROM history WHERE subject = 'office'",
        [
            "change 1 (apply, by sue): without history",
            "change 11 (apply, by sue): without history",
            "office: catalog version 1 is a row without history",
            "office: catalog version 2 is a row without history",
        ],
    ),
    "no last event": (
        f"DELETE FROM history WHERE {LAST}",
        [
            "change 8 (attempt, by tom): without history",
            "contact:jane-smith: seq is 15, the history says 14",
            "contact:jane-smith: action 3: attempts is 1, the history says 0",
        ],
    ),
    "no event that scheduled": (
        f"DELETE FROM history WHERE {JANE} AND seq = 3",
        [
            "contact:jane-smith: event 3 is missing",
            event("action 2 is missing", 6, "completed"),
        ],
    ),
    "no event that enrolled": (
        f"DELETE FROM history WHERE {JANE} AND seq = 2",
        ["contact:jane-smith: event 2 is missing", event("enrolment 1 is missing", 3, "scheduled")],
    ),
    "no first event": (
        f"DELETE FROM history WHERE {JANE} AND seq = 1",
        ["contact:jane-smith: event 1 is missing", event("the contact has not been added", 2, "enrolled")],
    ),
    "a history with another first event": (
        f'UPDATE history SET kind = \'closed\', data = \'{{"stage":"won","before":"lead"}}\' WHERE {JANE} AND seq = 1',
        [event("the contact has not been added", 1, "closed")],
    ),
    "a gap": (
        f"UPDATE history SET seq = 20 WHERE {LAST}",
        ["contact:jane-smith: events 15 to 19 are missing", "contact:jane-smith: seq is 15, the history says 20"],
    ),
    "a number below one": (
        f"UPDATE history SET seq = 0 WHERE {LAST}",
        [
            "contact:jane-smith: event 0 is where event 1 should be",
            event("the contact has not been added", 0),
        ],
    ),
    "another subject": (
        "UPDATE history SET subject = 'user:max' WHERE subject = 'contact:li-wei' AND seq = 1",
        [
            "user:max: event 1 (added) can't be replayed: events of this kind don't belong to this subject; " + UNREAD,
            "contact:li-wei: event 1 is missing",
            "contact:li-wei: event 2 (enrolled) can't be replayed: the contact has not been added; " + UNREAD,
        ],
    ),
    "no such subject": (
        "UPDATE history SET subject = 'nobody' WHERE subject = 'office' AND seq = 2",
        [
            "office: catalog version 2 is a row without history",
            "nobody: event 1 is missing",
            f"nobody: event 2 (applied) can't be replayed: events of this kind don't belong to this subject; {UNREAD}",
        ],
    ),
    # its data
    "empty data": (f"UPDATE history SET data = '' WHERE {LAST}", [event("its data isn't JSON")]),
    "emptied data": (f"UPDATE history SET data = '{{}}' WHERE {LAST}", [event("its on is missing")]),
    "data of another type": (f"UPDATE history SET data = '{{\"on\":5}}' WHERE {LAST}", [event("its on can't be 5")]),
    "data that isn't UTF-8": (
        f"UPDATE history SET data = replace(data, 'nobody', CAST(x'ff' AS TEXT)) WHERE {LAST}",
        [event("its data isn't UTF-8")],
    ),
    "deep data": (
        f"UPDATE history SET data = replace(printf('%.*c', 100000, '['), ' ', '') WHERE {LAST}",
        [event("its data isn't JSON")],
    ),
    "unknown fields": (
        f"UPDATE history SET data = json_set(data, '$.extra', 1) WHERE {LAST}",
        [event("its data has the wrong form")],
    ),
    "an unknown kind": (
        f"UPDATE history SET kind = 'nonsense' WHERE {LAST}",
        [event("unknown kind of event", kind="nonsense")],
    ),
    "no action's id": (f"UPDATE history SET action = NULL WHERE {LAST}", [event("its action is missing")]),
    "another action's id": (f"UPDATE history SET action = 77 WHERE {LAST}", [event("action 77 is missing")]),
    "a closed action's id": (
        f"UPDATE history SET action = 122 WHERE {LAST}",
        [event("action 122 is already completed")],
    ),
    "an unexpected id": (
        f"UPDATE history SET action = 3 WHERE {JANE} AND seq = 1",
        [event("an event of this kind has no action", 1, "added")],
    ),
    "an enrolment's id twice": (
        f"UPDATE history SET data = json_set(data, '$.enrolment', 1) WHERE {JANE} AND seq = 10",
        [event("enrolment 1 already exists", 10, "enrolled")],
    ),
    "an unknown field of a contact": (
        f"UPDATE history SET data = json_set(data, '$.fields.shoe', 39) WHERE {JANE} AND seq = 1",
        [event("contacts have no shoe", 1, "added")],
    ),
    "a field of a contact of another type": (
        f"UPDATE history SET data = json_set(data, '$.fields.name', 39) WHERE {JANE} AND seq = 1",
        [event("a contact's name can't be 39", 1, "added")],
    ),
    # undo
    "a row in an undo": (
        "UPDATE history SET data = json_set(data, '$.actions[0].due', 5) WHERE kind = 'undone'",
        [event("its action's due can't be 5", 12, "undone")],
    ),
    "the contact in an undo": (
        "UPDATE history SET data = json_set(data, '$.contact.name', 5) WHERE kind = 'undone'",
        [event("its contact's name can't be 5", 12, "undone")],
    ),
    "an incomplete undo": (
        "UPDATE history SET data = json_remove(data, '$.actions[0]') WHERE kind = 'undone'",
        [
            "contact:jane-smith: event 12 (undone) doesn't restore action 2 to what it was before change 5",
            "contact:jane-smith: next_action is '2026-05-04', the history says '2026-05-05'",
            "contact:jane-smith: action 2: status is 'scheduled', the history says 'completed'; outcome is None, "
            "the history says 'reached'; completed_on is None, the history says '2026-05-04T09:00'; "
            "completed_by is None, the history says 'tom'; alias is None, the history says 'web-registration'",
        ],
    ),
    "a history that only an undo hides": (
        f"UPDATE history SET data = json_set(data, '$.fields.name', 'Joan') WHERE {JANE} AND seq = 1",
        ["contact:jane-smith: event 12 (undone) doesn't restore the contact to what it was before change 5"],
    ),
    "an action created and undone": (
        f"UPDATE history SET data = json_set(data, '$.title', 'Other') WHERE {JANE} AND seq = 11",
        ["contact:jane-smith: event 12 (undone) doesn't restore action 121 to what it was before change 5"],
    ),
    "the enrolment in an undo": (
        f"UPDATE history SET data = json_set(data, '$.process', 'other') WHERE {JANE} AND seq = 10",
        ["contact:jane-smith: event 12 (undone) doesn't restore enrolment 120 to what it was before change 5"],
    ),
    "an undo of another change": (
        "UPDATE history SET data = json_set(data, '$.change', 4) WHERE kind = 'undone'",
        ["contact:jane-smith: event 12 (undone) undoes change 4, but its change 6 undoes change 5"],
    ),
    "a change that undoes nothing": (
        "UPDATE change SET undoes = NULL WHERE id = 6",
        ["contact:jane-smith: event 12 (undone) undoes change 5, but its change 6 undoes nothing"],
    ),
    "a change that undoes without an undo": (
        "UPDATE change SET undoes = 2 WHERE id = 8",
        ["contact:jane-smith: event 15 (attempted) undoes nothing, but its change 8 undoes change 2"],
    ),
    "a change that undoes a later one": (
        "UPDATE change SET undoes = 7 WHERE id = 6",
        [
            "change 6: it undoes change 7, which isn't an earlier change",
            "contact:jane-smith: event 12 (undone) undoes change 5, but its change 6 undoes change 7",
        ],
    ),
    "a change undone twice": (
        "DROP INDEX change_undoes; UPDATE change SET undoes = 5 WHERE id = 8",
        [
            "index change_undoes is missing",
            "change 5: undone more than once, by changes 6, 8",
            "contact:jane-smith: event 15 (attempted) undoes nothing, but its change 8 undoes change 5",
        ],
    ),
    # changes and counters
    "no change": (
        "DELETE FROM change WHERE id = 8",
        ["change 8: missing", event("its change 8 is missing")],
    ),
    "no last change": (
        "DELETE FROM change WHERE id = 11",
        [
            "change 11: missing",
            f"office: event 2 (applied) can't be replayed: its change 11 is missing; {UNREAD}",
        ],
    ),
    "a change without history": (
        "UPDATE counter SET next = 14 WHERE name = 'change'; INSERT INTO change VALUES (13, 0, 'tom', 'due', 1, NULL, NULL)",
        ["change 12: missing", "change 13 (due, by tom): without history"],
    ),
    "the user of a change": (
        "UPDATE change SET by = 'max' WHERE id = 7",
        ["contact:jane-smith: action 122: completed_by is 'tom', the history says 'max'"],
    ),
    "a user who was never declared": (
        "UPDATE change SET by = 'eve' WHERE id = 8",
        ["user eve: not declared in any catalog version, but made changes (1 in total, first: 8)"],
    ),
    "an impossible time": (
        "UPDATE change SET at = 9000000000000000 WHERE id = 8",
        ["change 8: its time 9000000000000000 isn't possible", event("its data has the wrong form")],
    ),
    "a change under a missing version": (
        "UPDATE change SET catalog_version = 9 WHERE id = 8",
        ["catalog version 9: missing, but changes were made under it (1 in total, first: 8)"],
    ),
    "a version applied later": (
        "UPDATE change SET catalog_version = 2 WHERE id = 8",
        ["change 8: made under catalog version 2, which was applied after it"],
    ),
    "counters too small": (
        "UPDATE counter SET next = 3",
        [
            "counter change: it is 3 and must be 12 or more, or a number would be used twice",
            "counter action: it is 3 and must be 123 or more, or a number would be used twice",
        ],
    ),
    "no counters": (
        "DELETE FROM counter",
        [
            "counter change: it is missing and must be 12 or more, or a number would be used twice",
            "counter action: it is missing and must be 123 or more, or a number would be used twice",
        ],
    ),
    "no instance": ("DELETE FROM instance", ["instance: 0 rows instead of one"]),
    "two instances": (
        "INSERT INTO instance VALUES ('x', 0, 0)",
        ["instance: 2 rows instead of one"],
    ),
    # the catalog
    "no version": (
        "DELETE FROM catalog_version WHERE number = 2",
        [
            "catalog version 2: missing, but documents begin or end with it (8 in total, one is of alias not-interested)",
            "office: catalog version 2 is in the history but has no row",
        ],
    ),
    "a version's commit": (
        "UPDATE catalog_version SET git = 'x' WHERE number = 1",
        ["office: catalog version 1: git is 'x', the history says None"],
    ),
    "no document": (
        "DELETE FROM catalog_item WHERE kind = 'cycle' AND id = 'later-on'",
        [
            "catalog version 2: its documents differ from the applied ones (different digest)",
            "warning: cycle 'future-prospect' isn't declared, and contact carmen-ortiz is on it (5 in total): declare it, "
            "or add its new id under `moved`, and apply; or run `followup assign carmen-ortiz ALIAS`",
        ],
    ),
    "no old document": (
        "DELETE FROM catalog_item WHERE kind = 'cycle' AND id = 'future-prospect'",
        ["catalog version 1: its documents differ from the applied ones (different digest)"],
    ),
    "a document": (
        "UPDATE catalog_item SET document = json_set(document, '$.name', 'Later') WHERE kind = 'cycle' AND id = 'later-on'",
        ["catalog version 2: its documents differ from the applied ones (different digest)"],
    ),
    "a document that is not JSON": (
        "UPDATE catalog_item SET document = '{' WHERE kind = 'cycle' AND id = 'later-on'",
        ["catalog item cycle later-on: its document of version 2 isn't JSON"],
    ),
    "a document that ends before it begins": (
        "UPDATE catalog_item SET until = 1 WHERE kind = 'cycle' AND id = 'later-on'",
        [
            "catalog item cycle later-on: live from version 2 until 1",
            "catalog version 2: its documents differ from the applied ones (different digest)",
            "warning: cycle 'future-prospect' isn't declared, and contact carmen-ortiz is on it (5 in total): declare it, "
            "or add its new id under `moved`, and apply; or run `followup assign carmen-ortiz ALIAS`",
        ],
    ),
    "two documents at once": (
        "DROP INDEX catalog_item_applied;"
        "UPDATE catalog_item SET until = NULL WHERE kind = 'alias' AND id = 'not-interested' AND since = 1",
        [
            "index catalog_item_applied is missing",
            "catalog item alias not-interested: two documents are live in version 2",
        ],
    ),
    # the schema, and what it prevents
    "no index": ("DROP INDEX action_due", ["index action_due is missing"]),
    "a changed index": (
        "DROP INDEX action_due; CREATE INDEX action_due ON action (owner)",
        ["index action_due was changed"],
    ),
    "a changed table": (
        "ALTER TABLE contact ADD COLUMN shoe INTEGER",
        ["table contact was changed"],
    ),
    "a trigger": (
        "CREATE TRIGGER quiet BEFORE DELETE ON history BEGIN SELECT RAISE(IGNORE); END",
        ["trigger quiet doesn't belong to followup"],
    ),
    "the tables of ANALYZE": ("ANALYZE", []),
    "two open tries": (
        "DROP INDEX action_one_try;" + ROOM + copy_of_row("action", "id = 4", id=900, trial=2),
        [
            "index action_one_try is missing",
            "enrolment 1: step questions-call of round 1 is open more than once: actions 4, 900",
            "contact:jane-smith: action 900 is a row without history",
        ],
    ),
    "a try twice": (
        "DROP INDEX action_contact;" + ROOM + copy_of_row("action", "id = 18", id=900),
        [
            "index action_contact is missing",
            "enrolment 17: step intro-letter of round 1 has its try 1 more than once: actions 18, 900",
            "contact:li-wei: action 900 is a row without history",
        ],
    ),
    "two cycles": (
        "DROP INDEX enrolment_one_cycle;" + ROOM + copy_of_row("enrolment", "id = 1", id=900),
        [
            "index enrolment_one_cycle is missing",
            "contact jane-smith: on more than one cycle, by enrolments 1, 900",
            "contact:jane-smith: enrolment 900 is a row without history",
        ],
    ),
    "an ended enrolment with something open": (
        "UPDATE action SET status = 'scheduled', completed_on = NULL, completed_by = NULL, reason = NULL WHERE id = 18",
        [
            "action 18: it is open, but its enrolment 17 has ended",
            "action 18: it is open, but its contact li-wei no longer exists (removed)",
            "contact:li-wei: action 18: status is 'scheduled', the history says 'cancelled'; completed_on is None, "
            "the history says '2026-05-04T09:00'; completed_by is None, the history says 'sue'; reason is None, "
            "the history says 'removed'",
        ],
    ),
    # valid rows that refer to something undeclared
    "an undeclared owner": (
        "UPDATE contact SET owner = 'eve' WHERE id = 'jane-smith'",
        [
            "contact:jane-smith: owner is 'eve', the history says 'tom'",
            "warning: user 'eve' isn't declared, and has contact jane-smith (1 in total): declare them and apply, "
            "or choose a new owner: `followup contacts set CONTACT --owner USER`",
        ],
    ),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_each_kind_of_damage_has_its_lines_and_nothing_else_is_reported(store: Path, kind: str) -> None:
    sql, expected = DAMAGE[kind]
    damage(store, sql)
    assert lines(store) == expected


def test_an_enrolment_on_an_undeclared_cycle_is_a_warning_with_a_fix(store: Path) -> None:
    damage(store, "UPDATE enrolment SET process = 'lost' WHERE id = 1")
    assert lines(store)[-1] == (
        "warning: cycle 'lost' isn't declared, and contact jane-smith is on it (1 in total): declare it, "
        "or add its new id under `moved`, and apply; or run `followup assign jane-smith ALIAS`"
    )


TABLES = (
    "action",
    "catalog_item",
    "catalog_version",
    "change",
    "contact",
    "counter",
    "enrolment",
    "history",
    "instance",
)


@pytest.mark.parametrize("table", TABLES)
def test_a_missing_table_is_reported_once_and_the_others_are_checked(store: Path, table: str) -> None:
    other = "contact" if table == "action" else "action"
    damage(store, f"DROP TABLE {table}; DROP INDEX {other}_{'owner' if other == 'contact' else 'due'}")
    report = lines(store)
    assert report[0] == f"table {table} is missing"
    assert f"index {other}_{'owner' if other == 'contact' else 'due'} is missing" in report
    unread = [line for line in report if line.startswith("the check is incomplete: ")]
    assert len(unread) == 1 and f"no such table: {table}" in unread[0] and ADVICE in unread[0]


def test_unreadable_rows_in_a_changed_table_do_not_stop_the_check(store: Path) -> None:
    damage(
        store,
        "DROP TABLE history; CREATE TABLE history (subject, seq, change, kind, action, data); INSERT INTO history VALUES"
        " (x'00', 'a', 1, NULL, 'x', 5), (NULL, NULL, NULL, NULL, NULL, NULL), ('contact:li-wei', 'a', 1, 'added', 5, 5),"
        " ('contact:a', 1, 2, 'added', NULL, '{\"contact\":[],\"fields\":5}'); UPDATE catalog_item SET document = '[5]'",
    )
    report = lines(store)
    assert f"contact:a: event 1 (added) can't be replayed: its contact can't be []; {UNREAD}" in report
    assert f"b'\\x00': event a (None) can't be replayed: its data has the wrong form; {UNREAD}" in report


def test_the_report_ends_with_advice_and_exit_1(run: Run, office: Path) -> None:
    assert run("doctor").stdout == "The store is healthy.\n"
    damage(
        office / "followup.db",
        "UPDATE contact SET seq = 3; UPDATE contact SET name = char(27) || '[2J' WHERE id = 'li-wei'",
    )
    result = run("doctor", "--quiet", user="nobody", now="no moment")
    assert result.returncode == 1 and result.stderr == ""
    assert result.stdout.splitlines()[-1] == f"{len(result.stdout.splitlines()) - 1} faults: {ADVICE}"
    assert "\x1b" not in result.stdout


def test_a_warning_alone_exits_with_1_and_does_not_suggest_a_restore(run: Run, office: Path) -> None:
    damage(
        office / "followup.db",
        f"UPDATE enrolment SET process = 'lost' WHERE id = 1;"
        f"UPDATE history SET data = json_set(data, '$.process', 'lost') WHERE {JANE} AND seq = 2",
    )
    result = run("doctor")
    assert result.returncode == 1
    assert len(result.stdout.splitlines()) == 1 and result.stdout.startswith("warning: cycle 'lost' isn't declared")


def test_a_schema_that_does_not_match_its_version_is_a_one_line_error(run: Run, office: Path) -> None:
    damage(office / "followup.db", "PRAGMA user_version = 1")
    result = run("doctor")
    assert result.returncode == 69 and ADVICE in result.stderr and len(result.stderr.splitlines()) == 1


def test_on_a_terminal_doctor_shows_progress_and_clears_it_before_a_line(office: Path) -> None:
    damage(office / "followup.db", "UPDATE contact SET seq = 9 WHERE id = 'li-wei'")
    events = 158  # all of the sample office
    controller, terminal = pty.openpty()
    words = [sys.executable, "-m", "followup", "doctor"]
    env = {**os.environ, "FOLLOWUP_NOW": NOW, "TERM": "xterm"}
    result = subprocess.run(words, cwd=office, env=env, stdout=subprocess.PIPE, stderr=terminal, text=True)
    os.close(terminal)
    screen = all_shown(controller)
    assert result.returncode == 1 and "\r" not in result.stdout
    assert screen == f"\r\x1b[K\r{events} events\r\x1b[K"


def test_every_subject_is_checked_once_regardless_of_batch_size(store: Path) -> None:
    damage(
        store,
        "UPDATE contact SET id = '' WHERE id = 'li-wei'; UPDATE contact SET id = CAST(x'ff41' AS TEXT) WHERE id = 'noor-haddad';"
        "UPDATE contact SET id = 'jane' || char(0) || 'x' WHERE id = 'jane-smith'; DELETE FROM history WHERE subject LIKE"
        " 'contact:b%'; DELETE FROM contact WHERE id LIKE 'm%'; UPDATE contact SET id = '\U0001f600' WHERE id = 'peter-van-dyk'",
    )
    open_database = open_store(f"sqlite:///{store}")
    open_database.tolerate()
    results, batches = [], []
    for size in (1, 2, 7, 5000):
        histories, report, count = Histories(size), list[str](), 0
        while not histories.finished:
            report += histories.of_contacts(open_database)
            count += 1
        results.append((histories.events, report))
        batches.append(count)
    open_database.close()
    assert batches[0] > batches[1] > batches[2] > batches[3] == 1
    assert results[0] == results[1] == results[2] == results[3]
    assert len(set(results[0][1])) == len(results[0][1]) > 10


def test_doctor_does_not_block_writers_while_it_prints(store: Path) -> None:
    damage(store, "UPDATE contact SET seq = 0")
    open_database = open_store(f"sqlite:///{store}")
    report = Doctor(open_database).damage()
    next(report)
    writer = sqlite3.connect(store, timeout=0)
    writer.execute("UPDATE contact SET seq = 1")
    writer.commit()
    writer.close()
    open_database.close()


def test_a_snapshot_reads_one_consistent_state(store: Path) -> None:
    open_database = open_store(f"sqlite:///{store}")
    writer = sqlite3.connect(store, timeout=0)
    with open_database.snapshot():
        list(open_database.ask("doctor.versions"))
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            writer.executescript("UPDATE contact SET seq = 1")
    writer.executescript("UPDATE contact SET seq = 1")
    writer.close()
    open_database.close()


def test_no_corruption_of_the_file_crashes_doctor(store: Path) -> None:
    """Pages swapped and overwritten: doctor finds something, or reports in one line that the file can't be opened."""
    original, chance = store.read_bytes(), random.Random(1)
    for _ in range(60):
        data = bytearray(original)
        one, other = (4096 * chance.randrange(len(data) // 4096) for _ in range(2))
        if chance.random() < 0.5:
            data[one : one + 4096], data[other : other + 4096] = (
                original[other : other + 4096],
                original[one : one + 4096],
            )
        else:
            for _ in range(20):
                data[chance.randrange(len(data))] = chance.randrange(256)
        store.write_bytes(data)
        try:
            lines(store)
        except FollowupError as error:
            assert "\n" not in str(error)
