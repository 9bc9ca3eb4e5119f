"""Records that were refused, and the file they are written back to: mend it in place and import it again.

The file is whole or not there at all, and opens in a spreadsheet without running anything.
"""

from __future__ import annotations

import csv
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from glob import escape, glob
from secrets import token_hex
from typing import IO, NamedTuple

from followup.core.spreadsheet import guard, unguard
from followup.errors import CannotWrite
from followup.intake.columns import REPORT


class Refusal(NamedTuple):
    """One record that was not taken: the line it starts on, from 1, why, and its cells as they stand in the file."""

    line: int
    reason: str
    record: tuple[str, ...]


def write_refusals(path: str, header: tuple[str, ...], refusals: Iterable[Refusal], delimiter: str = ",") -> None:
    """All of them at once; see `refusal_file`."""
    with refusal_file(path, header, delimiter) as write:
        for refusal in refusals:
            write(refusal)


@contextmanager
def refusal_file(path: str, header: tuple[str, ...], delimiter: str = ",") -> Iterator[Callable[[Refusal], None]]:
    """Yields what writes one refusal, as an import goes along: `line`, `reason`, and the file's own columns.

    The file appears at the end of the `with`, and not at all if an exception ends it. Raises CannotWrite.
    """
    skip = len(REPORT) if header[: len(REPORT)] == REPORT else 0
    with replacing(path) as file:
        out = csv.writer(file, delimiter=delimiter)

        def write(refusal: Refusal) -> None:
            with _failure_said(path):
                out.writerow((refusal.line, refusal.reason, *_guarded(refusal.record[skip:])))

        # The mark tells spreadsheets that it is UTF-8; the import knows it.
        file.write("\ufeff")
        out.writerow(REPORT + _guarded(header[skip:]))
        yield write


@contextmanager
def replacing(path: str) -> Iterator[IO[str]]:
    """A file that becomes `path` at the end of the `with`, and disappears if that is not reached.

    A device or a pipe is written to where it is; a link is refused, whoever made it.
    """
    if _is_no_file(path):
        with _failure_said(path):
            device = open(path, "w", encoding="utf-8", newline="")  # noqa: SIM115 - closed just below
        with device:
            yield device
        return
    with beside(path) as file:
        yield file
        with _failure_said(path):
            file.flush()
            os.fsync(file.fileno())
            os.replace(file.name, path)


@contextmanager
def beside(path: str) -> Iterator[IO[str]]:
    """A new file for what is to become `path`, in the same folder; gone at the end if it has not become that.

    Removes what killed runs left of the kind. Raises CannotWrite.
    """
    with _failure_said(path):
        _sweep(path)
        file = _part(path)
    try:
        yield file
    finally:
        with suppress(FileNotFoundError):
            os.unlink(file.name)
        with suppress(OSError):
            file.close()  # last: the lock goes with it


def _is_no_file(path: str) -> bool:
    if os.path.exists(path) and not stat.S_ISREG(os.stat(path).st_mode):
        return True
    if os.path.islink(path):
        raise CannotWrite(f"{path} is a link: it would be replaced, not followed; name the file itself")
    return False


def _part(path: str) -> IO[str]:
    """A new file beside `path`, locked for as long as this process lives: so others see that it is not left over."""
    while True:
        file = open(f"{path}.{token_hex(4)}.part", "x", encoding="utf-8", newline="")  # noqa: SIM115
        flock(file, LOCK_EX)
        if os.path.exists(file.name):  # not swept away before it was locked
            return file
        file.close()


def _sweep(path: str) -> None:
    for left in glob(f"{escape(path)}.{'[0-9a-f]' * 8}.part"):
        with suppress(OSError), open(left, "rb") as file:
            flock(file, LOCK_EX | LOCK_NB)
            with suppress(FileNotFoundError):
                os.unlink(left + "-journal")  # of a backup
            os.unlink(left)


@contextmanager
def _failure_said(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CannotWrite(f"cannot write {path}: {error.strerror}") from None


def _guarded(cells: tuple[str, ...]) -> tuple[str, ...]:
    # Unguarded first, so that a cell which was guarded already is not guarded twice.
    return tuple(guard(unguard(cell)) for cell in cells)
