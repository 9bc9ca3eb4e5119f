"""`make scale`: a million contacts and ten million actions, on SQLite and PostgreSQL; takes half an hour and 20 GB.

Each query at the smallest and the largest size, against the same app printing nothing; an import of a million with
its memory; the longest wait of a reader during bulk work; doctor over three events per contact, and whether it names
the one damaged row. SIZES: actions; CONTACTS: contacts to import.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import psycopg

from benchmarks.__main__ import NOTHING, command, compiled, complete_next, interleaved, open_calls, python, row
from benchmarks.data import contacts_csv, filled_store
from followup.core.reach import EVERYTHING
from followup.store.opening import open_store
from followup.store.protocol import Store
from tests.servers import let_in, new_schema, schema_of, server_url

SIZES = [int(size) for size in os.environ.get("SIZES", "1000 10000000").split()]
CONTACTS = int(os.environ.get("CONTACTS", 1_000_000))
EVENTS_OF_ONE = 3  # added, enrolled, scheduled


class Ran(NamedTuple):
    """`memory`: peak, in MB."""

    seconds: float
    memory: float
    code: int
    said: str


def main() -> None:
    os.environ |= {"FOLLOWUP_NOW": "2026-05-04T09:00", "FOLLOWUP_USER": "tom"}
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    compiled()
    with tempfile.TemporaryDirectory() as folder:
        print(f"{'job':<28}{'actions':>12}{'ms':>9}{'nothing':>9}{'ratio':>7}")
        for size in SIZES:
            questions(Path(folder) / str(size), size)
        for name in ("sqlite", "postgresql"):
            bulk(name, Path(folder) / name)


def questions(folder: Path, size: int) -> None:
    """The most common queries, in both stores; PostgreSQL is a copy of the other, with tom's own login."""
    office = filled_store(folder, size, login="tom_of_scale")
    asked("sqlite", office, size)
    url = new_schema()
    with at(url):
        copied = ran(office, "store", "copy", "sqlite:///followup.db", url, user="sue")
        print(f"  store copy: {copied.seconds:.0f} s, {copied.memory:.0f} MB, exit {copied.code} {copied.said}")
        os.environ["FOLLOWUP_STORE"] = let_in(url, "tom_of_scale")
        asked("postgresql", office, size)
    shutil.rmtree(office)


@contextmanager
def at(url: str) -> Iterator[None]:
    """Commands in this block use the store at `url`, which is dropped afterwards."""
    os.environ["FOLLOWUP_STORE"] = url
    yield
    del os.environ["FOLLOWUP_STORE"]
    schema = schema_of(url)
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA {schema} CASCADE")
        for (role,) in connection.execute("SELECT rolname FROM pg_roles WHERE rolname ~ 'scale|^o[0-9]'").fetchall():
            connection.execute(f"DROP OWNED BY {role}")
            connection.execute(f"DROP ROLE {role}")


def asked(store: str, office: Path, size: int) -> None:
    ids = iter(open_calls(office))
    nothing = partial(python, office, NOTHING)
    for name, ours in (
        ("due", partial(command, office, "due")),
        ("agenda", partial(command, office, "agenda")),
        ("show", partial(command, office, "show", "c0000003")),
        ("complete", partial(complete_next, office, ids)),
    ):
        row(f"{store} {name}", size, *interleaved(ours, nothing))


def ran(office: Path, *words: str, user: str) -> Ran:
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "followup", *words],
        cwd=office,
        env={**os.environ, "FOLLOWUP_USER": user},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    return Ran(time.monotonic() - began, used.ru_maxrss / 1024, process.returncode, said.strip()[-200:])


def bulk(name: str, folder: Path) -> None:
    """An import at a tenth of the size and at full size, readers during bulk work, doctor."""
    for count in (CONTACTS // 10, CONTACTS):
        url = new_schema() if name == "postgresql" else f"sqlite:///{folder}-{count}/followup.db"
        office = Path(f"{folder}-{count}")
        quiet = {"stdout": subprocess.DEVNULL}
        words = [sys.executable, "-m", "followup", "--store", url, "init", str(office), "--empty"]
        subprocess.run(words, check=True, **quiet)  # type: ignore[call-overload]
        with at(url) if name == "postgresql" else elsewhere(url):
            imported(name, office, count)
            looked_through(name, office, count * EVENTS_OF_ONE)
            if count == CONTACTS:
                readers(name, office, url)
        shutil.rmtree(office)


@contextmanager
def elsewhere(url: str) -> Iterator[None]:
    os.environ["FOLLOWUP_STORE"] = url
    yield
    del os.environ["FOLLOWUP_STORE"]


def imported(name: str, office: Path, count: int) -> None:
    contacts_csv(office / "contacts.csv", count)
    done = ran(office, "contacts", "import", "contacts.csv", "--cycle", "referral", "-q", user="sue")
    rate = count / done.seconds
    print(f"{name} import of {count:,}: {done.seconds:.0f} s, {rate:,.0f}/s, {done.memory:.0f} MB, exit {done.code}")


def looked_through(name: str, office: Path, events: int) -> None:
    """Doctor of an undamaged store, and with one damaged row."""
    done = ran(office, "doctor", user="sue")
    print(
        f"{name} doctor of {events:,} events: {done.seconds:.0f} s, {done.memory:.0f} MB, exit {done.code} {done.said}"
    )
    damage("UPDATE action SET due = '2031-01-01' WHERE contact = 'n0000777'")
    found = ran(office, "doctor", user="sue")
    named = "n0000777" in found.said or "First777 Last777" in found.said
    print(f"  one row damaged: exit {found.code}, {'named' if named else 'NOT NAMED'}: {found.said}")
    damage("UPDATE action SET due = nominal WHERE contact = 'n0000777'")


def damage(sql: str) -> None:
    url = os.environ["FOLLOWUP_STORE"]
    if url.startswith("sqlite"):
        import sqlite3

        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as connection:
            connection.execute(sql)
        return
    with psycopg.connect(re.sub(r"[?&]schema=.*", "", url), autocommit=True) as server:
        server.execute(f"SET search_path = {schema_of(url)}")
        server.execute(sql)


def readers(name: str, office: Path, url: str) -> None:
    """The longest wait of a query during a bulk assign of a tenth of the contacts, and without it."""
    ids = office / "ids.txt"
    ids.write_text("".join(f"n{n:07}\n" for n in range(CONTACTS // 10)))
    with closing(open_store(url)) as store:
        alone = max(answered(store) for _ in range(200))
        writer = subprocess.Popen(
            [sys.executable, "-m", "followup", "assign", "--from-file", "ids.txt", "toured", "-q"],
            cwd=office,
            env={**os.environ, "FOLLOWUP_USER": "sue"},
        )
        began, waits = time.monotonic(), []
        while writer.poll() is None:
            waits.append(answered(store))
    took = time.monotonic() - began
    print(f"{name} assign of {CONTACTS // 10:,}: {took:.0f} s, exit {writer.returncode}")
    print(
        f"  {len(waits):,} questions beside: the longest took {max(waits) * 1000:.0f} ms, alone {alone * 1000:.0f} ms"
    )


def answered(store: Store) -> float:
    """The time, in s, to read one contact's dossier."""
    began = time.monotonic()
    assert store.dossiers(["n0000003"], EVERYTHING)
    return time.monotonic() - began


if __name__ == "__main__":
    main()
