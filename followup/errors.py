"""Problems and exceptions. Every exception carries the exit code that scripts rely on.

A Problem is a value: files are read to the end, and all their problems are reported at once.
A FollowupError is an exception: it stops the command, with one line for the user.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Problem(NamedTuple):
    """A problem at one place of a catalog file; line and column count from 1."""

    code: str
    severity: str  # "error" or "warning"
    file: str
    line: int
    column: int
    path: str
    message: str
    hint: str = ""
    source: str = ""  # the line as it is written, hostile until it is rendered


class FollowupError(Exception):
    """An error that the user can understand and act on; str() is the complete line they see."""

    exit_code = 70


class UsageError(FollowupError):
    """The arguments on the command line don't fit together."""

    exit_code = 2


class CatalogInvalid(FollowupError):
    """The catalog has errors; `problems` has all of them, and the warnings."""

    exit_code = 3

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class Refused(FollowupError):
    """A rule of the domain or a missing permission forbids it. `advice`: lines to copy as they are."""

    exit_code = 4

    def __init__(self, message: str, advice: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.advice = advice


class Conflict(FollowupError):
    """Somebody else was first; the message says who, when, and what stands now. `action`: the one that it is about."""

    exit_code = 5

    def __init__(self, message: str, action: int | None = None) -> None:
        super().__init__(message)
        self.action = action


class BadInput(FollowupError):
    """An input file or value can't be used."""

    exit_code = 65


class NotFound(FollowupError):
    """Unknown contact, action, alias, user or file; the message suggests the nearest ones."""

    exit_code = 66


class StoreUnreachable(FollowupError):
    """The store can't be opened, is damaged, or isn't a followup store."""

    exit_code = 69


class CannotWrite(FollowupError):
    """The disk is full, a folder is read-only, or an output can't be written to."""

    exit_code = 73


class Busy(FollowupError):
    """Timed out waiting for the store's lock."""

    exit_code = 75


class Overtaken(Busy):
    """Another version of the catalog went live after this one was read, and nothing was changed yet."""


class NoProject(FollowupError):
    """No project here, not initialized, or a store newer than this program. `exists`: there is some kind of store."""

    exit_code = 78

    def __init__(self, message: str, exists: bool = False) -> None:
        super().__init__(message)
        self.exists = exists


class NoTimeZone(FollowupError):
    """This machine's time zone database is missing, or doesn't have a zone that the office uses."""

    exit_code = 78


#: Exit codes without an exception, and their meanings. Docs and tests read both.
OTHER_EXITS: Mapping[int, str] = MappingProxyType(
    {
        0: "done",
        1: "found something (`stranded`, `doctor`; with `--exit-code`: `due`)",
        6: "deliveries in an unknown state",
        70: "a bug: please report it with the traceback",
        129: "the terminal was closed",
        130: "interrupted by ctrl-C, or a question answered with no: nothing changed",
        143: "terminated",
    }
)
