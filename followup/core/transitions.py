"""Which events an action allows in each status, and its status afterwards. This table is the only source for that.

A closed action is final. The two exceptions aren't events of the action: `Undone` restores full rows (E11), and moving
an event will reopen a step that was skipped as too late (A8).
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

#: status (None: the action doesn't exist yet) -> event -> new status
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
