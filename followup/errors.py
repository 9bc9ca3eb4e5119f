"""What can go wrong, as values and exceptions. Every exception carries the exit code that scripts rely on.

A Problem is a value: files are read to the end and all their problems are reported at once.
A FollowupError is an exception: one command stops, with one line for the person who typed it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Problem(NamedTuple):
    """One thing wrong with one place of a catalog file; line and column count from 1."""

    code: str
    severity: str  # "error" or "warning"
    file: str
    line: int
    column: int
    path: str
    message: str
    hint: str = ""


class FollowupError(Exception):
    """Something the user can understand and act on; str() is the whole line they see."""

    exit_code = 70


class UsageError(FollowupError):
    """The words on the command line do not fit together."""

    exit_code = 2


class CatalogInvalid(FollowupError):
    """The catalog has errors; `problems` holds them all, warnings included."""

    exit_code = 3

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class Refused(FollowupError):
    """A rule of the domain, or a missing permission, says no. `advice`: lines that can be copied as they stand."""

    exit_code = 4

    def __init__(self, message: str, advice: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.advice = advice


class Conflict(FollowupError):
    """Somebody else was first; the message says who, when, and what stands now."""

    exit_code = 5


class BadInput(FollowupError):
    """A file or a value that was handed in cannot be used."""

    exit_code = 65


class NotFound(FollowupError):
    """No such contact, action, alias, user or file; the message names the nearest ones."""

    exit_code = 66


class StoreUnreachable(FollowupError):
    """The store cannot be opened, is damaged, or is not one of ours."""

    exit_code = 69


class CannotWrite(FollowupError):
    """A disk is full, a folder read-only, an output refused."""

    exit_code = 73


class Busy(FollowupError):
    """Somebody holds the store longer than it was worth waiting for."""

    exit_code = 75


class Overtaken(Busy):
    """Another version of the catalog came in force after this one was read, and nothing was changed yet."""


class NoProject(FollowupError):
    """No project here, not initialised, or a store newer than this program. `exists`: a store of some kind is there."""

    exit_code = 78

    def __init__(self, message: str, exists: bool = False) -> None:
        super().__init__(message)
        self.exists = exists


#: Exit codes that no exception carries, with what they mean. Docs and tests read both.
OTHER_EXITS: Mapping[int, str] = MappingProxyType(
    {
        0: "done",
        1: "found something (`stranded`, `doctor`; with `--exit-code`: `due`)",
        6: "deliveries in an unknown state",
        70: "a bug: please report it with the traceback",
        130: "interrupted by ctrl-C, or a question answered with no: nothing changed",
        143: "terminated",
    }
)
