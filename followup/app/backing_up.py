"""A backup: the whole store as one file, taken while others work, checked, and only then named."""

from __future__ import annotations

import os
from contextlib import closing

from followup.app.session import Visit
from followup.disk import beside, sync_folder
from followup.errors import CannotWrite
from followup.store.opening import open_store


def check_absent(file: str) -> None:
    """Raises CannotWrite: a backup overwrites nothing."""
    if os.path.lexists(file):
        raise CannotWrite(f"{file} exists already: a backup overwrites nothing")


def back_up(visit: Visit, file: str) -> None:
    """Raises Refused where the user may not copy the office, CannotWrite where the copy is damaged."""
    with beside(file) as part:
        visit.administered("copy the office")
        os.chmod(part.name, 0o600)  # the contacts of an office
        visit.store.back_up(part.name)
        _check(part.name)
        os.link(part.name, file)  # a move would write over what another command has put there meanwhile
        sync_folder(os.path.dirname(file))


def _check(path: str) -> None:
    with closing(open_store("sqlite:///" + os.path.abspath(path))) as store:
        lines = store.doctor.integrity()
    if lines != ["ok"]:
        raise CannotWrite(f"the copy {path} is damaged: {lines[0]}")
    with open(path, "rb") as file:
        os.fsync(file.fileno())
