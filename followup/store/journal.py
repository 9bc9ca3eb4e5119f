"""Converts events to rows of the history and back. An action's id has its own column; data is JSON of the other fields.

A field is omitted if it is None, or has the default that its kind was released with.
"""

from __future__ import annotations

import json
from typing import Any

from followup.core.history import KINDS, NAMES, Entry, Event
from followup.store.event_values import Misfit, check
from followup.store.tables import HistoryRow

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def row(entry: Entry) -> HistoryRow:
    event = entry.event
    default = event._field_defaults.get
    fields = zip(event._fields, event, strict=True)
    data = {name: value for name, value in fields if name != "action" and value != default(name)}
    action = getattr(event, "action", None)
    return HistoryRow(entry.subject, entry.seq, entry.change, NAMES[type(event)], action, _encode(data))


def event(kind: str, action: int | None, data: str) -> Event:
    """The event of a history row. Raises Misfit for a row that is damaged."""
    if kind not in KINDS:
        raise Misfit("unknown kind of event")
    try:
        made = read(kind, action, data)
    except (RecursionError, ValueError):
        raise Misfit("its data isn't JSON") from None
    except TypeError:
        raise Misfit("its data has the wrong form") from None
    check(made)
    return made


def read(kind: str, action: int | None, data: str) -> Event:
    """The same, but a damaged row raises Python's own error. A missing field is None or its kind's default."""
    type_ = KINDS[kind]
    fields: dict[str, Any] = dict.fromkeys(type_._fields)
    fields |= type_._field_defaults
    fields |= json.loads(data)
    if "action" in fields:
        fields["action"] = action
    return type_(**fields)
