"""How a change reaches the files: staged and synced beside them, committed by one rename, then moved into place.

Killed before the rename it never was; killed after it, the next command rolls it forward before it reads anything.
Doing so twice does no harm: a file is moved once, and an addition has its offset.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from typing import NamedTuple

from followup.disk import sync_folder
from followup.store.folder.places import unwritable

STAGING, STAGED = ".staging", ".staged"
NOTHING_SAVED = "nothing is half saved"
STANDS = "the change stands, and the next command finishes it"


class Addition(NamedTuple):
    """Text at the end of a file that is `offset` bytes long."""

    offset: int
    text: bytes


def commit(folder: str, whole: Mapping[str, bytes], added: Mapping[str, Addition]) -> None:
    """Files by name, new or as they are now; all of them or none. Raises CannotWrite."""
    staging = os.path.join(folder, STAGING)
    with unwritable(folder, NOTHING_SAVED):
        try:
            _check_writable(folder, added)
            _stage(staging, whole, added)
            # The commit. Several files would be replaced one after the other; a folder has its old name or its new one,
            # whatever happens. So they go into a folder first.
            os.rename(staging, os.path.join(folder, STAGED))
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise
    with unwritable(folder, STANDS):
        sync_folder(folder)
        roll_forward(folder)


def _check_writable(folder: str, added: Mapping[str, Addition]) -> None:
    """What could not be finished is not begun. To replace a file takes write permission for its folder, as the rename
    does; to add to it takes that for the file."""
    for name in added:
        os.close(os.open(os.path.join(folder, name), os.O_WRONLY | os.O_CLOEXEC))


def _stage(staging: str, whole: Mapping[str, bytes], added: Mapping[str, Addition]) -> None:
    shutil.rmtree(staging, ignore_errors=True)  # what a kill left
    os.mkdir(staging)
    additions = {f"{name}@{addition.offset}": addition.text for name, addition in added.items()}
    for name, text in {**whole, **additions}.items():
        with open(os.path.join(staging, name), "xb") as file:
            _write(file.fileno(), text)
    sync_folder(staging)  # or after a power cut the rename could be there, and the files not


def is_staged(folder: str) -> bool:
    return os.path.isdir(os.path.join(folder, STAGED))


def roll_forward(folder: str) -> None:
    """Files that are replaced first: what they leave free is room for what grows. Additions stay staged until all is on
    the disk, since a kill in the middle of one has it made again."""
    staged = os.path.join(folder, STAGED)
    names = sorted(os.listdir(staged))
    additions = [name for name in names if "@" in name]
    for name in names:
        if name not in additions:
            os.replace(os.path.join(staged, name), os.path.join(folder, name))
    for name in additions:
        _add(os.path.join(staged, name), folder, name)
    sync_folder(folder)  # everything is in its place, before what it was made of goes
    for name in additions:
        os.unlink(os.path.join(staged, name))
    os.rmdir(staged)


def _add(source: str, folder: str, name: str) -> None:
    """At its offset, and not at the end of the file, where a part of it may be already."""
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
