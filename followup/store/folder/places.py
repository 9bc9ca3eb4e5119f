"""The folder of a store: who may use it when, and the system's errors as ours, each one line with its exit code."""

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
PAUSE = 0.01  # seconds between two looks at whether it is our turn


@contextmanager
def locked(folder: str, writing: bool, patience: float) -> Iterator[None]:
    """The folder for oneself, or with others who read. Raises Busy after `patience` seconds.

    The folder itself is what is locked, so that no file of ours lies between the office's, and a kill lets go.
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
                message = "the store is busy: somebody has been writing for longer than it was worth waiting"
                raise Busy(f"{message} ({folder})") from None
        time.sleep(PAUSE)


@contextmanager
def unreadable(path: str) -> Iterator[None]:
    try:
        yield
    except BlockingIOError:
        raise
    except OSError as error:
        raise StoreUnreachable(f"the store cannot be read: {error.strerror} ({error.filename or path})") from error


@contextmanager
def unwritable(folder: str, outcome: str) -> Iterator[None]:
    """`outcome`: what has become of the change when it fails here."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            message = f"the disk is full: {outcome}; free some space and run it again"
        elif error.errno in FORBIDDEN:
            message = f"the store cannot be written: its folder or a file is read-only; {outcome}"
        else:
            message = f"the disk reported an error ({error.strerror}): {outcome}"
        raise CannotWrite(f"{message} ({folder})") from error
