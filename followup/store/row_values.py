"""Where rows become values. A cell that cannot be what its column holds is named, and no value is made of its row.

Who reads a list is given the other rows, and told at the end; who decides, or asks for one thing, is given nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from followup.errors import StoreUnreachable

if TYPE_CHECKING:
    from followup.store.asking import Asking

    Fits = Callable[[Any], bool]

#: no date lies outside, whatever was typed, imported or counted; all that is reckoned with them stays a date too
YEARS = range(1900, 3000)
FIRST, LAST = -2_208_988_800, 32_503_680_000  # the same in UTC seconds

Value = TypeVar("Value", bound=NamedTuple)


@lru_cache(maxsize=8192)
def is_date(text: object) -> bool:
    """Local text: `2026-05-03`, or `2026-05-03T14:00`."""
    return isinstance(text, str) and len(text) in (10, 16) and _reads_as(text, text)


@lru_cache(maxsize=8192)
def is_moment(text: object) -> bool:
    """An instant in UTC as text: `2026-05-03T14:00:00Z`."""
    return isinstance(text, str) and len(text) == 20 and text[19] == "Z" and _reads_as(text[:19], text[:16])


def _reads_as(text: str, minutes: str) -> bool:
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return False
    return parsed.year in YEARS and parsed.isoformat(timespec="minutes")[: len(minutes)] == minutes


def is_instant(at: object) -> bool:
    return isinstance(at, int) and FIRST <= at < LAST


def _or_none(fits: Fits) -> Fits:
    return lambda value: value is None or fits(value)


def _one_of(*words: str) -> Fits:
    return frozenset(words).__contains__


#: what a column holds, by its name, in whatever table or list it is
COLUMNS: Mapping[str, Fits] = MappingProxyType(
    {
        **dict.fromkeys(("due", "nominal", "start", "round_start"), is_date),
        **dict.fromkeys(
            ("completed_on", "ended", "paused_until", "next_action", "cycle_since", "since"), _or_none(is_date)
        ),
        **dict.fromkeys(("created_at", "updated_at"), is_moment),
        **dict.fromkeys(("at", "start_at", "round_at"), is_instant),
        "status": _one_of("scheduled", "completed", "cancelled", "skipped", "no-show", "failed"),
        "stage": _one_of("prospect", "lead", "won", "lost"),
    }
)

#: what a row is called where it is named, by the kind of its values
NAMES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("Action", "ActionRow"), "action {0.id} of {0.contact}"),
        "Enrolment": "enrolment {0.id} of {0.contact}",
        **dict.fromkeys(("Contact", "ContactRow", "StrandedRow"), "contact {0.id}"),
        "VersionRow": "catalog version {0.version}",
        **dict.fromkeys(("EventRow", "Entry"), "event {0.seq} of {0.subject}"),
        "ChangeHead": "change {0.id}",
        "UnfinishedChange": "change {0.id}",
    }
)


@cache
def checks(kind: type[NamedTuple]) -> tuple[tuple[int, Fits], ...]:
    """The places of a value that are looked at, and how."""
    return tuple((place, COLUMNS[name]) for place, name in enumerate(kind._fields) if name in COLUMNS)


def fault(value: NamedTuple) -> str | None:
    """What is wrong with a value, named; None: nothing."""
    for place, fits in checks(type(value)):
        if not fits(value[place]):
            return f"{_name(value)}: {value._fields[place]} is {_short(value[place])}"
    return None


def _name(value: NamedTuple) -> str:
    return NAMES[type(value).__name__].format(value)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def sound(values: Iterable[Value], store: Asking) -> Iterator[Value]:
    """Those that can be; the others are noted in the store."""
    for value in values:
        wrong = fault(value)
        if wrong:
            store.note_damage(wrong)
        else:
            yield value


def trusted(value: Value) -> Value:
    """The same value. Raises StoreUnreachable with what is wrong with it."""
    wrong = fault(value)
    if wrong:
        raise StoreUnreachable(damaged(wrong))
    return value


def damaged(what: str) -> str:
    return (
        f"The store is damaged: {what}. `followup doctor` lists all damage; `followup restore FILE` restores a backup."
    )
