"""What every command works with: project, store, user and the present moment; from options, environment, or files."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from followup.errors import BadInput, NoProject

#: root's options, which may stand anywhere -> how many words follow
OPTIONS: Mapping[str, int] = MappingProxyType(
    {"-C": 1, "--project": 1, "--store": 1, "--user": 1, "--now": 1, "-q": 0, "--quiet": 0}
)


class Settings(NamedTuple):
    """The options as typed; None: not typed."""

    project: str | None
    store: str | None
    user: str | None
    now: str | None
    quiet: bool

    def folder(self) -> str:
        """The project: the folder with `cycles/`, found upward from here."""
        named = self.project or os.environ.get("FOLLOWUP_PROJECT")
        if named:
            if not os.path.isdir(os.path.join(named, "cycles")):
                raise NoProject(f"{named} is no project: it has no folder cycles/; `followup init {named}` makes one")
            return named
        folder = os.getcwd()
        while not os.path.isdir(os.path.join(folder, "cycles")):
            if folder == os.path.dirname(folder):
                raise NoProject("no project here or above (a folder with cycles/): `followup init DIR` makes one")
            folder = os.path.dirname(folder)
        return folder

    def named_store(self) -> str | None:
        return self.store or os.environ.get("FOLLOWUP_STORE")

    def store_url(self) -> str:
        """--store, FOLLOWUP_STORE, the line in .followup/store, else followup.db in the project."""
        named = self.named_store()
        if named:
            return named
        folder = self.folder()
        line = os.path.join(folder, ".followup", "store")
        if os.path.exists(line):
            with open(line, encoding="utf-8") as file:
                url = file.readline().strip()
            return in_folder(url, folder)
        return in_folder("sqlite:///followup.db", folder)


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
    text = settings.now or os.environ.get("FOLLOWUP_NOW")
    if text is None:
        return int(time.time())
    from datetime import datetime

    from followup.cli.typed_dates import YEARS
    from followup.core.timing import zone_info

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"--now '{text}' is not a moment: 2026-05-03T09:00") from None
    if moment.year not in YEARS:
        raise BadInput(f"--now '{text}' is outside of the years {YEARS[0]} to {YEARS[-1]}")
    return int((moment if moment.tzinfo else moment.replace(tzinfo=zone_info(zone))).timestamp())
