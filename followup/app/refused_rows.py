"""The file of the rows that an import refused: begun with the first of them, and whole or not there.

It replaces no file: the one that was imported may be half repaired, and the one of the last run too.
"""

from __future__ import annotations

import filecmp
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from itertools import chain, count, takewhile
from types import TracebackType

from followup.errors import CannotWrite, UsageError
from followup.intake.refusals import Refusal, refusal_file
from followup.intake.sheet import OpenTable


def places_for(file: str, wanted: str | None) -> tuple[str, ...]:
    """Where the refused rows of `file` may go, best first. Raises UsageError, or CannotWrite, before any is read."""
    if wanted == "-":
        raise UsageError("--refused -: name a file; stdout is for how many rows there were")
    if wanted:
        _check_place(file, wanted)
        return (wanted,)
    beside = f"{'stdin' if file == '-' else file}.refused.csv"
    # beside a pipe, such as /dev/fd/63, a person would not look for it
    return (beside, os.path.basename(beside)) if os.path.isfile(file) else (os.path.basename(beside),)


def _check_place(file: str, wanted: str) -> None:
    with suppress(OSError):
        if os.path.samestat(os.stat(0 if file == "-" else file), os.stat(wanted)):
            raise UsageError(f"--refused {wanted} is the file that is imported: name another")
    if os.path.isdir(wanted) or not os.access(os.path.dirname(wanted) or ".", os.W_OK):
        raise CannotWrite(f"cannot write {wanted}: it is a folder, or its folder is not there or is read-only")


class RefusedRows:
    """`path`: where they went, None while there are none. Without `places` nothing is written."""

    def __init__(self, source: OpenTable, places: Sequence[str]) -> None:
        self.path: str | None = None
        self._source, self._places, self._place = source, places, ""
        self._stack = ExitStack()
        self._write: Callable[[Refusal], None] | None = None

    def add(self, refusal: Refusal) -> None:
        if self._write is None and self._places:
            self._write = self._begin()
        if self._write is not None:
            self._write(refusal)

    def _begin(self) -> Callable[[Refusal], None]:
        *better, last = self._places
        for place in better:
            with suppress(CannotWrite):
                return self._open(place)
        return self._open(last)

    def _open(self, place: str) -> Callable[[Refusal], None]:
        self.path, self._place = _unused(place), place
        return self._stack.enter_context(refusal_file(self.path, self._source.header, self._source.delimiter))

    @property
    def remedy(self) -> str:
        """What to do about them; nothing where nothing was written."""
        if not self.path:
            return ""
        older = "" if self.path in self._places else " (the one before was left as it is)"
        return f": see {self.path}{older}, fix that file and import it"

    def __enter__(self) -> RefusedRows:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)
        if self.path and error is None:
            self.path = _first_alike(self.path, self._place)


def _first_alike(path: str, place: str) -> str:
    """An import that is repeated every night refuses the same rows: they are in one file, not in one for each night."""
    older = takewhile(lambda name: name != path, _numbered(place))
    same = next((name for name in older if os.path.isfile(name) and filecmp.cmp(name, path, shallow=False)), path)
    if same != path:
        os.remove(path)
    return same


def _unused(path: str) -> str:
    """`people.csv.refused.csv`, or `people.csv.refused-2.csv` and so on where there is one."""
    return next(name for name in _numbered(path) if not os.path.lexists(name))


def _numbered(path: str) -> Iterator[str]:
    stem, ending = os.path.splitext(path)
    return chain([path], (f"{stem}-{number}{ending}" for number in count(2)))
