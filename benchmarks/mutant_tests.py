"""Runs tests for mutants in a process: their order, when to stop, and what to record."""

from __future__ import annotations

import functools
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from coverage import Coverage
from hypothesis.errors import HypothesisException

from benchmarks.mutations import Mutant

# plain assertions: no one reads these failures, and modules that are already imported couldn't be rewritten
WORDS = (
    "-x",
    "-q",
    "--assert=plain",
    "--hypothesis-seed=1",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:xdist",
)


class Reach(NamedTuple):
    """The tests that run each line of each file (a path inside the tree), and each test's duration in seconds."""

    tests: Mapping[str, Mapping[int, frozenset[str]]]
    seconds: Mapping[str, float]

    def nearest(self, mutant: Mutant) -> Mapping[str, float]:
        """The tests that run the mutant's statement; all of them if it runs when its module is loaded."""
        lines = self.tests.get(mutant.path, {})
        tests = lines.get(max((line for line in lines if line <= mutant.line), default=0), frozenset())
        return self.seconds if "" in tests else {test: self.seconds[test] for test in tests}


class Observer:
    """Sets the current test as coverage context, and measures its duration."""

    def __init__(self, coverage: Coverage) -> None:
        self.coverage = coverage
        self.seconds: dict[str, float] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        _forget()
        self.coverage.switch_context(item.nodeid)
        started = time.perf_counter()
        yield
        self.seconds[item.nodeid] = time.perf_counter() - started


def _forget() -> None:
    """Clear caches: code whose result one test cached would not run for the next."""
    for name in [name for name in sys.modules if name.startswith("followup.")]:
        for thing in vars(sys.modules[name]).values():
            if isinstance(thing, functools._lru_cache_wrapper):
                thing.cache_clear()


class FirstFailure:
    """Runs some of the tests, quickest first, and records the first failure, or another error."""

    def __init__(self, some: Mapping[str, float] | None) -> None:
        self.some = some
        self.name = ""

    @pytest.hookimpl(wrapper=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> Iterator[None]:
        yield  # after the conftest's own ordering
        if (some := self.some) is not None:
            items[:] = sorted((item for item in items if item.nodeid in some), key=lambda item: some[item.nodeid])
        for item in items:
            self._stop_at_first_example(item)

    def _stop_at_first_example(self, item: pytest.Item) -> None:
        """Stop at one failing example: shrinking it would take minutes."""
        handle = getattr(getattr(item, "obj", None), "hypothesis", None)
        if handle is not None:
            handle.inner_test = self._stopping(handle.inner_test, item.nodeid)

    def _stopping(self, test: Callable[..., object], name: str) -> Callable[..., object]:
        @functools.wraps(test)
        def stopping(*values: object, **named: object) -> object:
            try:
                return test(*values, **named)
            except HypothesisException:  # Hypothesis skips an example this way
                raise
            except Exception:
                self.name = name
                raise KeyboardInterrupt from None

        return stopping

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.name = self.name or report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.name = self.name or f"{report.nodeid}, which could not be imported"


def first_failure(tests: Sequence[str], some: Mapping[str, float] | None = None) -> str:
    """The name of the first failing test; empty if all (or `some`) pass. `tests`: pytest arguments."""
    noted = FirstFailure(some)
    code = pytest.main([*WORDS, *tests], plugins=[noted])
    return "" if code == pytest.ExitCode.OK else noted.name or f"pytest, which ended with {code!r}"


def reach(tests: Sequence[str], tree: Path, where: str) -> Reach | str:
    """The reach of the tests, or the name of the first test that fails without a mutant."""
    coverage = Coverage(data_file=None, include=[str(tree / where), str(tree / where / "*")])
    observer, failing = Observer(coverage), FirstFailure(None)
    coverage.start()
    code = pytest.main([*WORDS, *tests], plugins=[observer, failing])
    coverage.stop()
    if code != pytest.ExitCode.OK:
        return failing.name or str(code)
    return Reach(_tests_of_lines(coverage, tree), observer.seconds)


def _tests_of_lines(coverage: Coverage, tree: Path) -> dict[str, dict[int, frozenset[str]]]:
    """The tests of each line; an empty test name means that the line runs when its module is loaded."""
    lines: dict[str, dict[int, frozenset[str]]] = {}
    data = coverage.get_data()
    for file in data.measured_files():
        missing = coverage.analysis2(file)[3]
        ran = {line: frozenset(contexts) for line, contexts in data.contexts_by_lineno(file).items()}
        lines[str(Path(file).relative_to(tree))] = {**dict.fromkeys(missing, frozenset[str]()), **ran}
    return lines
