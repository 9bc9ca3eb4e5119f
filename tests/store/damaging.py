"""Damage that is valid text: one cell of one row has another value that fits its column, or JSON of another shape."""

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
#: signals that the program handles
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Damage(NamedTuple):
    """What was changed, and the contact and the action with which commands will read it."""

    what: str
    contact: str
    action: int


def damage(path: Path, draw: Random) -> Damage | None:
    """Change one cell; None if the file's own indexes reject the value."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        table = draw.choice([*tables, "action", "contact", "enrolment", "history", "history", "catalog_item"])
        columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
        rows = connection.execute(f"SELECT * FROM {table}").fetchall()
        row, (place, name, type_, required, _, _) = draw.choice(rows), draw.choice(columns)
        value = another_value(draw, row[place], type_, [each[place] for each in rows], bool(required))
        where = " AND ".join(f"{column[1]} IS ?" for column in columns)
        try:
            cursor = connection.execute(f"UPDATE {table} SET {name} = ? WHERE {where}", (value, *row))
        except sqlite3.IntegrityError:
            return None
        if not cursor.rowcount or value == row[place]:
            return None
        return Damage(
            f"{table}.{name} of {row[:3]!r}: {row[place]!r} is {value!r}"[:600],
            *_affected(connection, draw, table, row),
        )


def _affected(connection: sqlite3.Connection, draw: Random, table: str, row: Sequence[Any]) -> tuple[str, int]:
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


def another_value(draw: Random, value: Any, type_: str, column: Sequence[Any], required: bool) -> Any:
    """Another value that such a column can have."""
    if not required and draw.random() < 0.1:
        return None
    if type_ == "INTEGER":
        return draw.choice([*NUMBERS, draw.choice(column) or 0])
    if isinstance(value, str) and value[:1] in "{[" and draw.random() < 0.8:
        try:
            return json.dumps(reshape(json.loads(value), draw), ensure_ascii=False)
        except ValueError:
            pass
    return draw.choice((draw.choice(TEXTS), garble(draw, value or ""), draw.choice(column) or ""))


def garble(draw: Random, text: str) -> str:
    """Drop, double or replace one character."""
    place = draw.randrange(len(text) + 1)
    return text[:place] + draw.choice(("", text[place : place + 1] * 2, "m", "9", '"', "é")) + text[place + 1 :]


def reshape(tree: Any, draw: Random) -> Any:
    """The same tree with one node, at any depth, of another type, missing, or under another name."""
    if not isinstance(tree, dict | list) or not tree or draw.random() < 0.15:
        return draw.choice(NODES)
    keys = list(tree) if isinstance(tree, dict) else list(range(len(tree)))
    key = draw.choice(keys)
    copy = tree.copy()
    match draw.randrange(5):
        case 0:
            del copy[key]
        case 1 if isinstance(copy, dict):
            copy[draw.choice(("x", "due", "id", ""))] = copy.pop(key)
        case _:
            copy[key] = reshape(tree[key], draw)
    return copy


def edit_by_hand(folder: Path, draw: Random) -> tuple[str, str, int]:
    """Edit one file as editors, spreadsheets and merges do; return the edit, and a contact and an action it may affect."""
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
            lines[place] = garble(draw, before)
        case _:
            cell = draw.randrange(len(cells))
            column = [fields[cell] for line in lines if len(fields := next(csv.reader([line]), [])) > cell]
            cells[cell] = str(another_value(draw, cells[cell], draw.choice(("TEXT", "TEXT", "INTEGER")), column, True))
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
def commands_in(folder: Path) -> Iterator[Callable[..., Answer]]:
    """Run commands in this process, in that folder. A process for each would take ten times as long."""
    before, handlers = os.getcwd(), {number: signal.getsignal(number) for number in SIGNALS}
    os.chdir(folder)
    try:
        yield _run
    finally:
        os.chdir(before)
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _run(*words: str) -> Answer:
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = program._code(list(words))
    return Answer(code, out.getvalue(), err.getvalue())


def commands(contact: str, action: int) -> list[tuple[str, ...]]:
    """What to run on a damaged store; commands that change it come last."""
    reads = (
        ("due",), ("due", "--all-users", "--by", "type"), ("due", "--status", "all"), ("next", contact), ("show", contact),
        ("search",), ("search", "call"), ("history",), ("history", contact), ("explain", str(action)), ("stranded",),
        ("contacts", "list"), ("contacts", "list", "--all"), ("contacts", "export"), ("forecast",), ("agenda", "--all-users"),
        ("cycles", "list"), ("aliases", "list"), ("users", "list"), ("cycles", "show", "future-prospect"),
        ("catalog", "versions"), ("catalog", "show", "1"), ("diff",), ("doctor",),
    )  # fmt: skip
    attempts = (
        ("complete", str(action), "--dry-run"), ("complete", str(action), "--cycle", "toured", "--dry-run"),
        ("skip", str(action), "--dry-run"), ("reschedule", str(action), "+3d", "--dry-run"),
        ("assign", contact, "toured", "--dry-run"), ("close", contact, "lost", "--dry-run"),
        ("contacts", "set", contact, "--source", "phone", "--dry-run"), ("apply", "--dry-run"),
        ("undo", "--dry-run"), ("undo",), ("undo", "--partial"), ("apply", "--yes"), ("complete", str(action)),
    )  # fmt: skip
    return [(*words, "--user", "sue", "--now", "2026-05-11T09:00") for words in (*reads, *attempts)]
