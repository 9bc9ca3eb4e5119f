"""Damage that is valid text: one cell of one row is something else that the column can hold, or JSON of another shape."""

from __future__ import annotations

import csv
import json
import os
import signal
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from followup.cli import program

TEXTS = (
    ("", "zzz", "2026m06-05", "2026-02-30", "9999-12-31T23:59", "9999-12-31", "0001-01-01", "2026-06-05T99:99")
    + ("null", "[]", "{}", "[1]", '"x"', "1", "-1", "true", "NaN", "{", "[" * 3000, "x" * 5000, "\x00", "\x1b[2J")
    + (
        "🦆",
        "é",
        "2026-05-04T09:00:00Z",
        "2026-W10-1",
        "scheduled",
        "completed",
        "contact:jane-smith",
        "office",
        "user:",
    )
    + ("tom", "nobody", "jane-smith", "call", "undone", "UTC", "Europe/Nowhere", "../x", "future-prospect", " ")
)
NUMBERS = (0, 1, -1, 2, 1000, 2**31, 10**13, -(10**13), 2**53, 2**62, 2**63 - 1, -(2**63), 1777910400)
NODES: tuple[Any, ...] = (None, True, 0, -1, 1.5, 2**70, "", "x", "2026-02-30", [], ["x"], [None], {}, {"x": 1}, [[]])
#: that the program listens to
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Damaged(NamedTuple):
    """What was done, and what to ask commands about to come across it."""

    what: str
    contact: str
    action: int


def damage(path: Path, draw: Random) -> Damaged | None:
    """One cell is another; None where the file's own indexes would not have it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        table = draw.choice([*tables, "action", "contact", "enrolment", "history", "history", "catalog_item"])
        columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
        rows = connection.execute(f"SELECT * FROM {table}").fetchall()
        row, (place, name, type_, required, _, _) = draw.choice(rows), draw.choice(columns)
        value = other(draw, row[place], type_, [each[place] for each in rows], bool(required))
        where = " AND ".join(f"{column[1]} IS ?" for column in columns)
        try:
            done = connection.execute(f"UPDATE {table} SET {name} = ? WHERE {where}", (value, *row))
        except sqlite3.IntegrityError:
            return None
        if not done.rowcount or value == row[place]:
            return None
        return Damaged(
            f"{table}.{name} of {row[:3]!r}: {row[place]!r} is {value!r}"[:600], *_asked(connection, draw, table, row)
        )


def _asked(connection: sqlite3.Connection, draw: Random, table: str, row: Sequence[Any]) -> tuple[str, int]:
    """The contact and the action that the row is about, or any."""
    contacts = [id for (id,) in connection.execute("SELECT id FROM contact")]
    contact = next(
        (each for word in row if (each := str(word).removeprefix("contact:")) in contacts), draw.choice(contacts)
    )
    actions = [
        id for (id,) in connection.execute("SELECT id FROM action WHERE contact IS ? ORDER BY status", [contact])
    ]
    about = {"action": row[0], "history": row[4] if table == "history" else None}.get(table)
    return contact, about if isinstance(about, int) else (actions or [1])[0]


def other(draw: Random, value: Any, type_: str, column: Sequence[Any], required: bool) -> Any:
    """Something else that such a column can hold."""
    if not required and draw.random() < 0.1:
        return None
    if type_ == "INTEGER":
        return draw.choice([*NUMBERS, draw.choice(column) or 0])
    if isinstance(value, str) and value[:1] in "{[" and draw.random() < 0.8:
        try:
            return json.dumps(reshaped(json.loads(value), draw), ensure_ascii=False)
        except ValueError:
            pass
    return draw.choice((draw.choice(TEXTS), garbled(draw, value or ""), draw.choice(column) or ""))


def garbled(draw: Random, text: str) -> str:
    """A character that is missing, doubled, or another."""
    place = draw.randrange(len(text) + 1)
    return text[:place] + draw.choice(("", text[place : place + 1] * 2, "m", "9", '"', "é")) + text[place + 1 :]


def reshaped(tree: Any, draw: Random) -> Any:
    """The same with one node, at any depth, of another kind, missing, or under another name."""
    if not isinstance(tree, dict | list) or not tree or draw.random() < 0.15:
        return draw.choice(NODES)
    keys = list(tree) if isinstance(tree, dict) else list(range(len(tree)))
    key = draw.choice(keys)
    changed = tree.copy()
    match draw.randrange(5):
        case 0:
            del changed[key]
        case 1 if isinstance(changed, dict):
            changed[draw.choice(("x", "due", "id", ""))] = changed.pop(key)
        case _:
            changed[key] = reshaped(tree[key], draw)
    return changed


def edit_by_hand(folder: Path, draw: Random) -> tuple[str, str, int]:
    """An edit of one file as editors, spreadsheets and merges make them; a contact and an action that it may be about."""
    path = folder / draw.choice(sorted(each.name for each in folder.iterdir() if each.suffix in (".csv", ".json")))
    lines = path.read_text().splitlines(keepends=True)
    place = draw.randrange(len(lines))
    cells = next(csv.reader([lines[place]]), [""])
    before = lines[place]
    match draw.randrange(8) if path.suffix == ".csv" else 3:
        case 0:
            del lines[place]
        case 1:
            lines.insert(draw.randrange(len(lines) + 1), before)
        case 2:
            other_place = draw.randrange(len(lines))
            lines[place], lines[other_place] = lines[other_place], before
        case 3:
            lines[place] = garbled(draw, before)
        case _:
            cell = draw.randrange(len(cells))
            column = [fields[cell] for line in lines if len(fields := next(csv.reader([line]), [])) > cell]
            cells[cell] = str(other(draw, cells[cell], draw.choice(("TEXT", "TEXT", "INTEGER")), column, True))
            out = StringIO()
            csv.writer(out, lineterminator="\n").writerow(cells)
            lines[place] = out.getvalue()
    path.write_text("".join(lines), errors="replace")
    after = lines[place] if place < len(lines) else ""
    contact = next(
        (each for each in cells if each in ("jane-smith", "li-wei", "grace-kim", "renee-cote")), "jane-smith"
    )
    action = int(cells[0]) if cells[0].isdecimal() and len(cells[0]) < 6 else 2
    return f"{path.name}:{place + 1}: {before!r} is {after!r}"[:900], contact, action


class Answer(NamedTuple):
    code: int
    out: str
    err: str


@contextmanager
def here(folder: Path) -> Iterator[Callable[..., Answer]]:
    """Commands in this process, in that folder, each as a user: a process for each would take ten times as long."""
    before, handlers = os.getcwd(), {number: signal.getsignal(number) for number in SIGNALS}
    os.chdir(folder)
    try:
        yield _answered
    finally:
        os.chdir(before)
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _answered(*words: str) -> Answer:
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = program._code(list(words))
    return Answer(code, out.getvalue(), err.getvalue())


def commands(contact: str, action: int) -> list[tuple[str, ...]]:
    """What is asked of a damaged store, by whom; what changes it comes last."""
    reading = (
        ("due",), ("due", "--all-users", "--by", "type"), ("due", "--status", "all"), ("next", contact), ("show", contact),
        ("search",), ("search", "call"), ("history",), ("history", contact), ("explain", str(action)), ("stranded",),
        ("contacts", "list"), ("contacts", "list", "--all"), ("contacts", "export"), ("forecast",), ("agenda", "--all-users"),
        ("cycles", "list"), ("aliases", "list"), ("users", "list"), ("cycles", "show", "future-prospect"),
        ("catalog", "versions"), ("catalog", "show", "1"), ("diff",), ("doctor",),
    )  # fmt: skip
    trying = (
        ("complete", str(action), "--dry-run"), ("complete", str(action), "--cycle", "toured", "--dry-run"),
        ("skip", str(action), "--dry-run"), ("reschedule", str(action), "+3d", "--dry-run"),
        ("assign", contact, "toured", "--dry-run"), ("close", contact, "lost", "--dry-run"),
        ("contacts", "set", contact, "--source", "phone", "--dry-run"), ("apply", "--dry-run"),
        ("undo", "--dry-run"), ("undo",), ("undo", "--partial"), ("apply", "--yes"), ("complete", str(action)),
    )  # fmt: skip
    return [(*words, "--user", "sue", "--now", "2026-05-11T09:00") for words in (*reading, *trying)]
