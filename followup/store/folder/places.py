"""The folder of a store: its lock, and the system's errors as ours, each one line with its exit code."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from followup.errors import Busy, CannotWrite, StoreUnreachable

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)
PAUSE = 0.01  # seconds between two attempts to lock


@contextmanager
def locked(folder: str, writing: bool, patience: float) -> Iterator[None]:
    """Lock the folder, exclusively for writing, else shared. Raises Busy after `patience` seconds.

    Locks the folder itself, so that the office needs no lock file, and a kill releases the lock.
    """
    with unreadable(folder):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _wait(handle, fcntl.LOCK_EX if writing else fcntl.LOCK_SH, folder, time.monotonic() + patience)
        yield
    finally:
        os.close(handle)


def _wait(handle: int, kind: int, folder: str, until: float) -> None:
    while True:
        try:
            with unreadable(folder):
                fcntl.flock(handle, kind | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > until:
                message = "the database is busy: try again"
                raise Busy(f"{message} ({folder})") from None
        time.sleep(PAUSE)


@contextmanager
def unreadable(path: str) -> Iterator[None]:
    try:
        yield
    except BlockingIOError:
        raise
    except OSError as error:
        raise StoreUnreachable(f"the database can't be read: {error.strerror} ({error.filename or path})") from error


@contextmanager
def unwritable(folder: str, outcome: str) -> Iterator[None]:
    """`outcome`: what happened to the change if this fails."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            message = f"the disk is full: {outcome}; free some space and run it again"
        elif error.errno in FORBIDDEN:
            message = f"the database can't be written: its folder or a file is read-only; {outcome}"
        else:
            message = f"the disk reported an error ({error.strerror}): {outcome}"
        raise CannotWrite(f"{message} ({folder})") from error
