"""A backup becomes the store again: checked in a copy next to the store, put in place in one step; what it replaces is
kept. Killed anywhere, the store is the old one or the new one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from followup.app.checking import Doctor
from followup.app.copying import copied
from followup.app.lookup import user_of_login
from followup.app.session import Visit, zone_of
from followup.core.kinds import OFFICE
from followup.core.list_rows import VersionRow
from followup.core.timing import local
from followup.disk import SQLITE, beside, check_output, failure_said, numbered, whole_folder
from followup.errors import BadInput, CannotWrite, NoProject, NotFound, Refused, StoreUnreachable, UsageError
from followup.store.folder import replacing as folder_replacing
from followup.store.opening import open_store
from followup.store.questions.catalog_questions import AppliedCatalog
from followup.store.sqlite import replacing as file_replacing

if TYPE_CHECKING:
    from followup.store.protocol import Store

SERVER = (
    "An office on a server is restored by the server's own tools: load the dump that pg_dump made with psql or "
    "pg_restore, then run `followup doctor`."
)


class Place(NamedTuple):
    """Where the store is: a file, or a folder of CSV files."""

    path: str
    is_folder: bool

    @property
    def is_taken(self) -> bool:
        return os.path.lexists(self.path)


class About(NamedTuple):
    """What a store holds. `at`: the local time of its last change, on the office's clock."""

    office: str
    version: int
    contacts: int
    at: str

    def __str__(self) -> str:
        people = f"{self.contacts:,} contact{'' if self.contacts == 1 else 's'}"
        return f"{self.office}, catalog version {self.version}, {people}, last change {self.at.replace('T', ' ')}"


class Replaced(NamedTuple):
    """What is there now, in words; and whether it is another office than the backup's."""

    holds: str
    is_another: bool


def place_of(url: str) -> Place:
    """Raises UsageError for a server's, CannotWrite where no store can be."""
    scheme, _, path = url.partition(":")
    if scheme not in ("sqlite", "csv"):
        raise UsageError(SERVER)
    place = Place(os.path.realpath(path if scheme == "csv" else path.removeprefix("///")), scheme == "csv")
    if not os.path.isdir(os.path.dirname(place.path)):
        raise CannotWrite(f"{os.path.dirname(place.path)} doesn't exist. Mount its disk or make the folder first.")
    if not place.is_taken:
        check_output(place.path, is_store=True)
    return place


@contextmanager
def checked_copy(file: str, place: Place, show: Callable[[int], None]) -> Iterator[str]:
    """A copy of the backup next to the place where it is to be, healthy and brought up to this program; its path.

    Raises NotFound, BadInput with what is wrong with the backup, NoProject where it is a newer program's.
    """
    _check_file(file, place)
    with beside(place.path, ours=True) as part:
        with failure_said(part.name):
            shutil.copyfile(file, part.name)
        try:
            _check_health(part.name, show)
        except NoProject as newer:
            raise NoProject(str(newer).replace(part.name, file), exists=True) from None
        except (StoreUnreachable, BadInput) as error:
            raise BadInput(f"{file} can't be restored: {str(error).replace(part.name, file)}") from None
        yield part.name


def _check_file(file: str, place: Place) -> None:
    if not os.path.lexists(file):
        raise NotFound(f"There is no file {file}.")
    if not os.path.isfile(file):
        raise BadInput(f"{file} isn't a file. Name one that `followup backup` made.")
    if place.is_taken and os.path.samefile(file, place.path):
        raise BadInput(f"{file} is the store itself. Name a backup of it.")
    for journal in (file + "-journal", file + "-wal"):
        if os.path.exists(journal) and os.path.getsize(journal):
            raise BadInput(f"{file} is a store in use, since {journal} belongs to it. Name one that `backup` made.")
    with failure_said(file), open(file, "rb") as start:
        if start.read(len(SQLITE)) != SQLITE:
            raise BadInput(f"{file} isn't a backup of a followup store.")


def _check_health(path: str, show: Callable[[int], None]) -> None:
    try:
        store = open_store(f"sqlite:///{path}")
    except NoProject as error:
        if "newer" in str(error):
            raise
        raise BadInput("it isn't a followup store") from None
    with closing(store):
        if not store.catalog.version():
            raise BadInput("it holds no office")
        lines = list(islice(Doctor(store).damage(show), 3))
    if lines:
        raise BadInput("it is damaged: " + "; ".join(lines))


def about(visit: Visit) -> About:
    """What an opened store holds."""
    office = visit.catalog.document(OFFICE, "office")
    name = str(office["name"]) if office else "no office"
    contacts, at = visit.store.doctor.size()
    return About(name, visit.catalog.version, contacts, local(at, zone_of(visit.catalog)).text)


def replaced(url: str, backup: Visit, named: str | None) -> Replaced:
    """What is there now, whatever state it is in. Raises Refused or NotFound where it can be read and the user, `named`
    or known by login, may not replace it: in an office of their own, anyone is an administrator."""
    try:
        with closing(open_store(url)) as store:
            catalog = AppliedCatalog(store.catalog)
            word = named or user_of_login(catalog, store.account)
            there = backup._replace(store=store, catalog=catalog, word=word)
            there.administered("replace the office")
            return Replaced(str(about(there)), _beginning(store) not in (None, _beginning(backup.store)))
    except (Refused, NotFound):
        raise
    except Exception:  # a damaged store can raise anything, and is replaced all the same
        return Replaced("a store that can't be read", False)


def _beginning(store: Store) -> tuple[VersionRow, str] | None:
    """How an office began, by which it stays known: a restore and a copy have a new `instance`."""
    first = next(iter(store.versions.all()), None)
    return (first, store.versions.source(first.version).digest) if first else None


def put_in_place(visit: Visit, path: str, place: Place) -> str | None:
    """The checked copy at `path`, which `visit` has open, becomes the store. The name under which what was there is
    kept. Raises CannotWrite, Busy."""
    kept = _dated(place, local(visit.now, zone_of(visit.catalog)).text) if place.is_taken else None
    if not place.is_folder:
        visit.store.renew()
        visit.store.close()
        file_replacing.put_in_place(path, place.path, kept)
        return kept
    with failure_said(place.path), whole_folder(place.path, becomes_it=not kept) as part:
        copied(visit, f"csv:{part}", lambda _: None)
        if kept:
            folder_replacing.put_in_place(part, place.path, kept)
    return kept


def _dated(place: Place, now: str) -> str:
    """A name that nothing has."""
    name = f"{place.path}.replaced-{now.replace(':', '')}"
    return next(each for each in numbered(name) if not os.path.lexists(each))
