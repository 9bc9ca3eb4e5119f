"""Settings of every command: project, store, user and current time; from options, environment, or files."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from followup.errors import BadInput, NoProject, UsageError

#: root's options, which can be anywhere -> the number of values that follow
OPTIONS: Mapping[str, int] = MappingProxyType(
    {"-C": 1, "--project": 1, "--store": 1, "--user": 1, "--now": 1, "-q": 0, "--quiet": 0}
)
LONGEST_URL = 2000
ONE_URL = "Write one there, such as sqlite:///followup.db, or use `--store URL`."


class Settings(NamedTuple):
    """The options as typed; None: not given."""

    project: str | None
    store: str | None
    user: str | None
    now: str | None
    quiet: bool

    def named_project(self) -> str | None:
        return _given("--project", self.project, "FOLLOWUP_PROJECT")

    def folder(self) -> str:
        """The project: the nearest folder with `cycles/`, from the current one upward."""
        named = self.named_project()
        if named:
            if not os.path.isdir(os.path.join(named, "cycles")):
                raise NoProject(
                    f"{named} isn't a project: it has no folder cycles/. Create one with `followup init {named}`"
                )
            return named
        folder = _here()
        while not os.path.isdir(os.path.join(folder, "cycles")):
            if folder == os.path.dirname(folder):
                raise NoProject("no project here or above (a folder with cycles/). Create one with `followup init DIR`")
            folder = os.path.dirname(folder)
        return folder

    def named_store(self) -> str | None:
        return _given("--store", self.store, "FOLLOWUP_STORE")

    def named_user(self) -> str | None:
        return _given("--user", self.user, "FOLLOWUP_USER")

    def store_url(self) -> str:
        """--store, FOLLOWUP_STORE, the URL in .followup/store, or else followup.db in the project."""
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
    """Make a relative path in a store URL relative to the project folder."""
    if url.startswith("csv:"):
        return "csv:" + os.path.join(folder, url[4:])
    if url.startswith("sqlite:///") and not os.path.isabs(url[10:]):
        return "sqlite:///" + os.path.join(folder, url[10:])
    return url


def can_ask() -> bool:
    """Whether a user can answer; stdout may be redirected, so only stdin and stderr count."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def today(settings: Settings) -> str:
    """Today's date where there is no store, and so no zone yet; being off by a day doesn't matter there."""
    from followup.core.timing import utc_text

    return utc_text(present(settings, "UTC"))[:10]


def present(settings: Settings, zone: str) -> int:
    """The current time in UTC seconds: the only clock there is. A `--now` without a zone is in `zone` (T10)."""
    text = settings.now if settings.now is not None else _variable("FOLLOWUP_NOW")
    if text is None:
        return int(time.time())
    from datetime import datetime

    from followup.core.timing import TYPED_YEARS, zone_info

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"--now needs a date and time such as 2026-05-03T09:00, not '{text}'") from None
    if moment.year not in TYPED_YEARS:
        raise BadInput(f"--now '{text}' is outside of the years {TYPED_YEARS[0]} to {TYPED_YEARS[-1]}")
    return int((moment if moment.tzinfo else moment.replace(tzinfo=zone_info(zone))).timestamp())
