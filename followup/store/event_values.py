"""Whether an event can be read: every field of the type that its kind was released with, every date a date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from types import MappingProxyType, UnionType
from typing import Any, get_args, get_origin, get_type_hints, is_typeddict

from followup.core import history as h
from followup.core.model import Action, Contact, Enrolment
from followup.store.row_values import COLUMNS, fault, is_date


class Misfit(ValueError):
    """What is wrong with an event, as words about it: "its due cannot be '2026m06-05'"."""


#: fields of events that are dates by another name than columns have
DATES: Mapping[str, frozenset[type[h.Event]]] = MappingProxyType(
    {
        "on": frozenset({h.Completed, h.Skipped, h.NotShown, h.Failed, h.Cancelled, h.Attempted, h.Ended}),
        "before": frozenset({h.Rescheduled, h.Redated}),
    }
)
#: what a reason has all of, where it has any
COUNTED = ("anchor", "offset", "version")


def check(event: h.Event) -> None:
    """Raises Misfit."""
    _whole(event)
    for name, value in zip(event._fields, event, strict=True):
        if name in COLUMNS and not COLUMNS[name](value):
            raise Misfit(f"its {name} cannot be {value!r}")
        if type(event) in DATES.get(name, ()) and not (isinstance(value, str) and is_date(value)):
            raise Misfit(f"its {name} cannot be {value!r}")
    if isinstance(event, h.Undone):
        _whole_rows(event)
    elif isinstance(event, h.Added | h.Edited):
        _fields_of_a_contact(event.fields)
    if isinstance(event, h.Edited | h.Handed | h.Reassigned):
        _texts(event.before)
    elif isinstance(event, h.Scheduled | h.Redated) and event.why:
        _reason(event.why)


def _whole(value: tuple[object, ...], what: str = "") -> None:
    for name in _misfits(type(value), *map(type, value)):
        cell = getattr(value, name)
        raise Misfit(f"its {what}{name} is missing" if cell is None else f"its {what}{name} can't be {cell!r}")


@lru_cache(maxsize=4096)
def _misfits(kind: type, *types: type) -> list[str]:
    """The fields whose values are not of the types that were declared when the kind was released."""
    return [name for type_, (name, fitting) in zip(types, _declared(kind).items(), strict=True) if type_ not in fitting]


@cache
def _declared(kind: type) -> dict[str, frozenset[type]]:
    hints = get_type_hints(kind)
    parts = {name: get_args(hint) if isinstance(hint, UnionType) else (hint,) for name, hint in hints.items()}
    return {name: frozenset(map(_plain, types)) for name, types in parts.items()}


def _plain(part: Any) -> type:
    """What JSON makes of it."""
    return dict if is_typeddict(part) else get_origin(part) or part


def _whole_rows(event: h.Undone) -> None:
    """An undo keeps whole rows, which become the subject's as they are."""
    contacts = [event.contact] if event.contact else []
    rows_of: Mapping[Any, Iterable[h.Row]] = {Contact: contacts, Enrolment: event.enrolments, Action: event.actions}
    for kind, rows in rows_of.items():
        for row in rows:
            value = kind(**row)
            _whole(value, f"{kind.__name__.lower()}'s ")
            if wrong := fault(value):
                raise Misfit(f"it keeps {wrong}")


def _fields_of_a_contact(fields: h.Fields) -> None:
    declared = _declared(Contact)
    for name, value in fields.items():
        if type(value) not in declared.get(name, ()):
            raise Misfit(f"a contact's {name} can't be {value!r}" if name in declared else f"contacts have no {name}")


def _texts(fields: h.Fields) -> None:
    for name, value in fields.items():
        if not (value is None or isinstance(value, str)):
            raise Misfit(f"its {name} of before cannot be {value!r}")


def _reason(why: h.Why) -> None:
    declared = _declared(h.Why)
    for name, value in why.items():
        if type(value) not in declared.get(name, ()):
            raise Misfit(f"its reason's {name} cannot be {value!r}")
    if not all(isinstance(reason, str) for reason in why.get("moved_by", ())):
        raise Misfit(f"its reason's moved_by cannot be {why['moved_by']!r}")
    if "from" in why and not is_date(why["from"]):
        raise Misfit(f"its reason's from cannot be {why['from']!r}")
    missing = [name for name in COUNTED if name not in why] if "from" in why else []
    if missing:
        raise Misfit(f"its reason's {missing[0]} is missing")
