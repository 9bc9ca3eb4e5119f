"""Back up the store to one file while others work: copy it, check the copy, and only then give it its name."""

from __future__ import annotations

import os
from contextlib import closing
from itertools import islice

from followup.app.checking import Doctor
from followup.app.session import Visit
from followup.disk import beside, sync_folder
from followup.errors import CannotWrite, StoreUnreachable
from followup.store.opening import open_store


def check_absent(file: str) -> None:
    """Raises CannotWrite if `file` exists: a backup doesn't overwrite anything."""
    if os.path.lexists(file):
        raise CannotWrite(f"{file} already exists: choose another name")


def back_up(visit: Visit, file: str) -> None:
    """Raises Refused where the user may not copy the office, StoreUnreachable where it is damaged: what is named here
    can be restored."""
    with beside(file) as part:
        visit.administered("copy the office")
        visit.store.back_up(part.name)
        _check(part.name)
        os.link(part.name, file)  # a rename would overwrite a file that another command created meanwhile
        sync_folder(os.path.dirname(file))


def _check(path: str) -> None:
    """Checks the copy, so that other commands don't wait."""
    with closing(open_store("sqlite:///" + os.path.abspath(path))) as store:
        lines = list(islice(Doctor(store).damage(), 2))
    if lines:
        raise StoreUnreachable(
            f"The office is damaged, and was not backed up: {lines[0]}. `followup doctor` lists all damage."
        )
    with open(path, "rb") as file:
        os.fsync(file.fileno())
