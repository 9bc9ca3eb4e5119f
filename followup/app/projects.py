"""A new project: a catalog, a store with that catalog applied, and the sample's contacts. Nothing is overwritten."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import closing
from json import dumps
from typing import TYPE_CHECKING, NamedTuple

from followup.app.applying import apply
from followup.app.import_options import ImportOptions
from followup.app.importing import Import, Totals, prepare
from followup.app.new_store import check_unused, create_store
from followup.app.office_store import open_office
from followup.app.project_catalog import administrators, candidate, cycles_in
from followup.app.session import Visit, session_of
from followup.catalog.shipped import shipped
from followup.intake.sheet import open_table
from followup.store.accounts import system_account
from followup.store.questions.catalog_questions import AppliedCatalog
from followup.store.urls import display_url

if TYPE_CHECKING:
    from followup.store.protocol import Store

#: what a project is made of that has no catalog of its own; the catalog last, since it makes a folder a project
SHIPPED = ("schema", "sample_data", "cycles")


class NewProject(NamedTuple):
    """`store`: a url that was named; None: as `.followup/store` says, or the usual one. `url`: the same settled, once
    the folder is there. `clock`: the present in UTC seconds, for an office in a zone. `empty`: without contacts."""

    folder: str
    store: str | None
    url: Callable[[], str]
    clock: Callable[[str], int]
    empty: bool = False


class Imported(NamedTuple):
    job: Import
    totals: Totals


class Started(NamedTuple):
    """`sample`: the catalog is the sample office's, and not one that was there; `let_in`: its first rep has the login
    of who started it."""

    url: str
    administrator: str
    sample: bool
    let_in: bool
    imported: Imported | None


def start(new: NewProject) -> Started:
    """Make `folder` a project, with the sample office's catalog where it has none of its own, as a fresh clone of an
    office's repository has. A kill leaves no half of a catalog. Raises CatalogInvalid, CannotWrite."""
    if new.store:
        check_unused(new.url())
    own, login = os.path.exists(cycles_in(new.folder)), system_account()
    let_in = not own and login is not None and login.isprintable()
    _write_store_line(new)
    if not own:
        _copy_sample(new.folder, login if let_in else None)
    url = new.url()
    check_unused(url)
    wanted = candidate(new.folder, "mend the files, and start again")
    administrator, now = administrators(wanted.version.documents)[0], new.clock(wanted.zone)
    create_store(url)
    with closing(open_office(url)) as store:
        apply(_visit(store, administrator, now), wanted.version, administrator)
    imported = None if own or new.empty else _import_sample(new.folder, url, administrator, now)
    return Started(url, administrator, not own, let_in, imported)


def _visit(store: Store, administrator: str, now: int) -> Visit:
    return Visit(store, AppliedCatalog(store.catalog), now, administrator, "init")


def _write_store_line(new: NewProject) -> None:
    line = os.path.join(new.folder, ".followup", "store")
    os.makedirs(os.path.dirname(line), exist_ok=True)
    if new.store or not os.path.exists(line):
        with open(line, "w", encoding="utf-8") as file:
            file.write((display_url(new.store) if new.store else "sqlite:///followup.db") + "\n")


def _copy_sample(folder: str, login: str | None) -> None:
    for name in SHIPPED:
        place = os.path.join(folder, name)
        if not os.path.exists(place):
            _copy(shipped(name), place, login if name == "cycles" else None)


def _copy(source: str, place: str, login: str | None) -> None:
    """Whole or not at all."""
    part = place + ".part"
    shutil.rmtree(part, ignore_errors=True)
    shutil.copytree(source, part)
    if login is not None:
        _let_in(os.path.join(part, "people.yaml"), login)
    os.rename(part, place)


def _let_in(path: str, login: str) -> None:
    """The first command after `init` is `due`: who starts the office is its Tom Brown."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        quoted = dumps(login, ensure_ascii=False)  # a JSON text is a YAML text
        file.write(text.replace("    name: Tom Brown\n", f"    name: Tom Brown\n    login: {quoted}\n", 1))


def _import_sample(folder: str, url: str, administrator: str, now: int) -> Imported:
    file = os.path.join(folder, "sample_data", "contacts.csv")
    with open_table(file) as table, closing(open_office(url)) as store:
        job = prepare(session_of(_visit(store, administrator, now)), table, ImportOptions(file))
        with job.refused:
            *_, totals = job.run()
    return Imported(job, totals)
