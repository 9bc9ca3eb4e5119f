"""Files that are whole, or not there at all: written under another name, then renamed; and never over what is ours."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from glob import escape, glob
from itertools import count
from secrets import token_hex
from typing import IO

from followup.errors import CannotWrite

SQLITE = b"SQLite format 3\0"
JOURNALS = ("-journal", "-wal", "-shm")
YAML = (".yaml", ".yml")
#: the folder of what a project remembers of itself
SETTINGS = ".followup"
#: what git is to leave out, in any folder
IGNORE_FILE = ".gitignore"


@contextmanager
def replacing(path: str, ours: bool = False) -> Iterator[IO[str]]:
    """A file that becomes `path` at the end of the `with`, and disappears if that is not reached.

    A device or a pipe is written to where it is; a link is refused, whoever made it. A new file is its owner's alone,
    since most hold contacts; one that is there keeps its mode. `ours`: it is a file of the project itself, and no
    result of a command.
    """
    if _is_no_file(path):
        with failure_said(path):
            device = open(path, "w", encoding="utf-8", newline="")  # noqa: SIM115 - closed just below
        with device:
            yield device
        return
    with beside(path, ours) as file:
        yield file
        with failure_said(path):
            file.flush()
            if os.path.exists(path):  # keep the permissions of the existing file
                os.fchmod(file.fileno(), stat.S_IMODE(os.stat(path).st_mode))
            os.fsync(file.fileno())
            os.replace(file.name, path)
            sync_folder(os.path.dirname(path))


@contextmanager
def beside(path: str, ours: bool = False) -> Iterator[IO[str]]:
    """Yield a new file in the folder of `path`, to be renamed to `path`; it is deleted if that didn't happen.

    Removes leftover files of killed runs. Raises CannotWrite.
    """
    if not ours:
        check_output(path)
    with failure_said(path):
        _sweep(path)
        file = _part(path, 0o644 if ours else 0o600)
    try:
        yield file
    finally:
        with suppress(FileNotFoundError):
            os.unlink(file.name)
        with suppress(OSError):
            file.close()  # last, because closing releases the lock


def check_output(path: str, is_store: bool = False) -> None:
    """The one place that decides what no command may write its results to. Raises CannotWrite for a store, what lies
    next to one, a file of a catalog, and a project's own settings; of any project.

    `is_store`: a store is made there, or is there already.
    """
    with failure_said(path):
        place = os.path.realpath(path)
        what = "a database" if not is_store and _is_database(place) else _part_of_ours(place)
    if what:
        raise CannotWrite(f"{path} is {what}. Nothing was written. Choose another file.")


def _part_of_ours(path: str) -> str | None:
    """By where it is, whatever it is called."""
    folder, name = os.path.split(path)
    base = next((path.removesuffix(end) for end in JOURNALS if name.endswith(end)), None)
    if base and os.path.isfile(base):
        return f"where the journal of {os.path.basename(base)} belongs"
    folders = [*_and_above(folder)]
    if any(map(is_office, folders)):
        return "in the folder of a store"
    if any(map(_is_catalog, folders)):
        return "part of a catalog"
    if name == IGNORE_FILE or SETTINGS in map(os.path.basename, folders):
        return "part of a project's settings"
    return None


def _is_database(path: str) -> bool:
    """Also one that is damaged at its very start, or was only begun."""
    if not os.path.isfile(path):
        return False
    with open(path, "rb") as file:
        return file.read(len(SQLITE)) == SQLITE or path.endswith((".db", ".sqlite", ".sqlite3"))


def is_office(folder: str) -> bool:
    """Whether it has the identity of an office in CSV files."""
    path = os.path.join(folder, "office.json")
    if not os.path.isfile(path):
        return False
    with open(path, "rb") as file:
        return b'"instance"' in file.read(1000)


def _is_catalog(folder: str) -> bool:
    if os.path.basename(folder) != "cycles" or not os.path.isdir(folder):
        return False
    return any(name.endswith(YAML) for name in os.listdir(folder))


def _and_above(folder: str) -> Iterator[str]:
    yield folder
    while (above := os.path.dirname(folder)) != folder:
        yield (folder := above)


def _is_no_file(path: str) -> bool:
    if os.path.exists(path) and not stat.S_ISREG(os.stat(path).st_mode):
        return True
    if os.path.islink(path):
        raise CannotWrite(f"{path} is a link: use the path of the file itself")
    return False


def _part(path: str, mode: int) -> IO[str]:
    """Create a temporary file for `path`. This process locks it, so that others don't remove it as a leftover."""
    while True:
        name = _part_name(path)
        file = open(name, "x", encoding="utf-8", newline="", opener=lambda path, flags: os.open(path, flags, mode))  # noqa: SIM115
        flock(file, LOCK_EX)
        if os.path.exists(file.name):  # another process didn't remove it before it was locked
            return file
        file.close()


def _part_name(path: str) -> str:
    return f"{path}.{token_hex(4)}.part"


def _left_over(path: str) -> list[str]:
    return glob(f"{escape(path)}.{'[0-9a-f]' * 8}.part")


def _sweep(path: str) -> None:
    for left in _left_over(path):
        with suppress(OSError), open(left, "rb") as file:
            flock(file, LOCK_EX | LOCK_NB)
            with suppress(FileNotFoundError):
                os.unlink(left + "-journal")  # of a backup
            os.unlink(left)


@contextmanager
def whole_folder(path: str, becomes_it: bool = True) -> Iterator[str]:
    """An empty folder that becomes `path` at the end of the `with`, or only helps to make it, and goes. So does what
    killed runs left of the kind: the caller sees to it that it is the only one. Raises OSError."""
    for left in _left_over(path):
        shutil.rmtree(left, ignore_errors=True)
    part = _part_name(path)
    os.mkdir(part)
    try:
        yield part
        if becomes_it:
            os.rename(part, path)
            sync_folder(os.path.dirname(path))
    finally:
        shutil.rmtree(part, ignore_errors=True)


def numbered(stem: str, ending: str = "") -> Iterator[str]:
    """Names for a file that must not replace another: the plain one, then with -2, -3 and so on."""
    yield stem + ending
    yield from (f"{stem}-{number}{ending}" for number in count(2))


@contextmanager
def failure_said(path: str) -> Iterator[None]:
    """Raise the system's errors as CannotWrite."""
    try:
        yield
    except OSError as error:
        raise CannotWrite(f"can't write {path}: {error.strerror}") from None


def sync_folder(folder: str) -> None:
    """Sync `folder`, so that renames and deletions in it survive a power cut. Raises OSError."""
    place = os.open(folder or ".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(place)
    finally:
        os.close(place)
