"""How questions reach an engine: a statement's name and its values in, rows out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from json import dumps, loads
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from followup.errors import StoreUnreachable

if TYPE_CHECKING:
    from followup.core.reach import Reach

DAMAGED = "the store is damaged: keep this file, and restore your last backup with `followup restore FILE`"

MISSING = (
    "There is no store at {}. If an office was kept there, it was moved or deleted, or its disk is not mounted. Put it "
    "back, or restore a backup with `followup restore FILE`."
)

#: a statement's parameter
Argument: TypeAlias = str | int | bytes | None
#: a row in column order; only the question that names the statement knows the types
AnyRow: TypeAlias = tuple[Any, ...]


def reach_values(reach: Reach) -> dict[str, Argument]:
    """The parameters of {sees_contact}, a part of statements (F20)."""
    everything, team, place = reach
    return {"everything": everything, "team": dumps(sorted(team)), "property": place}


def json_list(words: Iterable[str] | None) -> str | None:
    """A list as a statement parameter; None stays None."""
    return None if words is None else dumps([*words])


class Asking(Protocol):
    """The part of an engine that questions need. Statements are only named in the questions of this package."""

    def ask(self, name: str, /, **values: Argument) -> Iterator[AnyRow]:
        """The rows returned by the statement `file.name`."""
        ...

    def note_damage(self, what: str) -> None:
        """A row was left out of an answer; who asked is told in the end."""
        ...


def parsed(text: str) -> Any:
    """A document or an event's data, as saved. Raises StoreUnreachable if it is damaged."""
    try:
        return loads(text)
    except (RecursionError, ValueError):
        raise StoreUnreachable(DAMAGED) from None
