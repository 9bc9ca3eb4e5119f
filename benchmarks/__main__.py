"""`make bench`: each job, its reference in the same run, and the ratio. Sizes are arguments.

References: the same Typer app printing nothing; a raw executemany of the same rows into the same tables; and
Taskwarrior, todoman, check-jsonschema if they are installed.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from benchmarks import data
from benchmarks.data import contacts_csv, cycle_files, filled_store
from benchmarks.raw import raw
from tests.servers import new_schema

NOTHING = "import sys; sys.argv = ['followup', '--version']; from followup.__main__ import main; main()"
ROUNDS = 15


def main() -> None:
    sizes = [int(word) for word in sys.argv[1:]] or [1_000, 10_000, 100_000]
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"FOLLOWUP_NOW": "2026-05-04T09:00", "FOLLOWUP_USER": "tom"}
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        compiled()
        commands(Path(folder), sizes)
        bulk(Path(folder))
        agenda(Path(folder))
        doctor(Path(folder))
        for size in (10_000, 100_000):
            editions(Path(folder), size)
        validate(Path(folder))


def compiled() -> None:
    subprocess.run([sys.executable, "-m", "compileall", "-q", "followup"], check=True)


def commands(folder: Path, sizes: list[int]) -> None:
    """`due` and `complete` at every size, interleaved with the same app printing nothing."""
    print(f"{'job':<28}{'actions':>12}{'ms':>9}{'nothing':>9}{'ratio':>7}")
    for size in sizes:
        office = filled_store(folder / f"office-{size}", size)
        ids = iter(open_calls(office))
        nothing = partial(python, office, NOTHING)
        row("due, 50 rows", size, *interleaved(partial(command, office, "due"), nothing))
        row("complete one", size, *interleaved(partial(complete_next, office, ids), nothing))
        peers(folder, size)
        shutil.rmtree(office)


def complete_next(office: Path, ids: Iterator[int]) -> None:
    command(office, "complete", str(next(ids)))


def open_calls(office: Path) -> list[int]:
    connection = sqlite3.connect(office / "followup.db")
    sql = "SELECT id FROM action WHERE owner = 'tom' AND status = 'scheduled' ORDER BY due, position, id LIMIT 100"
    return [id for (id,) in connection.execute(sql)]


def command(office: Path, *words: str) -> None:
    subprocess.run([sys.executable, "-m", "followup", *words], cwd=office, check=True, stdout=subprocess.DEVNULL)


def python(office: Path, code: str) -> None:
    subprocess.run([sys.executable, "-c", code], cwd=office, check=True, stdout=subprocess.DEVNULL)


def interleaved(ours: Callable[[], None], reference: Callable[[], None]) -> tuple[float, float]:
    """Medians of both, in ms, run alternately so that a noisy machine affects both equally."""
    mine, theirs = [], []
    for _ in range(ROUNDS):
        mine.append(timed(ours))
        theirs.append(timed(reference))
    return statistics.median(mine), statistics.median(theirs)


def timed(job: Callable[[], None]) -> float:
    start = time.perf_counter()
    job()
    return (time.perf_counter() - start) * 1000


def row(name: str, size: int, ours: float, reference: float) -> None:
    print(f"{name:<28}{size:>12,}{ours:>9.1f}{reference:>9.1f}{ours / reference:>7.2f}", flush=True)


def peers(folder: Path, size: int) -> None:
    """Due lists of Taskwarrior and todoman with as many tasks, if installed, up to the size that they can handle."""
    for name, most, made in (("task", 100_000, data.taskwarrior), ("todo", 10_000, data.todoman)):
        program = installed(name)
        if program and size <= most:
            words, env = made(folder / f"{name}-{size}", size)
            listed = partial(subprocess.run, [program, *words], env={**os.environ, **env}, stdout=subprocess.DEVNULL)
            took = statistics.median(timed(listed) for _ in range(5))
            print(f"{'  ' + name + ' list':<28}{size:>12,}{took:>9.1f}", flush=True)


def installed(name: str) -> str | None:
    """A peer on the PATH, or in the folder of `make peers`."""
    return shutil.which(name) or shutil.which(name, path=str(Path(".peers/bin").resolve()))


def bulk(folder: Path, size: int = 20_000) -> None:
    """Import and assign, against a raw executemany of the same rows into a copy of the same store."""
    office = filled_store(folder / "bulk", 0)
    contacts_csv(office / "contacts.csv", size)
    os.environ["FOLLOWUP_USER"] = "sue"
    kept, server = f"sqlite:///{office}/followup.db", new_schema()
    command(office, "store", "copy", kept, server)  # it has no contacts yet
    for name, url in (("SQLite", kept), ("PostgreSQL", server)):
        for job, words in BULK.items():
            copy = new_schema() if url == server else f"sqlite:///{folder}/{job}.db"
            command(office, "store", "copy", url, copy)
            ours = timed(partial(command, office, "--store", url, *words))
            row(f"{job}, {name}", size, ours, raw(copy, url))
    os.environ["FOLLOWUP_USER"] = "tom"


BULK = {
    "import": ["contacts", "import", "contacts.csv", "--cycle", "referral", "-q"],
    "assign": ["assign", "--where", "cycle=introduction-referral", "toured"],
}


def agenda(folder: Path, actions: int = 1_000_000) -> None:
    """The agendas of 200 users, one file each, against reading the same rows."""
    office = filled_store(folder / "agenda", actions, users=200)
    os.environ["FOLLOWUP_USER"] = "sue"
    row("agenda, 200 users", actions, timed(partial(command, office, "agenda", "--out", "agendas")), read(office))
    os.environ["FOLLOWUP_USER"] = "tom"
    shutil.rmtree(office)


def read(office: Path) -> float:
    """The time, in ms, of a Python script that reads the same rows."""
    code = (
        "import sqlite3; c = sqlite3.connect('followup.db')\n"
        "for n in range(200):\n"
        '    c.execute("SELECT * FROM action AS a LEFT JOIN contact AS c ON c.id = a.contact "\n'
        "              \"LEFT JOIN enrolment AS e ON e.id = a.enrolment WHERE a.status = 'scheduled' \"\n"
        "              \"AND a.owner = ? ORDER BY a.due, a.position, a.id\", [f'rep{n}']).fetchall()"
    )
    return timed(partial(python, office, code))


def doctor(folder: Path) -> None:
    """Replay at two sizes: it is linear if time grows as much as the number of events."""
    took = {}
    for size in (5_000, 20_000):
        office = filled_store(folder / f"doctor-{size}", 0)
        contacts_csv(office / "contacts.csv", size)
        os.environ["FOLLOWUP_USER"] = "sue"
        command(office, "contacts", "import", "contacts.csv", "--cycle", "referral", "-q")
        took[size] = timed(partial(command, office, "doctor", "-q"))
        os.environ["FOLLOWUP_USER"] = "tom"
    row("doctor, 60k / 15k events", 60_000, took[20_000], took[5_000])


def editions(folder: Path, size: int) -> None:
    """`diff` and `apply` of an edit that moves every contact, in 50 cycles: against reading the same rows,
    and against also rewriting the changed ones."""
    office = filled_store(folder / f"editions-{size}", 0)
    os.environ["FOLLOWUP_USER"] = "sue"
    data.many_cycles(office, 50, "10 days")
    command(office, "apply", "--yes", "-q")
    contacts_csv(office / "contacts.csv", size, cycles=50)
    command(office, "contacts", "import", "contacts.csv", "-q")
    data.many_cycles(office, 50, "5 days", recompute=True)
    shutil.copy(office / "followup.db", office / "raw.db")
    reading, difference = timed(partial(python, office, READING)), timed(partial(command, office, "diff"))
    apply = timed(partial(command, office, "apply", "--yes"))
    rewriting = raw(f"sqlite:///{office}/raw.db", f"sqlite:///{office}/followup.db")
    row("diff, of reading alone", size, difference, reading)
    row("diff", size, difference, reading + rewriting)
    row("apply", size, apply, reading + rewriting)
    os.environ["FOLLOWUP_USER"] = "tom"
    shutil.rmtree(office)


#: reads all rows of contacts on a cycle
READING = """
import sqlite3
c = sqlite3.connect("followup.db")
for table, on in (("contact", "t.id = e.contact"), ("action", "t.enrolment = e.id"),
                  ("history", "t.subject = 'contact:' || e.contact")):
    for row in c.execute(f"SELECT t.* FROM enrolment AS e CROSS JOIN {table} AS t ON {on} WHERE e.ended IS NULL"):
        pass
"""


def validate(folder: Path) -> None:
    """200 files of 8 steps, against check-jsonschema if it is installed."""
    project = folder / "validate"
    cycle_files(project / "cycles", 200)
    words = [sys.executable, "-m", "followup", "validate", "cycles"]
    took = [timed(lambda: subprocess.run(words, cwd=project, stdout=subprocess.DEVNULL)) for _ in range(5)]
    ours = statistics.median(took)
    checker = installed("check-jsonschema")
    if checker is None:
        print(f"{'validate, 200 files':<28}{200:>12,}{ours:>9.1f}  (check-jsonschema is not installed)")
        return
    schema = Path("schema/catalog.schema.json").resolve()
    files = [str(path) for path in (project / "cycles").glob("cycle-*.yaml")]
    peer = timed(lambda: subprocess.run([checker, "--schemafile", str(schema), *files], stdout=subprocess.DEVNULL))
    row("validate / check-jsonschema", 200, ours, peer)


if __name__ == "__main__":
    main()
