"""What a project remembers of itself in `.followup/`: where its store is, which git keeps; and what this machine alone
knows: that `init` is under way, and which stores had an office. By that a lost office is told from a new one."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Literal, NamedTuple, TypeAlias

from followup.disk import SETTINGS, failure_said, replacing
from followup.errors import NoProject
from followup.store.asking import MISSING
from followup.store.urls import display_url

#: what is under way: a catalog was there already, or is being made
Beginning: TypeAlias = Literal["own", "made"]

DEFAULT = "sqlite:///followup.db"
#: how the urls of stores in files begin
FILES = ("sqlite:///", "csv:")

IGNORED_TITLE = "# followup: the office's contacts and what is made from them stay out of git"
IGNORED = ("*.db", "*.db-*", "*.backup", "*.replaced-*", "*.refused*.csv", "agendas/", "*.part")
IGNORED_SETTINGS = (f"{SETTINGS}/begun", f"{SETTINGS}/started")


class ProjectRecord(NamedTuple):
    """Of the project in `folder`. `url`: of a store, as it is opened."""

    folder: str

    def at(self, name: str) -> str:
        return os.path.join(self.folder, SETTINGS, name)

    @contextmanager
    def held(self) -> Iterator[None]:
        """For one `init` at a time; a kill lets go. Makes the folders. Raises CannotWrite."""
        with failure_said(self.at("")):
            os.makedirs(self.at(""), exist_ok=True)
            handle = os.open(self.at(""), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            with failure_said(self.at("")):
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def write_store(self, url: str | None) -> None:
        """The line that says where the store is; None: as it says, or the usual place."""
        if url or not os.path.exists(self.at("store")):
            self._write("store", [display_url(url or DEFAULT)])

    def begin(self, kind: Beginning, url: str) -> None:
        """`init` is under way, for this store."""
        self._write("begun", [f"{kind} {self._name(url)}"])

    def begun(self, url: str) -> Beginning | None:
        """What a killed `init` for this store was about."""
        kind, _, name = (self._lines("begun") or [""])[0].partition(" ")
        if name != self._name(url):
            return None
        return "own" if kind == "own" else "made" if kind == "made" else None

    def note_office(self, url: str) -> None:
        """The store at `url` has an office from now on, and no `init` is under way."""
        lines = self._lines("started")
        if not self.had_office(url):
            self._write("started", [*lines, self._name(url)])
        with suppress(FileNotFoundError):
            os.unlink(self.at("begun"))

    def had_office(self, url: str) -> bool:
        return self._name(url) in self._lines("started")

    def _name(self, url: str) -> str:
        """A store in the project has the same name wherever the project is moved to."""
        scheme = next((scheme for scheme in FILES if url.startswith(scheme)), None)
        if scheme is None:
            return display_url(url)
        path, home = os.path.realpath(url.removeprefix(scheme)), os.path.realpath(self.folder)
        return scheme + (os.path.relpath(path, home) if path.startswith(home + os.sep) else path)

    def _lines(self, name: str) -> list[str]:
        try:
            with open(self.at(name), encoding="utf-8", errors="replace") as file:
                return file.read().splitlines()
        except FileNotFoundError:
            return []

    def _write(self, name: str, lines: Sequence[str]) -> None:
        os.makedirs(os.path.dirname(self.at(name)), exist_ok=True)  # a project whose store was never named has none
        with replacing(self.at(name), ours=True) as file:
            file.writelines(f"{line}\n" for line in lines)


def check_not_lost(record: ProjectRecord, url: str) -> None:
    """Raises NoProject where the store, which is not there, had an office."""
    if record.had_office(url):
        lost = MISSING.format(display_url(url).removeprefix("sqlite:///"))
        raise NoProject(f"{lost} To start an empty office instead, remove {record.at('started')} first.")


def keep_out_of_git(folder: str, url: str) -> None:
    """Lines of .gitignore, behind those that are there; `url`: of the store. Raises CannotWrite."""
    path = os.path.join(folder, ".gitignore")
    present = _text(path)
    missing = [
        line for line in (*IGNORED, *IGNORED_SETTINGS, *_own_name(folder, url)) if line not in present.split("\n")
    ]
    if missing:
        title = [IGNORED_TITLE] if not present else ["", IGNORED_TITLE]
        begin = present if present.endswith("\n") or not present else present + "\n"
        with replacing(path, ours=True) as file:
            file.write(begin + "\n".join([*title, *missing, ""]))


def _own_name(folder: str, url: str) -> Iterator[str]:
    """A store in the project under a name that no line has."""
    place = os.path.relpath(url.removeprefix("sqlite:///"), folder)
    if url.startswith("sqlite:///") and not place.startswith("..") and not place.endswith(".db"):
        yield f"/{place}*"


def _text(path: str) -> str:
    with failure_said(path):
        if not os.path.exists(path):
            return ""
        with open(path, encoding="utf-8", newline="") as file:
            return file.read()
