"""Create or upgrade the store for an office: it doesn't exist yet, or is empty."""

from __future__ import annotations

from contextlib import closing

from followup.app.office_store import open_office
from followup.app.project_record import FILES
from followup.disk import check_output
from followup.errors import CannotWrite, NoProject
from followup.store.urls import display_url


def check_unused(url: str) -> None:
    """Raises CannotWrite where an office is kept already, or a file of a project: nothing may be written over it."""
    for scheme in FILES:
        if url.startswith(scheme):
            check_output(url.removeprefix(scheme), is_store=True)
    try:
        store = open_office(url)
    except NoProject as missing:
        if missing.exists:
            raise
        return
    with closing(store):
        if store.catalog.version():
            office = f"{display_url(url)} already has an office"
            raise CannotWrite(f"{office}. Nothing changed. Use `followup apply` to change its catalog")


def create_store(url: str) -> None:
    """Create an empty store, or upgrade one of an older program."""
    open_office(url, create=True).close()


def upgrade_store(url: str) -> bool:
    """Upgrade a store of an older program; return whether that was needed."""
    try:
        open_office(url).close()
        return False
    except NoProject as older:
        if not older.exists:
            raise
    create_store(url)
    return True
