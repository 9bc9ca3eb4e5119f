"""`make load`: fifty reps at once, each running one command after the other, an administrator who applies
edits, and cron; on SQLite, and on PostgreSQL, where each rep has their own login.

Fails if a user sees an error, if an answer doesn't match the store, or if doctor finds a fault.
SECONDS: how long each store is loaded; USERS: the number of reps.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from benchmarks.data import contacts_csv
from followup.store.opening import open_store
from followup.store.tables import HISTORY
from tests.servers import database, let_in, new_schema, schema_of, server_url, tool

NOW = "2026-05-04T09:00"
EACH = 40  # contacts per rep
#: a rep's commands, and their share in percent
TYPED = {
    "due": 30,
    "complete": 22,
    "show": 10,
    "attempt": 8,
    "next": 6,
    "contacts list": 5,
    "reschedule": 5,
    "search": 4,
    "schedule": 4,
    "contacts add": 3,
    "assign": 2,
    "undo": 1,
}
#: a command that changes something -> the event that it records
TOLD = {"complete": "completed", "attempt": "attempted", "contacts add": "added", "reschedule": "rescheduled"}


class Done(NamedTuple):
    """A finished command."""

    command: str
    seconds: float
    code: int
    answer: str
    said: str


class Office:
    """An office: its folder, its store, and each user's store URL."""

    def __init__(self, folder: Path, url: str, users: int) -> None:
        self.folder, self.url, self.users, self.urls = folder, url, users, dict[str, str]()
        self.until = 0.0

    def type(self, user: str, *words: str) -> Done:
        env = {
            **os.environ,
            "FOLLOWUP_NOW": NOW,
            "FOLLOWUP_USER": user,
            "FOLLOWUP_STORE": self.urls.get(user, self.url),
        }
        began = time.monotonic()
        typed = [sys.executable, "-m", "followup", *words]
        ran = subprocess.run(typed, cwd=self.folder, env=env, capture_output=True, text=True)
        command = " ".join(words[: 2 if words[0] == "contacts" else 1])
        return Done(command, time.monotonic() - began, ran.returncode, ran.stdout, ran.stderr)

    def goes_on(self) -> bool:
        return time.monotonic() < self.until


def main() -> None:
    seconds, users = (int(os.environ.get(name, given)) for name, given in (("SECONDS", 120), ("USERS", 50)))
    failed = False
    for name in sys.argv[1:] or ["sqlite", "postgresql"]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "office"
            office = begun(path, f"sqlite:///{path}/followup.db" if name == "sqlite" else new_schema(), users)
            failed |= loaded(name, office, seconds)
    sys.exit(failed)


def begun(folder: Path, url: str, users: int) -> Office:
    """Create an office with `users` reps, who have contacts."""
    office = Office(folder, url, users)
    must(subprocess.run([sys.executable, "-m", "followup", "--store", url, "init", str(folder), "--empty"]).returncode)
    reps = [f"rep{n}" for n in range(users)]
    logins = {rep: f"{rep}_{schema_of(url)}" if "postgresql" in url else rep for rep in reps}
    lines = (
        f"  {rep}: {{name: Rep {rep[3:]}, role: sales-exec, manager: max, login: {logins[rep]}}}\n" for rep in reps
    )
    (folder / "cycles" / "reps.yaml").write_text("users:\n" + "".join(lines))
    must(office.type("sue", "apply", "--yes").code)
    contacts_csv(folder / "contacts.csv", users * EACH, owners=reps)
    must(office.type("sue", "contacts", "import", "contacts.csv", "--cycle", "referral", "-q").code)
    if "postgresql" in url:
        office.urls |= {rep: let_in(url, login) for rep, login in logins.items()}
    return office


def must(code: int) -> None:
    if code:
        sys.exit(f"the office could not be begun: exit code {code}")


def loaded(name: str, office: Office, seconds: int) -> bool:
    """Run the load; return whether something failed."""
    before = events(office)
    office.until = time.monotonic() + seconds
    with ThreadPoolExecutor(office.users + 2) as pool:
        lives = [pool.submit(list, rep(office, n)) for n in range(office.users)]
        lives += [pool.submit(list, administrator(office)), pool.submit(list, cron(office))]
        done = [one for life in lives for one in life.result()]
    wrong = [one for one in done if one.code and not excused(one)]
    lost = lost_answers(done, events(office) - before)
    checked = office.type("sue", "doctor")
    report(name, done, seconds)
    for one in wrong[:10]:
        print(f"  {one.command}: exit {one.code}: {one.said.strip()[-300:]}")
    for line in [*lost, *([] if checked.code == 0 else [checked.answer])]:
        print(f"  {line}")
    print(f"  {len(wrong)} errors shown, {len(lost)} answers lost, doctor: exit {checked.code}", flush=True)
    return bool(wrong or lost or checked.code)


def excused(one: Done) -> bool:
    """Whether it isn't an error: a conflict with another user, or nothing to undo."""
    return one.code == 5 or (one.command == "undo" and one.code in (1, 4, 66))


def rep(office: Office, number: int) -> Iterator[Done]:
    """A rep's commands, one after the other, without a pause."""
    dice, user, mine = random.Random(number), f"rep{number}", list[int]()
    contacts = [f"n{n:07}" for n in range(number, office.users * EACH, office.users)]
    while office.goes_on():
        (command,) = dice.choices(list(TYPED), list(TYPED.values()))
        if command == "due" or (not mine and command in ("complete", "attempt", "reschedule")):
            done = office.type(user, "due", "--upcoming", "60d", "--format", "json")
            mine = [item["id"] for item in json.loads(done.answer)["items"]] if done.code == 0 else []
            dice.shuffle(mine)
            yield done
        else:
            yield office.type(user, *command.split(), *words(command, mine, dice.choice(contacts), dice))


def words(command: str, mine: list[int], contact: str, dice: random.Random) -> list[str]:
    """The command's arguments."""
    match command:
        case "complete":
            return [str(mine.pop()), "--notes", "rang; \u201cwill think\u201d"]
        case "attempt":
            return [str(dice.choice(mine)), "--note", "engaged"]
        case "reschedule":
            return [str(dice.choice(mine)), f"+{dice.randint(1, 9)}d"]
        case "show" | "next":
            return [contact]
        case "search":
            return [f"Last{dice.randint(0, 99)}"]
        case "schedule":
            return [contact, "call", "tomorrow", "--title", "Ask"]
        case "contacts add":
            return ["--name", f"New {dice.random()}", "--cycle", "referral"]
        case "assign":
            return [contact, "toured"]
    return []


def administrator(office: Office) -> Iterator[Done]:
    """Edit the catalog and apply it, reassign a dozen contacts, and list stranded ones."""
    file = office.folder / "cycles" / "long-term.yaml"
    text, turn = file.read_text(), 0
    while office.goes_on():
        turn += 1
        offset = f"template: keep-in-touch, offset: {2 + turn % 5} days}}"
        file.write_text(text.replace("template: keep-in-touch}", offset))
        yield office.type("sue", "apply", "--yes", "--no-test")
        some = [f"n{n:07}" for n in range(turn * 12, turn * 12 + 12)]
        yield office.type("sue", "assign", *some, "not-interested")
        yield office.type("max", "stranded", "--format", "json")._replace(code=0)  # 1: some are stranded
        for _ in range(4):
            if office.goes_on():
                yield office.type("max", "due", "--all-users", "--format", "json")


def cron(office: Office) -> Iterator[Done]:
    """Agendas and backups; each backup is restored and checked."""
    turn = 0
    while office.goes_on():
        turn += 1
        yield office.type("sue", "agenda", "--all-users", "--out", "agendas")
        yield from (dumped if "postgresql" in office.url else backed_up)(office, turn)


def backed_up(office: Office, turn: int) -> Iterator[Done]:
    yield office.type("sue", "backup", f"copy-{turn}.db")
    yield office.type("sue", "doctor", "--store", f"sqlite:///copy-{turn}.db")._replace(command="doctor of a backup")


def dumped(office: Office, turn: int) -> Iterator[Done]:
    """Back up with the server's own tools, as in docs/postgresql.md, and restore into a separate database."""
    name, schema = f"restored{turn}_{schema_of(office.url)}", schema_of(office.url)
    server = server_url()
    elsewhere = database(server, name)
    psql = [tool("psql"), "-q", "-v", "ON_ERROR_STOP=1"]
    steps = (
        [tool("pg_dump"), "-n", schema, "-f", f"{office.folder}/dump.sql", server],
        [*psql, "-c", f"CREATE DATABASE {name}", server],
        [*psql, "-f", f"{office.folder}/dump.sql", elsewhere],
    )
    for step in steps:
        began = time.monotonic()
        ran = subprocess.run(step, capture_output=True, text=True)
        yield Done(Path(step[0]).name, time.monotonic() - began, ran.returncode, ran.stdout, ran.stderr)
    again = f"{elsewhere}{'&' if '?' in elsewhere else '?'}schema={schema}"
    yield office.type("sue", "doctor", "--store", again)._replace(command="doctor of a backup")


def events(office: Office) -> Counter[str]:
    """The number of events of each kind."""
    with closing(open_store(office.url)) as store:
        return Counter(row[3] for row in store.rows_of(HISTORY))


def lost_answers(done: list[Done], happened: Counter[str]) -> list[str]:
    """Commands whose number of successful answers differs from the number of their events in the history."""
    answered = Counter(one.command for one in done if one.code == 0)
    return [
        f"{command} was answered {answered[command]} times, and {event} {happened[event]} times"
        for command, event in TOLD.items()
        if answered[command] != happened[event]
    ]


def report(name: str, done: list[Done], seconds: int) -> None:
    print(f"{name}: {len(done)} commands in {seconds} s, {len(done) / seconds:.1f} each second")
    print(f"  {'command':<20}{'count':>7}{'p50 s':>9}{'p99 s':>9}{'first':>7}{'again':>7}")
    for command, count in Counter(one.command for one in done).most_common():
        took = sorted(one.seconds for one in done if one.command == command)
        p99 = took[min(len(took) - 1, round(len(took) * 0.99))]
        first = sum(one.code == 5 for one in done if one.command == command)
        again = sum(one.code == 75 for one in done if one.command == command)
        print(f"  {command:<20}{count:>7}{statistics.median(took):>9.2f}{p99:>9.2f}{first:>7}{again:>7}")


if __name__ == "__main__":
    main()
