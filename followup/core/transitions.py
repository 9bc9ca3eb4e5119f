"""What may happen to an action in which status, and what it is then. This table is the only place that says so.

Closed is final. The two doors back are not events of the action: `Undone` puts back whole rows (E11), and an event
that moves will reopen a step that was skipped as late (A8).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from followup.core import events as e
from followup.core import model as m

ActionEvent = (
    e.Scheduled
    | e.Completed
    | e.Skipped
    | e.NotShown
    | e.Failed
    | e.Cancelled
    | e.Rescheduled
    | e.Attempted
    | e.Reassigned
    | e.Redated
)

NOTHING: Mapping[type[ActionEvent], str] = MappingProxyType({})

#: status (None: the action does not exist yet) -> event -> status
ALLOWED: Mapping[str | None, Mapping[type[ActionEvent], str]] = MappingProxyType(
    {
        None: MappingProxyType({e.Scheduled: m.SCHEDULED}),
        m.SCHEDULED: MappingProxyType(
            {
                e.Completed: m.COMPLETED,
                e.Skipped: m.SKIPPED,
                e.NotShown: m.NO_SHOW,
                e.Failed: m.FAILED,
                e.Cancelled: m.CANCELLED,
                e.Rescheduled: m.SCHEDULED,
                e.Attempted: m.SCHEDULED,
                e.Reassigned: m.SCHEDULED,
                e.Redated: m.SCHEDULED,
            }
        ),
        m.COMPLETED: NOTHING,
        m.CANCELLED: NOTHING,
        m.SKIPPED: NOTHING,
        m.NO_SHOW: NOTHING,
        m.FAILED: NOTHING,
    }
)


def allowed(status: str | None, kind: type[ActionEvent]) -> bool:
    return kind in ALLOWED[status]
