"""Files that are whole, or not there at all: written beside, then named."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from glob import escape, glob
from secrets import token_hex
from typing import IO

from followup.errors import CannotWrite


@contextmanager
def replacing(path: str) -> Iterator[IO[str]]:
    """A file that becomes `path` at the end of the `with`, and disappears if that is not reached.

    A device or a pipe is written to where it is; a link is refused, whoever made it.
    """
    if _is_no_file(path):
        with failure_said(path):
            device = open(path, "w", encoding="utf-8", newline="")  # noqa: SIM115 - closed just below
        with device:
            yield device
        return
    with beside(path) as file:
        yield file
        with failure_said(path):
            file.flush()
            if os.path.exists(path):  # who may read it was decided by whoever made it
                os.fchmod(file.fileno(), stat.S_IMODE(os.stat(path).st_mode))
            os.fsync(file.fileno())
            os.replace(file.name, path)
            sync_folder(os.path.dirname(path))


@contextmanager
def beside(path: str) -> Iterator[IO[str]]:
    """A new file for what is to become `path`, in the same folder; gone at the end if it has not become that.

    Removes what killed runs left of the kind. Raises CannotWrite.
    """
    with failure_said(path):
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
def failure_said(path: str) -> Iterator[None]:
    """The system's errors as CannotWrite."""
    try:
        yield
    except OSError as error:
        raise CannotWrite(f"cannot write {path}: {error.strerror}") from None


def sync_folder(folder: str) -> None:
    """What was named, moved or removed there stays so after a power cut. Raises OSError."""
    place = os.open(folder or ".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(place)
    finally:
        os.close(place)
