"""Whether an event can be what happened next to its subject: whole, in its place, about what is there.

`evolve` refuses nothing, for what was accepted once must replay for ever; what was damaged since is refused here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from types import MappingProxyType, UnionType
from typing import Any, get_args, get_origin, get_type_hints, is_typeddict

from followup.core import history as h
from followup.core.model import Action, Contact, Dossier, Enrolment
from followup.core.transitions import ActionEvent, allowed

OF_ACTIONS: frozenset[type[h.Event]] = frozenset(get_args(ActionEvent))

#: subjects begin with one of these -> what can happen to them
PLACES: Mapping[str, frozenset[type[h.Event]]] = MappingProxyType(
    {
        "contact": frozenset(h.NAMES) - {h.Applied},
        "user": OF_ACTIONS | {h.Undone},
        "office": frozenset({h.Applied}),
    }
)


class Unreplayable(ValueError):
    """Why an event cannot be: words that follow "cannot be replayed:"."""


def check(event: h.Event, action: int | None, dossier: Dossier, find: Callable[[int], Action | None]) -> None:
    """Raises Unreplayable. `action`: as the row of the history has it; `find`: the subject's actions, whether or
    not the dossier carries them."""
    kind = type(event)
    _whole(event)
    _in_its_place(kind, dossier)
    if kind in OF_ACTIONS:
        assert action is not None
        _about_an_action(kind, action, find(action))
    elif action is not None:
        raise Unreplayable("its kind has no action")
    if isinstance(event, h.Undone):
        _whole_rows(event)
    elif isinstance(event, h.Added | h.Edited):
        _fields_of_a_contact(event.fields)
    elif "enrolment" in event._fields:
        _about_an_enrolment(event, dossier)


def _whole(value: tuple[object, ...], what: str = "") -> None:
    for name in _misfits(type(value), *map(type, value)):
        cell = getattr(value, name)
        raise Unreplayable(f"its {what}{name} is missing" if cell is None else f"its {what}{name} cannot be {cell!r}")


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
            _whole(kind(**row), f"{kind.__name__.lower()}'s ")


def _fields_of_a_contact(fields: h.Fields) -> None:
    declared = _declared(Contact)
    for name, value in fields.items():
        if type(value) not in declared.get(name, ()):
            raise Unreplayable(
                f"a contact's {name} cannot be {value!r}" if name in declared else f"no contact has a {name}"
            )


def _in_its_place(kind: type[h.Event], dossier: Dossier) -> None:
    place, colon, _ = dossier.subject.partition(":")
    if kind not in PLACES.get(place, ()) or bool(colon) is (place == "office"):
        raise Unreplayable("nothing like it happens to this subject")
    if place == "contact" and dossier.contact is None and kind is not h.Added:
        raise Unreplayable("the contact has not been added")


def _about_an_action(kind: type[h.Event], id: int, action: Action | None) -> None:
    if allowed(action.status if action else None, kind):
        return
    raise Unreplayable(f"action {id} is {action.status} already" if action else f"action {id} is not there")


def _about_an_enrolment(event: h.Event, dossier: Dossier) -> None:
    id = getattr(event, "enrolment", None)
    if id is None:
        return
    exists = dossier.enrolment(id) is not None
    if exists and isinstance(event, h.Enrolled):
        raise Unreplayable(f"enrolment {id} is there already")
    if not exists and not isinstance(event, h.Enrolled):
        raise Unreplayable(f"enrolment {id} is not there")
