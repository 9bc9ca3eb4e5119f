"""Create a project: a catalog, a store with it applied, and the sample's contacts. Overwrites nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import closing
from json import dumps
from typing import TYPE_CHECKING, NamedTuple

from followup.app.applying import apply
from followup.app.bare_office import BareOffice, write_bare
from followup.app.import_options import ImportOptions
from followup.app.importing import Import, Totals, prepare
from followup.app.new_store import check_unused, create_store
from followup.app.office_store import open_office
from followup.app.project_catalog import Candidate, administrators, candidate, cycles_in
from followup.app.project_record import ProjectRecord, check_not_lost, keep_out_of_git
from followup.app.session import Visit, session_of
from followup.catalog.shipped import shipped
from followup.disk import failure_said, whole_folder
from followup.errors import CannotWrite
from followup.intake.sheet import open_table
from followup.store.accounts import system_account
from followup.store.questions.catalog_questions import AppliedCatalog
from followup.store.tables import CONTACT

if TYPE_CHECKING:
    from followup.store.protocol import Store

#: copied into a project without a catalog; the catalog last, because it makes a folder a project
SHIPPED = ("schema", "sample_data", "cycles")
BARE = ("schema", "cycles")


class NewProject(NamedTuple):
    """`store`: a url that was named; None: as `.followup/store` says, or the usual one. `url`: the same settled.
    `clock`: the present in UTC seconds, for an office in a zone. `empty`: without contacts.
    `bare`: an office of one's own instead of the sample."""

    folder: str
    store: str | None
    url: str
    clock: Callable[[str], int]
    empty: bool = False
    bare: BareOffice | None = None


class Imported(NamedTuple):
    job: Import
    totals: Totals


class Started(NamedTuple):
    """`made`: the catalog is new, and not one that was there; `let_in`: one of its users has the login of who started
    it."""

    url: str
    administrator: str
    made: bool
    let_in: bool
    imported: Imported | None


def start(new: NewProject) -> Started:
    """Make `folder` a project, with a catalog where it has none of its own, as a fresh clone of an office's repository
    has. Killed anywhere, or run several times at once, it is finished by being run again.

    Raises CatalogInvalid, CannotWrite; NoProject where an office was, and its store is gone.
    """
    record = ProjectRecord(new.folder)
    if new.store and not record.begun(new.url):
        check_unused(new.url)
    with record.held():
        return _start(new, record)


def _start(new: NewProject, record: ProjectRecord) -> Started:
    begun = record.begun(new.url)
    is_own = begun == "own" or (begun is None and os.path.exists(cycles_in(new.folder)))
    if is_own and new.bare:
        raise CannotWrite(f"{cycles_in(new.folder)} has a catalog already. Leave out --bare to use it.")
    if begun is None:
        check_unused(new.url)
        check_not_lost(record, new.url)
        record.begin("own" if is_own else "made", new.url)
    record.write_store(new.store)
    keep_out_of_git(new.folder, new.url)
    login = _login() if not is_own else None
    if not is_own:
        _make_catalog(new, login)
    wanted = candidate(new.folder, "fix them and run `followup init` again")
    administrator, now = administrators(wanted.version.documents)[0], new.clock(wanted.zone)
    _apply(new.url, wanted, administrator, now)
    imported = None if is_own or new.empty or new.bare else _import_sample(new, administrator, now)
    record.note_office(new.url)
    return Started(new.url, administrator, not is_own, login is not None, imported)


def _login() -> str | None:
    login = system_account()
    return login if login and login.isprintable() else None


def _apply(url: str, wanted: Candidate, administrator: str, now: int) -> None:
    create_store(url)
    with closing(open_office(url)) as store:
        visit = _visit(store, administrator, now)
        if not visit.catalog.version:
            apply(visit, wanted.version, administrator)


def _visit(store: Store, administrator: str, now: int) -> Visit:
    return Visit(store, AppliedCatalog(store.catalog), now, administrator, "init")


def _make_catalog(new: NewProject, login: str | None) -> None:
    """Each folder whole or not at all; the catalog last, since it makes a folder a project."""
    for name in BARE if new.bare else SHIPPED:
        place = os.path.join(new.folder, name)
        if not os.path.exists(place):
            with failure_said(place), whole_folder(place) as part:
                if new.bare and name == "cycles":
                    write_bare(part, new.bare, login)
                else:
                    shutil.copytree(shipped(name), part, dirs_exist_ok=True)
                    if login is not None and name == "cycles":
                        _let_in(os.path.join(part, "people.yaml"), login)


def _let_in(path: str, login: str) -> None:
    """Give Tom Brown the current login: so `due`, the first command after `init`, works."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        quoted = dumps(login, ensure_ascii=False)  # a JSON string is valid YAML
        file.write(text.replace("    name: Tom Brown\n", f"    name: Tom Brown\n    login: {quoted}\n", 1))


def _import_sample(new: NewProject, administrator: str, now: int) -> Imported | None:
    """None where an earlier run has done it: all of it is one transaction."""
    file = os.path.join(new.folder, "sample_data", "contacts.csv")
    with open_table(file) as table, closing(open_office(new.url)) as store:
        if next(store.rows_of(CONTACT), None):
            return None
        job = prepare(session_of(_visit(store, administrator, now)), table, ImportOptions(file))
        with job.refused:
            *_, totals = job.run()
    return Imported(job, totals)
