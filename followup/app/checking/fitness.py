"""Check that an event can follow its subject's history: complete, for this kind of subject, about existing rows.

`evolve` refuses nothing, because what was once accepted must always replay; damage since then is refused here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import get_args

from followup.core import history as h
from followup.core.model import Action, Dossier
from followup.core.transitions import ActionEvent, allowed
from followup.store import event_values

OF_ACTIONS: frozenset[type[h.Event]] = frozenset(get_args(ActionEvent))

#: kind of subject -> events that can happen to it
PLACES: Mapping[str, frozenset[type[h.Event]]] = MappingProxyType(
    {
        "contact": frozenset(h.NAMES) - {h.Applied},
        "user": OF_ACTIONS | {h.Undone},
        "office": frozenset({h.Applied}),
    }
)


class Unreplayable(event_values.Misfit):
    """Why an event is impossible; the text follows "can't be replayed:"."""


def check(event: h.Event, action: int | None, dossier: Dossier, find: Callable[[int], Action | None]) -> None:
    """Raises Unreplayable. `action`: the action column of the history row; `find`: finds any of the subject's actions,
    in the dossier or not."""
    kind = type(event)
    event_values.check(event)
    _in_its_place(kind, dossier)
    if kind in OF_ACTIONS:
        assert action is not None
        _about_an_action(kind, action, find(action))
    elif action is not None:
        raise Unreplayable("an event of this kind has no action")
    if "enrolment" in event._fields:
        _about_an_enrolment(event, dossier)


def _in_its_place(kind: type[h.Event], dossier: Dossier) -> None:
    place, colon, _ = dossier.subject.partition(":")
    if kind not in PLACES.get(place, ()) or bool(colon) is (place == "office"):
        raise Unreplayable("events of this kind don't belong to this subject")
    if place == "contact" and dossier.contact is None and kind is not h.Added:
        raise Unreplayable("the contact has not been added")


def _about_an_action(kind: type[h.Event], id: int, action: Action | None) -> None:
    if allowed(action.status if action else None, kind):
        return
    raise Unreplayable(f"action {id} is already {action.status}" if action else f"action {id} is missing")


def _about_an_enrolment(event: h.Event, dossier: Dossier) -> None:
    id = getattr(event, "enrolment", None)
    if id is None:
        return
    exists = dossier.enrolment(id) is not None
    if exists and isinstance(event, h.Enrolled):
        raise Unreplayable(f"enrolment {id} already exists")
    if not exists and not isinstance(event, h.Enrolled):
        raise Unreplayable(f"enrolment {id} is missing")
