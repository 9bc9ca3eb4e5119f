"""`make mutants`: a sample of small changes to the core, as a mistake could make, and which of them no test notices.

Each mutant is written into a copy of the tree and tested in its own process, forked from this one, which has already
imported everything but the program. It runs the tests of `NEAR`, those that run its line first, then the quick part
of `WIDE`. A survivor needs a new test, or an entry with a reason in `equivalent_mutants.toml`.
"""

from __future__ import annotations

import argparse
import importlib
import multiprocessing
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeVar

from benchmarks.mutant_tests import Reach, first_failure, reach
from benchmarks.mutations import Mutant, mutants

NEAR = ("tests/core", "tests/intake", "tests/test_graphs.py", "tests/test_output.py", "-k", "not memory_stays_flat")
WIDE = ("tests/transcripts", "tests/app", "tests/cli")
QUICK = ("-m", "not slow")
THIRD_PARTY = (
    "hypothesis.stateful",
    "typer",
    "yaml",
    "jsonschema",
    "tabulate",
    "dateutil.rrule",
    "holidays",
    "psycopg",
)
EQUIVALENT = Path(__file__).parent / "equivalent_mutants.toml"
#: limit of CPU time for one test run: several times what it takes without a mutant
SECONDS = 200
MEMORY = 4 << 30
OVER = "its time, or its memory"

T = TypeVar("T")
forking = multiprocessing.get_context("fork")


def main() -> None:
    options = _options()
    for module in THIRD_PARTY:
        importlib.import_module(module)
    with tempfile.TemporaryDirectory() as folder:
        tree = _copied(Path(options.tree).resolve(), Path(folder))
        sample = _sample(mutants(tree, options.where), options)
        print(f"{len(sample)} mutants of {options.where}, seed {options.seed}", flush=True)
        sys.exit(_judged(sample, tree, options))


def _judged(sample: list[Mutant], tree: Path, options: argparse.Namespace) -> int:
    """Test the mutants; return the exit code: 1 if one survived."""
    excuses = _excuses()
    noticeable = [mutant for mutant in sample if _words(mutant) not in excuses]
    reached = in_process(partial(reach, NEAR, tree, options.where))
    assert isinstance(reached, Reach), f"{NEAR} have to pass without a mutant: {reached}"
    far = _unnoticed(noticeable, tree, partial(_near, reached))
    assert options.near or not far or not (failure := _wide()), f"has to pass without a mutant: {failure}"
    survivors = far if options.near else _unnoticed(far, tree, lambda mutant: _wide())
    print(f"{len(sample)} mutants, {len(sample) - len(noticeable)} of them equivalent, ", end="")
    print(f"{len(noticeable) - len(survivors)} killed, {len(survivors)} survived:")
    for mutant in survivors:
        print(
            "\n".join(
                (mutant.place, *(f"- {line}" for line in mutant.removed), *(f"+ {line}" for line in mutant.added))
            )
        )
    return 1 if survivors else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutants", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--where", default="followup/core", help="a folder or a file of the tree")
    parser.add_argument("--only", default="", help="all mutants of these places, such as timing.py:181")
    parser.add_argument("--near", action="store_true", help="only the nearest tests: quick, while writing one")
    parser.add_argument("--tree", default=".", help="another working copy, such as one of before a rebuild")
    return parser.parse_args()


def _copied(root: Path, folder: Path) -> Path:
    """Copy the tree for the mutants; this process and all its children import from there."""
    tree = folder / "tree"
    shutil.copytree(root, tree, ignore=shutil.ignore_patterns(".*", "build", "dist"), symlinks=True)
    os.chdir(tree)
    sys.path[0] = str(tree)
    os.environ.pop("QUICK", None)
    os.environ |= {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(folder)}
    tempfile.tempdir = str(folder)
    sys.dont_write_bytecode = True
    return tree


def _sample(every: list[Mutant], options: argparse.Namespace) -> list[Mutant]:
    if options.only:
        return [
            mutant
            for mutant in every
            if f"/{mutant.place}".endswith(tuple(f"/{only}" for only in options.only.split()))
        ]
    places = random.Random(options.seed).sample(range(len(every)), min(options.count, len(every)))
    return [every[place] for place in sorted(places)]


def _excuses() -> frozenset[tuple[str, str, str]]:
    entries = tomllib.loads(EQUIVALENT.read_text())["mutant"]
    return frozenset((entry["file"], entry["before"], entry["after"]) for entry in entries if entry["why"])


def _words(mutant: Mutant) -> tuple[str, str, str]:
    """The mutant's key in the list of equivalents, which doesn't depend on line numbers."""
    return Path(mutant.path).name, " ".join(mutant.removed), " ".join(mutant.added)


def _unnoticed(several: list[Mutant], tree: Path, failure_of: Callable[[Mutant], str]) -> list[Mutant]:
    return [mutant for mutant in several if not _failure(mutant, tree, failure_of)]


def _failure(mutant: Mutant, tree: Path, failure_of: Callable[[Mutant], str]) -> str:
    """The test, or other failure, that notices the mutant; empty if none does."""
    started = time.monotonic()
    file = tree / mutant.path
    try:
        file.write_text(mutant.text)
        os.utime(file, (0, 0))  # never match cached bytecode: two mutants may have the same size and second
        failure = failure_of(mutant)
    finally:
        file.write_text(mutant.before)
    taken = time.monotonic() - started
    print(f"{taken:6.1f} s  {mutant.place}  {mutant.kind}: {failure or 'not noticed'}", flush=True)
    return failure


def _near(reached: Reach, mutant: Mutant) -> str:
    tests = reached.nearest(mutant)
    limit = min(SECONDS, 20 + 3 * int(sum(tests.values())))
    return in_process(partial(first_failure, NEAR, tests), limit) if tests else ""


def _wide() -> str:
    """The failing test, run twice: a test that starts a process may fail because the machine is busy."""
    os.environ["QUICK"] = "1"
    failure = in_process(partial(first_failure, (*WIDE, *QUICK)))
    if "::" in failure:
        failure = in_process(partial(first_failure, (failure,)))
    del os.environ["QUICK"]
    return failure


def in_process(work: Callable[[], T], limit: int = SECONDS) -> T | str:
    """The result of `work` in a fork of this process; OVER if it died, or had to be stopped."""
    ours, theirs = forking.Pipe(duplex=False)
    process = forking.Process(target=_worked, args=(work, theirs, limit))
    process.start()
    theirs.close()
    try:
        return ours.recv() if ours.poll(10 * limit) else OVER
    except EOFError:
        return OVER
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid or 0, signal.SIGKILL)
        process.join()


def _worked(work: Callable[[], object], answer: Connection, limit: int) -> None:
    """Run with limits, because a mutant may run or grow forever; CPU time, because the machine is shared."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell ignores it for background jobs
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    answer.send(work())


if __name__ == "__main__":
    main()
