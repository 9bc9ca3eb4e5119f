"""The file of the rows that an import refused: created with the first one, complete or absent.

It never overwrites a file: the imported file or that of an earlier run may be half fixed already.
"""

from __future__ import annotations

import filecmp
import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from itertools import takewhile
from types import TracebackType

from followup.disk import numbered
from followup.errors import CannotWrite, UsageError
from followup.intake.refusals import Refusal, refusal_file
from followup.intake.sheet import OpenTable


def places_for(file: str, wanted: str | None) -> tuple[str, ...]:
    """Files to try for the refused rows of `file`, best first. Raises UsageError or CannotWrite before reading rows."""
    if wanted == "-":
        raise UsageError("--refused needs a file: stdout is used for the counts")
    if wanted:
        _check_place(file, wanted)
        return (wanted,)
    beside = f"{'stdin' if file == '-' else file}.refused.csv"
    # the folder of a pipe, such as /dev/fd/63, isn't where a user would look
    return (beside, os.path.basename(beside)) if os.path.isfile(file) else (os.path.basename(beside),)


def _check_place(file: str, wanted: str) -> None:
    with suppress(OSError):
        if os.path.samestat(os.stat(0 if file == "-" else file), os.stat(wanted)):
            raise UsageError(f"--refused {wanted} is the imported file: choose another name")
    if os.path.isdir(wanted) or not os.access(os.path.dirname(wanted) or ".", os.W_OK):
        raise CannotWrite(f"can't write {wanted}: it's a folder, or its folder is missing or read-only")


class RefusedRows:
    """`path`: the file, None while there are no refused rows. Without `places` nothing is written."""

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
        """How to fix them; empty if nothing was written."""
        if not self.path:
            return ""
        older = "" if self.path in self._places else " (the older file was kept)"
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
    older = takewhile(lambda name: name != path, numbered(*os.path.splitext(place)))
    same = next((name for name in older if os.path.isfile(name) and filecmp.cmp(name, path, shallow=False)), path)
    if same != path:
        os.remove(path)
    return same


def _unused(path: str) -> str:
    """`people.csv.refused.csv`; if that exists, `people.csv.refused-2.csv` and so on."""
    return next(name for name in numbered(*os.path.splitext(path)) if not os.path.lexists(name))
