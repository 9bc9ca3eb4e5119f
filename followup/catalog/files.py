"""The files of a catalog folder: every .yaml and .yml below it, sorted, without hidden ones.

A folder that can't be listed counts as a file, so that it is reported. Each is looked at before it is opened: a pipe
would wait for ever, a device never ends, and a link can lead anywhere.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from typing import NamedTuple

from followup.catalog.source_text import NotText, decode, visible
from followup.catalog.tree import TOP

SUFFIXES = (".yaml", ".yml")
LARGEST = 4 * 1024 * 1024


class CatalogFile(NamedTuple):
    """A file in the folder: `path` to open it, `display` to print, with undecodable bytes escaped."""

    path: str
    display: str


def listing(folder: str) -> tuple[CatalogFile, ...]:
    """Everything below `folder` that is named like a catalog file, every link to a folder, and what can't be listed."""
    return tuple(sorted(CatalogFile(path, _display(path)) for path in _names(folder)))


def _names(folder: str) -> Iterator[str]:
    closed: list[OSError] = []
    for parent, folders, files in os.walk(folder, onerror=closed.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in folders:
            path = os.path.join(parent, name)
            if name.endswith(SUFFIXES) or os.path.islink(path):
                yield path
        yield from (os.path.join(parent, name) for name in files if _wanted(name))
    yield from (str(error.filename) for error in closed if isinstance(error, PermissionError))


def _wanted(name: str) -> bool:
    return name.endswith(SUFFIXES) and not name.startswith(".")


def _display(path: str) -> str:
    return visible(path.encode("utf-8", "backslashreplace").decode())


def content(path: str, folder: str) -> str:
    """The text of a file inside `folder`. Raises NotText with the reason."""
    _refuse_leaving(path, folder)
    try:
        _refuse_irregular(path)
        with open(path, "rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise NotText("FU003", TOP, f"can't be read: {(error.strerror or str(error)).lower()}") from None
    if len(data) > LARGEST:
        raise NotText("FU004", TOP, f"larger than {LARGEST // 1024**2} MB", "split the file")
    return decode(data)


def attachment(name: str, folder: str) -> str:
    """The text of a file that an item refers to, relative to the folder. Raises NotText."""
    if os.path.isabs(name) or ".." in name.replace("\\", "/").split("/"):
        raise NotText("FU002", TOP, "a path out of the catalog folder", "make it relative to the catalog folder")
    return content(os.path.join(folder, name), folder)


def _refuse_leaving(path: str, folder: str) -> None:
    inside = os.path.join(os.path.realpath(folder), "")
    real = os.path.realpath(path)
    if not os.path.join(real, "").startswith(inside):
        raise NotText("FU002", TOP, "a link out of the catalog folder", "copy the file here instead")
    if os.path.islink(path) and os.path.isdir(real):
        raise NotText("FU002", TOP, "a link to a folder", "move the folder here instead")


def _refuse_irregular(path: str) -> None:
    mode = os.stat(path).st_mode
    if stat.S_ISDIR(mode):
        os.scandir(path).close()  # permission denied says more
        raise NotText("FU001", TOP, "a folder, not a file", "rename it")
    if not stat.S_ISREG(mode):
        raise NotText("FU001", TOP, "not a regular file", "remove it")
