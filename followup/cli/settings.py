"""What every command works with: project, store, user and the present moment; from options, environment, or files."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from followup.errors import BadInput, NoProject, UsageError

#: root's options, which may stand anywhere -> how many words follow
OPTIONS: Mapping[str, int] = MappingProxyType(
    {"-C": 1, "--project": 1, "--store": 1, "--user": 1, "--now": 1, "-q": 0, "--quiet": 0}
)
LONGEST_URL = 2000
ONE_URL = "Write one there, such as sqlite:///followup.db, or use `--store URL`."


class Settings(NamedTuple):
    """The options as typed; None: not typed."""

    project: str | None
    store: str | None
    user: str | None
    now: str | None
    quiet: bool

    def folder(self) -> str:
        """The project: the folder with `cycles/`, found upward from here."""
        named = _given("--project", self.project, "FOLLOWUP_PROJECT")
        if named:
            if not os.path.isdir(os.path.join(named, "cycles")):
                raise NoProject(f"{named} is no project: it has no folder cycles/; `followup init {named}` makes one")
            return named
        folder = _here()
        while not os.path.isdir(os.path.join(folder, "cycles")):
            if folder == os.path.dirname(folder):
                raise NoProject("no project here or above (a folder with cycles/): `followup init DIR` makes one")
            folder = os.path.dirname(folder)
        return folder

    def named_store(self) -> str | None:
        return _given("--store", self.store, "FOLLOWUP_STORE")

    def named_user(self) -> str | None:
        return _given("--user", self.user, "FOLLOWUP_USER")

    def store_url(self) -> str:
        """--store, FOLLOWUP_STORE, the line in .followup/store, else followup.db in the project."""
        return self.named_store() or store_in(self.folder())


def _given(option: str, typed: str | None, variable: str) -> str | None:
    """What was typed, or the variable of the environment; an empty variable counts as not there."""
    if typed == "":
        raise UsageError(f"{option} is empty: give it a value, or leave it out")
    return typed or _variable(variable) or None


def _variable(name: str) -> str | None:
    value = os.environ.get(name)
    if value and not value.isprintable():
        raise BadInput(f"{name} holds a character that is not printable: set it again")
    return value


def _here() -> str:
    try:
        return os.getcwd()
    except OSError as error:
        raise NoProject(f"the current folder is gone ({error.strerror}): `cd` to another") from None


def _store_line(path: str) -> str | None:
    """The url; None where there is no such file. Nothing is read of what is no plain file, and not more than a url."""
    try:
        if not os.path.lexists(path):
            return None
        if not os.path.isfile(path):
            raise NoProject(f"{path} is not a plain file. {ONE_URL}")
        with open(path, "rb") as file:
            line = file.read(LONGEST_URL + 1).partition(b"\n")[0].decode().strip()
    except OSError as error:
        raise NoProject(f"{path} can't be read: {error.strerror}. {ONE_URL}") from None
    except UnicodeDecodeError:
        raise NoProject(f"{path} is not UTF-8. {ONE_URL}") from None
    if not line or len(line) > LONGEST_URL or not line.isprintable():
        raise NoProject(f"{path} doesn't hold the url of a store. {ONE_URL}")
    return line


def store_in(project: str) -> str:
    """The url of a project's store."""
    return in_folder(_store_line(os.path.join(project, ".followup", "store")) or "sqlite:///followup.db", project)


def in_folder(url: str, folder: str) -> str:
    """A store's file, or folder, that is named without a whole path lies in the project."""
    if url.startswith("csv:"):
        return "csv:" + os.path.join(folder, url[4:])
    if url.startswith("sqlite:///") and not os.path.isabs(url[10:]):
        return "sqlite:///" + os.path.join(folder, url[10:])
    return url


def can_ask() -> bool:
    """Whether somebody is there to answer: results on stdout may go anywhere."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def today(settings: Settings) -> str:
    """Today's date for what has no store, and so no zone yet; a day more or less is nothing there."""
    from followup.core.timing import utc_text

    return utc_text(present(settings, "UTC"))[:10]


def present(settings: Settings, zone: str) -> int:
    """The present in UTC seconds: the only clock there is. `--now` without a zone of its own is in `zone` (T10)."""
    text = settings.now if settings.now is not None else _variable("FOLLOWUP_NOW")
    if text is None:
        return int(time.time())
    from datetime import datetime

    from followup.core.timing import TYPED_YEARS, zone_info

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"--now '{text}' is not a moment: 2026-05-03T09:00") from None
    if moment.year not in TYPED_YEARS:
        raise BadInput(f"--now '{text}' is outside of the years {TYPED_YEARS[0]} to {TYPED_YEARS[-1]}")
    return int((moment if moment.tzinfo else moment.replace(tzinfo=zone_info(zone))).timestamp())
