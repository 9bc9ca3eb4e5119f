"""What may happen to an action in which status, and what it is then. This table is the only place that says so.

Closed is final. The two doors back are not events of the action: `Undone` puts back whole rows (E11), and an event
that moves will reopen a step that was skipped as late (A8).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from followup.core import history as h
from followup.core import model as m

ActionEvent = (
    h.Scheduled
    | h.Completed
    | h.Skipped
    | h.NotShown
    | h.Failed
    | h.Cancelled
    | h.Rescheduled
    | h.Attempted
    | h.Reassigned
    | h.Redated
)

NOTHING: Mapping[type[ActionEvent], str] = MappingProxyType({})

#: status (None: the action does not exist yet) -> event -> status
ALLOWED: Mapping[str | None, Mapping[type[ActionEvent], str]] = MappingProxyType(
    {
        None: MappingProxyType({h.Scheduled: m.SCHEDULED}),
        m.SCHEDULED: MappingProxyType(
            {
                h.Completed: m.COMPLETED,
                h.Skipped: m.SKIPPED,
                h.NotShown: m.NO_SHOW,
                h.Failed: m.FAILED,
                h.Cancelled: m.CANCELLED,
                h.Rescheduled: m.SCHEDULED,
                h.Attempted: m.SCHEDULED,
                h.Reassigned: m.SCHEDULED,
                h.Redated: m.SCHEDULED,
            }
        ),
        m.COMPLETED: NOTHING,
        m.CANCELLED: NOTHING,
        m.SKIPPED: NOTHING,
        m.NO_SHOW: NOTHING,
        m.FAILED: NOTHING,
    }
)


def allowed(status: str | None, kind: type[h.Event]) -> bool:
    return kind in ALLOWED[status]
