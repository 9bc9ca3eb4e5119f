"""A store from before actions had the alias that they were closed under gets it from its history (F10)."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from json import dumps

from followup.store.sqlite.schema import migrate

ACTION = "INSERT INTO action VALUES (?,'jane','tom','call','Call',?,'2026-05-05','2026-05-05',0,?,?,1,1,0,"
ACTION += "NULL,NULL,NULL,0,0,NULL,NULL,NULL,?,?,?)"


def test_F10_migrating_an_older_store_adds_the_alias_of_closed_actions() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        migrate(db, 5)
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("INSERT INTO change VALUES (1, 0, 'tom', 'complete', 1, NULL, NULL)")
        db.execute(
            "INSERT INTO enrolment VALUES (1,'jane','cycle','three','last',1,'2026-05-04',0,1,'2026-05-04',0,NULL,NULL,NULL)"
        )
        events = [("completed", 11, {}), ("alias-chosen", None, {"enrolment": 1, "alias": "two", "before": None})]
        events += [("skipped", 12, {}), ("alias-chosen", None, {"enrolment": 2, "alias": "x", "before": "other"})]
        events += [("alias-chosen", None, {"enrolment": 1, "alias": "last", "before": "two"}), ("failed", 13, {})]
        for seq, (kind, action, data) in enumerate(events, 1):
            db.execute("INSERT INTO history VALUES ('contact:jane', ?, 1, ?, ?, ?)", (seq, kind, action, dumps(data)))
        closed_row = ("2026-05-05", "tom", None)
        for id, status, enrolment, how in (
            (11, "completed", 1, closed_row),
            (12, "skipped", 1, closed_row),
            (13, "failed", 1, closed_row),
            (14, "scheduled", 1, (None, None, None)),
            (15, "completed", None, closed_row),
            (16, "cancelled", 1, ("2026-05-05", None, "undone")),
        ):
            db.execute(ACTION, (id, status, enrolment, f"s{id}", *how))
        migrate(db)
        assert db.execute("SELECT id, alias FROM action ORDER BY id").fetchall() == [
            *((11, None), (12, "two"), (13, "last"), (14, None), (15, None), (16, None)),
        ]
