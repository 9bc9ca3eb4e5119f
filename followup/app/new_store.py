"""A store that an office is about to be kept in: it is not there yet, or it is empty."""

from __future__ import annotations

from contextlib import closing

from followup.app.office_store import open_office
from followup.disk import check_output
from followup.errors import CannotWrite, NoProject
from followup.store.urls import display_url

SQLITE = "sqlite:///"


def check_unused(url: str) -> None:
    """Raises CannotWrite where an office is kept already, or a file of a project: nothing may be written over it."""
    if url.startswith(SQLITE):
        check_output(url.removeprefix(SQLITE), is_store=True)
    try:
        store = open_office(url)
    except NoProject as missing:
        if missing.exists:
            raise
        return
    with closing(store):
        if store.catalog.version():
            office = f"{display_url(url)} holds an office already"
            raise CannotWrite(f"{office}: nothing was changed; `followup apply` changes its catalog")


def create_store(url: str) -> None:
    """An empty one, or one of an older program brought up to this."""
    open_office(url, create=True).close()


def upgrade_store(url: str) -> bool:
    """Whether it was older than this program, and is not any more."""
    try:
        open_office(url).close()
        return False
    except NoProject as older:
        if not older.exists:
            raise
    create_store(url)
    return True
