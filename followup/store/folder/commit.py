"""How a change reaches the files: staged and synced in a subfolder, committed by one rename, then moved into place.

Killed before the rename, nothing has changed; killed after it, the next command rolls it forward before reading.
That is safe to repeat: a file is moved only once, and an addition has an offset.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from typing import NamedTuple

from followup.disk import sync_folder
from followup.store.folder.places import unwritable

STAGING, STAGED = ".staging", ".staged"
NOTHING_SAVED = "nothing was changed"
STANDS = "the change is saved, and the next command finishes it"


class Addition(NamedTuple):
    """Text to add at the end of a file that is `offset` bytes long."""

    offset: int
    text: bytes


def commit(folder: str, whole: Mapping[str, bytes], added: Mapping[str, Addition]) -> None:
    """Write files by name, complete (`whole`) or with added text, all or nothing. Raises CannotWrite."""
    staging = os.path.join(folder, STAGING)
    with unwritable(folder, NOTHING_SAVED):
        try:
            _check_writable(folder, added)
            _stage(staging, whole, added)
            # The commit. Replacing several files isn't atomic, but renaming a folder is, so all of them are staged in a
            # folder first.
            os.rename(staging, os.path.join(folder, STAGED))
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise
    with unwritable(folder, STANDS):
        sync_folder(folder)
        roll_forward(folder)


def _check_writable(folder: str, added: Mapping[str, Addition]) -> None:
    """Don't start what can't be finished. Replacing a file needs write permission for its folder, as the rename does;
    adding to it needs that for the file."""
    for name in added:
        os.close(os.open(os.path.join(folder, name), os.O_WRONLY | os.O_CLOEXEC))


def _stage(staging: str, whole: Mapping[str, bytes], added: Mapping[str, Addition]) -> None:
    shutil.rmtree(staging, ignore_errors=True)  # left by a kill
    os.mkdir(staging)
    additions = {f"{name}@{addition.offset}": addition.text for name, addition in added.items()}
    for name, text in {**whole, **additions}.items():
        with open(os.path.join(staging, name), "xb") as file:
            _write(file.fileno(), text)
    sync_folder(staging)  # otherwise, after a power failure, the rename could be on disk without the files


def is_staged(folder: str) -> bool:
    return os.path.isdir(os.path.join(folder, STAGED))


def roll_forward(folder: str) -> None:
    """Replace files first, which frees space for additions. Additions stay staged until everything is on disk, because
    an interrupted one must be repeated."""
    staged = os.path.join(folder, STAGED)
    names = sorted(os.listdir(staged))
    additions = [name for name in names if "@" in name]
    for name in names:
        if name not in additions:
            os.replace(os.path.join(staged, name), os.path.join(folder, name))
    for name in additions:
        _add(os.path.join(staged, name), folder, name)
    sync_folder(folder)  # everything must be in place before the staged files are deleted
    for name in additions:
        os.unlink(os.path.join(staged, name))
    os.rmdir(staged)


def _add(source: str, folder: str, name: str) -> None:
    """Write at its offset instead of the end of the file, which may already contain a part of it."""
    name, _, offset = name.rpartition("@")
    with open(source, "rb") as file:
        text = file.read()
    handle = os.open(os.path.join(folder, name), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        os.lseek(handle, int(offset), os.SEEK_SET)
        _write(handle, text)
    finally:
        os.close(handle)


def _write(handle: int, text: bytes) -> None:
    rest = memoryview(text)
    while rest:
        rest = rest[os.write(handle, rest) :]
    os.fsync(handle)
