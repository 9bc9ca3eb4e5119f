"""Generates stores, files and tasks of any size; the same size gives the same data."""

from __future__ import annotations

import csv
import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

OPEN_EACH = 50  # tom's open actions that are due


def filled_store(folder: Path, actions: int, users: int = 0, login: str = "") -> Path:
    """A sample office with `actions` actions: a twentieth of them open, 50 of tom's due today.

    `users`: how many of the 200 reps who own the others are declared; `login`: tom's, on a server.
    """
    subprocess.run(
        [sys.executable, "-m", "followup", "init", str(folder), "--empty"], check=True, stdout=subprocess.DEVNULL
    )
    if users:
        reps = "".join(f"  rep{n}: {{name: Rep {n}, role: sales-exec}}\n" for n in range(users))
        (folder / "cycles" / "reps.yaml").write_text("users:\n" + reps)
    if login:
        people = folder / "cycles" / "people.yaml"
        text = re.sub(r"(?m)^    login: .*\n", "", people.read_text())
        people.write_text(text.replace("  tom:\n", f"  tom:\n    login: {login}\n"))
    if users or login:
        apply = [sys.executable, "-m", "followup", "--user", "sue", "apply", "--yes"]
        subprocess.run(apply, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    connection = sqlite3.connect(folder / "followup.db")
    connection.execute("BEGIN")
    connection.executemany(f"INSERT INTO contact VALUES ({', '.join('?' * 24)})", contacts(actions))
    connection.executemany(f"INSERT INTO enrolment VALUES ({', '.join('?' * 14)})", enrolments(actions))
    connection.executemany(f"INSERT INTO action VALUES ({', '.join('?' * 25)}, NULL)", rows(actions))
    connection.execute("UPDATE counter SET next = ? WHERE name = 'action'", [actions + 1_000_000])
    connection.execute("COMMIT")
    connection.execute("ANALYZE")
    connection.close()
    return folder


def contacts(actions: int) -> Iterator[tuple[object, ...]]:
    at = "2026-01-01T00:00:00Z"
    for n in range(actions // 10):
        who = "tom" if n < OPEN_EACH else f"rep{n % 200}"
        yield (
            f"c{n:07}",
            f"Person {n}",
            None,
            None,
            None,
            "+16045550100",
            who,
            None,
            None,
            None,
            None,
            "lead",
            "",
            "",
            None,
            None,
            at,
            at,
            None,
            0,
            "2026-05-04",
            "",
            "",
            None,
        )


def enrolments(actions: int) -> Iterator[tuple[object, ...]]:
    for n in range(actions // 10):
        yield (
            n + 1,
            f"c{n:07}",
            "cycle",
            "future-prospect",
            None,
            1,
            "2026-01-01",
            0,
            9,
            "2026-01-01",
            0,
            None,
            None,
            None,
        )


def rows(actions: int) -> Iterator[tuple[object, ...]]:
    """Ten actions per contact: nine completed calls, and for every second contact an open one."""
    for n in range(actions):
        contact, turn = divmod(n, 10)
        who = "tom" if contact < OPEN_EACH else f"rep{contact % 200}"
        is_open = turn == 9 and (contact % 2 == 0 or contact < OPEN_EACH)
        yield (
            n + 1,
            f"c{contact:07}",
            who,
            "call",
            "30 Day Callback",
            "scheduled" if is_open else "completed",
            "2026-05-04",
            "2026-05-04",
            1777878000,
            contact + 1,
            "callback",
            turn,
            1,
            1,
            None,
            None,
            None,
            0,
            0,
            None,
            None,
            None,
            None if is_open else "2026-02-01",
            None if is_open else who,
            None,
        )


def contacts_csv(path: Path, count: int, cycles: int = 0, owners: Sequence[str] = ("tom",)) -> None:
    """`cycles`: put each contact on one of this many; `owners`: their owners, in turn."""
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        more = ["cycle"] if cycles else []
        out.writerow(["id", "first_name", "last_name", "email", "phone", "owner", "source", *more])
        for n in range(count):
            on = [f"many-{n % cycles}"] if cycles else []
            who = [
                f"n{n:07}",
                f"First{n}",
                f"Last{n}",
                f"n{n}@x.example",
                f"+1604{n:07}",
                owners[n % len(owners)],
                "website",
            ]
            out.writerow([*who, *on])


def many_cycles(project: Path, count: int, offset: str, recompute: bool = False) -> None:
    """`count` cycles of two calls, with aliases of the same names, in one file of the project's catalog."""
    cycles = "".join(
        f"  many-{n}:\n    name: Many {n}\n    steps:\n"
        f"      - {{id: first, name: First, type: call, offset: {offset}}}\n"
        f"      - {{id: second, name: Second, type: call, offset: 1 month, loop_to: second}}\n"
        for n in range(count)
    )
    aliases = "".join(f"  many-{n}: {{name: Many {n}, cycle: many-{n}}}\n" for n in range(count))
    entries = "".join(f"  - {{step: many-{n}/first, dates: recompute}}\n" for n in range(count if recompute else 0))
    text = f"cycles:\n{cycles}aliases:\n{aliases}" + (f"migrate:\n{entries}" if entries else "")
    (project / "cycles" / "many.yaml").write_text(text)


def cycle_files(folder: Path, count: int) -> None:
    """`count` files of one cycle with eight steps, and an office."""
    folder.mkdir(parents=True)
    (folder / "office.yaml").write_text(
        "office: {name: Bench, zone: UTC, working_days: mon-fri, hours: '09:00-17:00'}\n"
        "users:\n  sue: {name: Sue, role: administrator}\n"
    )
    for n in range(count):
        steps = "".join(
            f"      - {{id: step-{k}, name: Step {k}, type: call, offset: {k + 1} days"
            + (", loop_to: step-0" if k == 7 else "")
            + "}\n"
            for k in range(8)
        )
        text = f"cycles:\n  cycle-{n}:\n    name: Cycle {n}\n    steps:\n{steps}"
        text += f"aliases:\n  alias-{n}: {{name: Alias {n}, cycle: cycle-{n}}}\n"
        (folder / f"cycle-{n:03}.yaml").write_text(text)


def taskwarrior(folder: Path, count: int) -> tuple[list[str], dict[str, str]]:
    """A Taskwarrior with `count` tasks, a twentieth of them pending; returns its list command and environment."""
    folder.mkdir()
    env = {"TASKDATA": str(folder), "TASKRC": str(folder / "rc")}
    (folder / "rc").write_text("confirmation=no\nverbose=nothing\n")
    tasks = [
        {
            "description": f"call {n}",
            "status": "pending" if n % 20 == 0 else "completed",
            "entry": "20260101T000000Z",
            "due": "20260504T000000Z",
            **({} if n % 20 == 0 else {"end": "20260201T000000Z"}),
        }
        for n in range(count)
    ]
    text, quiet = json.dumps(tasks), subprocess.DEVNULL
    subprocess.run(
        ["task", "import", "-"], input=text, text=True, env={**os.environ, **env}, stdout=quiet, stderr=quiet
    )
    return ["rc.confirmation=no", "rc.verbose=nothing", "limit:50", "status:pending", "list"], env


def todoman(folder: Path, count: int) -> tuple[list[str], dict[str, str]]:
    """A todoman with `count` tasks, one file each; its cache is filled by the first run."""
    tasks = folder / "tasks" / "work"
    tasks.mkdir(parents=True)
    for n in range(count):
        status = "NEEDS-ACTION" if n % 20 == 0 else "COMPLETED"
        (tasks / f"{n}.ics").write_text(
            f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:bench\nBEGIN:VTODO\nUID:{n}\nSUMMARY:call {n}\n"
            f"DTSTAMP:20260101T000000Z\nDUE:20260504T090000Z\nSTATUS:{status}\nEND:VTODO\nEND:VCALENDAR\n"
        )
    (folder / "config.py").write_text(f"path = '{folder}/tasks/*'\ncache_path = '{folder}/cache'\n")
    words = ["--config", str(folder / "config.py"), "list"]
    return words, {"XDG_CACHE_HOME": str(folder)}
