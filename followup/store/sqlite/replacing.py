"""Another file becomes the store: in one step, with no writer at work, and with no journal of the old one left."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from glob import escape, glob

from followup.disk import JOURNALS, failure_said, sync_folder
from followup.errors import Busy
from followup.store.sqlite.store import WAIT_SECONDS, file_uri


def put_in_place(new: str, path: str, kept: str | None) -> None:
    """`new`, in the same folder, becomes `path`; what was there is `kept` then. Raises CannotWrite, Busy."""
    with failure_said(path), _without_writers(path):
        if kept:
            _take_after(path, new)
            _keep(path, kept)
        _sync(new)
        os.replace(new, path)
        sync_folder(os.path.dirname(path))


@contextmanager
def _without_writers(path: str) -> Iterator[None]:
    """What a killed writer left is rolled back first. A file that isn't a database any more has no writers. Those who
    wait for it are told afterwards that it was replaced."""
    if not os.path.exists(path):
        yield
        return
    with closing(sqlite3.connect(file_uri(path, "rw"), uri=True, isolation_level=None, timeout=WAIT_SECONDS)) as old:
        try:
            old.execute("BEGIN EXCLUSIVE")
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
                raise Busy(f"{path} is in use. Try again when no other command runs. Nothing was changed.") from None
        yield


def _keep(path: str, kept: str) -> None:
    """Under another name too, until the new file takes the first one. A journal that could not be rolled back would be
    taken for the new file's: it goes with the old one, which cannot be opened anyway."""
    for left in glob(f"{escape(path)}.replaced-*"):
        if os.path.samefile(left, path):  # of a restore that was killed here
            os.unlink(left)
    try:
        os.link(path, kept)
    except OSError:  # not every file system has links
        shutil.copyfile(path, kept)
        _sync(kept)
    for end in JOURNALS:
        with suppress(FileNotFoundError):
            os.rename(path + end, kept + end)


def _take_after(path: str, new: str) -> None:
    """Who may read and write the store was decided when it was made."""
    old = os.stat(path)
    os.chmod(new, stat.S_IMODE(old.st_mode))
    with suppress(PermissionError):
        os.chown(new, old.st_uid, old.st_gid)


def _sync(path: str) -> None:
    with open(path, "rb") as file:
        os.fsync(file.fileno())
